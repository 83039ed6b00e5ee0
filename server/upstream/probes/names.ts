// The addresses of a host name, as the connections would find them, within a deadline. The system's resolver obeys
// nobody: who stops waiting for it leaves it behind.

import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import { ConnectFailure } from "../http/connect-failure.ts";
import { inSeconds, networkFailure } from "../http/failure.ts";

/** All addresses, the one to be tried first in front. */
export type LookUp = (host: string) => Promise<readonly string[]>;

/** Each address once. Throws `offline` when there is none, `timeout` after `timeoutMs`. */
export async function addressesOf(
  deps: { readonly clock: Clock; readonly lookUp: LookUp },
  ctx: Ctx,
  host: string,
  timeoutMs: number,
): Promise<readonly string[]> {
  if (ctx.signal.aborted) throw ctx.signal.reason;
  const link = linkAbort(ctx.signal);
  const deadline = deps.clock.after(timeoutMs, () => {
    link.abort(
      new CopilotError("timeout", `The name ${host} was not looked up within ${inSeconds(timeoutMs)}.`, {
        advice: "Check the network and its name server. The wait is upstream.connectTimeoutMs.",
      }),
    );
  });
  try {
    return [...new Set(await untilAborted(link.signal, deps.lookUp(host)))];
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    throw networkFailure(
      error instanceof CopilotError ? error : new ConnectFailure({ stage: "host", proxyHost: undefined }, error),
      host,
    );
  } finally {
    deadline.cancel();
    link.unlink();
  }
}
