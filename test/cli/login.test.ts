import { Writable } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import type { OpenCore } from "../../server/cli/env.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createFakeCore, octocat } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

const jsonLines = (text: string): unknown[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const clientNote =
  "GitHub's page names its own Copilot plugin: this sign-in uses that plugin's client id. See `copilot-lsp status`.\n";

describe("login", () => {
  test("shows address and code as text, waits, and says who signed in", async () => {
    const session = createSession();
    expect(await session.run("login")).toBe(0);
    expect(session.output()).toBe(
      [
        "Open   https://github.com/login/device",
        "Enter  ABCD-EFGH",
        "",
        "The code is good for 15 minutes.",
        "Signed in as octocat.",
        "",
      ].join("\n"),
    );
    expect(session.errors()).toBe(`${clientNote}Waiting for the code to be entered …\n`);
    expect(session.openCores()).toBe(0);
  });

  test("adds a QR code on a terminal, and text remains", async () => {
    const session = createSession({ isTerminal: { stdout: true }, environment: { NO_COLOR: "1" } });
    await session.run("login");
    expect(session.output()).toContain("https://github.com/login/device");
    expect(session.output()).toMatch(/█.*▀.*█/);
    for (const line of session.output().split("\n")) expect(line.length).toBeLessThan(80);
  });

  test.each([
    ["where the person does not want one", ["--no-qr"], {}],
    ["on a terminal that is too narrow", [], { columns: 20 }],
    ["on a terminal that can show none", [], { environment: { TERM: "dumb" } }],
    ["into a pipe", [], { isTerminal: { stdout: false } }],
  ])("shows no QR code %s", async (_, flags, overrides) => {
    const session = createSession({ isTerminal: { stdout: true }, ...overrides });
    await session.run("login", ...flags);
    expect(session.output()).toContain("ABCD-EFGH");
    expect(session.output()).not.toContain("█");
  });

  test("speaks one object per line to programs", async () => {
    const session = createSession({ isTerminal: { stdin: true, stdout: true, stderr: true } });
    expect(await session.run("login", "--json")).toBe(0);
    expect(jsonLines(session.output())).toEqual([
      {
        event: "code",
        userCode: "ABCD-EFGH",
        verificationUri: "https://github.com/login/device",
        expiresInSeconds: 900,
      },
      { event: "signed-in", user: "octocat" },
    ]);
    expect(session.errors()).toBe("");
  });

  test("tells a program why it failed", async () => {
    const core = createFakeCore({
      account: { finishSignIn: () => Promise.reject(new CopilotError("sign-in-denied", "The sign-in was refused.")) },
    });
    const session = createSession({ core });
    expect(await session.run("login", "--json")).toBe(3);
    expect(jsonLines(session.output())[1]).toMatchObject({ error: { code: "sign-in-denied" } });
  });

  test("says that a stored sign-in could not be verified, and fails", async () => {
    const unverified = { code: "offline", message: "github.com could not be reached." } as const;
    const signIn = async () => ({ kind: "already-signed-in", user: "octocat", unverified }) as const;
    const session = createSession({ core: createFakeCore({ account: { signIn } }) });
    expect(await session.run("login")).toBe(4);
    expect(session.output()).toContain("Signed in already as octocat");
    expect(session.errors()).toContain("could not be verified: github.com could not be reached.");
    expect(session.errors()).toContain("login --force");
    const json = createSession({ core: createFakeCore({ account: { signIn } }) });
    expect(await json.run("login", "--json")).toBe(4);
    expect(jsonLines(json.output())).toEqual([expect.objectContaining({ event: "already-signed-in", unverified })]);
  });

  test("says who is signed in already, and by which token", async () => {
    const core = createFakeCore({
      state: { ...octocat, kind: "signed-in", source: "GH_COPILOT_TOKEN" },
      account: { signIn: async () => ({ kind: "already-signed-in", user: "octocat" }) },
    });
    const session = createSession({ core });
    expect(await session.run("login")).toBe(0);
    expect(session.output()).toBe(
      "Signed in already as octocat, by the token from the environment variable GH_COPILOT_TOKEN.\n",
    );
    expect(session.errors()).toContain("copilot-lsp logout");
  });

  test("warns of a variable that goes before the new sign-in", async () => {
    const session = createSession({ environment: { GITHUB_COPILOT_TOKEN: "ghu_secret0123456" } });
    await session.run("login");
    expect(session.errors()).toContain("GITHUB_COPILOT_TOKEN is set and goes before this sign-in");
    expect(session.output() + session.errors()).not.toContain("ghu_");
  });

  test("ends the device flow whatever happens", async () => {
    let cancelled = 0;
    const core = createFakeCore({
      account: {
        cancelSignIn: () => {
          cancelled += 1;
        },
        finishSignIn: () => Promise.reject(new CopilotError("sign-in-expired", "The code ran out.")),
      },
    });
    const session = createSession({ core });
    expect(await session.run("login")).toBe(3);
    expect(cancelled).toBe(1);
  });
});

test("the spinner gives the cursor back when the sign-in is done", async () => {
  // The spinner's package looks at both itself.
  vi.stubEnv("CI", undefined);
  vi.stubEnv("TERM", "xterm");
  const written: string[] = [];
  const moves = { isTTY: true, columns: 80, cursorTo: () => true, clearLine: () => true, moveCursor: () => true };
  const stderr = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString());
        done();
      },
    }),
    moves,
  );
  const session = createSession({ stderr, isTerminal: { stderr: true } });
  expect(await session.run("login")).toBe(0);
  vi.unstubAllEnvs();
  const text = written.join("");
  expect(text).toContain("Waiting for the code");
  expect(text.lastIndexOf("\u001B[?25h")).toBeGreaterThan(text.lastIndexOf("\u001B[?25l"));
  expect(text).toContain("\u001B[?25l");
});

describe("the browser", () => {
  const opening = (overrides: Parameters<typeof createSession>[0]) => {
    const opened: string[] = [];
    let finish: () => void = () => undefined;
    const core = createFakeCore({
      account: {
        finishSignIn: () =>
          new Promise((resolve) => {
            finish = () => resolve({ user: "octocat" });
          }),
      },
    });
    const session = createSession({
      core,
      isTerminal: { stdin: true, stderr: true },
      environment: { DISPLAY: ":0" },
      openBrowser: async (url) => opened.push(url) > 0,
      ...overrides,
    });
    return { session, opened, finish: () => finish() };
  };

  test("opens when the person presses Enter, and not before", async () => {
    const { session, opened, finish } = opening({});
    const ending = session.run("login");
    await session.shows("Waiting");
    expect(session.errors()).toContain("Press Enter to open the page");
    session.stdin.write("x");
    await session.clock.advance(0);
    expect(opened).toEqual([]);
    session.stdin.write("\n");
    await session.clock.advance(0);
    expect(opened).toEqual(["https://github.com/login/device"]);
    finish();
    expect(await ending).toBe(0);
    expect(session.stdin.listenerCount("data")).toBe(0);
  });

  test("is no longer listened for once the sign-in is done", async () => {
    const { session, finish } = opening({});
    const ending = session.run("login");
    await session.shows("Waiting");
    expect(session.stdin.listenerCount("data")).toBe(1);
    finish();
    await ending;
    expect(session.stdin.listenerCount("data")).toBe(0);
  });

  test("opens at once with --open", async () => {
    const { session, opened, finish } = opening({ isTerminal: { stdin: false } });
    const ending = session.run("login", "--open");
    await session.shows("Waiting");
    expect(opened).toHaveLength(1);
    finish();
    await ending;
  });

  test.each([
    ["over SSH", { environment: { DISPLAY: ":0", SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" } }],
    ["without a display", { environment: {} }],
    ["in a script", { isTerminal: { stdin: false } }],
  ])("is not offered %s", async (_, overrides) => {
    const { session, finish } = opening(overrides);
    const ending = session.run("login");
    await session.shows("Waiting");
    expect(session.errors()).not.toContain("Press Enter");
    finish();
    await ending;
  });

  test("that cannot be started is said, and the wait goes on", async () => {
    const { session, finish } = opening({ openBrowser: async () => false });
    const ending = session.run("login", "--open");
    await session.shows("Waiting");
    expect(session.errors()).toContain("No browser could be started here");
    finish();
    expect(await ending).toBe(0);
  });
});

describe("login --import", () => {
  const importing = (importSignIn: OpenCore["importSignIn"]) =>
    createSession({
      openCore: async () => ({
        core: createFakeCore(),
        importSignIn,
        moveSignIn: () => Promise.reject(new Error("not in this test")),
        close: async () => undefined,
      }),
    });
  const file = "/home/ada/.config/github-copilot/apps.json";

  test("says whose sign-in was taken over, from where, and what to know of it", async () => {
    const session = importing(async () => ({ user: "octocat", file, warning: "It is shared with that plugin." }));
    expect(await session.run("login", "--import")).toBe(0);
    expect(session.output()).toBe(`Signed in as octocat, with the sign-in found in ${file}.\n`);
    expect(session.errors()).toBe("It is shared with that plugin.\n");
  });

  test("tells a program the same", async () => {
    const session = importing(async () => ({ user: "octocat", file, warning: undefined }));
    await session.run("login", "--import", "--json");
    expect(JSON.parse(session.output())).toEqual({ event: "signed-in", user: "octocat", file });
  });

  test("leaves the person signed out when there was nothing to take over", async () => {
    const session = createSession();
    expect(await session.run("login", "--import")).toBe(3);
    expect(session.errors()).toContain("No other Copilot plugin left a sign-in.");
  });

  test("passes on that GitHub could not be asked", async () => {
    const session = importing(() => Promise.reject(new CopilotError("offline", "github.com could not be reached.")));
    expect(await session.run("login", "--import")).toBe(4);
  });
});
