// GitHub's own language server in Copilot's place, over the built program: what it is told, and what becomes of the person when
// it is missing, old, slow, talks nonsense, hangs or dies. The real one is in `official-package.test.ts` of the editors' run.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { LspClient } from "../support/lsp-client.ts";
import { events, json, startStandIn } from "./support/stand-in.ts";
import { isRunning, type OfficialMachine, openEditor, openOfficialMachine, textsAt } from "./support/official.ts";

const uri = "file:///project/numbers.py";
const text = "import os\n\ndef add(a, b):\n    \n\nprint(add(1, 2))\n";

// Each starts two programs or more, some of them six.
vi.setConfig({ testTimeout: 60_000 });

let machine: OfficialMachine;

interface Command {
  readonly command: string;
  readonly arguments: readonly unknown[];
}

async function lastEmptyOf(editor: LspClient): Promise<string | undefined> {
  const report = await editor.request<{ lastEmpty?: { reason: string } }>("workspace/executeCommand", {
    command: "copilot.status",
    arguments: [],
  });
  return report.lastEmpty?.reason;
}

afterEach(() => machine.close());

describe("it", () => {
  test("answers in the editor and over HTTP, and this program sends nothing to GitHub", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    expect(await editor.request("checkStatus", {})).toEqual({ status: "OK", user: "octocat" });
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    const models = await editor.request<readonly { id: string }[]>("copilot/models", {});
    expect(models.map(({ id }) => id)).toEqual(["gpt-41-copilot"]);
    await eventually(async () => {
      const response = await fetch(machine.url, {
        method: "POST",
        body: JSON.stringify({ prompt: "def add(a, b):\n    ", language: "python" }),
      });
      expect(await response.text()).toBe("return a + b");
    });
    expect(machine.emulator.calls).toEqual([]);
    expect(machine.processes()).toHaveLength(1);
  });

  test("is told of a document when it is asked about it, then of what changed, and nothing is asked while one types along", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    editor.open("file:///project/other.py", "def other():\n    pass\n");
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    editor.change(uri, 2, { at: { line: 3, character: 4 }, insert: "retu" });
    expect(await textsAt(editor, uri, 3, 8)).toEqual(["    return a + b"]);
    expect(machine.told("textDocument/inlineCompletion")).toHaveLength(1);
    editor.change(uri, 3, { at: { line: 3, character: 8 }, insert: "xyz" });
    await textsAt(editor, uri, 3, 11);
    expect(machine.told("textDocument/didOpen").map(({ params }) => params.textDocument)).toEqual([
      { uri, languageId: "python", version: 1, text },
    ]);
    expect(machine.told("textDocument/didChange").map(({ params }) => params.contentChanges)).toEqual([
      [{ range: { start: { line: 3, character: 4 }, end: { line: 3, character: 4 } }, text: "retuxyz" }],
    ]);
  });

  test("gets no secret, no file that is kept back, no folder, and no telemetry unless the person wants it", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    const secret = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
    editor.open(uri, `token = "${secret}"\n\ndef add(a, b):\n    \n`);
    editor.open("file:///project/.env", "KEY=value\nNAME=\n", { languageId: "shellscript" });
    await textsAt(editor, uri, 3, 4);
    await textsAt(editor, "file:///project/.env", 1, 5);
    const told = JSON.stringify(machine.told());
    expect(told).toContain("def add(a, b)");
    expect(told).not.toContain(secret);
    expect(told).not.toContain("KEY=value");
    const [{ names = [], cwd } = {}] = machine.told().filter(({ started }) => started);
    expect(names.filter((name) => name.startsWith("COPILOT_LSP_"))).toEqual([]);
    expect(cwd).toBe("/");
    expect(machine.told("initialize")[0]?.params).toMatchObject({ rootUri: null, workspaceFolders: null });
    const settings = machine.told().find(({ result }) => result);
    expect(settings?.result).toEqual([{ telemetryLevel: "off" }, { proxyStrictSSL: true }]);
  });

  test("gets no file that .copilotignore names, and no piece of one that it names only now", async () => {
    machine = await openOfficialMachine();
    const folder = join(machine.home, "project");
    const named = (name: string): string => `file://${folder}/${name}`;
    mkdirSync(folder);
    writeFileSync(join(folder, ".copilotignore"), "kept.py\n");
    const editor = await openEditor(machine.edit(), `file://${folder}`);
    editor.open(named("kept.py"), text);
    expect(await textsAt(editor, named("kept.py"), 3, 4)).toEqual([]);
    expect(await lastEmptyOf(editor)).toBe("excluded");
    editor.open(named("later.py"), text);
    expect(await textsAt(editor, named("later.py"), 3, 4)).toEqual(["    return a + b"]);
    writeFileSync(join(folder, ".copilotignore"), "kept.py\nlater.py\n");
    let others = 0;
    await eventually(async () => {
      editor.open(named(`other-${(others += 1)}.py`), text);
      await textsAt(editor, named(`other-${others}.py`), 3, 4);
      expect(machine.told("textDocument/didClose").map(({ params }) => params.textDocument.uri)).toEqual([
        named("later.py"),
      ]);
    });
    expect(JSON.stringify(machine.told())).not.toContain("kept.py");
  });

  test.each(["has started it", "shares it"])(
    "keeps a file back by the rules of the organisation, and the window that %s says whose they are",
    async (which) => {
      machine = await openOfficialMachine();
      const first = await openEditor(machine.edit());
      first.open(uri, text);
      expect(await textsAt(first, uri, 3, 4)).toEqual(["    return a + b"]);
      const editor = which === "shares it" ? await openEditor(machine.edit()) : first;
      const message = "Your organization 'acme' has disabled Copilot for this file";
      machine.behave({ refuse: { code: 1002, message } });
      editor.open("file:///project/secret.py", text);
      expect(await textsAt(editor, "file:///project/secret.py", 3, 4)).toEqual([]);
      expect(await lastEmptyOf(editor)).toBe("excluded");
      expect(await editor.request("checkFileStatus", { uri: "file:///project/secret.py" })).toMatchObject({
        status: "excluded",
      });
      await editor.waitFor(
        "didChangeStatus",
        (status: { message?: string }) => status.message?.includes("acme") === true,
      );
      machine.behave({});
      editor.open("file:///project/open.py", text);
      expect(await textsAt(editor, "file:///project/open.py", 3, 4)).toEqual(["    return a + b"]);
    },
  );

  const partly = () =>
    machine
      .told("textDocument/didPartiallyAcceptCompletion")
      .map(({ params }) => [params.item.command.arguments[0], params.acceptedLength]);
  const happened = () =>
    machine
      .told()
      .filter(
        ({ method, params }) =>
          method === "textDocument/didShowCompletion" || params?.command === "github.copilot.didAcceptCompletionItem",
      )
      .map(({ method, params }) => [method, params.arguments ?? params.item.command.arguments]);

  const offeredAt = (editor: Awaited<ReturnType<typeof openEditor>>, character: number) =>
    editor.inlineCompletion<{ items: readonly { command: Command }[] }>(uri, { line: 3, character }).answer;

  test.each(["has started it", "shares it"])(
    "hears once that a suggestion was shown and accepted, from the window that %s",
    async (which) => {
      machine = await openOfficialMachine({ environment: { COPILOT_LSP_SERVICE_TELEMETRY: "true" } });
      const first = await openEditor(machine.edit());
      first.open("file:///project/first.py", text);
      await textsAt(first, "file:///project/first.py", 3, 4);
      const editor = which === "shares it" ? await openEditor(machine.edit()) : first;
      editor.open(uri, text);
      const { items } = await offeredAt(editor, 4);
      editor.notify("textDocument/didShowCompletion", { item: items[0] });
      await eventually(() => expect(happened()).toEqual([["textDocument/didShowCompletion", ["id-2"]]]));
      // The rest of it, while one types along, is the same suggestion.
      editor.change(uri, 2, { at: { line: 3, character: 4 }, insert: "ret" });
      const rest = await offeredAt(editor, 7);
      editor.notify("textDocument/didShowCompletion", { item: rest.items[0] });
      editor.notify("textDocument/didPartiallyAcceptCompletion", { item: rest.items[0], acceptedLength: 10 });
      await eventually(() => expect(partly().at(-1)).toEqual(["id-2", 10]));
      await editor.request("workspace/executeCommand", rest.items[0]?.command);
      await eventually(() => expect(happened()).toHaveLength(2));
      expect(happened()[1]).toEqual(["workspace/executeCommand", ["id-2"]]);
    },
  );

  test("is not told what was shown where that would only have it ask ahead, which the person does not want", async () => {
    machine = await openOfficialMachine({ environment: { COPILOT_LSP_COMPLETION_SPECULATION: "off" } });
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    const { items } = await offeredAt(editor, 4);
    editor.notify("textDocument/didShowCompletion", { item: items[0] });
    await editor.request("workspace/executeCommand", items[0]?.command);
    // What is told after that has come.
    editor.open("file:///project/next.py", text);
    await textsAt(editor, "file:///project/next.py", 3, 4);
    expect(happened()).toEqual([]);
  });

  test("signs in for the editor, with its own code, and says who it is", async () => {
    machine = await openOfficialMachine({ behaviour: { signedOut: true } });
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    expect(await editor.request("checkStatus", {})).toMatchObject({ status: "NotSignedIn" });
    expect(await textsAt(editor, uri, 3, 4)).toEqual([]);
    const start = await editor.request<{ userCode: string; command: object }>("signIn", {});
    expect(start).toMatchObject({ status: "PromptUserDeviceFlow", userCode: "ABCD-EFGH" });
    const finished = editor.request("workspace/executeCommand", start.command);
    await eventually(() => expect(machine.told("workspace/executeCommand")).toHaveLength(1));
    machine.behave({ approved: true });
    expect(await finished).toMatchObject({ status: "OK", user: "octocat" });
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    expect(await editor.request("signOut", {})).toEqual({ status: "NotSignedIn" });
    expect(await editor.request("checkStatus", {})).toMatchObject({ status: "NotSignedIn" });
    expect(machine.emulator.calls).toEqual([]);
  });

  test("has a request cancelled when the editor cancels it, and is free for the next", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    editor.open("file:///project/a.py", "def add(a, b):\n    \n");
    await textsAt(editor, "file:///project/a.py", 1, 4);
    editor.open(uri, text);
    machine.behave({ hang: true });
    const asked = editor.inlineCompletion(uri, { line: 3, character: 4 });
    await eventually(() => expect(machine.told("textDocument/inlineCompletion")).toHaveLength(2));
    asked.cancel();
    await expect(asked.answer).rejects.toMatchObject({ code: -32_800 });
    await eventually(() => expect(machine.told("$/cancelRequest")).toHaveLength(1));
    machine.behave({});
    editor.open("file:///project/b.py", "def add(a, b):\n    \n");
    expect(await textsAt(editor, "file:///project/b.py", 1, 4)).toEqual(["    return a + b"]);
  });

  test("says why it has nothing, and that reaches a program", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    machine.behave({
      items: [],
      status: {
        kind: "Error",
        message: "Completions limit reached",
        command: { command: "github.copilot.completions.quotaExceeded" },
      },
    });
    expect(await textsAt(editor, uri, 3, 4)).toEqual([]);
    await editor.waitFor("didChangeStatus", ({ kind, message }: { kind: string; message?: string }) => {
      return kind === "Error" && message?.includes("Completions limit reached") === true;
    });
    await eventually(async () => {
      const response = await fetch(machine.url, {
        method: "POST",
        body: JSON.stringify({ prompt: "def add(a, b):\n" }),
      });
      expect(response.status).toBe(402);
    });
  });
});

describe("when it", () => {
  test("dies in the middle, that is said once, and the next request starts it again", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    machine.behave({ crash: true });
    expect(await textsAt(editor, uri, 3, 4)).toEqual([]);
    await editor.waitFor("didChangeStatus", ({ kind }: { kind: string }) => kind === "Warning");
    machine.behave({});
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    expect(machine.processes()).toHaveLength(2);
    expect(editor.stderr().match(/ended by itself: exit code 7/g)).toHaveLength(1);
    await editor.waitFor("didChangeStatus", ({ kind }: { kind: string }) => kind === "Normal");
  });

  test("dies at each request, it is not started at each", async () => {
    machine = await openOfficialMachine({ behaviour: { crash: true } });
    const editor = await openEditor(machine.edit());
    for (let at = 0; at < 10; at += 1) {
      const name = `file:///project/${at}.py`;
      editor.open(name, text);
      expect(await textsAt(editor, name, 3, 4)).toEqual([]);
    }
    expect(machine.processes().length).toBeLessThanOrEqual(3);
  });

  test("writes nonsense between its messages, the messages are found", async () => {
    machine = await openOfficialMachine({ behaviour: { garbage: "Debugger listening on ws://127.0.0.1\nnonsense\n" } });
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
  });

  test("hangs, it is ended with the editor all the same", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    await textsAt(editor, uri, 3, 4);
    const [processId = 0] = machine.processes();
    machine.behave({ hang: true });
    await editor.shutdown();
    await editor.exited;
    await eventually(() => expect(isRunning(processId)).toBe(false));
  });

  test("does not even start, it is ended with the editor", async () => {
    machine = await openOfficialMachine({ behaviour: { hang: "from the start" } });
    const editor = await openEditor(machine.edit());
    await eventually(() => expect(machine.told("initialize")).toHaveLength(1));
    const [processId = 0] = machine.processes();
    const startedMs = performance.now();
    await editor.shutdown();
    await editor.exited;
    await eventually(() => expect(isRunning(processId)).toBe(false));
    // It is not waited for until its limit, which is twice that.
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  });

  test("is slow, its answer is waited for", async () => {
    machine = await openOfficialMachine({ behaviour: { slowMs: 700 } });
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
  });

  test("runs while this program is killed, it ends too", async () => {
    machine = await openOfficialMachine();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    await textsAt(editor, uri, 3, 4);
    const [processId = 0] = machine.processes();
    expect(isRunning(processId)).toBe(true);
    await editor.kill();
    await eventually(() => expect(isRunning(processId)).toBe(false));
  });

  test("is not installed, too old or signed out, doctor says which, and use writes nothing", async () => {
    machine = await openOfficialMachine({
      environment: { COPILOT_LSP_SERVICE_COMMAND: "/nowhere/copilot-language-server" },
    });
    const missing = await machine.run(["doctor"]);
    expect(missing.stdout).toMatch(/fail +program .*there is no\s+\/nowhere/s);
    expect(missing.stdout).toMatch(/skip +completion +needs program/);
    const refused = await machine.run(["use", "official"], { env: { COPILOT_LSP_SERVICE_KIND: "copilot" } });
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("npm install -g @github/copilot-language-server");
    expect(
      (await machine.run(["config", "service.kind"], { env: { COPILOT_LSP_SERVICE_KIND: "" } })).stdout,
    ).not.toContain("official");
    const found = { COPILOT_LSP_SERVICE_COMMAND: "" };
    machine.behave({ old: true });
    expect((await machine.run(["doctor"], { env: found })).stdout).toMatch(/fail +version .*1\.200\.0 is too old/s);
    machine.behave({ signedOut: true });
    expect((await machine.run(["doctor"], { env: found })).stdout).toMatch(/fail +sign-in .*not signed in/s);
    machine.behave({});
    const well = await machine.run(["doctor"], { env: found });
    expect(well.stdout).toContain("All is well.");
    expect(well.stdout).toMatch(/ok +start +in \d+ ms/);
  });

  test("is not installed or not signed in, the next service answers, and goes on no longer than that", async () => {
    const next = await startStandIn({
      "/role": json({}, 404),
      "/v1/models": json({ data: [{ id: "starcoder2-3b" }] }),
      "/v1/completions": events({ choices: [{ index: 0, text: "return 'from the next'", finish_reason: "stop" }] }),
    });
    try {
      machine = await openOfficialMachine({
        behaviour: { signedOut: true },
        environment: { COPILOT_LSP_SERVICE_FALLBACK: `openai@${next.url}/v1` },
      });
      const missing = machine.edit({ env: { COPILOT_LSP_SERVICE_COMMAND: "/nowhere/copilot-language-server" } });
      await openEditor(missing);
      missing.open(uri, text);
      expect(await textsAt(missing, uri, 3, 4)).toEqual(["    return 'from the next'"]);
      const { message } = await missing.waitFor<{ kind: string; message: string }>(
        "didChangeStatus",
        ({ kind }) => kind === "Warning",
      );
      expect(message).toMatch(/answers meanwhile: .*not installed/);
      const editor = await openEditor(machine.edit());
      editor.open(uri, text);
      expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return 'from the next'"]);
      // It is not even asked while nobody is signed in.
      expect(machine.told("textDocument/inlineCompletion")).toEqual([]);
    } finally {
      await next.close();
    }
  });

  test("is named by an editor's settings, that is left out", async () => {
    machine = await openOfficialMachine();
    const editor = machine.edit();
    const hostile = join(machine.home, "hostile");
    const mark = join(machine.home, "mark");
    writeFileSync(hostile, `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    await openEditor(editor);
    editor.notify("workspace/didChangeConfiguration", {
      settings: {
        copilotLsp: { service: { command: hostile, telemetry: true } },
        "copilot-lsp": { service: { command: hostile } },
      },
    });
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    expect(machine.processes()).toHaveLength(1);
    expect(machine.written().has(mark)).toBe(false);
  });
});
