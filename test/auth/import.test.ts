// Taking over what other Copilot plugins left: which file, which entry, and what happens when it does not work.

import { describe, expect, test } from "vitest";
import { createTestCtx } from "../support/test-ctx.ts";
import { failure, sessionToken } from "./support/fake-github.ts";
import { createHarness, type HarnessOptions, rejection } from "./support/harness.ts";

function importer(files: Readonly<Record<string, string>>, options: HarnessOptions = {}) {
  return createHarness({
    stored: {},
    places: {
      homeFolder: "/home/mona",
      platform: "linux",
      readFile: async (path) => {
        const text = files[path];
        if (text === undefined) throw new Error("no such file");
        return text;
      },
    },
    ...options,
  });
}

const hosts = (token: string, host = "github.com"): string =>
  JSON.stringify({ [host]: { user: "mona", oauth_token: token } });

describe("import", () => {
  test.each([
    ["/home/mona/.config/github-copilot/hosts.json", {}],
    ["/xdg/github-copilot/hosts.json", { XDG_CONFIG_HOME: "/xdg" }],
  ])("finds %s", async (path, environment) => {
    const { auth, github, store } = importer({ [path]: hosts("ghu_imported") }, { environment });
    expect(await auth.importFrom(createTestCtx())).toEqual({ user: "octocat", path });
    expect(await store.read("github.com")).toContain("ghu_imported");
    expect(auth.account.state()).toEqual({
      kind: "signed-in",
      source: "store",
      place: { kind: "file" },
      user: "octocat",
    });
    expect(auth.sessions.peek()).toBeDefined();
    expect(github.count("session")).toBe(1);
  });

  test.each(["C:\\xdg\\github-copilot\\hosts.json", "C:\\local\\github-copilot\\hosts.json"])(
    "finds %s on Windows",
    async (path) => {
      const { auth } = createHarness({
        stored: {},
        environment: { LOCALAPPDATA: "C:\\local", XDG_CONFIG_HOME: "C:\\xdg" },
        places: {
          homeFolder: "C:\\home",
          platform: "win32",
          readFile: async (asked) => {
            if (asked !== path) throw new Error("no such file");
            return hosts("ghu_imported");
          },
        },
      });
      expect(await auth.importFrom(createTestCtx())).toMatchObject({ path });
    },
  );

  test("says of the database of newer plugins that it cannot be taken over", async () => {
    const { auth } = importer({ "/home/mona/.config/github-copilot/auth.db": "SQLite format 3" });
    expect(await rejection(auth.importFrom(createTestCtx()))).toMatchObject({
      code: "bad-request",
      advice: expect.stringContaining("/home/mona/.config/github-copilot/auth.db, which cannot be taken over"),
    });
  });

  test("takes the entry of this client id before others, and of this host only", async () => {
    const apps = JSON.stringify({
      "github.com:Iv1.another": { user: "a", oauth_token: "ghu_another" },
      "github.com:8443:Iv1.0123456789abcdef": { user: "b", oauth_token: "ghu_port" },
      "tenant.ghe.com:Iv1.0123456789abcdef": { user: "c", oauth_token: "ghu_tenant" },
      "github.com:Iv1.0123456789abcdef": { user: "d", oauth_token: "ghu_ours" },
    });
    const { auth, github } = importer({ "/some/apps.json": apps });
    await auth.importFrom(createTestCtx(), "/some/apps.json");
    expect(github.calls.map((call) => call.token)).toEqual(expect.arrayContaining(["ghu_ours"]));
    expect(new Set(github.calls.map((call) => call.token))).toEqual(new Set(["ghu_ours"]));
  });

  test("tries the next entry when Copilot refuses the first", async () => {
    const { auth, github, store } = importer({
      "/some/apps.json": JSON.stringify({ "github.com:Iv1.0123456789abcdef": { oauth_token: "ghu_dead" } }),
      "/some/hosts.json": hosts("ghu_alive"),
    });
    github.session = ({ token }) =>
      token === "ghu_dead" ? Promise.reject(failure("signed-out")) : Promise.resolve(sessionToken());
    expect(await auth.importFrom(createTestCtx(), "/some")).toMatchObject({ path: "/some/hosts.json" });
    expect(await store.read("github.com")).toContain("ghu_alive");
  });

  test("stores nothing that Copilot refuses, and says plainly what a gh token is", async () => {
    const { auth, github, store } = importer({ "/some/hosts.json": hosts("gho_fromGh") });
    github.session = () => Promise.reject(failure("not-authorized", { httpStatus: 404 }));
    const error = await rejection(auth.importFrom(createTestCtx(), "/some/hosts.json"));
    expect(error).toMatchObject({
      code: "not-authorized",
      message: expect.stringContaining("/some/hosts.json"),
      advice: expect.stringMatching(/gho_.*may not work/),
    });
    expect(await store.read("github.com")).toBeUndefined();
  });

  test("warns of a gh token that works today", async () => {
    const { auth } = importer({ "/some/hosts.json": hosts("gho_fromGh") });
    expect(await auth.importFrom(createTestCtx(), "/some")).toMatchObject({
      warning: expect.stringMatching(/gho_.*may not work/),
    });
  });

  test.each([
    ["nothing there", undefined],
    ["not JSON, with a token in it", 'oauth_token: "ghu_leakLeakLeak"'],
    ["another host", hosts("ghu_leakLeakLeak", "tenant.ghe.com")],
    ["JSON of another shape", '["ghu_leakLeakLeak"]'],
    ["null", "null"],
    ["an entry without a token", '{"github.com":{"user":"mona"}}'],
  ])("says where it looked when it finds no sign-in: %s", async (_, text) => {
    const { auth, github } = importer(text === undefined ? {} : { "/some/hosts.json": text });
    const error = await rejection(auth.importFrom(createTestCtx(), "/some"));
    expect(error).toMatchObject({ code: "bad-request", message: expect.stringContaining("/some/hosts.json") });
    expect(String(error)).not.toContain("ghu_");
    expect(github.calls).toEqual([]);
  });

  test("a network that fails is said as such, and leaves the sign-in that was there", async () => {
    const { auth, github, store } = importer({ "/some/hosts.json": hosts("ghu_imported") });
    github.session = () => Promise.reject(failure("offline"));
    expect(await rejection(auth.importFrom(createTestCtx(), "/some"))).toMatchObject({ code: "offline" });
    expect(await store.read("github.com")).toBeUndefined();
  });

  test("on Windows it looks in the local application data", async () => {
    const looked: string[] = [];
    const { auth } = importer(
      {},
      {
        environment: { LOCALAPPDATA: "C:\\Local" },
        places: {
          homeFolder: "C:\\Users\\mona",
          platform: "win32",
          readFile: async (path) => {
            looked.push(path);
            throw new Error("no such file");
          },
        },
      },
    );
    await rejection(auth.importFrom(createTestCtx()));
    const folder = "C:\\Local\\github-copilot\\";
    expect(looked).toEqual([`${folder}apps.json`, `${folder}hosts.json`, `${folder}auth.db`]);
  });
});
