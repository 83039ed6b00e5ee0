// Two processes of one person share a store: what one does, the other notices within a second.

import { mkdtempSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { createSecretStore } from "../../server/config/secret-store.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { bundleScript, run } from "../config/support/another-process.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { failure, sessionToken } from "./support/fake-github.ts";
import { createHarness, type Harness, later, rejection } from "./support/harness.ts";

function sharedFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "shared-store-"));
  later(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function processIn(folder: string, environment: Readonly<Record<string, string>> = {}) {
  const clock = createManualClock();
  const store = createSecretStore(
    { clock, log: createRecordingLog(), watch },
    { folder: path.join(folder, "auth"), singleFile: path.join(folder, "auth.json") },
  );
  const harness = createHarness({ clock, store, environment });
  void harness.auth.start();
  return harness;
}

async function signIn({ auth, clock, github }: Harness, token: string): Promise<void> {
  github.poll = () => ({ kind: "token", token: new Secret(token) });
  await auth.account.signIn(createTestCtx());
  const finished = auth.account.finishSignIn(createTestCtx());
  await clock.advance(5_000);
  await finished;
}

test("a sign-in of one is used by the other within a second, and a sign-out ends both", async () => {
  const folder = sharedFolder();
  const [one, two] = [processIn(folder), processIn(folder)];
  await signIn(one, "ghu_oneOneOne");
  expect(one.auth.account.state()).toMatchObject({ kind: "signed-in" });
  await eventually(() => {
    expect(two.auth.account.state()).toEqual({
      kind: "signed-in",
      source: "store",
      place: { kind: "file" },
      user: "octocat",
    });
    expect(two.auth.sessions.peek()).toBeDefined();
  });

  await two.auth.account.signOut(createTestCtx());
  await eventually(() => expect(one.auth.account.state()).toMatchObject({ kind: "signed-out" }));
  expect(one.auth.sessions.peek()).toBeUndefined();
  expect(await rejection(one.auth.sessions.get(createTestCtx()))).toMatchObject({ code: "signed-out" });
});

test("a request made before the other's sign-in was noticed is served all the same", async () => {
  const folder = sharedFolder();
  const [one, two] = [processIn(folder), processIn(folder)];
  await signIn(one, "ghu_oneOneOne");
  expect(await two.auth.sessions.get(createTestCtx())).toBeDefined();
});

test("a flow that waits here ends well when the person signs in there", async () => {
  const folder = sharedFolder();
  const [one, two] = [processIn(folder), processIn(folder)];
  await two.auth.account.signIn(createTestCtx());
  const finished = two.auth.account.finishSignIn(createTestCtx());
  await signIn(one, "ghu_oneOneOne");
  expect(await finished).toEqual({ user: "octocat" });
  await two.clock.advance(60_000);
  expect(two.github.count("poll")).toBe(0);
});

test("a token that was refused here is given another trial when somebody signs in anew there", async () => {
  const folder = sharedFolder();
  const [one, two] = [processIn(folder), processIn(folder)];
  two.github.session = ({ token }) =>
    token === "ghu_firstFirst" ? Promise.reject(failure("signed-out")) : Promise.resolve(sessionToken());
  await signIn(one, "ghu_firstFirst");
  await eventually(() =>
    expect(two.auth.account.state()).toMatchObject({ message: expect.stringContaining("does not accept") }),
  );
  await one.auth.account.signOut(createTestCtx());
  await signIn(one, "ghu_secondSecond");
  await eventually(() => expect(two.auth.account.state()).toMatchObject({ kind: "signed-in" }));
});

test("the other's sign-in does not take the place of this one's token from the environment", async () => {
  const folder = sharedFolder();
  const [one, two] = [processIn(folder), processIn(folder, { GH_COPILOT_TOKEN: "ghu_company" })];
  await signIn(one, "ghu_private");
  await two.auth.account.check(createTestCtx(), { localOnly: true });
  await two.clock.advance(60_000);
  expect(new Set(two.github.calls.map((call) => call.token))).toEqual(new Set(["ghu_company"]));
});

test("a real second process signs in, and this one follows", async () => {
  const folder = sharedFolder();
  const here = processIn(folder);
  here.github.user = () => Promise.reject(failure("offline"));
  const script = await bundleScript(
    `
      import { formatSignIn } from "./server/auth/stored-sign-in.ts";
      import { watch } from "node:fs";
      import { createSecretStore } from "./server/config/secret-store.ts";
      import { Secret } from "./server/runtime/secret.ts";
      const silent = () => undefined;
      const log = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };
      const clock = { nowMs: () => 0, monotonicMs: () => 0, after: () => ({ cancel: silent }) };
      createSecretStore({ clock, log, watch }, { folder: process.argv[2] + "/auth", singleFile: process.argv[2] + "/auth.json" })
        .write("github.com", formatSignIn("github.com", { token: new Secret("ghu_fromThere"), user: "hubot" }));
    `,
    sharedFolder(),
  );
  expect(await run(script, folder)).toBe(0);
  await eventually(() =>
    expect(here.auth.account.state()).toEqual({
      kind: "signed-in",
      source: "store",
      place: { kind: "file" },
      user: "hubot",
    }),
  );
});
