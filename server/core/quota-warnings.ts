// Tells once that three quarters, nine tenths and all of an allowance are used: for each of these shares once until the
// allowance is full again, whichever of a person's windows learns of it, and whether it was started anew meanwhile.

import type { Clock, Log } from "../../shared/context.ts";
import { limitName, quotaName, resetInWords, usedInWords } from "../../shared/words/quota.ts";
import type { Quota, SessionReport } from "../../shared/status.ts";
import { createEmitter } from "../runtime/emitter.ts";

/** Percent that are used. */
const levels = [75, 90, 100] as const;
/** What falls below this share has been filled up, whatever its reset time says. */
const refilledBelow = 50;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export interface QuotaWarnings {
  /** Looks whether there is something to tell. Resolves when it was told; never rejects. */
  look(session: SessionReport, user: string): Promise<void>;
  /** One or two sentences for a person. Returns the way to stop. */
  onWarning(listener: (message: string) => void): () => void;
}

interface Told {
  readonly level: number;
  /** Absent where the service names no time. */
  readonly resetsAtMs: number | undefined;
}

export function createQuotaWarnings(deps: {
  readonly clock: Clock;
  readonly log: Log;
  /** What this program's own requests use up; of anything else other programs may warn. */
  readonly isUsed: (name: string) => boolean;
  /** Whether nobody has claimed `key` before: no process of this person, at any time. Never rejects. */
  readonly claim: (key: string) => Promise<boolean>;
  /** Put before each message where several accounts are in use. */
  readonly account: string | undefined;
}): QuotaWarnings {
  const { clock } = deps;
  const warnings = createEmitter<string>(deps.log);
  const told = new Map<string, Told>();
  let listeners = 0;

  const lookAt = async (key: string, quota: Quota, name: string, periodMs: number): Promise<void> => {
    const nowMs = clock.nowMs();
    const resetsAtMs = quota.resetsAt === undefined ? undefined : Date.parse(quota.resetsAt);
    const usedPercent = 100 - quota.percentRemaining;
    const last = told.get(key);
    const isOver = last?.resetsAtMs !== undefined && last.resetsAtMs <= nowMs;
    if (isOver || usedPercent < refilledBelow) told.delete(key);
    if (quota.unlimited || quota.entitlement === 0 || (resetsAtMs !== undefined && resetsAtMs <= nowMs)) return;
    const level = levels.findLast((one) => usedPercent >= one);
    if (level === undefined || level <= (told.get(key)?.level ?? 0)) return;
    told.set(key, { level, resetsAtMs });
    // Without a time of its own, the month is the period: that is what plans count by.
    const period = Math.round((resetsAtMs ?? startOfMonth(nowMs)) / periodMs);
    if (!(await deps.claim(`${key} ${level} ${period}`))) return;
    const account = deps.account === undefined ? "" : ` of account ${deps.account}`;
    // On a line of its own: editors show the first one.
    const reset = quota.resetsAt === undefined ? "" : `\nIt is ${resetInWords(quota.resetsAt, nowMs)}.`;
    warnings.emit(`Copilot: ${usedInWords(quota)} of "${name}"${account} used.${reset}`);
  };

  return {
    async look(session, user) {
      if (listeners === 0) return;
      const of = (kind: string, name: string): string => JSON.stringify([deps.account, user, kind, name]);
      await Promise.all([
        ...Object.entries(session.quotas)
          .filter(([name]) => deps.isUsed(name))
          .map(([name, quota]) => lookAt(of("quota", name), quota, quotaName(name, quota, session), dayMs)),
        ...Object.entries(session.limits ?? {}).map(([name, limit]) =>
          lookAt(of("limit", name), limit, limitName(name), hourMs),
        ),
      ]);
    },
    onWarning(listener) {
      listeners += 1;
      const stop = warnings.on(listener);
      return () => {
        listeners -= 1;
        stop();
      };
    },
  };
}

function startOfMonth(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
}
