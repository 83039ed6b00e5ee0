// `GET /role`: which process has the port, in one line, and then nothing more until it gives the port up. For the
// processes that wait for it.

import { CopilotError } from "../../../shared/errors.ts";
import type { ListenerState, RoleReply } from "../../../shared/http.ts";
import { plainErrors } from "../response/error-format.ts";
import type { RequestContext } from "../request/request-context.ts";
import { readClientHeader, type Standbys } from "../port/standbys.ts";
import type { Route } from "../route.ts";

export function createRoleRoute(
  deps: {
    readonly version: string;
    readonly pid: number;
    readonly listener: () => ListenerState;
    readonly nonce: string;
    readonly prove: (port: number, challenge: string) => string | undefined;
    readonly standbys: Standbys;
    readonly detach: (context: RequestContext) => boolean;
  },
  path: string,
): Route {
  const { version, pid, listener, nonce, prove, standbys, detach } = deps;
  return {
    path,
    errorFormat: plainErrors,
    needsNoToken: true,
    methods: {
      async GET(context) {
        const { ctx, request, response } = context;
        const state = listener();
        if (state.kind !== "listening") throw new CopilotError("closing", "This process gives the port up.");
        if (!detach(context)) throw new CopilotError("limited", "Too many processes wait for this port.");
        const client = readClientHeader([request.headers["x-copilot-client"] ?? []].flat()[0]);
        const forget = client && standbys.add(client);
        const challenge = request.headers["x-copilot-challenge"];
        const proof = typeof challenge === "string" ? prove(state.port, challenge) : undefined;
        const reply: RoleReply = { name: "copilot-lsp", pid, version, sinceMs: state.sinceMs, nonce, proof };
        response.writeHead(200, { "Content-Type": "application/x-ndjson; charset=utf-8", Connection: "close" });
        response.write(`${JSON.stringify(reply)}\n`);
        // A client that only asks for the head is answered.
        if (request.method !== "HEAD" && !ctx.signal.aborted) {
          await new Promise<void>((resolve) => {
            ctx.signal.addEventListener("abort", () => resolve(), { once: true });
          });
        }
        forget?.();
        response.end();
      },
    },
  };
}
