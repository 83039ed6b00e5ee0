import { describe, expect, test } from "vitest";
import { flagValue, flagValues, hasFlag } from "../../server/cli/args/arguments.ts";
import { parseArguments } from "../../server/cli/args/parse.ts";
import { createSession } from "./support/fake-env.ts";

describe("starting the language server", () => {
  test("takes --stdio wherever an editor puts it", async () => {
    for (const argv of [
      ["--stdio"],
      ["--demo", "--stdio"],
      ["--port", "0", "--stdio"],
      ["--log-level=debug", "--stdio"],
    ]) {
      expect((await parseArguments(argv)).kind, argv.join(" ")).toBe("language-server");
    }
  });

  test("tolerates the process id that client libraries append", async () => {
    expect(await parseArguments(["--stdio", "--clientProcessId=4711"])).toEqual({
      kind: "language-server",
      globals: { demo: false, overrides: [] },
    });
  });

  test("turns its flags into settings, the last of a kind winning", async () => {
    const argv = [
      "--stdio",
      "--port=9",
      "--port",
      "9000",
      "--no-http",
      "--log-level",
      "trace",
      "--log-file",
      "a b.log",
    ];
    expect(await parseArguments(argv)).toMatchObject({
      globals: {
        overrides: [
          { key: "http.port", text: "9000", flag: "--port" },
          { key: "log.level", text: "trace", flag: "--log-level" },
          { key: "log.file", text: "a b.log", flag: "--log-file" },
          { key: "http.enabled", text: "false", flag: "--no-http" },
        ],
      },
    });
  });

  test("takes any setting, any number of times, with = in its value", async () => {
    const argv = [
      "--stdio",
      "--set",
      "completion.languages=lua=off",
      "--set=http.port=1",
      "--config",
      "my.json",
      "--demo",
    ];
    expect(await parseArguments(argv)).toEqual({
      kind: "language-server",
      globals: {
        demo: true,
        configFile: "my.json",
        overrides: [
          { key: "completion.languages", text: "lua=off", flag: "--set completion.languages" },
          { key: "http.port", text: "1", flag: "--set http.port" },
        ],
      },
    });
  });
});

describe("a command", () => {
  test("has its words and flags, among them those of the program", async () => {
    const parsed = await parseArguments([
      "--demo",
      "complete",
      "a.py:1:1",
      "-n",
      "3",
      "--stop",
      "a",
      "--stop=b",
      "--json",
    ]);
    if (parsed.kind !== "verb") throw new Error(parsed.kind);
    expect(parsed.verb).toBe("complete");
    expect(parsed.globals.demo).toBe(true);
    expect(parsed.arguments.words).toEqual(["a.py:1:1"]);
    expect(flagValue(parsed.arguments, "number")).toBe("3");
    expect(flagValues(parsed.arguments, "stop")).toEqual(["a", "b"]);
    expect(hasFlag(parsed.arguments, "json")).toBe(true);
    expect(hasFlag(parsed.arguments, "lines")).toBe(false);
  });

  test("takes - as a word", async () => {
    expect(await parseArguments(["complete", "-"])).toMatchObject({ kind: "verb", arguments: { words: ["-"] } });
  });

  test("takes words that begin with a dash after --", async () => {
    expect(await parseArguments(["config", "log.file", "--", "-x"])).toMatchObject({
      arguments: { words: ["log.file", "-x"] },
    });
  });
});

describe("a wrong command line ends with exit code 2 and", () => {
  test.each([
    [["lgoin"], "There is no command lgoin.", "Did you mean login?"],
    [["stat"], "There is no command stat.", "Did you mean status?"],
    [["frobnicate"], "There is no command frobnicate.", "`copilot-lsp --help`"],
    [["status", "--jsno"], "There is no flag --jsno.", "Did you mean --json?"],
    [["--stdoi"], "There is no flag --stdoi.", "Did you mean --stdio?"],
    [["status", "--zzzzzz"], "There is no flag --zzzzzz.", "`copilot-lsp status --help`"],
    [["login", "--suffix-file", "x"], "login has no flag --suffix-file.", "belongs to `copilot-lsp complete`"],
    [["--language", "python", "complete", "-"], "--language goes after the command", "`copilot-lsp complete`"],
    [["--node-ipc"], "--node-ipc is not offered", "Start it with --stdio"],
    [["--stdio", "--socket=9000"], "--socket is not offered", "standard input and output"],
    [["--pipe=/tmp/x"], "--pipe is not offered", "--stdio"],
    [["--stdio", "status"], "--stdio makes a language server", "Leave one"],
    [["status", "now"], "status takes no now.", "`copilot-lsp status --help`"],
    [["serve", "1", "2"], "serve has no use for 2.", "`copilot-lsp serve --help`"],
    [["complete"], "complete needs FILE:LINE:COL", "`copilot-lsp complete --help`"],
    [["status", "--json=yes"], "--json takes no value.", "help"],
    [["--stdio", "--port"], "--port needs a value: --port=N.", ""],
    [["--port", "--stdio"], "--port needs a value: --port=N.", ""],
    [["--stdio", "--port", "99999"], "--port takes a number from 0 to 65535, not 99999.", ""],
    [["--stdio", "--log-level", "loud"], "--log-level takes error, warn, info, debug, trace, not loud.", ""],
    [["--stdio", "--set", "http.port"], "--set takes KEY=VALUE, not http.port.", "`copilot-lsp config`"],
    [[], "Nothing to do.", "`copilot-lsp --stdio`"],
  ])("%j says: %s", async (argv, message, hint) => {
    const session = createSession();
    expect(await session.run(...argv)).toBe(2);
    expect(session.errors()).toContain(`copilot-lsp: ${message}`);
    expect(session.errors()).toContain(hint);
    expect(session.output()).toBe("");
  });

  test("a setting that a flag gave wrongly is named before anything is done", async () => {
    const session = createSession({
      openCore: () => Promise.reject(new Error("opened")),
      settings: { flagProblems: () => [{ key: "htp.port", message: "--set htp.port: there is no setting htp.port" }] },
    });
    expect(await session.run("status", "--set", "htp.port=1")).toBe(2);
    expect(session.errors()).toContain("there is no setting htp.port");
  });
});
