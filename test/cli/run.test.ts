import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { StopSignal } from "../../server/cli/exit-codes.ts";
import { CopilotError, type ErrorCode } from "../../shared/errors.ts";
import { createFakeCore, items } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const failing = (code: ErrorCode) =>
  createFakeCore({
    complete: () =>
      Promise.reject(
        new CopilotError(code, "It did not work.", { advice: "Do something else.", url: "https://example.test/why" }),
      ),
  });

describe("a failure", () => {
  test.each([
    ["signed-out", 3],
    ["not-authorized", 3],
    ["key-refused", 3],
    ["offline", 4],
    ["tls", 4],
    ["intercepted", 4],
    ["quota", 6],
    ["limited", 6],
    ["upstream-rejected", 1],
  ] as const)("of the kind %s ends with exit code %i", async (code, exitCode) => {
    const session = createSession({ core: failing(code), input: "x" });
    expect(await session.run("complete", "-")).toBe(exitCode);
    expect(session.openCores()).toBe(0);
  });

  test("says what happened, what to do and where to read on, and leaves standard output alone", async () => {
    const session = createSession({ core: failing("offline"), input: "x" });
    await session.run("complete", "-");
    expect(session.errors()).toBe(
      "copilot-lsp complete: It did not work.\nDo something else.\nhttps://example.test/why\n",
    );
    expect(session.output()).toBe("");
  });

  test("is an object on standard output for programs", async () => {
    const session = createSession({ core: failing("quota"), input: "x" });
    expect(await session.run("complete", "-", "--json")).toBe(6);
    expect(JSON.parse(session.output())).toEqual({
      error: {
        code: "quota",
        message: "It did not work.",
        advice: "Do something else.",
        url: "https://example.test/why",
      },
    });
  });

  test("shows neither a token nor what would steer the terminal", async () => {
    const core = createFakeCore({
      complete: () =>
        Promise.reject(new CopilotError("upstream-failed", "Refused ghu_0123456789abcdef\u001b[2J\u0007\r\b\u0000.")),
    });
    const session = createSession({ core, input: "x" });
    await session.run("complete", "-");
    expect(session.errors()).toBe("copilot-lsp complete: Refused [redacted].\n");
  });

  // A C1 control sequence introducer, a bidirectional override, and a title for the terminal.
  const acting = "a\u009b2Jb\u202ec\u2066d\u001b]0;x\u0007e";

  test.each([
    ["in words", []],
    ["as JSON", ["--json"]],
  ])("shows no C1 controls and bidirectional overrides: %s", async (_, flags) => {
    const session = createSession({ core: createFakeCore({ report: { server: acting } }) });
    await session.run("status", ...flags);
    const shown = `${session.output()}${session.errors()}`.replaceAll("\n", "");
    expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    if (flags.length > 0) expect(JSON.parse(session.output())).toMatchObject({ server: acting });
  });

  test.each([
    [true, "ab"],
    [false, "a\u009bb\u202e"],
  ])("a completion is shown without them on a terminal alone: %s", async (stdout, shown) => {
    const core = createFakeCore();
    core.answerWith(async () => items("a\u009bb\u202e"));
    const session = createSession({ core, input: "x", isTerminal: { stdout } });
    await session.run("complete", "-");
    expect(session.output()).toBe(shown);
  });

  test("of the program itself is logged with its place", async () => {
    const core = createFakeCore({ complete: () => Promise.reject(new TypeError("x is not a function")) });
    const session = createSession({ core, input: "x" });
    expect(await session.run("complete", "-")).toBe(1);
    expect(session.ctx.log.lines.map(({ level }) => level)).toEqual(["error"]);
  });
});

describe("Ctrl-C", () => {
  test("ends a wait at once with exit code 130 and closes what was open", async () => {
    const session = createSession({ core: createFakeCore({ account: { finishSignIn: never } }) });
    const ending = session.run("login");
    await session.shows("Waiting for the code");
    session.ctx.cancel(new StopSignal("SIGINT"));
    expect(await ending).toBe(130);
    expect(session.errors()).toContain("Sign-in cancelled; nothing was stored.");
    expect(session.openCores()).toBe(0);
  });

  test("ends a command that cannot clean up, within a second", async () => {
    let reached: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const check = (): Promise<never> => {
      reached();
      return never();
    };
    const core = createFakeCore({ account: { check } });
    const session = createSession({
      openCore: async () => ({ core, importSignIn: never, moveSignIn: never, close: never }),
    });
    const ending = session.run("status");
    await stuck;
    session.ctx.cancel(new StopSignal("SIGINT"));
    await session.clock.advance(999);
    expect(await ending).toBe(130);
  });

  test("before a command has begun keeps it from beginning", async () => {
    let opened = 0;
    const openCore = (): Promise<never> => {
      opened += 1;
      return never();
    };
    const session = createSession({ openCore });
    session.ctx.cancel(new StopSignal("SIGINT"));
    expect(await session.run("status")).toBe(130);
    expect(opened).toBe(0);
  });

  test("brings the cursor back on a terminal", async () => {
    const session = createSession({
      isTerminal: { stderr: true },
      core: createFakeCore({ account: { finishSignIn: never } }),
    });
    const ending = session.run("login");
    await session.shows("Waiting for the code");
    session.ctx.cancel(new StopSignal("SIGINT"));
    await ending;
    expect(session.errors().endsWith("\u001B[?25h")).toBe(true);
  });

  test("is told from SIGTERM by the exit code", async () => {
    const session = createSession({ core: createFakeCore({ account: { finishSignIn: never } }) });
    const ending = session.run("login");
    await session.shows("Waiting for the code");
    session.ctx.cancel(new StopSignal("SIGTERM"));
    expect(await ending).toBe(143);
  });
});

test("a reader that has read enough is no failure", async () => {
  const closed = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
  });
  const session = createSession({ stdout: closed, core: createFakeCore({ account: { finishSignIn: never } }) });
  expect(await session.run("login")).toBe(0);
  expect(session.openCores()).toBe(0);
});
