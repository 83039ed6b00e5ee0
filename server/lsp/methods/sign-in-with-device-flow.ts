// `signInWithDeviceFlow`: the whole sign-in as one request. The code comes by `signInWithDeviceFlowProgress`, for the
// client to show; the answer when the person has entered it.

import type { SignedInResult, SignInProgressParams, SignInResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signInWithDeviceFlow: Method =
  (session) =>
  async (ctx): Promise<SignedInResult | SignInResult> => {
    const core = await session.core(ctx);
    const start = await session.signInGuide.start(ctx, core);
    if (start.status === "AlreadySignedIn") return start;
    const { userCode, verificationUri, expiresIn } = start;
    const progress: SignInProgressParams = { userCode, verificationUri, expiresIn };
    session.editor.notify("signInWithDeviceFlowProgress", progress);
    return session.signInGuide.finish(ctx, core);
  };
