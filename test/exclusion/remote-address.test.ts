import { expect, test } from "vitest";
import { ruleKeyOf } from "../../server/exclusion/remote-address.ts";

test.each<[string, string | undefined]>([
  ["https://github.com/Acme/Engine.git", "https://github.com/acme/engine.git"],
  ["https://ada:ghp_token@github.com/acme/engine.git", "https://github.com/acme/engine.git"],
  ["https://token@github.com/acme/engine", "https://github.com/acme/engine"],
  ["git@github.com:acme/engine.git", "git@github.com:acme/engine.git"],
  ["github.com:acme/engine.git", "github.com:acme/engine.git"],
  ["ssh://git@github.com/acme/engine.git", "ssh://git@github.com/acme/engine.git"],
  ["ssh://git:word@github.com:22/acme/engine.git", "ssh://git@github.com:22/acme/engine.git"],
  ["git://host/acme/engine", "git://host/acme/engine"],
  ["/srv/git/engine.git", undefined],
  ["../engine", undefined],
  ["C:\\git\\engine", undefined],
  ["C:/git/engine", undefined],
  ["file:///srv/git/engine.git", undefined],
  ["http://localhost:3000/acme/engine", undefined],
  ["http://127.0.0.1/acme/engine", undefined],
  ["localhost:acme/engine", undefined],
  ["", undefined],
])("rules for %j are asked for as %j", (remote, key) => {
  expect(ruleKeyOf(remote)).toBe(key);
});
