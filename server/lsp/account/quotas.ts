// What the plan leaves, in the two shapes that plugins read: the answer to `checkQuota`, with classes in camel case, and
// `copilot/quotaChange`, with the service's own names for them.

import type { QuotaChange, QuotaChangeParams, QuotaResult, QuotaSnapshot } from "../../../shared/lsp.ts";
import type { Quota, SessionReport } from "../../../shared/status.ts";

export function quotaResult(session: SessionReport | undefined): QuotaResult {
  const { chat, completions, premium_interactions, ...others } = session?.quotas ?? {};
  return {
    chat: chat && snapshotOf(chat),
    completions: completions && snapshotOf(completions),
    premiumInteractions: premium_interactions && snapshotOf(premium_interactions),
    others: snapshotsOf(others),
    limits: snapshotsOf(session?.limits ?? {}),
    resetDate: session?.quotaResetDate,
    copilotPlan: session?.plan,
    tokenBasedBilling: session?.tokenBasedBilling,
  };
}

export function quotaChange(session: SessionReport): QuotaChangeParams {
  const { quotas, plan, quotaResetDate } = session;
  const classes = Object.entries(quotas).map(([name, quota]): [string, QuotaChange] => [
    name,
    {
      percentRemaining: shownPercent(quota),
      unlimited: quota.unlimited,
      quota: quota.entitlement,
      overagePermitted: quota.overagePermitted,
      resetDate: quotaResetDate ?? quota.resetsAt,
    },
  ]);
  return { ...Object.fromEntries(classes), ...(plan !== undefined && { copilotPlan: plan }) };
}

function snapshotsOf(quotas: Readonly<Record<string, Quota>>): Readonly<Record<string, QuotaSnapshot>> | undefined {
  const snapshots = Object.entries(quotas).map(([name, quota]): [string, QuotaSnapshot] => [name, snapshotOf(quota)]);
  return snapshots.length === 0 ? undefined : Object.fromEntries(snapshots);
}

function snapshotOf(quota: Quota): QuotaSnapshot {
  const { unlimited, percentRemaining, entitlement, remaining, overagePermitted } = quota;
  return {
    percentRemaining: shownPercent(quota),
    percentUsed: unlimited ? undefined : 100 - percentRemaining,
    unlimited,
    entitlement,
    remaining,
    overagePermitted,
    overageCount: quota.overageUsed,
    resetDate: quota.resetsAt,
  };
}

/** Plugins draw a bar of it. */
function shownPercent({ percentRemaining }: Quota): number {
  return Math.max(0, percentRemaining);
}
