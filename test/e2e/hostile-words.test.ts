// Words from everywhere that hold what acts on a terminal or turns text around: of the service, of the editor, of file and
// folder names, of git's remotes, of the command line. Whatever the program prints, logs, shows or sends is without it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Machine, openMachine } from "./bridge.ts";

// Colour, window title, C1 introducer, override, isolate, mark, line separator, next line, delete.
const hostile = "\u001b[31m\u001b]0;x\u0007\u009b2J\u202e\u2066\u200f\u2028\u0085\u007f";
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const acting = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

let machine: Machine;
let found: string[];

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  found = [];
});

afterEach(() => machine.close());

function look(where: string, value: unknown): void {
  if (typeof value === "string") {
    const at = value.search(acting);
    if (at >= 0) found.push(`${where}: ${JSON.stringify(value.slice(Math.max(0, at - 60), at + 20))}`);
  } else if (typeof value === "object" && value !== null) {
    for (const entry of Object.entries(value)) for (const part of entry) look(where, part);
  }
}

/** The service speaks of names and plans in such words, this many times. */
function speak(times: number): void {
  const { emulator } = machine;
  const say = (body: object) => ({ kind: "status", status: 200, body }) as const;
  const model = { id: `gpt${hostile}`, name: `GPT${hostile}`, vendor: hostile, capabilities: { type: "completion" } };
  const quotas = { completions: { percent_remaining: 3, entitlement: 10, remaining: 3 } };
  emulator.script("models", say({ data: [model] }), { times });
  emulator.script(
    "copilot-user",
    say({ login: `o${hostile}`, copilot_plan: `p${hostile}`, quota_reset_date: hostile, quota_snapshots: quotas }),
    { times },
  );
}

/** A project whose folder, file and remote have such names. */
function project(): string {
  const folder = join(machine.home, `repo${hostile}`);
  mkdirSync(join(folder, ".git"), { recursive: true });
  writeFileSync(join(folder, ".git/config"), `[remote "origin"]\n url = https://github.com/o${hostile}/r.git\n`);
  const file = join(folder, `a${hostile}.py`);
  writeFileSync(file, "def add(left, right):\n    \n");
  return file;
}

async function run(...args: readonly string[]): Promise<void> {
  const { stdout, stderr } = await machine.run(args, { stdin: "def f(a):\n" });
  const name = args.join(" ").replaceAll(hostile, "?");
  look(`standard output of ${name}`, stdout);
  look(`standard error of ${name}`, stderr);
}

test("commands print none of it", async () => {
  const file = project();
  for (const args of [
    ["status"],
    ["status", "--json"],
    ["doctor"],
    ["prompt", `${file}:2:5`],
    ["complete", `${file}/none:1:1`],
    ["config", `x${hostile}`],
    ["config", "log.level", hostile],
    ["config", "completion.model", `m${hostile}`],
    ["config"],
    ["config", "--json"],
    [`bogus${hostile}`],
    ["status", `--x${hostile}`],
    ["status", "--set", `a${hostile}=1`],
    ["status", "--config", `/none${hostile}`],
  ]) {
    speak(1);
    await run(...args);
  }
  expect(found).toEqual([]);
}, 60_000);

test("refusals are told without it", async () => {
  const body = { message: `m${hostile}`, error_details: { message: `d${hostile}`, url: `https://x/${hostile}` } };
  for (const route of ["session-token", "completions"] as const) {
    for (const status of [200, 400, 402, 403, 429, 466, 500]) {
      for (const fromGitHub of [true, false]) {
        machine.emulator.script(route, { kind: "status", status, body, fromGitHub });
        await run("complete", "-");
      }
    }
  }
  const { emulator } = machine;
  emulator.script("device-code", {
    kind: "status",
    status: 200,
    body: { error: `e${hostile}`, error_description: "" },
  });
  await run("login", "--force");
  expect(found).toEqual([]);
}, 60_000);

test("an editor, a browser, the log and the service are told none of it", async () => {
  const file = project();
  const log = join(machine.home, "bridge.log");
  const editor = machine.edit({ args: ["--log-file", log] });
  speak(2);
  await editor.initialize({
    clientInfo: { name: `ed${hostile}`, version: hostile },
    initializationOptions: { editorInfo: { name: hostile, version: hostile }, "copilot-lsp": { [`k${hostile}`]: 1 } },
  });
  const settings = { "copilot-lsp": { [`z${hostile}`]: { q: 1 }, "log.file": hostile, upstream: { caFile: hostile } } };
  editor.notify("workspace/didChangeConfiguration", { settings });
  const uri = `file://${encodeURI(file)}`;
  editor.open(uri, "def add(left, right):\n    \n");
  await editor.inlineCompletion(uri, { line: 1, character: 4 }).answer;
  const questions: readonly (readonly [string, object])[] = [
    ["checkStatus", {}],
    ["copilot/models", {}],
    ["workspace/executeCommand", { command: "copilot.status" }],
    ["workspace/executeCommand", { command: `none${hostile}` }],
    [`none${hostile}`, {}],
    ["copilot/complete", { textDocument: { uri: `file:///none${hostile}` }, position: { line: 0, character: 0 } }],
    ["copilot/complete", { textDocument: { uri }, position: { line: 0, character: 4 } }],
  ];
  for (const [method, params] of questions) {
    const answer = await editor
      .request(method, params)
      .catch(({ message, data }: { message: string; data?: unknown }) => ({
        message,
        data,
      }));
    look(`answer to ${method.replaceAll(hostile, "?")}`, answer);
  }
  await editor.waitFor<{ message: string }>("window/logMessage", ({ message }) => message.includes("HTTP: listening"));
  for (const path of ["/status", "/models", "/v1/models", "/health", `/none${encodeURIComponent(hostile)}`]) {
    look(path, await (await fetch(machine.url + path)).text());
  }
  for (const request of [{ model: `m${hostile}` }, { prompt: 5 }, { [`f${hostile}`]: 1 }, { path: hostile }]) {
    const answer = await fetch(machine.url, { method: "POST", body: JSON.stringify({ prompt: "x = ", ...request }) });
    look("POST /", await answer.text());
  }
  const body = { error_details: { message: `d${hostile}`, url: `https://x/${hostile}`, title: hostile } };
  machine.emulator.script("completions", { kind: "status", status: 403, body });
  editor.change(uri, 2, "x = \n");
  await editor.inlineCompletion(uri, { line: 0, character: 4 }).answer;
  await editor.shutdown();
  for (const { method, params } of editor.received) if (method !== undefined) look(method, params);
  look("standard error", editor.stderr());
  look("the log", readFileSync(log, "utf8"));
  for (const { route, path, headers, body: sent } of machine.emulator.calls)
    look(`sent to ${route}`, [path, headers, sent]);
  expect(machine.emulator.callsTo("completions").length).toBeGreaterThan(2);
  expect(found).toEqual([]);
}, 60_000);
