// `signOut`: forgets the account on this machine.

import type { SignOutResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signOut: Method =
  (session) =>
  async (ctx): Promise<SignOutResult> => {
    const core = await session.core(ctx);
    const { leftInEnvironment } = await core.account.signOut(ctx);
    if (leftInEnvironment) ctx.log.warn("the token in the environment was not removed; the next start would use it");
    return { status: "NotSignedIn" };
  };
