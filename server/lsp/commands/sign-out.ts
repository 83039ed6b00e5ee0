// `copilot.signOut`, for editors that have no part for it.

import type { SignOutResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signOut: Method =
  (session) =>
  async (ctx): Promise<SignOutResult> => {
    const core = await session.core(ctx);
    const { leftInEnvironment } = await core.account.signOut(ctx);
    session.editor.showMessage(
      leftInEnvironment ? "warning" : "info",
      leftInEnvironment
        ? "Signed out of GitHub. The token in the environment cannot be removed: unset it, or the next start uses it."
        : "Signed out of GitHub.",
    );
    return { status: "NotSignedIn" };
  };
