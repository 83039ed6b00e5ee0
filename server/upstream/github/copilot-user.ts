// `GET {api}/copilot_internal/user`: the plan and what is left of it.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import type { Quota } from "../../../shared/status.ts";
import type { Secret } from "../../runtime/secret.ts";
import { asNotAuthorized, type Endpoints, gitHubHeaders } from "../copilot/endpoints.ts";
import { requestJson } from "../http/json-response.ts";
import type { CopilotUser } from "../types.ts";

const lenientText = v.fallback(v.optional(v.string()), undefined);
const lenientNumber = v.fallback(v.optional(v.number()), undefined);
const lenientCounts = v.fallback(v.nullish(v.record(v.string(), v.number())), undefined);

const snapshot = v.object({
  unlimited: v.fallback(v.boolean(), false),
  percent_remaining: lenientNumber,
  entitlement: lenientNumber,
  remaining: lenientNumber,
  overage_permitted: v.fallback(v.optional(v.boolean()), undefined),
});

const reply = v.object({
  login: v.pipe(v.string(), v.minLength(1)),
  copilot_plan: lenientText,
  quota_reset_date: lenientText,
  quota_snapshots: v.fallback(v.nullish(v.record(v.string(), v.fallback(v.nullable(snapshot), null))), undefined),
  // The free plan counts in its own fields.
  limited_user_quotas: lenientCounts,
  monthly_quotas: lenientCounts,
  limited_user_reset_date: lenientText,
});

export async function fetchCopilotUser(endpoints: Endpoints, ctx: Ctx, githubToken: Secret): Promise<CopilotUser> {
  const { value } = await requestJson(
    endpoints,
    ctx,
    {
      method: "GET",
      url: `${endpoints.server().apiUrl}/copilot_internal/user`,
      headers: gitHubHeaders(endpoints, githubToken, "2025-05-01"),
      what: "the Copilot plan",
      secrets: [githubToken],
    },
    reply,
  ).catch((error: unknown) => {
    throw asNotAuthorized(error);
  });
  return {
    login: value.login,
    plan: value.copilot_plan,
    quotaResetDate: value.quota_reset_date ?? value.limited_user_reset_date,
    quotas: {
      ...freeQuotas(value.limited_user_quotas ?? {}, value.monthly_quotas ?? {}),
      ...snapshotQuotas(value.quota_snapshots ?? {}),
    },
  };
}

function snapshotQuotas(
  snapshots: Readonly<Record<string, v.InferOutput<typeof snapshot> | null>>,
): Readonly<Record<string, Quota>> {
  const quotas: Record<string, Quota> = {};
  for (const [name, value] of Object.entries(snapshots)) {
    if (!value) continue;
    const { unlimited, entitlement, remaining, overage_permitted: overagePermitted } = value;
    const percentRemaining =
      value.percent_remaining ?? percentOf(remaining, entitlement) ?? (unlimited ? 100 : undefined);
    if (percentRemaining === undefined) continue;
    quotas[name] = {
      unlimited,
      percentRemaining,
      ...(entitlement === undefined ? {} : { entitlement }),
      ...(remaining === undefined ? {} : { remaining }),
      ...(overagePermitted === undefined ? {} : { overagePermitted }),
    };
  }
  return quotas;
}

function freeQuotas(
  left: Readonly<Record<string, number>>,
  totals: Readonly<Record<string, number>>,
): Readonly<Record<string, Quota>> {
  const quotas: Record<string, Quota> = {};
  for (const [name, remaining] of Object.entries(left)) {
    const entitlement = Object.hasOwn(totals, name) ? totals[name] : undefined;
    const percentRemaining = percentOf(remaining, entitlement);
    if (entitlement === undefined || percentRemaining === undefined) continue;
    quotas[name] = { unlimited: false, percentRemaining, entitlement, remaining };
  }
  return quotas;
}

function percentOf(remaining: number | undefined, entitlement: number | undefined): number | undefined {
  if (remaining === undefined || entitlement === undefined || entitlement <= 0) return undefined;
  return Math.min(100, Math.max(0, (remaining / entitlement) * 100));
}
