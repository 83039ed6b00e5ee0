// One file open in two editors, each with a process of its own and texts that nobody has saved yet.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { InlineCompletionResult } from "../../shared/lsp.ts";
import type { Position, SpawnedLspServer } from "../support/lsp-client.ts";
import { type Machine, openMachine } from "./bridge.ts";

const uri = "file:///project/numbers.py";
const saved = "def add(left, right):\n    ";

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  // Says in its answer whose text it has seen.
  machine.emulator.setModel(({ prompt }) => [prompt.includes("# tenths\n") ? "    return tenths" : "    return whole"]);
});

afterEach(() => machine.close());

async function edit(): Promise<SpawnedLspServer> {
  const editor = machine.edit();
  await editor.initialize();
  editor.open(uri, saved);
  return editor;
}

async function suggestionIn(editor: SpawnedLspServer, position: Position): Promise<string | undefined> {
  const { items } = await editor.inlineCompletion<InlineCompletionResult>(uri, position).answer;
  return items[0]?.insertText;
}

test("each answers from its own text, and takes the other's once it is saved and read again", async () => {
  const [first, second] = [await edit(), await edit()];
  first.change(uri, 2, { at: { line: 0, character: 0 }, insert: "# tenths\n" });
  second.change(uri, 2, { at: { line: 0, character: 0 }, insert: "# whole\n# numbers\n" });
  const [ofFirst, ofSecond] = await Promise.all([
    suggestionIn(first, { line: 2, character: 4 }),
    suggestionIn(second, { line: 3, character: 4 }),
  ]);
  expect([ofFirst, ofSecond]).toEqual(["    return tenths", "    return whole"]);

  first.notify("textDocument/didSave", { textDocument: { uri } });
  // The other editor sees that the file has changed, and reads it again.
  const reread = `# tenths\n${saved}`;
  second.change(uri, 3, reread);
  expect(await suggestionIn(second, { line: 2, character: 4 })).toBe("    return tenths");
  // What was asked for at a place of the old text is refused or empty, never answered with the new one's.
  expect(await suggestionIn(second, { line: 3, character: 4 })).toBeUndefined();

  // One that leaves takes nothing from the other.
  second.notify("textDocument/didClose", { textDocument: { uri } });
  second.end();
  expect(await second.exited).toEqual({ code: 0, signal: null });
  first.change(uri, 3, { at: { line: 2, character: 4 }, insert: "return " });
  expect(await suggestionIn(first, { line: 2, character: 11 })).toBe("    return tenths");
});
