// What the plan leaves, when GitHub and the answers of the service say it one after the other.

import { expect, test } from "vitest";
import type { Quota } from "../../shared/status.ts";
import type { CopilotUser, SessionToken } from "../../server/upstream/types.ts";
import { sessionToken } from "./support/fake-github.ts";
import { createHarness } from "./support/harness.ts";

const left = (percentRemaining: number, more: Partial<Quota> = {}): Quota => ({
  unlimited: false,
  percentRemaining,
  ...more,
});
const user = (quotas: Readonly<Record<string, Quota>>): CopilotUser => ({
  login: "octocat",
  plan: "individual",
  tokenBasedBilling: undefined,
  quotaResetDate: "2026-02-01",
  quotas,
});

async function open(answer: () => CopilotUser | Promise<CopilotUser>) {
  const harness = createHarness();
  harness.github.user = answer;
  await harness.auth.start();
  await harness.clock.advance(0);
  const session = harness.auth.sessions.peek() ?? sessionToken();
  let told = 0;
  harness.auth.onQuotas(() => (told += 1));
  const learn = (quotas: Readonly<Record<string, Quota>>, limits = {}, of: SessionToken = session): void =>
    harness.auth.learnQuotas(of, { quotas, limits });
  return { ...harness, learn, told: () => told, quotas: () => harness.auth.report()?.quotas ?? {} };
}

test("an answer is newer than what GitHub said before it, and keeps what it does not say", async () => {
  const known = left(50, { resetsAt: "2026-02-01", inCredits: true, entitlement: 10, remaining: 5 });
  const { learn, told, quotas } = await open(() => user({ premium_models: known, chat: left(80) }));
  learn({ premium_models: left(20) });
  expect(quotas()).toEqual({
    // How many are left is not known any more: 5 of 10 would be 50 %.
    premium_models: left(20, { resetsAt: "2026-02-01", inCredits: true }),
    chat: left(80),
  });
  expect(told()).toBe(1);
});

test("an answer that came while GitHub was asked is not overwritten by the older reply", async () => {
  let reply: ((answer: CopilotUser) => void) | undefined;
  const { clock, learn, quotas } = await open(() => new Promise((resolve) => (reply = resolve)));
  learn({ completions: left(20), others: left(1) });
  reply?.(user({ completions: left(50), chat: left(80) }));
  await clock.advance(0);
  expect(quotas()).toEqual({ completions: left(20), others: left(1), chat: left(80) });
});

test("GitHub's next reply is newer, and what it does not name any more is gone", async () => {
  let answer = user({ completions: left(50), chat: left(80) });
  const { clock, learn, quotas } = await open(() => answer);
  learn({ completions: left(20), others: left(1) });
  answer = user({ completions: left(19) });
  await clock.advance(26 * 60_000);
  expect(quotas()).toEqual({ completions: left(19), others: left(1) });
});

test("a limit is gone once its time has passed", async () => {
  const { auth, clock, learn } = await open(() => user({}));
  const resetsAt = new Date(clock.nowMs() + 60_000).toISOString();
  learn({}, { session: left(3, { resetsAt }), weekly: left(40) });
  expect(Object.keys(auth.report()?.limits ?? {})).toEqual(["session", "weekly"]);
  await clock.advance(60_000);
  expect(Object.keys(auth.report()?.limits ?? {})).toEqual(["weekly"]);
});

test("what is said to a session of another account is not this one's", async () => {
  const { learn, told, quotas } = await open(() => user({}));
  learn({ completions: left(0) }, {}, sessionToken());
  expect([quotas(), told()]).toEqual([{}, 0]);
});

test("a service that names new allowances in every answer fills no memory", async () => {
  const { auth, learn, quotas } = await open(() => user({}));
  for (let index = 0; index < 500; index += 1) learn({ [`q${index}`]: left(1) }, { [`l${index}`]: left(1) });
  expect(Object.keys(quotas()).length).toBeLessThanOrEqual(40);
  expect(Object.keys(auth.report()?.limits ?? {}).length).toBeLessThanOrEqual(40);
  expect(auth.usedQuotas().size).toBeLessThanOrEqual(40);
});
