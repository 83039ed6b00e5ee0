import { expect, test } from "vitest";
import { createExclusions } from "../../server/exclusion/setting-globs.ts";
import { settingsTable } from "../../server/config/settings.ts";

const byDefault = createExclusions("/home/ada")(settingsTable["completion.excludeGlobs"].defaultValue);

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
  ".envrc",
  ".Renviron",
  ".env~",
  "app/.envrc~",
  "#.env#",
  ".#.env",
  ".env.swp",
  "certs/tls.key.bak",
  ".netrc.orig",
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
  const excluded = createExclusions("/home/ada")(["private/**", "*.secret.*", ""]);
  expect(excluded("private/deep/a.py")).toBe(true);
  expect(excluded("src/private/a.py")).toBe(false);
  expect(excluded("src/deep/a.secret.json")).toBe(true);
  expect(createExclusions("/home/ada")([])(".env")).toBe(false);
});

test.each([
  ["config", "/home/ada/.ssh/config"],
  ["config", "/root/.aws/config"],
  ["main.py", "/srv/.gnupg/main.py"],
  // Outside every folder that is open, and with no path but this.
  [undefined, "/home/ada/project/.env"],
])("of a file known as %s, %s is not sent either", (path, file) => {
  expect(byDefault(path, file)).toBe(true);
});

test("a glob may name a whole path, or one from the home folder on", () => {
  const excluded = createExclusions("/home/ada/")(["/etc/**", "~/notes/**", "~/*.txt"]);
  expect(excluded("passwd", "/etc/passwd")).toBe(true);
  expect(excluded("etc/passwd", "/home/ada/project/etc/passwd")).toBe(false);
  expect(excluded("day.md", "/home/ada/notes/2026/day.md")).toBe(true);
  expect(excluded("notes/day.md", "/home/bob/notes/day.md")).toBe(false);
  expect(excluded("notes/day.md", "/home/ada/project/notes/day.md")).toBe(false);
  expect(excluded("todo.txt", "/home/ada/todo.txt")).toBe(true);
  expect(excluded("todo.txt", "/home/ada/project/todo.txt")).toBe(false);
  expect(excluded(undefined, undefined)).toBe(false);
});

test("a relative glob is not read from the home folder on", () => {
  const excluded = createExclusions("/home/ada")(["src/**"]);
  expect(excluded("lib/a.py", "/home/ada/src/project/lib/a.py")).toBe(false);
  expect(excluded("src/a.py", "/home/ada/src/project/src/a.py")).toBe(true);
});

test("paths of Windows are read as the others are", () => {
  const excluded = createExclusions("C:\\Users\\ada")(["~/notes/**", "**/.ssh/**"]);
  expect(excluded("day.md", "c:/Users/ada/notes/day.md")).toBe(true);
  expect(excluded("config", "C:\\Users\\ada\\.ssh\\config")).toBe(true);
  expect(excluded("a.md", "c:/Users/ada/a.md")).toBe(false);
});

test("another list is another exclusion", () => {
  const exclusionOf = createExclusions("/home/ada");
  const globs = ["*.a"];
  expect(exclusionOf(globs)).toBe(exclusionOf(globs));
  expect(exclusionOf(["*.b"])("x.b")).toBe(true);
});
