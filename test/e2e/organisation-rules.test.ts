// The rules of an organisation on the built program: nothing of a file that they exclude leaves the machine or is written
// anywhere, on whatever way somebody asks.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ScriptedAnswer } from "../../server/emulator/types.ts";
import type { InlineCompletionResult } from "../../shared/lsp.ts";
import type { ExclusionRuleReply } from "../../shared/upstream.ts";
import { eventually } from "../support/eventually.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { type Machine, openMachine } from "./bridge.ts";

let machine: Machine;
let editor: SpawnedLspServer;

const remote = "https://github.com/acme/engine.git";
const source = { type: "Organization", name: "acme" };
const code = "def add(left, right):\n    ";

const rule = (...paths: readonly string[]): ExclusionRuleReply => ({ paths, source });

/** Beyond what is read of an answer. */
function hugeAnswer(): readonly object[] {
  return [{ rules: Array.from({ length: 60_000 }, (_, index) => rule(`/a-long-enough-name-of-a-folder/${index}`)) }];
}

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["    return left + right"]);
  machine.emulator.setSession({ hasExclusionRules: true });
});

afterEach(() => machine.close());

function write(path: string, text: string): string {
  const file = join(machine.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return `file://${file}`;
}

function repository(path: string, url = remote): void {
  write(join(path, ".git/config"), `[remote "origin"]\n\turl = ${url}\n`);
}

async function edit(folder = "project"): Promise<void> {
  editor = machine.edit({ env: { COPILOT_LSP_EDITS_ENABLED: "on" } });
  await editor.initialize({ processId: null, rootUri: `file://${machine.home}/${folder}`, capabilities: {} });
}

async function complete(uri: string, text = code): Promise<InlineCompletionResult> {
  editor.open(uri, text, { languageId: "python" });
  const line = text.split("\n").length - 1;
  return editor.inlineCompletion<InlineCompletionResult>(uri, { line, character: 4 }).answer;
}

const excluded = { items: [] };

describe("a file that a rule of an organisation excludes", () => {
  test("is not sent, and the status names whose rule it is; another file of the repository is sent", async () => {
    repository("project");
    machine.emulator.setExclusionRules({ [remote]: [rule("/secret/**")] });
    await edit();
    expect(await complete(write("project/secret/plan.py", code))).toEqual(excluded);
    await eventually(() =>
      expect(editor.received).toContainEqual(
        expect.objectContaining({
          method: "didChangeStatus",
          params: expect.objectContaining({
            kind: "Inactive",
            message: "Your organization 'acme' has disabled Copilot for this file.",
          }),
        }),
      ),
    );
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
    expect((await complete(write("project/plan.py", code))).items).toHaveLength(1);
    expect(machine.emulator.callsTo("content-exclusion")).toHaveLength(1);
  });

  test("is not sent when it is asked about before the account is known", async () => {
    repository("project");
    machine.emulator.setExclusionRules({ [remote]: [rule("/secret/**")] });
    const hold = machine.emulator.hold("session-token");
    await edit();
    const answer = complete(write("project/secret/plan.py", code));
    await hold.reached;
    // The engine has asked its own questions by now, and waits for the account.
    await editor.request("checkStatus", { options: { localChecksOnly: true } });
    hold.release();
    expect(await answer).toEqual(excluded);
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
  });

  test("is told so to each who shares a question that was asked before the account was known", async () => {
    repository("project");
    machine.emulator.setExclusionRules({ [remote]: [rule("/secret/**")] });
    const hold = machine.emulator.hold("session-token");
    await edit();
    const uri = write("project/secret/plan.py", code);
    const first = complete(uri);
    await hold.reached;
    const at = { textDocument: { uri, version: 1 }, position: { line: 1, character: 4 } };
    const second = editor.request("copilot/complete", at);
    await eventually(async () => expect((await machine.fetch("/status")).text).toContain('"asked":2'));
    hold.release();
    await first.catch(() => undefined);
    const detail = "Your organization 'acme' has disabled Copilot for this file.";
    expect(await second).toEqual({ items: [], reason: "excluded", detail });
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
  });

  test("is recognised behind a link", async () => {
    repository("project");
    machine.emulator.setExclusionRules({ [remote]: [rule("/secret/**")] });
    write("project/secret/plan.py", code);
    symlinkSync(join(machine.home, "project/secret/plan.py"), join(machine.home, "project/open.py"));
    await edit();
    expect(await complete(`file://${machine.home}/project/open.py`)).toEqual(excluded);
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
  });
});

describe("nothing of an excluded file", () => {
  const marker = "NARWHAL7";
  const hidden = `# ${marker}\ndef ${marker}_key(left):\n    `;

  /** Where the marker is, apart from the files themselves. */
  function traces(): readonly string[] {
    const written = [...machine.written()].filter(([where]) => !where.startsWith(join(machine.home, "project")));
    return [...written, ...machine.sent()].filter(([, text]) => text.includes(marker)).map(([where]) => where);
  }

  test("is sent or written, whoever asks and whatever is asked about", { timeout: 180_000 }, async () => {
    repository("project");
    write("project/.copilotignore", "private/\n");
    machine.emulator.setExclusionRules({
      [remote]: [rule("/secret/**"), { ...rule(), ifAnyMatch: ["/^# TOP SECRET/m"] }],
    });
    const byRule = write("project/secret/plan.py", hidden);
    const byFile = write("project/private/plan.py", hidden);
    const byText = write("project/notes.py", `# TOP SECRET\n${hidden}`);
    symlinkSync(join(machine.home, "project/secret/plan.py"), join(machine.home, "project/link.py"));
    const byLink = `file://${machine.home}/project/link.py`;
    const allowed = write("project/open.py", "left = 1\nright = 2\n");
    await edit();

    // Opened one after the other, edited, asked about in every way.
    for (const uri of [byRule, byFile, byText, byLink]) {
      const text = `${uri === byText ? "# TOP SECRET\n" : ""}${hidden}`;
      const position = { line: text.split("\n").length - 1, character: 4 };
      const textDocument = { uri };
      expect(await complete(uri, text)).toEqual({ items: [] });
      editor.change(uri, 2, { at: position, insert: `${marker}_more` });
      expect(await editor.request("textDocument/completion", { textDocument, position })).toMatchObject({ items: [] });
      expect(await editor.request("copilot/complete", { textDocument, position })).toMatchObject({
        items: [],
        reason: "excluded",
        detail: expect.stringMatching(/acme|copilotignore/),
      });
      expect(
        await editor.request("textDocument/copilotInlineEdit", {
          textDocument: { uri, version: 2 },
          position,
          context: { triggerKind: 1 },
        }),
      ).toMatchObject({ edits: [], reason: "excluded" });
      expect(await editor.request("checkFileStatus", textDocument)).toMatchObject({ status: "excluded" });
    }
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);

    // Another file: what is open beside it, and what was changed last, stays out. One of them is renamed meanwhile.
    editor.notify("textDocument/didClose", { textDocument: { uri: byText } });
    editor.open(write("project/renamed.py", "other = 3\n"), "other = 3\n", { languageId: "python" });
    // Edits are told of after a rest: once the latest one is, all before it could be.
    const control = write("project/control.py", "one = 1\n");
    editor.open(control, "one = 1\n", { languageId: "python" });
    editor.change(control, 2, { at: { line: 0, character: 7 }, insert: "\nlatest_edit = 2" });
    editor.open(allowed, "left = 1\nright = 2\n", { languageId: "python" });
    editor.change(allowed, 2, { at: { line: 1, character: 9 }, insert: "\ntotal = left + " });
    let position = { line: 2, character: 15 };
    let version = 2;
    await eventually(async () => {
      version += 1;
      editor.change(allowed, version, { at: position, insert: "1 + " });
      position = { line: 2, character: position.character + 4 };
      await editor.inlineCompletion(allowed, position).answer;
      expect(JSON.stringify(machine.emulator.callsTo("completions").at(-1)?.body)).toContain("+latest_edit = 2");
    });
    await editor.request("textDocument/completion", { textDocument: { uri: allowed }, position });
    await editor.request("textDocument/copilotInlineEdit", {
      textDocument: { uri: allowed, version },
      position,
      context: { triggerKind: 1 },
    });
    expect(machine.emulator.callsTo("completions").length).toBeGreaterThan(0);
    expect(machine.emulator.callsTo("chat-completions").length).toBeGreaterThan(0);

    // Programs: by a path in the workspace, by a whole one, as a file that is shown beside a prompt, as a next edit.
    const post = (path: string, body: object) =>
      machine.fetch(path, { method: "POST", headers: { accept: "application/json" }, body: JSON.stringify(body) });
    for (const path of ["secret/plan.py", join(machine.home, "project/secret/plan.py"), "private/plan.py"]) {
      const reply = await post("/complete", { prompt: hidden, path, language: "python" });
      expect(JSON.parse(reply.text)).toMatchObject({ text: "", reason: "excluded" });
      await post("/infill", { input_prefix: "x = ", input_extra: [{ filename: path, text: hidden }] });
      await post("/next-edit", {
        path: "open.py",
        text: "a = 2\n",
        cursor: { line: 0, character: 1 },
        edits: [
          { path, before: "", after: hidden },
          { path: "open.py", before: "a = 1\n", after: "a = 2\n" },
        ],
      });
    }
    const bare = await post("/complete", { prompt: `# TOP SECRET\n${hidden}`, path: "notes.py", language: "python" });
    expect(JSON.parse(bare.text)).toMatchObject({ reason: "excluded", detail: expect.stringContaining("acme") });

    // Commands, in processes of their own.
    for (const file of ["secret/plan.py", "private/plan.py", "link.py", "notes.py"]) {
      const place = `${join(machine.home, "project", file)}:2:5`;
      const done = await machine.run(["complete", place]);
      expect(done).toMatchObject({ code: 5, stdout: "" });
      expect(done.stderr).toMatch(/acme|copilotignore/);
      const shown = await machine.run([
        "prompt",
        "--beside",
        join(machine.home, "project", file),
        `${join(machine.home, "project/open.py")}:2:1`,
      ]);
      expect(shown.stdout).not.toContain(marker);
    }
    const status = await machine.fetch("/status");
    expect(status.text).toContain("acme");
    await editor.request("workspace/executeCommand", { command: "copilot.status", arguments: [] });
    expect(traces()).toEqual([]);
  });
});

describe("rules that cannot be had", () => {
  test.each([403, 500])("keep everything back: %i", async (status) => {
    repository("project");
    machine.emulator.script("content-exclusion", { kind: "status", status, body: { message: "no" } }, { times: 9 });
    await edit();
    expect(await complete(write("project/plan.py", code))).toEqual(excluded);
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
  });

  test.each<[string, ScriptedAnswer]>([
    ["another number of lists", { kind: "status", status: 200, body: [] }],
    ["another shape", { kind: "status", status: 200, body: { rules: [] } }],
    ["a page of something in the way", { kind: "html" }],
    ["a 404 of something in the way", { kind: "status", status: 404, fromGitHub: false }],
    ["a connection that is cut", { kind: "reset" }],
    ["more than an answer can be", { kind: "status", status: 200, body: hugeAnswer() }],
    ["a glob that is none", { kind: "status", status: 200, body: [{ rules: [rule("v{1..9999999}.py")] }] }],
    [
      "an expression that is none",
      { kind: "status", status: 200, body: [{ rules: [{ ...rule(), ifAnyMatch: ["(["] }] }] },
    ],
    [
      "one that never ends",
      { kind: "status", status: 200, body: [{ rules: [{ ...rule(), ifAnyMatch: ["(x+x+)+y"] }] }] },
    ],
  ])("keep everything back: %s", async (_what, answer) => {
    repository("project");
    machine.emulator.script("content-exclusion", answer, { times: 9 });
    await edit();
    expect(await complete(write("project/plan.py", code), `# ${"x".repeat(60)}\n${code}`)).toEqual(excluded);
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
  });

  test("and come late are waited for; who leaves meanwhile does not stop them", async () => {
    repository("project");
    machine.emulator.setExclusionRules({ [remote]: [rule("/secret/**")] });
    const hold = machine.emulator.hold("content-exclusion");
    await edit();
    const uri = write("project/plan.py", code);
    editor.open(uri, code, { languageId: "python" });
    const left = editor.inlineCompletion<InlineCompletionResult>(uri, { line: 1, character: 4 });
    left.answer.catch(() => undefined);
    await hold.reached;
    left.cancel();
    await expect(left.answer).rejects.toMatchObject({ code: -32800 });
    const waiting = editor.inlineCompletion<InlineCompletionResult>(uri, { line: 1, character: 4 });
    hold.release();
    expect((await waiting.answer).items).toHaveLength(1);
    expect(machine.emulator.callsTo("content-exclusion")).toHaveLength(1);
  });

  test("are asked for as the official clients ask, without what an address says of the person", async () => {
    repository("project", "https://ada:hunter2@github.com/acme/engine.git");
    await edit();
    await complete(write("project/plan.py", code));
    const [call] = machine.emulator.callsTo("content-exclusion");
    expect(new URL(call?.path ?? "", "http://host").searchParams.toString()).toBe(
      new URLSearchParams({ repos: remote, scope: "repo" }).toString(),
    );
    expect(call?.headers).toMatchObject({
      authorization: `token ${machine.emulator.githubToken}`,
      "x-github-api-version": "2026-06-01",
    });
    await complete(`file://${machine.home}/plan.py`);
    expect(machine.emulator.callsTo("content-exclusion")[1]?.path).toMatch(/content_exclusion\?scope=all$/);
  });

  test("are none where the service says that there are none", async () => {
    repository("project");
    await edit();
    expect((await complete(write("project/plan.py", code))).items).toHaveLength(1);
  });
});

describe("an account without rules", () => {
  test("costs no request", async () => {
    machine.emulator.setSession({ hasExclusionRules: false });
    repository("project");
    await edit();
    expect((await complete(write("project/plan.py", code))).items).toHaveLength(1);
    expect(machine.emulator.callsTo("content-exclusion")).toHaveLength(0);
  });

  test("may have a .copilotignore", async () => {
    machine.emulator.setSession({ hasExclusionRules: false });
    repository("project");
    write("project/.copilotignore", "secret/\n!secret/plan.py\n");
    write("project/src/.copilotignore", "*.py\n!open.py\n");
    await edit();
    expect(await complete(write("project/secret/plan.py", code))).toEqual(excluded);
    expect(await complete(write("project/src/plan.py", code))).toEqual(excluded);
    expect((await complete(write("project/src/open.py", code))).items).toHaveLength(1);
  });
});

describe("what a person is told of the rules", () => {
  test("by status and doctor, for the folder that they are in", async () => {
    write(".git/config", `[remote "origin"]\n\turl = ${remote}\n`);
    machine.emulator.setExclusionRules({ [remote]: [rule("/a"), rule("/b"), rule("/c")] });
    expect((await machine.run(["status"])).stdout).toMatch(
      /Rules +3 rules for https:\/\/github.com\/acme\/engine.git, read \d\d:\d\d\./,
    );
    expect((await machine.run(["doctor"])).stdout).toMatch(/ok +rules +3 rules for/);
    machine.emulator.script("content-exclusion", { kind: "status", status: 500 }, { times: 9 });
    const failing = await machine.run(["doctor"]);
    expect(failing.stdout).toMatch(/fail +rules +not known, so nothing is sent/);
    expect(failing.code).toBe(1);
  });

  test("by copilot.status, which names the files that were kept back", async () => {
    repository("project");
    machine.emulator.setExclusionRules({ [remote]: [rule("/secret/**")] });
    await edit();
    await complete(write("project/secret/plan.py", code));
    const report = await editor.request("workspace/executeCommand", { command: "copilot.status", arguments: [] });
    expect(report).toMatchObject({
      exclusions: {
        repositories: [{ repository: remote, rules: 1, readAtMs: expect.any(Number) }],
        keptBack: [{ file: "secret/plan.py", by: "organisation", message: expect.stringContaining("acme") }],
      },
    });
    const metrics = await machine.fetch("/metrics");
    expect(metrics.text).toContain('copilot_lsp_files_kept_back_total{rule="organisation"} 1');
    expect(await editor.request("checkFileStatus", { uri: write("project/secret/other.py", code) })).toEqual({
      status: "excluded",
      reason: "Your organization 'acme' has disabled Copilot for this file.",
    });
    expect(await editor.request("checkFileStatus", { uri: write("project/open.py", code) })).toEqual({
      status: "included",
    });
  });
});
