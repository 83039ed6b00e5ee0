// How the program ends and starts where the machine around it is broken: an editor that no longer reads, signals that
// come twice, a user without a home, a folder that was deleted.

import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Machine, openMachine, program } from "./bridge.ts";

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
});

afterEach(() => machine.close());

/** Runs the program to its end, by itself: how it starts and ends is what these tests are about. */
function run(
  args: readonly string[],
  options: { readonly cwd?: string; readonly uid?: number; readonly env?: Readonly<Record<string, string>> },
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env["PATH"], ...options.env },
    cwd: options.cwd,
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += String(data);
  });
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  child.stdin.end();
  return new Promise((settle) => child.once("close", (code) => settle({ code, stdout, stderr })));
}

const homeless = 54_321;

/** Only root can start a program as another user, and only one that this user can read. */
function mayRunAs(uid: number): boolean {
  if (process.getuid?.() !== 0) return false;
  return [process.execPath, program].every((path) => spawnSync("test", ["-r", path], { uid }).status === 0);
}

test("an editor that closes our input but neither reads nor closes our output does not keep the process", async () => {
  const editor = machine.edit();
  await editor.initialize();
  editor.process.stdout.pause();
  for (let count = 0; count < 20_000; count += 1) editor.send(`no/such/method/${"x".repeat(100)}`);
  editor.end();
  const code = await new Promise((settle) => editor.process.once("exit", settle));
  expect(code).toBe(0);
}, 15_000);

test("a signal that the terminal and the shell both deliver is one: what is under way gets its answer", async () => {
  const editor = machine.edit();
  await editor.initialize();
  await editor.waitFor<{ message: string }>("window/logMessage", ({ message }) => message.includes("HTTP: listening"));
  const held = machine.emulator.hold("completions");
  const answer = fetch(machine.url, { method: "POST", body: JSON.stringify({ prompt: "def f():\n" }) });
  await held.reached;
  editor.process.kill("SIGTERM");
  editor.process.kill("SIGTERM");
  expect((await answer).status).toBe(503);
  expect(await editor.exited).toEqual({ code: 143, signal: null });
});

test.runIf(mayRunAs(homeless))("a user that the system knows no home for can still use it", async () => {
  const shown = await run(["status", "--local"], { uid: homeless, cwd: "/" });
  expect(shown.stderr).toContain("Not signed in");
  expect(shown.code).toBe(3);
});

test("a current folder that was deleted keeps nobody from working", async () => {
  const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-gone-"));
  const child = spawn("sh", ["-c", `rmdir '${folder}'; exec "$0" "$1" status --local`, process.execPath, program], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: machine.home },
  });
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += String(data);
  });
  const code = await new Promise((settle) => child.once("close", settle));
  expect(stderr).toContain("Not signed in");
  expect(code).toBe(3);
  expect(() => rmdirSync(folder)).toThrow("ENOENT");
});

test.runIf(process.platform === "linux")(
  "a result that finds no room on the disk is a failure, and it is said",
  async () => {
    const child = spawn("sh", ["-c", '"$0" "$1" --help > /dev/full', process.execPath, program]);
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += String(data);
    });
    const code = await new Promise((settle) => child.once("close", settle));
    expect(stderr).toMatch(/could not be written: .*ENOSPC/);
    expect(code).toBe(1);
  },
);

test("a settings file that cannot be written is said in one sentence, without a stack", async () => {
  mkdirSync(join(machine.home, ".config/copilot-lsp/config.json"), { recursive: true });
  const { code, stderr } = await machine.run(["config", "http.port", "9000"]);
  expect(code).toBe(1);
  expect(stderr).toContain("cannot be written");
  expect(stderr).not.toMatch(/\n? +at |\\n +at /);
});

test("a server setting that a token must not be sent to is named by status", async () => {
  const { stdout } = await machine.run(["status"], { env: { COPILOT_LSP_GITHUB_URI: "http://elsewhere.example" } });
  expect(stdout.replace(/\s+/g, " ")).toContain("The setting github.uri names http://elsewhere.example");
});
