// When the service is asked by itself: how long the typing has to rest, by what stands before the cursor.

import { expect, test } from "vitest";
import { applyEdit } from "../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../server/lsp/documents/text/block-text.ts";
import { createOfflineEdits } from "./support/offline-edits.ts";

/** Milliseconds of rest until the service has answered, when `typed` is put in the place of `|` with a key each 100 ms. */
async function restAfter(text: string, typed: string): Promise<number> {
  const edits = createOfflineEdits((window) => window);
  const request = { kind: "document", documentId: "a", trigger: "typed" } as const;
  let now = BlockText.of(text.replace("|", ""));
  let at = text.indexOf("|");
  edits.documents.opened({ id: "a", languageId: "typescript", path: "a.ts", file: undefined, text: () => now });
  // What is loaded by the first question takes no virtual time.
  await edits.ask({ ...request, line: 0, character: 0, fromMemory: true });
  for (const key of typed) {
    await edits.clock.advance(100);
    const made = applyEdit(now, { start: at, end: at, text: key });
    now = made.text;
    at += 1;
    edits.documents.changed("a", made.lines);
  }
  const sinceMs = edits.clock.monotonicMs();
  const { line, character } = now.positionAt(at);
  await edits.ask({ ...request, line, character });
  expect(edits.asked()).toBe(1);
  return edits.clock.monotonicMs() - sinceMs;
}

test.each<[string, string, string, number]>([
  ["a sign within a line: by the rhythm of the keys", "let count = 0|;\nuse(count);\n", " + []", 300],
  ["a name in the place of another, which may go on", "a.|count = 0;\nuse(a.count);\n", "total_", 1_000],
  ["the end of a line: somewhat longer", "let count = 0;\n|\nuse(count);\n", "use(1);", 600],
  ["a blank, where a word follows", "let count = 0;\n|\nuse(count);\n", "use(1) +", 1_500],
  ["a bracket that is open", "let count = 0;\n|\nuse(count);\n", "use(one", 1_500],
  ["the beginning of a word that stands there", "let count = 0;\n|;\nuse(count);\n", "x = cou", 1_500],
  ["the whole of such a word", "let count = 0;\n|;\nuse(count);\n", "x = count", 700],
  ["a new name that another one begins with", "let a| = 0;\nuse(alphabet);\nuse(a);\n", "lpha", 1_000],
])("%s", async (_, text, typed, restMs) => {
  expect(await restAfter(text, typed)).toBe(restMs);
});
