// The rules of an organisation on the built program: nothing of a file that they exclude leaves the machine or is written
// anywhere, on whatever way somebody asks.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
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

describe("rules that cannot be had", () => {
  test.each([403, 500])("keep everything back: %i", async (status) => {
    repository("project");
    machine.emulator.script("content-exclusion", { kind: "status", status, body: { message: "no" } }, { times: 9 });
    await edit();
    expect(await complete(write("project/plan.py", code))).toEqual(excluded);
    expect(machine.emulator.callsTo("completions")).toHaveLength(0);
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
