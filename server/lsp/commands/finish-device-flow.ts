// `github.copilot.finishDeviceFlow`: opens the page where the editor can, and answers once the person is signed in.

import type { SignedInResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const finishDeviceFlow: Method =
  (session) =>
  async (ctx): Promise<SignedInResult> => {
    const core = await session.core(ctx);
    session.signInGuide.openPage();
    return session.signInGuide.finish(ctx, core);
  };
