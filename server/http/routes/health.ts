// `GET /health`: whether this program serves here, and how it goes, without a name.

import type { HealthReply, ListenerState } from "../../../shared/http.ts";
import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { plainErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createHealthRoute(
  deps: {
    readonly core: Core;
    readonly version: string;
    readonly pid: number;
    readonly listener: () => ListenerState;
  },
  path: string,
): Route {
  const { core, version, pid, listener } = deps;
  return {
    path,
    errorFormat: plainErrors,
    needsNoToken: true,
    methods: {
      GET(context) {
        const { kind, reason, message } = core.status();
        const account = core.account.state().kind;
        const held = listener();
        const reply: HealthReply = {
          status: "ok",
          name: "copilot-lsp",
          version,
          pid,
          listeningSinceMs: held.kind === "listening" ? held.sinceMs : undefined,
          account,
          state: kind,
          reason,
          message,
        };
        sendJson(context, 200, reply);
      },
    },
  };
}
