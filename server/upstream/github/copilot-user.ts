// `GET {api}/copilot_internal/user`: the plan and what is left of it.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import type { Secret } from "../../runtime/secret.ts";
import { asNotAuthorized, type Endpoints, gitHubHeaders } from "../copilot/endpoints.ts";
import { type QuotaFields, quotasOf } from "../copilot/quota.ts";
import { requestJson } from "../http/json-response.ts";
import type { CopilotUser } from "../types.ts";

const lenientText = v.fallback(v.optional(v.string()), undefined);
/** Each figure may be of any kind: it is looked at by itself. */
const lenientRecord = v.fallback(v.nullish(v.record(v.string(), v.unknown())), undefined);

const snapshot = v.looseObject({});

const reply = v.object({
  login: v.pipe(v.string(), v.minLength(1)),
  copilot_plan: lenientText,
  token_based_billing: v.fallback(v.optional(v.boolean()), undefined),
  quota_reset_date: lenientText,
  quota_reset_date_utc: lenientText,
  quota_snapshots: lenientRecord,
  // The free plan counts in its own fields.
  limited_user_quotas: lenientRecord,
  monthly_quotas: lenientRecord,
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
    tokenBasedBilling: value.token_based_billing,
    quotaResetDate: value.quota_reset_date ?? value.limited_user_reset_date,
    quotas: quotasOf([...freeQuotas(value), ...snapshotQuotas(value)]),
  };
}

type Reply = v.InferOutput<typeof reply>;

function* snapshotQuotas(user: Reply): Generator<readonly [string, QuotaFields]> {
  for (const [name, value] of Object.entries(user.quota_snapshots ?? {})) {
    if (!v.is(snapshot, value)) continue;
    yield [
      name,
      {
        unlimited: value["unlimited"],
        percentRemaining: value["percent_remaining"],
        entitlement: value["entitlement"],
        remaining: value["remaining"] ?? value["quota_remaining"],
        overagePermitted: value["overage_permitted"],
        overageUsed: value["overage_count"],
        used: value["credits_used"],
        inCredits: value["token_based_billing"],
        resetsAt: [
          value["quota_reset_at"],
          value["reset_date"],
          user.quota_reset_date_utc,
          user.quota_reset_date,
          user.limited_user_reset_date,
        ],
      },
    ];
  }
}

function* freeQuotas(user: Reply): Generator<readonly [string, QuotaFields]> {
  const totals = user.monthly_quotas ?? {};
  for (const [name, remaining] of Object.entries(user.limited_user_quotas ?? {})) {
    if (!Object.hasOwn(totals, name)) continue;
    yield [name, { entitlement: totals[name], remaining, resetsAt: [user.limited_user_reset_date] }];
  }
}
