// What is left of a plan, in the words of the service: snapshots in JSON, and headers of its answers. Every figure may be
// missing or nonsense; what cannot be meant is left out, and what is left out is never guessed.

import type { Quota } from "../../../shared/status.ts";
import { withoutControls } from "../../runtime/printable.ts";
import type { SessionToken, ToldQuotas } from "../types.ts";

/** The figures of one allowance, as they came. */
export interface QuotaFields {
  readonly unlimited?: unknown;
  readonly percentRemaining?: unknown;
  /** -1: without a limit. */
  readonly entitlement?: unknown;
  readonly remaining?: unknown;
  readonly overagePermitted?: unknown;
  readonly overageUsed?: unknown;
  readonly used?: unknown;
  readonly inCredits?: unknown;
  /** The first that is a time counts. */
  readonly resetsAt: readonly unknown[];
}

const maxFigure = 1e12;
const leastPercent = -10_000;
const maxNames = 20;
const maxNameLength = 40;
const maxHeaderLength = 512;

/** Undefined where nothing says how much is left. */
export function quotaOf(fields: QuotaFields): Quota | undefined {
  const granted = figureOf(fields.entitlement);
  const unlimited = fields.unlimited === true || granted === -1;
  const entitlement = granted === undefined || granted < 0 ? undefined : granted;
  const left = figureOf(fields.remaining);
  const remaining = unlimited && left === -1 ? undefined : left;
  const overageUsed = figureOf(fields.overageUsed);
  const used = figureOf(fields.used);
  const isOver = overageUsed !== undefined && overageUsed > 0;
  const told = figureOf(fields.percentRemaining) ?? percentOf(remaining, entitlement) ?? (unlimited ? 100 : undefined);
  // Some answers stop at 0 and count what goes beyond by itself.
  const beyond = told === 0 && isOver && !unlimited ? percentOf(-overageUsed, entitlement) : undefined;
  const percentRemaining = beyond ?? told;
  if (percentRemaining === undefined || percentRemaining < leastPercent) return undefined;
  const resetsAt = fields.resetsAt.map(timeOf).find((time) => time !== undefined);
  return {
    unlimited,
    percentRemaining: Math.min(100, percentRemaining),
    ...(entitlement !== undefined && { entitlement }),
    ...(remaining !== undefined && { remaining }),
    ...(typeof fields.overagePermitted === "boolean" && { overagePermitted: fields.overagePermitted }),
    ...(isOver && { overageUsed }),
    ...(used !== undefined && used >= 0 && { used }),
    ...(fields.inCredits === true && { inCredits: true }),
    ...(!unlimited && resetsAt !== undefined && { resetsAt }),
  };
}

/** Those of `named` that say something, by their names; bounded in number and length. */
export function quotasOf(named: Iterable<readonly [string, QuotaFields]>): Readonly<Record<string, Quota>> {
  const quotas: [string, Quota][] = [];
  for (const [name, fields] of named) {
    if (quotas.length === maxNames) break;
    const quota = quotaOf(fields);
    const shown = withoutControls(name);
    if (quota && shown !== "" && shown.length <= maxNameLength) quotas.push([shown, quota]);
  }
  return Object.fromEntries(quotas);
}

const quotaPrefix = "x-quota-snapshot-";
const limitPrefix = "x-usage-ratelimit-";

/**
 * Reads the headers of answers. `onTold` is called when they say anything, unless the last answer to this session said
 * the same.
 */
export function createQuotaReader(
  onTold: (session: SessionToken, told: ToldQuotas) => void,
): (session: SessionToken, headers: Readonly<Record<string, string>>) => void {
  let lastSession: SessionToken | undefined;
  let lastText = "";
  return (session, headers) => {
    let text = "";
    for (const name in headers) {
      if (name.startsWith(quotaPrefix) || name.startsWith(limitPrefix)) text += `${name}:${headers[name]}\n`;
    }
    if (text === "" || (text === lastText && session === lastSession)) return;
    lastSession = session;
    lastText = text;
    const told = {
      quotas: quotasOf(underPrefix(headers, quotaPrefix, headerFields)),
      // There an entitlement of 0 means nothing.
      limits: quotasOf(
        underPrefix(headers, limitPrefix, (value) => ({ ...headerFields(value), entitlement: undefined })),
      ),
    };
    onTold(session, told);
  };
}

function* underPrefix(
  headers: Readonly<Record<string, string>>,
  prefix: string,
  read: (value: string) => QuotaFields,
): Generator<readonly [string, QuotaFields]> {
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix) && value.length <= maxHeaderLength) yield [name.slice(prefix.length), read(value)];
  }
}

/** `ent=300&rem=96.0&totRem=288&ov=0.0&ovPerm=false&rst=2026-02-01T00%3A00%3A00Z`; `rem` is a percentage. */
function headerFields(value: string): QuotaFields {
  const field = new URLSearchParams(value);
  const permitted = field.get("ovPerm");
  return {
    entitlement: field.get("ent"),
    percentRemaining: field.get("rem"),
    remaining: field.get("totRem"),
    overageUsed: field.get("ov"),
    ...(permitted !== null && { overagePermitted: permitted.toLowerCase() === "true" }),
    resetsAt: [field.get("rst")],
  };
}

/** A number, also in the form of a string; undefined for what no figure of a plan can be. */
function figureOf(value: unknown): number | undefined {
  const text = typeof value === "string" ? value.trim() : undefined;
  const isNumeral = text !== undefined && /^[+-]?\d{1,15}(?:\.\d{1,15})?$/.test(text);
  const figure = isNumeral ? Number(text) : value;
  // There is no -0 in JSON.
  return typeof figure === "number" && Math.abs(figure) <= maxFigure ? figure + 0 : undefined;
}

function percentOf(remaining: number | undefined, entitlement: number | undefined): number | undefined {
  if (remaining === undefined || entitlement === undefined || entitlement <= 0) return undefined;
  return (remaining / entitlement) * 100 + 0;
}

const earliestMs = Date.UTC(2020, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);

/** A day as `YYYY-MM-DD`, an instant in ISO 8601 or in seconds since the epoch; as `Quota.resetsAt`. */
function timeOf(value: unknown): string | undefined {
  const seconds = figureOf(value);
  const text = typeof value === "string" ? value.trim() : "";
  const isIso = /^\d{4}-\d\d-\d\d(?:$|T)/.test(text) && text.length <= 40;
  const ms = seconds === undefined ? (isIso ? Date.parse(text) : Number.NaN) : seconds * 1000;
  if (!(ms >= earliestMs && ms < latestMs)) return undefined;
  return seconds === undefined && text.length === 10 ? text : new Date(ms).toISOString();
}
