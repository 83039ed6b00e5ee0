// When rules are read, and what holds while they are not.

import { describe, expect, test } from "vitest";
import { createRuleCache, outside } from "../../server/exclusion/rule-cache.ts";
import type { Rule } from "../../server/exclusion/rule-set.ts";
import { createTimeLimit } from "../../server/exclusion/time-limit.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

type Lists = readonly (readonly Rule[])[];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const ruleOf = (name: string, type = "Organization"): Rule => ({
  paths: [`/${name}`],
  ifAnyMatch: undefined,
  ifNoneMatch: undefined,
  source: { type, name },
});
const failure = (fields: object = {}): CopilotError => new CopilotError("offline", "no network", fields);

function open(answer: (keys: readonly string[]) => Lists | Promise<Lists>) {
  const clock = createManualClock();
  const asked: (readonly string[])[] = [];
  let answering = answer;
  const cache = createRuleCache({
    clock,
    log: createRecordingLog(),
    limit: createTimeLimit(),
    async fetch(_ctx, remotes) {
      const keys = remotes === "outside" ? [outside] : remotes;
      asked.push(keys);
      return answering(keys);
    },
  });
  const counts = async (...keys: readonly string[]) => {
    await Promise.all(keys.map(async (key) => cache.settle(key)));
    return keys.map((key) => cache.get(key).rules?.count);
  };
  return { clock, asked, cache, counts, answerWith: (next: typeof answer) => void (answering = next) };
}

const perKey = (keys: readonly string[]): Lists => keys.map((key) => [ruleOf(key)]);

describe("the rules of a repository", () => {
  test("are read once for all who ask, with those that are asked for in the same turn, ten at a time", async () => {
    const { asked, counts } = open(perKey);
    const keys = Array.from({ length: 12 }, (_, index) => `https://h/o/r${index}`);
    await Promise.all([counts(...keys), counts(...keys)]);
    expect(asked.map((batch) => batch.length)).toEqual([10, 2]);
    await counts(...keys);
    expect(asked).toHaveLength(2);
  });

  test("and those for files outside of any are asked for apart", async () => {
    const { asked, counts } = open(perKey);
    expect(await counts("https://h/o/r", outside)).toEqual([1, 1]);
    expect(asked).toEqual([["https://h/o/r"], [outside]]);
  });

  test("are renewed behind a question after half an hour, and hold until then", async () => {
    const { clock, asked, cache, counts, answerWith } = open(perKey);
    await counts("r");
    await clock.advance(29 * minuteMs);
    cache.get("r");
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toHaveLength(1);
    await clock.advance(minuteMs);
    answerWith(() => [[ruleOf("a"), ruleOf("b")]]);
    expect(cache.settle("r")).toBeUndefined();
    expect(cache.get("r").rules?.count).toBe(1);
    await expect.poll(() => cache.get("r").rules?.count).toBe(2);
    expect(asked).toHaveLength(2);
  });

  test("are renewed after a new session, and gone for another account", async () => {
    const { asked, cache, counts } = open(perKey);
    await counts("r");
    cache.renew();
    expect(cache.get("r").rules?.count).toBe(1);
    await expect.poll(() => asked.length).toBe(2);
    cache.forget();
    expect(cache.peek("r").rules).toBeUndefined();
  });

  test("hold a day while they cannot be renewed, and then nothing does", async () => {
    const { clock, cache, counts, answerWith } = open(perKey);
    await counts("r");
    answerWith(() => Promise.reject(failure()));
    await clock.advance(hourMs);
    await counts("r");
    await expect.poll(() => cache.get("r")).toMatchObject({ rules: { count: 1 }, error: { code: "offline" } });
    await clock.advance(22 * hourMs);
    expect(await counts("r")).toEqual([1]);
    await clock.advance(hourMs);
    expect(await counts("r")).toEqual([undefined]);
    answerWith(perKey);
    await clock.advance(5 * minuteMs);
    expect(await counts("r")).toEqual([1]);
  });

  test("that cannot be had are asked for again after pauses that double, not at each key", async () => {
    const { clock, asked, cache, counts } = open(() => Promise.reject(failure()));
    for (let key = 0; key < 20; key += 1) await counts("r");
    expect(asked).toHaveLength(1);
    expect(cache.settle("r")).toBeUndefined();
    await clock.advance(5_000);
    await counts("r");
    await clock.advance(5_000);
    await counts("r");
    expect(asked).toHaveLength(2);
    await clock.advance(5_000);
    await counts("r");
    expect(asked).toHaveLength(3);
  });

  test("are asked for again when the service said, and not before", async () => {
    const { clock, asked, counts } = open(() => Promise.reject(failure({ retryAfterMs: minuteMs })));
    await counts("r");
    await clock.advance(59_000);
    await counts("r");
    expect(asked).toHaveLength(1);
    await clock.advance(1_000);
    await counts("r");
    expect(asked).toHaveLength(2);
  });
});

describe("an answer that is not what was asked", () => {
  test("with another number of lists is asked for again, one repository at a time", async () => {
    const { asked, counts } = open((keys) =>
      keys.length > 1 ? Promise.reject(new CopilotError("upstream-failed", "2 of 3")) : perKey(keys),
    );
    expect(await counts("a", "b", "c")).toEqual([1, 1, 1]);
    expect(asked.map((batch) => batch.join())).toEqual(["a,b,c", "a", "b", "c"]);
  });

  test("in another order is noticed by the repositories that rules name", async () => {
    const repositories = ["https://h/acme/one.git", "git@h:acme/two.git"];
    const named = (key: string): readonly Rule[] => [ruleOf(key.includes("one") ? "acme/one" : "two", "Repository")];
    const { asked, cache, counts } = open((keys) => keys.map(named).toReversed());
    await counts(...repositories);
    expect(asked).toHaveLength(3);
    expect(cache.get("git@h:acme/two.git").rules?.verdict(["/two"], undefined)).toBeDefined();
    expect(cache.get("git@h:acme/two.git").rules?.verdict(["/acme/one"], undefined)).toBeUndefined();
  });

  test("closes the repositories that it is about, and no others", async () => {
    const { counts, answerWith } = open(perKey);
    await counts("a");
    answerWith((keys) =>
      keys.includes("b") ? Promise.reject(new CopilotError("upstream-failed", "no")) : perKey(keys),
    );
    expect(await counts("a", "b", "c")).toEqual([1, undefined, 1]);
  });
});
