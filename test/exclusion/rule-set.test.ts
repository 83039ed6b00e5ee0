import { describe, expect, test } from "vitest";
import { createRuleSet, type Rule } from "../../server/exclusion/rule-set.ts";
import { createTimeLimit } from "../../server/exclusion/time-limit.ts";
import { plainText } from "../../shared/documents.ts";

const acme = { type: "Organization", name: "acme" };
const engine = { type: "Repository", name: "engine" };
const names = ["/src/a.py", "src/a.py", "/home/ada/engine/src/a.py"];

const setOf = (rules: readonly Partial<Rule>[]) =>
  createRuleSet(
    rules.map((rule) => ({ paths: [], ifAnyMatch: undefined, ifNoneMatch: undefined, source: acme, ...rule })),
    createTimeLimit(),
  );

async function messageFor(rules: readonly Partial<Rule>[], text = "code"): Promise<string | undefined> {
  const document = plainText(text);
  return (await setOf(rules)).verdict(names, () => document)?.message;
}

describe("rules about paths", () => {
  test("exclude what one of them matches, by any spelling of the path; the first says whose it is", async () => {
    expect(await messageFor([{ paths: ["/other/**"] }, { paths: ["*.rb", "/src/**"], source: engine }])).toBe(
      "Your repository 'engine' has disabled Copilot for this file.",
    );
    expect(await messageFor([{ paths: ["/home/ada/**"] }])).toContain("organization 'acme'");
    expect(await messageFor([{ paths: ["src/*"] }])).toContain("organization 'acme'");
    expect(await messageFor([{ paths: ["/lib/**"] }])).toBeUndefined();
    expect(await messageFor([])).toBeUndefined();
  });

  test("exclude everything when one of them cannot be read, and say which", async () => {
    const message = await messageFor([{ paths: ["/lib/**"] }, { paths: ["v{1..99999999}"] }]);
    expect(message).toContain("cannot be read, so nothing is sent");
    expect(message).toContain("v{1..99999999}");
  });

  test("exclude what they take too long for", async () => {
    const set = await setOf([{ paths: [`/${"*a".repeat(30)}b`] }]);
    const began = performance.now();
    expect(set.verdict([`/${"a".repeat(3_000)}`], undefined)?.message).toContain("take too long");
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test("are bounded in number", async () => {
    expect(await messageFor([{ paths: Array.from({ length: 30_000 }, (_, index) => `/p${index}`) }])).toContain(
      "too many",
    );
  });
});

describe("rules about texts", () => {
  test.each<[string, Partial<Rule>, string, boolean]>([
    ["a bare expression", { ifAnyMatch: ["CONF\\w+"] }, "# CONFIDENTIAL\n", true],
    ["one between slashes with flags", { ifAnyMatch: ["/^confidential$/mi"] }, "a\nConfidential\n", true],
    ["no match", { ifAnyMatch: ["CONFIDENTIAL"] }, "code", false],
    ["one of several", { ifAnyMatch: ["x{9}", "code"] }, "code", true],
    ["none of several", { ifNoneMatch: ["MIT", "Apache"] }, "code", true],
    ["one of several that must be there", { ifNoneMatch: ["MIT", "Apache"] }, "# MIT\ncode", false],
    ["an empty list", { ifNoneMatch: [] }, "code", false],
    ["an empty text", { ifNoneMatch: ["MIT"] }, "", false],
    ["a slash inside", { ifAnyMatch: ["/a/b/i"] }, "A/B", true],
    ["a tab", { ifAnyMatch: ["\tx"] }, "\tx", true],
    ["flags that remember a place", { ifAnyMatch: ["/code/gy"] }, "code", true],
  ])("%s", async (_what, rule, text, isExcluded) => {
    const set = await setOf([rule]);
    // The same expression is asked again and again.
    for (let round = 0; round < 3; round += 1) {
      const document = plainText(text);
      expect(set.verdict(names, () => document) !== undefined).toBe(isExcluded);
    }
  });

  test("hold whatever the path of their rule is, as with the official server", async () => {
    expect(await messageFor([{ paths: ["/lib/**"], ifAnyMatch: ["code"] }])).toContain("acme");
  });

  test("exclude everything when one of them is no expression", async () => {
    expect(await messageFor([{ ifAnyMatch: ["(["] }])).toContain('cannot be read, so nothing is sent: "(["');
    expect(await messageFor([{ ifAnyMatch: ["/a/zz"] }])).toContain("cannot be read");
  });

  test("exclude a file whose text is not known, or too long", async () => {
    const set = await setOf([{ ifAnyMatch: ["CONFIDENTIAL"] }]);
    expect(set.verdict(names, undefined)?.message).toContain("not known");
    const long = plainText("a".repeat(1_100_000));
    expect(set.verdict(names, () => long)?.message).toContain("too long");
    expect((await setOf([{ paths: ["/lib/**"] }])).verdict(names, undefined)).toBeUndefined();
  });

  test("that backtrack without end hold up nobody, and exclude", async () => {
    const set = await setOf([{ ifAnyMatch: ["(a+)+$"] }]);
    const began = performance.now();
    for (let key = 0; key < 200; key += 1) {
      const text = plainText(`${"a".repeat(40)}${key}!`);
      expect(set.verdict(names, () => text)?.message).toContain("take too long");
    }
    // Three are tried, of at most 25 ms each.
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test("are applied once to each version of a text, and read no text where there are none", async () => {
    const set = await setOf([{ ifAnyMatch: ["CONFIDENTIAL"] }]);
    let reads = 0;
    const text = { ...plainText("code"), slice: () => ((reads += 1), "code") };
    for (let key = 0; key < 5; key += 1) set.verdict(names, () => text);
    expect(reads).toBe(1);
    const paths = await setOf([{ paths: ["/lib/**"] }]);
    paths.verdict(names, () => {
      throw new Error("not to be read");
    });
  });
});
