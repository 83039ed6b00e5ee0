// Copilot's side of an account: session tokens that really run out, the plan and what is left of it, and the models it
// may use. Knows nothing of how the person signed in.

import { randomBytes } from "node:crypto";
import type { Clock } from "../../shared/context.ts";
import type {
  CopilotTokenReply,
  CopilotUserReply,
  ExclusionReply,
  ExclusionRuleReply,
  QuotaSnapshot,
  TokenEndpoints,
} from "../../shared/upstream.ts";
import type { EditModel, Emulator } from "./types.ts";

type SessionFields = Parameters<Emulator["setSession"]>[0];

export interface Sessions {
  /** Every session token handed out. */
  readonly secrets: readonly string[];
  issue(): CopilotTokenReply;
  accepts(sessionToken: string): boolean;
  /** Takes one completion from a limited plan; false when none is left. */
  spend(): boolean;
  user(): CopilotUserReply;
  /** One entry for each of `scopes`: addresses of remotes, or `all`. Undefined: the account has no such rules. */
  exclusionRules(scopes: readonly string[]): readonly ExclusionReply[] | undefined;
  /** What an answer says of the plan: the `x-quota-snapshot-completions` header, and what `setQuotaHeaders` named. */
  quotaHeaders(): Readonly<Record<string, string>>;
  /** As `quotaHeaders`, of an answer that is not a completion. */
  ownQuotaHeaders(): Readonly<Record<string, string>>;
  completionModels(): readonly string[];
  /** The proxy host's list, best first. */
  editModels(): readonly EditModel[];
  /** The service's wall clock, with its skew. */
  nowMs(): number;
  expireAll(): void;
  set(fields: SessionFields): void;
  setExclusionRules: Emulator["setExclusionRules"];
  setQuota(name: string, snapshot: Partial<QuotaSnapshot>): void;
  setUser(fields: Readonly<Record<string, unknown>>): void;
  setQuotaHeaders(headers: Readonly<Record<string, string>>): void;
  setCompletionModels(ids: readonly string[]): void;
  setEditModels(models: readonly EditModel[]): void;
}

export function createSessions(clock: Clock, url: () => string): Sessions {
  /** When each token runs out, by the unskewed clock. */
  const runsOutAtMs = new Map<string, number>();
  const secrets: string[] = [];
  const quotas: Record<string, QuotaSnapshot> = {
    chat: snapshot("chat", { unlimited: true }),
    completions: snapshot("completions", { unlimited: true }),
    premium_interactions: snapshot("premium_interactions", {
      entitlement: 300,
      remaining: 288,
      percent_remaining: 96,
    }),
  };
  let completionModels: readonly string[] = ["gpt-41-copilot", "gpt-4o-copilot"];
  let editModels: readonly EditModel[] = [
    { name: "copilot-nes-oct", kind: "edit", strategy: "xtab275" },
    { name: "cursor-jump", kind: "jump", strategy: "" },
  ];
  let refreshInSeconds = 1500;
  let lifetimeSeconds = 1800;
  let clockSkewSeconds = 0;
  let sku = "yearly_subscriber_quota";
  let hasExclusionRules = false;
  let exclusionRules: Readonly<Record<string, readonly ExclusionRuleReply[]>> | undefined;
  let completionsRemaining: number | undefined;
  let endpoints: Partial<TokenEndpoints> | undefined;
  let ownEndpoints = true;
  let userFields: Readonly<Record<string, unknown>> = {};
  let quotaHeaders: Readonly<Record<string, string>> = {};

  const nowMs = (): number => clock.nowMs() + clockSkewSeconds * 1000;
  /** The first of the next month. */
  const resetDate = (): Date => {
    const now = new Date(nowMs());
    return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  };
  const sentEndpoints = (): Partial<TokenEndpoints> | undefined => {
    const own = url();
    return ownEndpoints ? { api: own, proxy: own, telemetry: own, "origin-tracker": own } : endpoints;
  };

  return {
    secrets,
    issue() {
      const expiresAt = Math.floor(nowMs() / 1000) + lifetimeSeconds;
      const fields = `tid=${randomBytes(16).toString("hex")};exp=${expiresAt};sku=${sku};st=dotcom;chat=1;cit=1;malfil=1;8kp=1`;
      const token = `${fields}:${randomBytes(32).toString("hex")}`;
      runsOutAtMs.set(token, clock.nowMs() + lifetimeSeconds * 1000);
      secrets.push(token);
      const sent = sentEndpoints();
      return {
        token,
        expires_at: expiresAt,
        refresh_in: refreshInSeconds,
        ...(sent ? { endpoints: sent } : {}),
        sku,
        individual: true,
        chat_enabled: true,
        copilotignore_enabled: hasExclusionRules,
        organization_list: [],
        limited_user_quotas:
          completionsRemaining === undefined ? null : { chat: 50, completions: completionsRemaining },
        limited_user_reset_date: completionsRemaining === undefined ? null : Math.floor(resetDate().getTime() / 1000),
      };
    },
    accepts(sessionToken) {
      const untilMs = runsOutAtMs.get(sessionToken);
      return untilMs !== undefined && clock.nowMs() < untilMs;
    },
    spend() {
      if (completionsRemaining === undefined) return true;
      if (completionsRemaining <= 0) return false;
      completionsRemaining -= 1;
      return true;
    },
    user: () => ({
      login: "octocat",
      copilot_plan: completionsRemaining === undefined ? "individual" : "free",
      access_type_sku: sku,
      chat_enabled: true,
      ...(ownEndpoints || endpoints ? { endpoints: sentEndpoints() } : {}),
      quota_reset_date: resetDate().toISOString().slice(0, 10),
      quota_reset_date_utc: resetDate().toISOString(),
      quota_snapshots: { ...quotas, ...limited(completionsRemaining) },
      ...userFields,
    }),
    exclusionRules: (scopes) => {
      const rules = exclusionRules;
      return (
        rules &&
        scopes.map((scope) => ({
          rules: rules[scope] ?? [],
          last_updated_at: new Date(nowMs()).toISOString(),
          scope: scope === "all" ? "all" : "repo",
        }))
      );
    },
    ownQuotaHeaders: () => quotaHeaders,
    quotaHeaders() {
      const { completions } = { ...quotas, ...limited(completionsRemaining) };
      const shown = completions ?? snapshot("completions", { unlimited: true });
      const figures = new URLSearchParams({
        ent: String(shown.unlimited ? -1 : shown.entitlement),
        ov: String(shown.overage_count),
        ovPerm: String(shown.overage_permitted),
        rem: shown.percent_remaining.toFixed(1),
        rst: resetDate().toISOString(),
        totRem: String(shown.unlimited ? -1 : shown.remaining),
      });
      return { "x-quota-snapshot-completions": figures.toString(), ...quotaHeaders };
    },
    completionModels: () => completionModels,
    editModels: () => editModels,
    nowMs,
    expireAll: () => runsOutAtMs.clear(),
    set(fields) {
      refreshInSeconds = fields.refreshInSeconds ?? refreshInSeconds;
      lifetimeSeconds = fields.lifetimeSeconds ?? lifetimeSeconds;
      clockSkewSeconds = fields.clockSkewSeconds ?? clockSkewSeconds;
      sku = fields.sku ?? sku;
      hasExclusionRules = fields.hasExclusionRules ?? hasExclusionRules;
      completionsRemaining = fields.completionsRemaining ?? completionsRemaining;
      if ("endpoints" in fields) {
        ownEndpoints = false;
        endpoints = fields.endpoints;
      }
    },
    setExclusionRules(rules) {
      exclusionRules = rules;
    },
    setQuota(name, fields) {
      quotas[name] = { ...(quotas[name] ?? snapshot(name, {})), ...fields };
    },
    setUser(fields) {
      userFields = fields;
    },
    setQuotaHeaders(headers) {
      quotaHeaders = headers;
    },
    setCompletionModels(ids) {
      completionModels = ids;
    },
    setEditModels(models) {
      editModels = models;
    },
  };
}

/** What the plan of the free account, which has 2000 completions a month, shows of them. */
function limited(remaining: number | undefined): Readonly<Record<string, QuotaSnapshot>> {
  if (remaining === undefined) return {};
  const entitlement = Math.max(2000, remaining);
  return {
    completions: snapshot("completions", {
      entitlement,
      remaining,
      percent_remaining: (100 * remaining) / entitlement,
    }),
  };
}

function snapshot(quotaId: string, fields: Partial<QuotaSnapshot>): QuotaSnapshot {
  return {
    entitlement: 0,
    remaining: 0,
    percent_remaining: 100,
    unlimited: false,
    overage_count: 0,
    overage_permitted: false,
    quota_id: quotaId,
    ...fields,
  };
}
