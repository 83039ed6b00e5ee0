import { expect, test } from "vitest";
import { createFakeCore, nobody } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

test("logout says whose sign-in was deleted, from where, and how to revoke it", async () => {
  const session = createSession();
  expect(await session.run("logout")).toBe(0);
  expect(session.output()).toBe("Signed out octocat: deleted the token in /home/ada/.config/copilot-lsp/auth.json.\n");
  expect(session.errors()).toContain("https://github.com/settings/apps/authorizations");
  expect(session.openCores()).toBe(0);
});

test("logout with nobody signed in says so and succeeds", async () => {
  const session = createSession({ core: createFakeCore({ state: nobody }) });
  expect(await session.run("logout")).toBe(0);
  expect(session.output()).toBe("There was no stored sign-in; nothing to delete.\n");
});

test("logout says of a stored sign-in that GitHub refuses what it deleted, too", async () => {
  const core = createFakeCore({ state: { kind: "signed-out", source: "store", user: "octocat", message: "Refused." } });
  const session = createSession({ core });
  expect(await session.run("logout")).toBe(0);
  expect(session.output()).toBe("Signed out octocat: deleted the token in /home/ada/.config/copilot-lsp/auth.json.\n");
});

test("logout names the variable that still holds a token", async () => {
  const core = createFakeCore({
    state: { kind: "signed-in", source: "GH_COPILOT_TOKEN", user: "octocat" },
    account: { signOut: async () => ({ leftInEnvironment: true }) },
  });
  const session = createSession({
    core,
    environment: { GH_COPILOT_TOKEN: "ghu_secret0123456", GITHUB_COPILOT_TOKEN: "" },
  });
  expect(await session.run("logout")).toBe(0);
  expect(session.errors()).toBe(
    "GH_COPILOT_TOKEN still holds a token, so what is started from here stays signed in.\n",
  );
  expect(session.output()).not.toContain("deleted the token");
});

test("logout tells a program what it did", async () => {
  const session = createSession();
  await session.run("logout", "--json");
  expect(JSON.parse(session.output())).toEqual({
    deleted: "/home/ada/.config/copilot-lsp/auth.json",
    user: "octocat",
    leftIn: [],
  });
});

test("logout --json says who was signed out of GitHub's own language server", async () => {
  const core = createFakeCore({ state: { kind: "signed-in", source: "official", user: "octocat" } });
  const session = createSession({ core });
  expect(await session.run("logout", "--json")).toBe(0);
  expect(JSON.parse(session.output())).toEqual({ deleted: null, user: "octocat", leftIn: [] });
});
