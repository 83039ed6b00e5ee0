// What the plan leaves, on the built program: the same figures by every front, from GitHub and from the headers of answers,
// whatever shape they have, and one warning for a person with several windows.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { QuotaResult } from "../../../shared/lsp.ts";
import type { StatusReport } from "../../../shared/status.ts";
import { eventually } from "../../support/eventually.ts";
import type { SpawnedLspServer } from "../../support/lsp-client.ts";
import { leaks, type Machine, openMachine } from "../bridge.ts";

const limitMs = 120_000;
const uri = "file:///project/a.py";
const hourMs = 3_600_000;

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["left + right"]);
});
afterEach(() => machine.close());

async function openEditor(): Promise<SpawnedLspServer> {
  const editor = machine.edit();
  await editor.initialize();
  editor.open(uri, "x = ");
  return editor;
}

/** A question that the service itself answers. */
let versions = 1;
async function complete(editor: SpawnedLspServer): Promise<void> {
  versions += 1;
  const text = `def add(left, right):\n    total_${versions} = `;
  editor.change(uri, versions, text);
  await editor.inlineCompletion(uri, { line: 1, character: text.length - text.indexOf("\n") - 1 }).answer;
}

const warnings = (editor: SpawnedLspServer): readonly string[] =>
  (editor.calls("window/showMessage") as readonly { type: number; message: string }[])
    .filter(({ type }) => type === 2)
    .map(({ message }) => message);

async function row(name: string): Promise<string | undefined> {
  const { stdout } = await machine.run(["status"], { env: { TZ: "Asia/Kolkata" } });
  return new RegExp(`^${name} +(.*(?:\\n +.*)*)`, "m").exec(stdout)?.[1]?.replaceAll(/\s+/g, " ");
}

describe("a plan that is paid by credits", () => {
  const inAnHour = new Date(Math.ceil(Date.now() / 1000) * 1000 + hourMs).toISOString();

  beforeEach(() => {
    machine.emulator.setUser({
      copilot_plan: "individual_max_ultra",
      token_based_billing: true,
      quota_reset_date: "2031-03-01",
      quota_reset_date_utc: "2031-03-01T00:00:00.000Z",
      quota_snapshots: {
        chat: { unlimited: true, percent_remaining: 100, entitlement: "0", has_quota: false },
        completions: { unlimited: true, percent_remaining: 100, credits_used: 12 },
        premium_interactions: {
          unlimited: false,
          entitlement: "1500",
          quota_remaining: 0,
          percent_remaining: 0,
          overage_count: 300,
          overage_permitted: true,
        },
        telepathy: { unlimited: false, entitlement: "40", remaining: 10, percent_remaining: 25 },
      },
    });
    machine.emulator.setQuotaHeaders({
      "x-usage-ratelimit-session": `ent=0&rem=40.5&rst=${encodeURIComponent(inAnHour)}`,
      "x-usage-ratelimit-weekly": "ent=0&rem=-3&rst=2031-03-02T00%3A00%3A00Z",
    });
  });

  test(
    "is told in a shell, with the hour of the person's own time zone, and names that nobody knows as they come",
    async () => {
      expect(await row("Plan")).toBe("individual_max_ultra, yearly_subscriber_quota, paid by AI credits");
      expect(await row("AI credits")).toMatch(
        /^120 % used: 300 more than the 1,500 AI credits of the plan; what goes beyond costs money, full again on Saturday 1 March 2031, 05:30 local time \(in [\d,]+ days\)$/,
      );
      expect(await row("telepathy")).toMatch(
        /^10 of 40 left \(25 %\), full again on Saturday 1 March 2031, 05:30 local time/,
      );
      expect(await row("Completions")).toBe("12 used, without a limit");
    },
    limitMs,
  );

  test(
    "is the same by every front, and with the limits once an answer has named them",
    async () => {
      const editor = await openEditor();
      await complete(editor);
      const premium = { percentRemaining: -20, entitlement: 1500, overagePermitted: true, overageUsed: 300 };
      const weekly = { unlimited: false, percentRemaining: -3, resetsAt: "2031-03-02T00:00:00.000Z" };
      const expected = {
        session: {
          plan: "individual_max_ultra",
          tokenBasedBilling: true,
          quotas: { premium_interactions: premium, telepathy: { remaining: 10 } },
          limits: { session: { percentRemaining: 40.5, resetsAt: inAnHour }, weekly },
        },
      };
      const status = await editor.request<StatusReport>("workspace/executeCommand", {
        command: "copilot.status",
        arguments: [],
      });
      expect(status).toMatchObject(expected);
      const shown = (editor.calls("window/showMessage") as readonly { message: string }[]).map(
        ({ message }) => message,
      );
      expect(shown.join("\n")).toContain("Weekly limit: 103 % used: more than the plan grants, full again on");
      expect(shown.join("\n")).toMatch(
        /Session limit: 41 % left, full again on .* local time \(in (?:1 hour|\d+ minutes)\)/,
      );

      await eventually(async () => expect((await machine.fetch("/status")).status).toBe(200));
      const overHttp: unknown = JSON.parse((await machine.fetch("/status")).text);
      expect(overHttp).toMatchObject(expected);
      const metrics = (await machine.fetch("/metrics")).text;
      expect(metrics).toContain('copilot_lsp_quota_remaining_percent{kind="quota",name="premium_interactions"} -20\n');
      expect(metrics).toContain('copilot_lsp_quota_remaining_percent{kind="quota",name="completions"} +Inf\n');
      expect(metrics).toContain('copilot_lsp_quota_remaining_percent{kind="limit",name="weekly"} -3\n');
      expect(metrics).toContain('copilot_lsp_quota_remaining{kind="quota",name="telepathy"} 10\n');
      expect(metrics).toContain(
        `copilot_lsp_quota_reset_time_seconds{kind="limit",name="session"} ${Date.parse(inAnHour) / 1000}\n`,
      );

      expect(await editor.request<QuotaResult>("checkQuota", {})).toMatchObject({
        completions: { percentRemaining: 100, unlimited: true },
        premiumInteractions: { percentRemaining: 0, percentUsed: 120, overageCount: 300, overagePermitted: true },
        others: { telepathy: { percentRemaining: 25, entitlement: 40 } },
        limits: { session: { percentRemaining: 40.5 }, weekly: { percentRemaining: 0, percentUsed: 103 } },
        copilotPlan: "individual_max_ultra",
        tokenBasedBilling: true,
      });
      const { stdout } = await machine.run(["status", "--json"]);
      expect(JSON.parse(stdout)).toMatchObject({ session: { quotas: { premium_interactions: premium } } });
      expect(leaks(machine)).toEqual([]);
    },
    limitMs,
  );
});

test(
  "what completions leave is warned of once at each share, in one window, and not again after a restart",
  async () => {
    const left = (percent: number): void =>
      machine.emulator.setQuotaHeaders({
        "x-quota-snapshot-completions": `ent=2000&rem=${percent}&totRem=${percent * 20}&rst=2031-03-01T00%3A00%3A00Z`,
      });
    const editors = [await openEditor(), await openEditor()];
    const both = async (): Promise<void> => {
      for (const editor of editors) {
        await complete(editor);
        await complete(editor);
      }
    };
    left(30);
    await both();
    for (const percent of [24, 22, 9, 0, -7]) {
      left(percent);
      await both();
    }
    const told = editors.flatMap(warnings).filter((message) => message.includes("Completions"));
    expect(told.map((message) => /\d+ %/.exec(message)?.[0])).toEqual(["76 %", "91 %", "100 %"]);
    expect(told[0]).toContain("full again on");

    await Promise.all(editors.map((editor) => editor.shutdown()));
    const later = await openEditor();
    await complete(later);
    await later.request("checkQuota", {});
    expect(warnings(later)).toEqual([]);

    const folder = join(machine.home, ".config/copilot-lsp/told");
    expect(readdirSync(folder)).toHaveLength(3);
    await machine.run(["logout"]);
    expect(existsSync(folder)).toBe(false);
  },
  limitMs,
);

test(
  "a refusal says what is left as well",
  async () => {
    const editor = await openEditor();
    const headers = { "x-quota-snapshot-completions": "ent=2000&rem=0&totRem=0&rst=2031-03-01T00%3A00%3A00Z" };
    machine.emulator.script("completions", { kind: "status", status: 402, headers, body: "quota exceeded" });
    await complete(editor);
    expect(await editor.request<QuotaResult>("checkQuota", {})).toMatchObject({
      completions: { percentRemaining: 0, percentUsed: 100, unlimited: false },
    });
    await editor.waitFor<{ message: string }>("window/showMessage", ({ message }) =>
      message.includes('100 % of "Completions" used'),
    );
  },
  limitMs,
);

describe("figures that make no sense", () => {
  const odd: readonly unknown[] = [
    null,
    "NaN",
    Number.MAX_VALUE,
    -1e300,
    "\u001b[31m5",
    [],
    {},
    true,
    -7,
    "9".repeat(400),
  ];
  const shapes: readonly Readonly<Record<string, unknown>>[] = [
    ...odd.map((value) => ({ quota_snapshots: value, monthly_quotas: value, limited_user_quotas: value })),
    ...odd.map((value) => ({
      copilot_plan: value,
      token_based_billing: value,
      quota_reset_date: value,
      quota_reset_date_utc: value,
      quota_snapshots: {
        completions: { percent_remaining: value, entitlement: value, remaining: value, unlimited: value },
        ["\u202e".repeat(9) + "q".repeat(999)]: { percent_remaining: 5 },
        __proto__: { percent_remaining: value },
        constructor: { percent_remaining: 5, quota_reset_at: value, reset_date: value, overage_count: value },
      },
    })),
  ];

  test(
    "neither end the program nor show",
    async () => {
      const editor = await openEditor();
      for (const value of odd) {
        const text = String(value).replaceAll(/[^ -~]/g, "?");
        machine.emulator.setQuotaHeaders({
          "x-quota-snapshot-completions": `ent=${text}&rem=${text}&totRem=${text}&rst=${text}&ov=${text}`,
          "x-quota-snapshot-": "rem=5",
          "x-usage-ratelimit-session": text,
        });
        await complete(editor);
      }
      const shown = await editor.request("workspace/executeCommand", { command: "copilot.status", arguments: [] });
      expect(JSON.stringify(shown)).not.toMatch(/NaN|Infinity|e\+|"percentRemaining":null/);
      await eventually(async () => expect((await machine.fetch("/metrics")).text).not.toContain("NaN"));
      for (const fields of shapes) {
        machine.emulator.setUser(fields);
        const { code, stdout } = await machine.run(["status", "--json"]);
        expect(code).toBe(0);
        const { session } = JSON.parse(stdout) as { session: { quotas: object } };
        expect(JSON.stringify(session.quotas)).not.toMatch(/null|NaN|q{50}/);
      }
      machine.emulator.setUser(shapes.at(-1) ?? {});
      expect((await machine.run(["status"])).stdout).toMatch(/^Account +signed in as octocat$/m);
    },
    limitMs,
  );
});
