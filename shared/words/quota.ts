// What is left of a plan, in a person's words. Every front that tells people of it uses these.

import { durationInWords, number } from "./in-words.ts";
import type { Quota, SessionReport } from "../status.ts";

export interface QuotaRow {
  /** `Completions`, `AI credits`; the service's own name where this program knows no other. */
  readonly name: string;
  /** `1,234 of 2,000 left (62 %), full again on Sunday 1 February 2026 (in 30 days)` */
  readonly text: string;
}

const quotaNames: Readonly<Record<string, string>> = {
  completions: "Completions",
  chat: "Chat messages",
  premium_interactions: "Premium requests",
  premium_models: "Premium models",
};
const limitNames: Readonly<Record<string, string>> = {
  session: "Session limit",
  weekly: "Weekly limit",
};

type Plan = Pick<SessionReport, "quotas" | "limits" | "tokenBasedBilling">;

/** A row for each allowance and each limit, what completions need first. `nowMs`: this machine's clock. */
export function quotaRows(plan: Plan, nowMs: number): readonly QuotaRow[] {
  const order = Object.keys(quotaNames);
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const quotas = Object.entries(plan.quotas).sort(([one], [other]) => place(one) - place(other));
  return [
    ...quotas.map(([name, quota]) => ({
      name: quotaName(name, quota, plan),
      text: quotaInWords(quota, nowMs, isInCredits(name, quota, plan) ? " AI credits" : ""),
    })),
    ...Object.entries(plan.limits ?? {}).map(([name, limit]) => ({
      name: limitName(name),
      text: quotaInWords(limit, nowMs, ""),
    })),
  ];
}

export function quotaName(name: string, quota: Quota, plan: Pick<SessionReport, "tokenBasedBilling">): string {
  if (name === "premium_interactions" && isInCredits(name, quota, plan)) return "AI credits";
  return Object.hasOwn(quotaNames, name) ? (quotaNames[name] ?? name) : name;
}

export function limitName(name: string): string {
  return Object.hasOwn(limitNames, name) ? (limitNames[name] ?? name) : `${name} limit`;
}

/** Accounts that pay by credits are granted them under the name that premium requests had. */
function isInCredits(name: string, { inCredits }: Quota, plan: Pick<SessionReport, "tokenBasedBilling">): boolean {
  return inCredits === true || (plan.tokenBasedBilling === true && name === "premium_interactions");
}

function quotaInWords(quota: Quota, nowMs: number, unit: string): string {
  const amount = amountInWords(quota, unit);
  const isBounded = !quota.unlimited && quota.entitlement !== 0;
  return quota.resetsAt === undefined || !isBounded ? amount : `${amount}, ${resetInWords(quota.resetsAt, nowMs)}`;
}

function amountInWords(quota: Quota, unit: string): string {
  const { unlimited, percentRemaining, entitlement, remaining, used } = quota;
  if (unlimited) return used === undefined ? "unlimited" : `${number(used)}${unit} used, without a limit`;
  const more = quota.overagePermitted === true ? "; what goes beyond costs money" : "";
  if (entitlement === 0) return `none in this plan${more}`;
  if (percentRemaining < 0) {
    const granted = entitlement === undefined ? "the plan grants" : `the ${number(entitlement)}${unit} of the plan`;
    const over = quota.overageUsed ?? (remaining !== undefined && remaining < 0 ? -remaining : undefined);
    const extra = over === undefined ? "more than" : `${number(over)} more than`;
    return `${usedInWords(quota)} used: ${extra} ${granted}${more}`;
  }
  const share = percentInWords(percentRemaining);
  const counted = entitlement !== undefined && remaining !== undefined;
  const left = counted
    ? `${number(remaining)} of ${number(entitlement)}${unit} left (${share})`
    : `${share}${unit === "" ? "" : ` of${unit}`} left`;
  return percentRemaining === 0 ? left + more : left;
}

/** `90 %`, above 100 where more was used than is granted. */
export function usedInWords({ percentRemaining }: Quota): string {
  return percentInWords(100 - percentRemaining);
}

/** Whole percents. What is nearly all or nearly nothing is not called all or nothing. */
function percentInWords(percent: number): string {
  if (percent > 0 && percent < 1) return "less than 1 %";
  if (percent > 99 && percent < 100) return "99 %";
  return `${number(Math.round(percent))} %`;
}

/** In the time zone of this machine. A day without an hour stays the day that the service names. */
export function resetInWords(resetsAt: string, nowMs: number): string {
  const ms = Date.parse(resetsAt);
  const isDay = resetsAt.length === "2026-02-01".length;
  const timeZone = isDay ? "UTC" : undefined;
  const day = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone,
  })
    .format(ms)
    .replaceAll(",", "");
  const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
  const shown = isDay ? day : `${day}, ${hour.format(ms)} local time`;
  if (ms <= nowMs) return `was to be full again on ${shown}`;
  return `full again on ${shown} (in ${durationInWords(ms - nowMs)})`;
}
