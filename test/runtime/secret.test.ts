import { inspect } from "node:util";
import { expect, test } from "vitest";
import { redact, Secret } from "../../server/runtime/secret.ts";

const token = "ghu_abcdefghijklmnop1234";

test("a secret shows nothing of itself however it is printed", () => {
  const secret = new Secret(token);
  const printed = [
    String(secret),
    `${String(secret)}!`,
    JSON.stringify({ secret }),
    inspect({ deep: { secret } }),
    inspect(secret),
  ];
  for (const text of printed) {
    expect(text).not.toContain("abcdefghijkl");
    expect(text).toContain("[redacted]");
  }
  expect(Object.keys(secret)).toEqual([]);
  expect(secret.reveal()).toBe(token);
});

test.each([
  ["an OAuth token", `refused ${token} today`],
  ["a personal token", "github_pat_11ABCDEFG0abcdefghij is not allowed"],
  ["a session token", "got tid=abcdefghijkl;exp=1790000000;sku=free:mac0123456789 instead"],
  ["an authorization header", "authorization: Bearer abcdefghijklmnop.0123"],
  ["an authorization header in JSON", '{"authorization":"token abcdefghijklmnop0123"}'],
])("%s in foreign words is redacted", (_, text) => {
  const shown = redact(text);
  expect(shown).toContain("[redacted]");
  expect(shown).not.toMatch(/abcdefghij|ABCDEFG/);
});

test.each(["IDE token expired: unauthorized: token expired", "path=/copilot_internal/v2/token status=200 headMs=20"])(
  "words without tokens pass as they are: %s",
  (text) => {
    expect(redact(text)).toBe(text);
  },
);
