// `signInConfirm`, the older second half of a sign-in: waits until the code has been entered.

import type { SignedInResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signInConfirm: Method =
  (session) =>
  async (ctx): Promise<SignedInResult> =>
    session.signInGuide.finish(ctx, await session.core(ctx));
