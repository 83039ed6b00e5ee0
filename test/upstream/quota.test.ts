// What the service says of a plan, in every form that it has and in forms that it should not have.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quotaRows } from "../../shared/words/quota.ts";
import { createQuotaReader, quotaOf } from "../../server/upstream/copilot/quota.ts";
import type { ToldQuotas } from "../../server/upstream/types.ts";
import { sessionAt } from "./harness.ts";

function readHeaders(headers: Readonly<Record<string, string>>): ToldQuotas | undefined {
  let read: ToldQuotas | undefined;
  createQuotaReader((_session, told) => (read = told))(sessionAt("https://proxy.example"), headers);
  return read;
}

const nowMs = Date.UTC(2026, 0, 1);
const resetsAt: readonly unknown[] = [];

describe("the headers of an answer", () => {
  it("tell allowances and limits by their names, known or not", () => {
    const told = readHeaders({
      "content-type": "text/event-stream",
      "x-quota-snapshot-completions": "ent=2000&rem=12.5&totRem=250&ov=0.0&ovPerm=false&rst=2026-02-01T00%3A00%3A00Z",
      "x-quota-snapshot-premium_models": "ent=-1&rem=100.0&totRem=-1&ov=0.0&ovPerm=true&rst=2026-02-01T00%3A00%3A00Z",
      "x-quota-snapshot-telepathy": "rem=40",
      "x-usage-ratelimit-session": "ent=0&ov=0.0&ovPerm=false&rem=99.6&rst=2026-01-01T14%3A30%3A56Z",
      "x-usage-ratelimit-weekly": "rem=-5&rst=1767571200",
    });
    expect(told).toEqual({
      quotas: {
        completions: {
          unlimited: false,
          percentRemaining: 12.5,
          entitlement: 2000,
          remaining: 250,
          overagePermitted: false,
          resetsAt: "2026-02-01T00:00:00.000Z",
        },
        premium_models: {
          unlimited: true,
          percentRemaining: 100,
          overagePermitted: true,
        },
        telepathy: { unlimited: false, percentRemaining: 40 },
      },
      limits: {
        session: {
          unlimited: false,
          percentRemaining: 99.6,
          overagePermitted: false,
          resetsAt: "2026-01-01T14:30:56.000Z",
        },
        weekly: { unlimited: false, percentRemaining: -5, resetsAt: "2026-01-05T00:00:00.000Z" },
      },
    });
  });

  it.each([
    ["nothing", ""],
    ["no number", "rem=NaN"],
    ["an infinite one", "rem=Infinity"],
    ["one beyond all plans", "rem=1e300"],
    ["one with too many digits", `rem=${"9".repeat(40)}`],
    ["a word", "rem=lots&ent=oops"],
    ["more used than can be", "rem=-1000000000"],
    ["the same header twice", "rem=50, rem=60"],
    ["more text than a header of it has", `rem=50&x=${"y".repeat(1000)}`],
    ["a total of nothing", "ent=0&totRem=0"],
  ])("that hold %s say nothing", (_what, value) => {
    expect(readHeaders({ "x-quota-snapshot-completions": value })?.quotas).toEqual({});
  });

  it.each(["tomorrow", "1", "9999-99-99", "-2026-02-01", "1e300", "", "2026-02-01T99:00:00Z", "0001-01-01T00:00:00Z"])(
    "that name %j as a time name none",
    (rst) => {
      const value = new URLSearchParams({ rem: "50", rst }).toString();
      expect(readHeaders({ "x-quota-snapshot-completions": value })?.quotas["completions"]).toEqual({
        unlimited: false,
        percentRemaining: 50,
      });
    },
  );

  it("are told once while they stay the same", () => {
    const told: ToldQuotas[] = [];
    const read = createQuotaReader((_session, news) => told.push(news));
    const session = sessionAt("https://proxy.example");
    for (const rem of ["50", "50", "49", "49"]) read(session, { "x-quota-snapshot-completions": `rem=${rem}` });
    read(session, { "content-type": "text/event-stream" });
    expect(told.map(({ quotas }) => quotas["completions"]?.percentRemaining)).toEqual([50, 49]);
  });

  it("that name a thousand allowances fill no memory", () => {
    const many = Array.from({ length: 1000 }, (_, index) => [`x-quota-snapshot-q${index}`, "rem=1"] as const);
    expect(Object.keys(readHeaders(Object.fromEntries(many))?.quotas ?? {})).toHaveLength(20);
    expect(readHeaders({ [`x-quota-snapshot-${"q".repeat(5000)}`]: "rem=1" })?.quotas).toEqual({});
  });
});

describe("a snapshot", () => {
  it("may have its numbers as strings, as the service writes the entitlement", () => {
    expect(quotaOf({ entitlement: "1500", remaining: "375", percentRemaining: "25.0", resetsAt })).toEqual({
      unlimited: false,
      entitlement: 1500,
      remaining: 375,
      percentRemaining: 25,
    });
  });

  it("that stops at 0 and counts what goes beyond is over 100 %", () => {
    expect(quotaOf({ entitlement: 300, remaining: 0, percentRemaining: 0, overageUsed: 36, resetsAt })).toMatchObject({
      percentRemaining: -12,
      overageUsed: 36,
    });
  });

  it("is unlimited only where the service says so", () => {
    for (const unlimited of ["true", 1, "yes", {}, [], null]) {
      expect(quotaOf({ unlimited, percentRemaining: 3, resetsAt })).toMatchObject({ unlimited: false });
    }
    expect(quotaOf({ unlimited: true, used: 1234, resetsAt })).toEqual({
      unlimited: true,
      percentRemaining: 100,
      used: 1234,
    });
  });

  it("of any shape gives figures that can be shown, or none", () => {
    const odd = fc.oneof(
      fc.anything(),
      fc.double(),
      fc.constantFrom("", "NaN", "-0", "1e999", "\u202e5", "0x10", " 7 ", Number.MAX_VALUE, -1, 0),
    );
    fc.assert(
      fc.property(
        odd,
        odd,
        odd,
        odd,
        odd,
        odd,
        (unlimited, percentRemaining, entitlement, remaining, overageUsed, at) => {
          const quota = quotaOf({
            unlimited,
            percentRemaining,
            entitlement,
            remaining,
            overageUsed,
            used: at,
            overagePermitted: unlimited,
            inCredits: unlimited,
            resetsAt: [at],
          });
          if (!quota) return;
          expect(JSON.parse(JSON.stringify(quota))).toEqual(quota);
          expect(quota.percentRemaining).toBeLessThanOrEqual(100);
          expect(quota.percentRemaining).toBeGreaterThanOrEqual(-10_000);
          const [row] = quotaRows({ quotas: { completions: quota } }, nowMs);
          expect(row?.text).not.toMatch(/NaN|Infinity|undefined|Invalid|e\+/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
