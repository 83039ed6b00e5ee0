import { expect, test } from "vitest";
import { createExclusions } from "../../server/completion/exclusions.ts";
import { settingsTable } from "../../server/config/settings.ts";

const byDefault = createExclusions()(settingsTable["completion.excludeGlobs"].defaultValue);

test.each([
  ".env",
  "app/.env.local",
  "app/production.env",
  "certs/Server.PEM",
  "keys/tls.key",
  "home/id_rsa",
  "id_ed25519.pub",
  ".netrc",
  "deploy/.npmrc",
  "home/.ssh/config",
  ".aws/credentials",
  "infra/live.tfvars",
])("%s is not sent unless somebody says so", (path) => {
  expect(byDefault(path)).toBe(true);
});

test.each(["src/env.ts", "src/environment.py", "keys/README.md", "key.go", "src/netrc.c", "ssh/config.ts", "a.envoy"])(
  "%s is",
  (path) => {
    expect(byDefault(path)).toBe(false);
  },
);

test("a glob with a slash is for the whole path, one without for the name in any folder", () => {
  const excluded = createExclusions()(["private/**", "*.secret.*", ""]);
  expect(excluded("private/deep/a.py")).toBe(true);
  expect(excluded("src/private/a.py")).toBe(false);
  expect(excluded("src/deep/a.secret.json")).toBe(true);
  expect(createExclusions()([])(".env")).toBe(false);
});

test("another list is another exclusion", () => {
  const exclusionOf = createExclusions();
  const globs = ["*.a"];
  expect(exclusionOf(globs)).toBe(exclusionOf(globs));
  expect(exclusionOf(["*.b"])("x.b")).toBe(true);
});
