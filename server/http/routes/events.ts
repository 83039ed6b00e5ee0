// `GET /events`: the status now and at each change, as server-sent events, until the client leaves.

import type { Core } from "../../core/types.ts";
import type { Status } from "../../../shared/status.ts";
import { eventStream, namedEvent } from "../formats/framed.ts";
import { plainErrors } from "../response/error-format.ts";
import type { RequestContext } from "../request/request-context.ts";
import type { Route } from "../route.ts";
import { beginStream, writePiece } from "../response/stream.ts";

/** Resolves when the client has left; rejects when it stops reading. */
async function follow(core: Core, context: RequestContext): Promise<void> {
  const { ctx, request, response } = context;
  // Only the newest matters: what a slow reader has missed is not kept for it.
  let newest: Status | undefined = core.status();
  let wake: () => void = () => undefined;
  const unlisten = core.onStatus((status) => {
    newest = status;
    wake();
  });
  const leave = (): void => wake();
  ctx.signal.addEventListener("abort", leave, { once: true });
  try {
    beginStream(context, { "Content-Type": eventStream });
    // A client that only asks for the head is answered.
    while (request.method !== "HEAD" && !ctx.signal.aborted) {
      const status = newest;
      newest = undefined;
      if (status) await writePiece(context, namedEvent("status", status));
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unlisten();
    ctx.signal.removeEventListener("abort", leave);
  }
  response.end();
}

export function createEventsRoute(deps: { readonly core: Core }, path: string): Route {
  return { path, errorFormat: plainErrors, methods: { GET: (context) => follow(deps.core, context) } };
}
