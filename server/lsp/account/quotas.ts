// What the plan leaves, in the two shapes that plugins read: the answer to `checkQuota`, with classes in camel case, and
// `copilot/quotaChange`, with the service's own names for them.

import type { QuotaChange, QuotaChangeParams, QuotaResult, QuotaSnapshot } from "../../../shared/lsp.ts";
import type { Quota, SessionReport } from "../../../shared/status.ts";

export function quotaResult(session: SessionReport | undefined): QuotaResult {
  const { chat, completions, premium_interactions } = session?.quotas ?? {};
  return {
    chat: chat && snapshotOf(chat),
    completions: completions && snapshotOf(completions),
    premiumInteractions: premium_interactions && snapshotOf(premium_interactions),
    resetDate: session?.quotaResetDate,
    copilotPlan: session?.plan,
  };
}

export function quotaChange(session: SessionReport): QuotaChangeParams {
  const { quotas, plan, quotaResetDate } = session;
  const classes = Object.entries(quotas).map(([name, quota]): [string, QuotaChange] => [
    name,
    {
      percentRemaining: quota.percentRemaining,
      unlimited: quota.unlimited,
      quota: quota.entitlement,
      overagePermitted: quota.overagePermitted,
      resetDate: quotaResetDate,
    },
  ]);
  return { ...Object.fromEntries(classes), ...(plan !== undefined && { copilotPlan: plan }) };
}

function snapshotOf({ percentRemaining, unlimited, entitlement, remaining, overagePermitted }: Quota): QuotaSnapshot {
  return { percentRemaining, unlimited, entitlement, remaining, overagePermitted };
}
