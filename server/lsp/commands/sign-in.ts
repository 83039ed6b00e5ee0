// `copilot.signIn`, for editors that have no part for it: URL and code come by messages. Answers at once; that it is done
// comes by a message too.

import type { SignInResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signIn: Method =
  (session) =>
  async (ctx): Promise<SignInResult> => {
    try {
      return await session.signInGuide.guide(ctx, await session.core(ctx));
    } catch (error) {
      if (error instanceof Error && !ctx.signal.aborted) session.editor.showMessage("error", error.message);
      throw error;
    }
  };
