// `signIn` (and `signInInitiate`, its older name): starts the device flow; polling goes on by itself. The client shows
// the code.

import type { SignInResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signIn: Method =
  (session) =>
  async (ctx): Promise<SignInResult> =>
    session.signInGuide.start(ctx, await session.core(ctx));
