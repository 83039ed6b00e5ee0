import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { openLspSession, type LspSession } from "./support/session.ts";

const uri = "file:///a.py";

/** The whole text as the server has it: a document this small fits the question. */
async function textOf(session: LspSession): Promise<string> {
  const index = session.fake.asked.length;
  const sent = session.client.inlineCompletion(uri, { line: 0, character: 0 });
  const { request } = await session.fake.nextAsked(index);
  sent.cancel();
  return request.before + request.after;
}

const change = (session: LspSession, version: unknown, ...contentChanges: unknown[]): void =>
  session.client.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
const edit = (from: [number, number], to: [number, number], text: string, more: object = {}) => ({
  range: { start: { line: from[0], character: from[1] }, end: { line: to[0], character: to[1] } },
  text,
  ...more,
});

test("edits are applied in order, also several in one message, with CRLF and surrogates", async () => {
  const session = await openLspSession();
  session.client.open(uri, "one\r\n😀two\r\nthree");
  change(session, 2, edit([1, 2], [1, 5], "2"), edit([0, 0], [0, 3], "1\r\n1"), edit([3, 0], [3, 5], ""));
  expect(await textOf(session)).toBe("1\r\n1\r\n😀2\r\n");
});

test("whole text, a repeated or skipped version, an old rangeLength and a null range are taken", async () => {
  const session = await openLspSession();
  session.client.open(uri, "a");
  change(session, 1, { text: "bcd" });
  change(session, 1, edit([0, 1], [0, 2], "-", { rangeLength: null }));
  change(session, 9, { range: null, text: "x" }, edit([0, 1], [0, 1], "y"));
  change(session, null, edit([0, 2], [0, 2], "z"));
  expect(await textOf(session)).toBe("xyz");
});

test("a range that ends below the last line ends with the text", async () => {
  const session = await openLspSession();
  session.client.open(uri, "a\nb\nc");
  change(session, 2, edit([1, 0], [3, 0], "B\n"));
  change(session, 3, edit([50, 3], [60, 0], "end\n"), edit([2, 3], [2, 3], "!"));
  expect(await textOf(session)).toBe("a\nB\nend!\n");
  change(session, 4, edit([50, 0], [51, 0], "x\ny"), edit([4, 1], [4, 1], "."));
  expect(await textOf(session)).toBe("a\nB\nend!\nx\ny.");
});

test("a document of hundreds of lines is after any edits what the library's document is", async () => {
  const session = await openLspSession();
  const lines = ["a line of some words;\n", "a word;\r\n", "\r", "😀", "\t\n"];
  const long = Array.from({ length: 500 }, (_, at) => lines[(at * 7) % lines.length]).join("");
  const place = fc.tuple(fc.nat(420), fc.nat(25));
  const anyEdit = fc.tuple(place, place, fc.constantFrom("", "x", "\n", "\r\n", "😀\r", long.slice(0, 1_000)));
  await fc.assert(
    fc.asyncProperty(fc.array(anyEdit, { maxLength: 12 }), async (edits) => {
      session.client.open(uri, long);
      const expected = TextDocument.create(uri, "python", 1, long);
      for (const [one, other, text] of edits) {
        const [from, to] = [one, other].sort(([line, unit], [line2, unit2]) => line - line2 || unit - unit2);
        if (!from || !to) continue;
        // Most edits are short.
        if (to[0] > from[0] + 100) to[0] = from[0] + 1;
        const { range } = edit(from, to, text);
        change(session, 2, { range, text });
        if (from[0] >= expected.lineCount) range.start = expected.positionAt(Number.MAX_SAFE_INTEGER);
        if (to[0] >= expected.lineCount) range.end = expected.positionAt(Number.MAX_SAFE_INTEGER);
        TextDocument.update(expected, [{ range, text }], 2);
      }
      expect(await textOf(session)).toBe(expected.getText());
    }),
    { numRuns: 40 },
  );
});

test("text that was changed before it was opened is not guessed at, and the request says why", async () => {
  const session = await openLspSession();
  change(session, 2, edit([0, 0], [0, 0], "x"));
  await expect(session.client.inlineCompletion(uri, { line: 0, character: 0 }).answer).rejects.toMatchObject({
    code: -32602,
    message: "Document for URI could not be found: file:///a.py (It was changed before it was opened.)",
    data: { code: "unknown-document", advice: "Open it with textDocument/didOpen first." },
  });
  session.client.open(uri, "fresh");
  expect(await textOf(session)).toBe("fresh");
});

test.each([
  [
    "a change without text",
    [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }],
    "contentChanges[0].text must be a string.",
  ],
  [
    "a negative position",
    [edit([0, -1], [0, 0], "x")],
    "contentChanges[0].range.start.character must be an integer from 0 on.",
  ],
  ["no changes at all", "x", "contentChanges must be an array."],
])("%s makes the text unknown until the whole of it comes", async (_what, contentChanges, reason) => {
  const session = await openLspSession();
  session.client.open(uri, "a", { languageId: "rust" });
  session.client.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges });
  await expect(session.client.inlineCompletion(uri, { line: 0, character: 0 }).answer).rejects.toMatchObject({
    message: expect.stringContaining(reason),
  });
  change(session, 3, edit([0, 0], [0, 0], "ignored"), { text: "whole" }, edit([0, 5], [0, 5], "!"));
  expect(await textOf(session)).toBe("whole!");
  expect(session.fake.asked[0]?.request.languageId).toBe("rust");
});

test("a document that is closed is not known any more, and can be opened again", async () => {
  const session = await openLspSession();
  session.client.open(uri, "a");
  session.client.notify("textDocument/didClose", { textDocument: { uri } });
  await expect(session.client.inlineCompletion(uri, { line: 0, character: 0 }).answer).rejects.toMatchObject({
    code: -32602,
  });
  change(session, 2, edit([0, 0], [0, 0], "x"));
  session.client.notify("textDocument/didClose", { textDocument: { uri } });
  await expect(session.client.inlineCompletion(uri, { line: 0, character: 0 }).answer).rejects.toThrow(/a\.py$/);
  session.client.open(uri, "b");
  session.client.open(uri, "c", { version: 2 });
  expect(await textOf(session)).toBe("c");
});

test("two parts of a client that open one document have it until both have closed it, with the text told last", async () => {
  const session = await openLspSession();
  const close = () => session.client.notify("textDocument/didClose", { textDocument: { uri } });
  session.client.open(uri, "of the editor");
  session.client.open(uri, "of a plugin", { version: 7 });
  expect(await textOf(session)).toBe("of a plugin");
  change(session, 2, { text: "of the editor, typed" });
  close();
  change(session, 3, edit([0, 20], [0, 20], " on"));
  expect(await textOf(session)).toBe("of the editor, typed on");
  close();
  await expect(session.client.inlineCompletion(uri, { line: 0, character: 0 }).answer).rejects.toThrow(/a\.py$/);
});

test("a text that was lost while two had it open is there again when one of them says it, until both have closed it", async () => {
  const session = await openLspSession();
  session.client.open(uri, "one");
  session.client.open(uri, "one");
  session.client.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges: "nonsense" });
  session.client.notify("textDocument/didClose", { textDocument: { uri } });
  change(session, 3, { text: "two" });
  expect(await textOf(session)).toBe("two");
});

test("a document that was changed as a whole before it was opened is gone when it is closed once", async () => {
  const session = await openLspSession();
  change(session, 1, { text: "early" });
  session.client.open(uri, "opened");
  session.client.notify("textDocument/didClose", { textDocument: { uri } });
  await expect(session.client.inlineCompletion(uri, { line: 0, character: 0 }).answer).rejects.toThrow(/a\.py$/);
});
