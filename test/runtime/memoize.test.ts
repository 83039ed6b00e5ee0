import { expect, test } from "vitest";
import { createSelector, memoizeLast } from "../../server/runtime/memoize.ts";

test("a createSelector value is worked out again when a source is another value, and only then", () => {
  let sources = { settings: { name: "a" }, port: 1 };
  let made = 0;
  const label = createSelector(
    () => [sources.settings, sources.port],
    ({ name }, port) => `${name}:${port}:${(made += 1)}`,
  );
  expect([label(), label()]).toEqual(["a:1:1", "a:1:1"]);
  sources = { settings: sources.settings, port: 1 };
  expect(label()).toBe("a:1:1");
  sources = { settings: { name: "b" }, port: 1 };
  expect([label(), label()]).toEqual(["b:1:2", "b:1:2"]);
});

test("what the making throws is thrown each time and not kept", () => {
  let isBroken = true;
  const value = createSelector(
    () => ["same"],
    (text) => {
      if (isBroken) throw new Error("broken");
      return text;
    },
  );
  expect(value).toThrow("broken");
  expect(value).toThrow("broken");
  isBroken = false;
  expect(value()).toBe("same");
});

test("a result is kept for the same values, and for the last ones only", () => {
  let made = 0;
  const label = memoizeLast((name: string, port: number) => `${name}:${port}:${(made += 1)}`);
  expect([label("a", 1), label("a", 1), label("a", 2), label("a", 1)]).toEqual(["a:1:1", "a:1:1", "a:2:2", "a:1:3"]);
});
