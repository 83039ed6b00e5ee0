// The addresses of a host name, as the connections would find them, within a deadline. The system's resolver obeys
// nobody: who stops waiting for it leaves it behind.

import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { withDeadline } from "../../runtime/cancel.ts";
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
  ctx.signal.throwIfAborted();
  const tooLate = (): CopilotError =>
    new CopilotError("timeout", `The name ${host} was not looked up within ${inSeconds(timeoutMs)}.`, {
      advice: "Check the network and its name server. The wait is upstream.connectTimeoutMs.",
    });
  try {
    return [...new Set(await withDeadline(ctx, deps.clock, timeoutMs, () => deps.lookUp(host), tooLate))];
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    throw networkFailure(
      error instanceof CopilotError ? error : new ConnectFailure({ stage: "host", proxyHost: undefined }, error),
      host,
    );
  }
}
