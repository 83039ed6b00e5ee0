// Files with secrets, opened on their way through an editor: whatever folder they lie in, nothing of them leaves.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { InlineCompletionResult } from "../../shared/lsp.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { type Machine, openMachine } from "./bridge.ts";

let machine: Machine;
let editor: SpawnedLspServer;

const secret = "hunter2 is the word of the day";
const code = "# hunter2 is mentioned here\ndef add(left, right):\n    ";

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["    return left + right"]);
  editor = machine.edit({ env: { COPILOT_LSP_COMPLETION_EXCLUDE_GLOBS: "**/.ssh/**,/etc/**,~/notes/**" } });
  await editor.initialize({ processId: null, rootUri: "file:///project", capabilities: {} });
});

afterEach(() => machine.close());

test.each([
  ["in the home folder, outside every workspace folder", () => `file://${machine.home}/.ssh/config`],
  ["by its whole path", () => "file:///etc/secrets.py"],
  ["by its path in the home folder", () => `file://${machine.home}/notes/day.py`],
  ["on another machine", () => "vscode-remote://ssh-remote+host/home/ada/.ssh/config"],
])("%s", async (_where, uriOf) => {
  const uri = uriOf();
  editor.open(uri, `${secret}\nHost *\n`, { languageId: "python" });
  const asked = editor.inlineCompletion<InlineCompletionResult>(uri, { line: 2, character: 0 });
  expect((await asked.answer).items).toEqual([]);

  // Nor does it help another file.
  editor.open("file:///project/a.py", code);
  const other = editor.inlineCompletion<InlineCompletionResult>("file:///project/a.py", { line: 2, character: 4 });
  expect((await other.answer).items).toHaveLength(1);
  const bodies = machine.emulator.callsTo("completions").map(({ body }) => JSON.stringify(body));
  expect(bodies).toHaveLength(1);
  expect(bodies[0]).toContain("hunter2 is mentioned");
  expect(bodies[0]).not.toContain("word of the day");
});
