// `checkQuota`: what the plan leaves. Answered from what the session knows; GitHub is asked only while that is nothing.

import type { QuotaResult } from "../../../shared/lsp.ts";
import { askAccount } from "../account/ask-account.ts";
import { quotaResult } from "../account/quotas.ts";
import type { Method } from "../types.ts";
import { ErrorCodes, ResponseError } from "vscode-languageserver";

export const checkQuota: Method =
  (session) =>
  async (ctx): Promise<QuotaResult> => {
    const core = await session.core(ctx);
    const state =
      core.report().session?.plan === undefined
        ? await askAccount(ctx, core, { localOnly: false })
        : core.account.state();
    const { kind } = state;
    if (kind !== "signed-in" && kind !== "not-needed")
      throw new ResponseError(ErrorCodes.InternalError, "Not signed in");
    return quotaResult(core.report().session);
  };
