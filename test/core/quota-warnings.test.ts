// One warning at 75, 90 and 100 % of what is used up, however often the figures come and from however many windows.

import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createClaims } from "../../server/config/claims.ts";
import { createQuotaWarnings, type QuotaWarnings } from "../../server/core/quota-warnings.ts";
import type { Quota, SessionReport } from "../../shared/status.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

const dayMs = 24 * 3_600_000;

let clock: ManualClock;
let folder: string;

beforeEach(() => {
  clock = createManualClock(Date.UTC(2026, 0, 1));
  folder = mkdtempSync(join(tmpdir(), "quota-warnings-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

interface Window {
  readonly messages: readonly string[];
  tell(session: Partial<Pick<SessionReport, "quotas" | "limits" | "tokenBasedBilling">>): Promise<void>;
  completions(usedPercent: number, more?: Partial<Quota>): Promise<void>;
}

function openWindow(account?: string): Window {
  const messages: string[] = [];
  const warnings: QuotaWarnings = createQuotaWarnings({
    clock,
    isUsed: (name) => name === "completions" || name === "premium_models",
    claim: createClaims({ clock }, join(folder, "told")).claim,
    account,
    log: createRecordingLog(),
  });
  warnings.onWarning((message) => messages.push(message));
  const tell: Window["tell"] = async (session) => {
    const endpoints = { api: "", proxy: "" };
    await warnings.look({ expiresAtMs: 0, refreshAtMs: 0, quotas: {}, endpoints, ...session }, "octocat");
  };
  return {
    messages,
    tell,
    completions: (usedPercent, more = { resetsAt: "2026-02-01" }) =>
      tell({ quotas: { completions: { unlimited: false, percentRemaining: 100 - usedPercent, ...more } } }),
  };
}

describe("what is used up is told", () => {
  it("once at each share, and above 100 % not again", async () => {
    const window = openWindow();
    for (const used of [10, 74.9, 75, 76, 75, 89, 90.2, 99, 100, 101, 130]) await window.completions(used);
    expect(window.messages).toEqual([
      'Copilot: 75 % of "Completions" used.\nIt is full again on Sunday 1 February 2026 (in 31 days).',
      'Copilot: 90 % of "Completions" used.\nIt is full again on Sunday 1 February 2026 (in 31 days).',
      'Copilot: 100 % of "Completions" used.\nIt is full again on Sunday 1 February 2026 (in 31 days).',
    ]);
  });

  it("with one message where several shares are passed at once", async () => {
    const window = openWindow();
    await window.completions(120);
    expect(window.messages).toEqual([
      'Copilot: 120 % of "Completions" used.\nIt is full again on Sunday 1 February 2026 (in 31 days).',
    ]);
  });

  it("by one of two windows, and not again by one that is opened later", async () => {
    const [one, other] = [openWindow(), openWindow()];
    await Promise.all([one.completions(80), other.completions(80)]);
    const later = openWindow();
    await later.completions(81);
    expect([one, other, later].flatMap(({ messages }) => messages)).toHaveLength(1);
    await later.completions(90);
    expect(later.messages).toHaveLength(1);
  });

  it("again once it has been full again", async () => {
    const window = openWindow();
    await window.completions(95);
    await clock.advance(31 * dayMs);
    // The service may take a while to say so.
    await window.completions(95);
    await window.completions(0, { resetsAt: "2026-03-01" });
    await window.completions(76, { resetsAt: "2026-03-01" });
    expect(window.messages).toHaveLength(2);
    expect(window.messages[1]).toContain("76 %");
  });

  it("once though the time of the reset moves with every answer", async () => {
    const window = openWindow();
    for (let hour = 0; hour < 30; hour += 1) {
      await window.completions(80, { resetsAt: new Date(Date.UTC(2026, 1, 1, hour)).toISOString() });
    }
    expect(window.messages).toHaveLength(1);
  });

  it("without a reset time once a month", async () => {
    const window = openWindow();
    await window.completions(80, {});
    await openWindow().completions(80, {});
    await window.completions(40, {});
    await clock.advance(31 * dayMs);
    await window.completions(80, {});
    expect(window.messages).toHaveLength(2);
  });

  it("of credits and limits by their names, and for each account by itself", async () => {
    const window = openWindow("work");
    const resetsAt = "2026-01-01T05:00:00.000Z";
    await window.tell({
      quotas: { premium_models: { unlimited: false, percentRemaining: 5, inCredits: true } },
      limits: {
        session: { unlimited: false, percentRemaining: 0, resetsAt },
        odd: { unlimited: false, percentRemaining: 9 },
      },
    });
    const session = window.messages.find((message) => message.includes("Session"));
    expect(session).toMatch(
      /^Copilot: 100 % of "Session limit" of account work used\.\nIt is full again on .* local time \(in 5 hours\)\.$/,
    );
    expect(window.messages.filter((message) => message !== session).toSorted()).toEqual([
      'Copilot: 91 % of "odd limit" of account work used.',
      'Copilot: 95 % of "Premium models" of account work used.',
    ]);
    const nameless = openWindow();
    await nameless.tell({ limits: { odd: { unlimited: false, percentRemaining: 9 } } });
    expect(nameless.messages).toHaveLength(1);
  });
});

describe("nothing is told", () => {
  it.each<[string, Partial<SessionReport>]>([
    ["of what has no limit", { quotas: { completions: { unlimited: true, percentRemaining: 0 } } }],
    [
      "of what the plan has none of",
      { quotas: { completions: { unlimited: false, percentRemaining: 0, entitlement: 0 } } },
    ],
    ["of what this program does not use", { quotas: { chat: { unlimited: false, percentRemaining: 0 } } }],
    [
      "by figures of a time that is over",
      { quotas: { completions: { unlimited: false, percentRemaining: 0, resetsAt: "2025-12-01" } } },
    ],
  ])("%s", async (_what, session) => {
    const window = openWindow();
    await window.tell(session);
    expect(window.messages).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what was told", () => {
  it("is forgotten when it is old, and names nobody", async () => {
    await openWindow("acme").completions(75);
    const [name = ""] = readdirSync(join(folder, "told"));
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    const longAgo = (clock.nowMs() - 101 * dayMs) / 1000;
    utimesSync(join(folder, "told", name), longAgo, longAgo);
    await openWindow("acme").completions(90);
    expect(readdirSync(join(folder, "told"))).not.toContain(name);
  });

  it("is told all the same where nothing can be written", async () => {
    writeFileSync(join(folder, "told"), "");
    const window = openWindow();
    await window.completions(75);
    await window.completions(76);
    expect(window.messages).toHaveLength(1);
  });
});
