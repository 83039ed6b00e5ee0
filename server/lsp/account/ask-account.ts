// Who is signed in, for plugins that ask. Without a network what is known is the answer: they would take an error for a
// sign-out.

import type { Ctx } from "../../../shared/context.ts";
import type { AccountState } from "../../../shared/status.ts";
import type { Core } from "../../core/types.ts";

export async function askAccount(
  ctx: Ctx,
  { account }: Core,
  options: { readonly localOnly: boolean },
): Promise<AccountState> {
  try {
    return await account.check(ctx, options);
  } catch (error) {
    const known = account.state();
    if (ctx.signal.aborted || known.kind === "unknown") throw error;
    return known;
  }
}
