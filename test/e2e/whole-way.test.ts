// One process, from nothing to completions through every front: what a person does on the first day.

import { existsSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leaks, type Machine, openMachine } from "./bridge.ts";
import { eventually } from "../support/eventually.ts";

const uri = "file:///project/numbers.py";
const text = "def add(left, right):\n    return left + right\n\n\ndef multiply(left, right):\n";
const cursor = { line: 5, character: 0 };

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine();
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
  machine.emulator.setModel(() => ["    return left * right"]);
});

afterEach(() => machine.close());

test("device flow over LSP, inline completion, copilot/complete and the POST of a script, from one process", async () => {
  const editor = machine.edit();
  const opened: string[] = [];
  editor.handle("window/showDocument", (params) => {
    opened.push((params as { uri: string }).uri);
    return { success: true };
  });
  await editor.initialize({
    processId: process.pid,
    clientInfo: { name: "Neovim", version: "0.12.4" },
    rootUri: "file:///project",
    workspaceFolders: [{ uri: "file:///project", name: "project" }],
    capabilities: { window: { showDocument: { support: true } } },
  });
  await editor.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Error");

  const start = await editor.request<{ status: string; userCode: string; command: { command: string } }>("signIn", {});
  expect(start).toMatchObject({
    status: "PromptUserDeviceFlow",
    verificationUri: `${machine.emulator.url}/login/device`,
  });
  const finished = editor.request("workspace/executeCommand", { command: start.command.command, arguments: [] });
  await machine.emulator.nextCall("access-token");
  machine.emulator.approveSignIn();
  await expect(finished).resolves.toEqual({ status: "OK", user: "octocat" });
  expect(opened).toEqual([`${machine.emulator.url}/login/device`]);
  expect(statSync(machine.storePath).mode & 0o777).toBe(0o600);

  editor.open(uri, text);
  await expect(editor.inlineCompletion(uri, cursor).answer).resolves.toMatchObject({
    items: [{ insertText: "    return left * right", range: { start: cursor, end: cursor } }],
  });
  const [call] = machine.emulator.callsTo("completions");
  expect(call?.headers).toMatchObject({
    "editor-version": "Neovim/0.12.4",
    "editor-plugin-version": expect.stringMatching(/^copilot-lsp\/\d/),
    "user-agent": expect.stringMatching(/^copilot-lsp\/\d/),
  });
  expect(call?.body).toMatchObject({ prompt: expect.stringContaining("# Path: numbers.py\n") });

  await expect(editor.request("copilot/complete", { textDocument: { uri }, position: cursor })).resolves.toMatchObject({
    items: [{ text: "    return left * right" }],
    source: "typed-through",
  });

  const posted = await fetch(machine.url, {
    method: "POST",
    body: JSON.stringify({ prompt: "def multiply(left, right):\n", language: "python" }),
  });
  expect([posted.status, posted.headers.get("content-type"), await posted.text()]).toEqual([
    200,
    "text/plain; charset=utf-8",
    "    return left * right",
  ]);

  await expect(editor.request("signOut", {})).resolves.toEqual({ status: "NotSignedIn" });
  expect(existsSync(machine.storePath)).toBe(false);
  expect(
    (await fetch(machine.url, { method: "POST", body: JSON.stringify({ prompt: "x = ", language: "python" }) })).status,
  ).toBe(401);

  await editor.shutdown();
  await expect(editor.exited).resolves.toEqual({ code: 0, signal: null });
  expect(leaks(machine)).toEqual([]);
});

test("a sign-in in a shell is noticed by an editor that runs, and so is the sign-out", async () => {
  const editor = machine.edit();
  await editor.initialize();
  await editor.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Error");

  const login = machine.run(["login", "--json"]);
  await machine.emulator.nextCall("access-token");
  machine.emulator.approveSignIn();
  const { code, stdout } = await login;
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event),
  ).toEqual(["code", "signed-in"]);
  await editor.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Normal");
  const status = await machine.run(["status", "--json"]);
  expect(JSON.parse(status.stdout)).toMatchObject({
    account: { kind: "signed-in", source: "store", user: "octocat" },
    session: { quotas: { completions: { percentRemaining: expect.any(Number) } } },
  });

  editor.open(uri, text);
  const answer = await editor.inlineCompletion<{ items: unknown[] }>(uri, cursor).answer;
  expect(answer.items).toHaveLength(1);

  expect((await machine.run(["logout"])).code).toBe(0);
  await eventually(() => {
    const states = editor.calls("didChangeStatus") as readonly { kind: string }[];
    expect(states.at(-1)?.kind).toBe("Error");
  });
  expect(leaks(machine)).toEqual([]);
});

test("two windows at once: both answer, one has the port, and both end with their editors", async () => {
  await machine.close();
  machine = await openMachine({ signedIn: true });
  const windows = [machine.edit(), machine.edit()];
  for (const window of windows) {
    await window.initialize();
    window.open(uri, text);
    const answer = await window.inlineCompletion<{ items: unknown[] }>(uri, cursor).answer;
    expect(answer.items).toHaveLength(1);
  }
  expect((await fetch(`${machine.url}/health`)).status).toBe(200);
  for (const window of windows) window.end();
  const ends = await Promise.all(windows.map((window) => window.exited));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
});

test("complete, status and config work in a shell, each with the exit code that says how it went", async () => {
  await machine.close();
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["    return left * right"]);
  const completed = await machine.run(["complete", "-", "--language", "python"], { stdin: text });
  expect([completed.code, completed.stdout.trimEnd()]).toEqual([0, "    return left * right"]);

  const status = await machine.run(["status", "--json"]);
  expect(status.code).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({ account: { kind: "signed-in", source: "GH_COPILOT_TOKEN" } });
  expect((await machine.run(["status"], { env: { GH_COPILOT_TOKEN: "" } })).code).toBe(3);

  expect((await machine.run(["config", "completion.lines", "one"])).code).toBe(0);
  expect(JSON.parse(readFileSync(`${machine.home}/.config/copilot-lsp/config.json`, "utf8"))).toEqual({
    completion: { lines: "one" },
  });
  expect((await machine.run(["config", "completion.lines", "several"])).code).toBe(2);
  expect((await machine.run(["doctor"])).code).toBe(0);
  expect(leaks(machine)).toEqual([]);
});
