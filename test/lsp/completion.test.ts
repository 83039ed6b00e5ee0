import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { MenuResult } from "../../shared/lsp.ts";
import type { LspSettings } from "../../server/lsp/lsp-server.ts";
import type { Position } from "../support/lsp-client.ts";
import { item, items } from "./support/scripted-core.ts";
import { type LspSession, openLspSession } from "./support/session.ts";

const uri = "file:///a.py";
const fixture = (name: string): object =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../fixtures/initialize/${name}.json`), "utf8"));
const helix = fixture("helix");
const eglot = fixture("emacs");
const client = (name: string, completionItem: object = {}): object => ({
  clientInfo: { name, version: "1" },
  capabilities: { textDocument: { completion: { completionItem } } },
});

async function open(params: object, text: string, settings: Partial<LspSettings> = {}): Promise<LspSession> {
  const session = await openLspSession({ params, settings });
  session.client.open(uri, text);
  return session;
}

const ask = ({ client: { send } }: LspSession, position: Position, context: object = { triggerKind: 1 }) =>
  send<MenuResult>("textDocument/completion", { textDocument: { uri }, position, context });

async function offeredIn(params: object, settings: Partial<LspSettings> = {}): Promise<boolean> {
  const { client: speaker } = await openLspSession({ settings });
  await speaker.shutdown();
  const session = await openLspSession({ params, settings });
  const answer = session.client.received.find(({ id }) => id === 1)?.result;
  return "completionProvider" in (answer as { capabilities: object }).capabilities;
}

test.each([
  ["Helix", helix, {}, true],
  ["eglot", eglot, {}, true],
  ["a client that nobody knows", client("Ed"), {}, true],
  ["Neovim before it had ghost text", client("Neovim"), {}, true],
  ["Neovim with ghost text", fixture("nvim"), {}, false],
  ["lsp-mode, which says null and means yes", fixture("emacs-lsp-mode"), {}, false],
  ["a client without a menu", {}, {}, false],
  ["a Copilot plugin", fixture("vim-copilot.vim"), {}, false],
  ["Neovim with ghost text, by setting", fixture("nvim"), { menu: "always" }, true],
  ["Helix, by setting", helix, { menu: "never" }, false],
] as const)("the menu of %s is offered: %o", async (_who, params, settings, expected) => {
  expect(await offeredIn(params, settings)).toBe(expected);
});

test("the editor's settings are in force before initialize is answered", async () => {
  const { applied, appliedFirst } = await openLspSession({
    params: { capabilities: {}, initializationOptions: { "copilot-lsp": { lsp: { menu: "always" } } } },
  });
  expect(applied).toEqual([{ "lsp.menu": "always" }]);
  expect(appliedFirst()).toBe(1);
});

test("an entry of Helix begins at the word, is plain text, and shows all of it as its detail", async () => {
  const session = await open(helix, 'x = "😀"; to\n');
  session.fake.answerAll(() => items("tal = ${x}\n    y"));
  expect(await ask(session, { line: 0, character: 12 }).answer).toEqual({
    isIncomplete: true,
    items: [
      {
        label: "total = ${x} …",
        kind: 1,
        sortText: "~",
        filterText: "total = ${x}",
        insertTextFormat: 1,
        textEdit: {
          range: { start: { line: 0, character: 10 }, end: { line: 0, character: 12 } },
          newText: "total = ${x}\n    y",
        },
        detail: "total = ${x}\n    y",
        command: {
          title: "Completion Accepted",
          command: "github.copilot.didAcceptCompletionItem",
          arguments: ["id of tal = ${x}\n    y"],
        },
      },
    ],
  });
});

test("an entry of eglot has a label that may stand in the buffer, and the text as documentation", async () => {
  const session = await open(eglot, "to\n");
  session.fake.answerAll(() => items("tal = 1\n    y"));
  expect(await ask(session, { line: 0, character: 2 }).answer).toMatchObject({
    isIncomplete: true,
    items: [
      {
        label: "total = 1",
        filterText: "total = 1",
        detail: "Copilot",
        documentation: { kind: "plaintext", value: "total = 1\n    y" },
      },
    ],
  });
});

test("an entry replaces surplus indentation before the cursor and what it says again behind it", async () => {
  const session = await open(client("Ed"), "if x:\n        )\n");
  session.fake.answerAll(() => items(item("call()", { replaceBefore: 4, replaceAfter: 1 })));
  expect((await ask(session, { line: 1, character: 8 }).answer).items[0]).toMatchObject({
    label: "call()",
    textEdit: { range: { start: { line: 1, character: 4 }, end: { line: 1, character: 9 } }, newText: "call()" },
  });
});

test("a text that begins with a new line is named after its first written line; long ones are cut at a character", async () => {
  const session = await open(client("Ed"), "def f():\n");
  session.fake.answerAll(() => items(`\n    return "${"😀".repeat(90)}"`));
  const [entry] = (await ask(session, { line: 0, character: 8 }).answer).items;
  expect(entry?.label).toBe(`return "${"😀".repeat(72)} …`);
  expect(entry?.filterText).toBe(`return "${"😀".repeat(72)}`);
});

test("markdown shows the text in a fence that the text cannot end", async () => {
  const session = await open(client("Ed", { documentationFormat: ["markdown"] }), "doc = x\n");
  session.fake.answerAll(() => items("```\n``x"));
  expect((await ask(session, { line: 0, character: 7 }).answer).items[0]?.documentation).toEqual({
    kind: "markdown",
    value: "````python\nx```\n``x\n````",
  });
});

const at = (line: number, character: number) => ({ start: { line, character }, end: { line, character } });

test("a client that indents further lines itself gets them without the line's indentation, unless it can take them as they are", async () => {
  const text = "if x:\n\tfoo";
  const both = await open(client("Ed", { insertTextModeSupport: { valueSet: [1, 2] } }), text);
  both.fake.answerAll(() => items("(\n\t\t1,\n\t)\n"));
  expect((await ask(both, { line: 1, character: 4 }).answer).items[0]).toMatchObject({
    insertTextMode: 1,
    textEdit: { newText: "foo(\n\t\t1,\n\t)\n" },
  });
  const adjusting = await open(client("Sublime Text LSP", { insertTextModeSupport: { valueSet: [2] } }), text);
  adjusting.fake.answerAll(() => items("(\n\t\t1,\n\t)\nend"));
  const [entry] = (await ask(adjusting, { line: 1, character: 4 }).answer).items;
  expect(entry?.textEdit.newText).toBe("foo(\n\t1,\n)");
  expect(entry).not.toHaveProperty("insertTextMode");
});

describe("a client that indents further lines itself gets less indented ones as an edit of their own", () => {
  const sublime = () => client("Sublime Text LSP", { insertTextModeSupport: { valueSet: [2] } });

  test.each([
    ["with lines below", "if x:\n\tfoo\nz = 1\n", at(2, 0), "else:\n\tbar\n"],
    ["on the last line", "if x:\n\tfoo", at(2, 0), "\nelse:\n\tbar"],
    ["with CRLF", "if x:\r\n\tfoo\r\nz = 1\r\n", at(2, 0), "else:\r\n\tbar\r\n"],
  ])("%s", async (_where, text, range, newText) => {
    const session = await open(sublime(), text);
    const lineEnd = text.includes("\r") ? "\r\n" : "\n";
    session.fake.answerAll(() => items(["()", "\tmore()", "else:", "\tbar"].join(lineEnd)));
    expect((await ask(session, { line: 1, character: 4 }).answer).items[0]).toMatchObject({
      textEdit: { newText: `foo()${lineEnd}more()` },
      additionalTextEdits: [{ range, newText }],
    });
  });

  test("with text right of the cursor, which stays behind what is put in", async () => {
    const session = await open(sublime(), "\tfoo)\nz = 1\n");
    session.fake.answerAll(() => items("(\n\t\t1\nx"));
    expect((await ask(session, { line: 0, character: 4 }).answer).items[0]).toMatchObject({
      textEdit: { range: { end: { line: 0, character: 5 } }, newText: "foo(\n\t1" },
      additionalTextEdits: [{ range: at(1, 0), newText: "x)\n" }],
    });
  });
});

test("Neovim's popup inserts one line, so the others come as an edit of the line below, and what stands behind the cursor with them", async () => {
  const session = await open(client("Neovim"), "x\n\nf()\n");
  session.fake.answerAll(() => items("a\n  b\n  c"));
  expect((await ask(session, { line: 1, character: 0 }).answer).items[0]).toMatchObject({
    textEdit: { newText: "a" },
    additionalTextEdits: [
      { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, newText: "  b\n  c\n" },
    ],
  });
  session.client.change(uri, 2, "x\r\n\r\nf()\r\n");
  session.fake.answerAll(() => items("a\r\n  b\r\n  c"));
  expect((await ask(session, { line: 1, character: 0 }).answer).items[0]).toMatchObject({
    textEdit: { newText: "a" },
    additionalTextEdits: [{ range: at(2, 0), newText: "  b\r\n  c\r\n" }],
  });
  // Its edits go to the text that has the first line already: `f(a)`.
  expect((await ask(session, { line: 2, character: 2 }).answer).items[0]).toMatchObject({
    textEdit: { newText: "a" },
    additionalTextEdits: [
      { range: { start: { line: 2, character: 3 }, end: { line: 2, character: 4 } }, newText: "" },
      { range: at(3, 0), newText: "  b\r\n  c)\r\n" },
    ],
  });
});

test("Neovim's popup leaves what an entry replaces right of the cursor, so that an edit of its own removes it", async () => {
  const session = await open(client("Neovim"), "if (no\n)");
  session.client.change(uri, 2, "if (no)");
  session.fake.answerAll(() => items(item("t) {", { replaceAfter: 1 })));
  expect((await ask(session, { line: 0, character: 6 }).answer).items[0]).toMatchObject({
    textEdit: { newText: "not) {" },
    additionalTextEdits: [
      { range: { start: { line: 0, character: 10 }, end: { line: 0, character: 11 } }, newText: "" },
    ],
  });
});

test("Kakoune's filter is the whole text, without which it is taken for a snippet", async () => {
  const session = await open(client("kakoune"), "to");
  session.fake.answerAll(() => items("tal = ${x}\n  y"));
  const [entry] = (await ask(session, { line: 0, character: 2 }).answer).items;
  expect(entry?.filterText).toBe("total = ${x}\n  y");
  expect(entry?.filterText).toBe(entry?.textEdit.newText);
});

test("names are as long as the language lets them be", async () => {
  const session = await openLspSession({ params: eglot });
  session.fake.answerAll(() => items("bar)"));
  session.client.open(uri, "(my-foo-", { languageId: "emacs-lisp" });
  expect((await ask(session, { line: 0, character: 8 }).answer).items[0]?.label).toBe("my-foo-bar)");
});

test("a menu that waits for the slowest server is not held up, and the late answer is there at the next key", async () => {
  const session = await open(client("kakoune"), "total = s");
  const sent = ask(session, { line: 0, character: 9 });
  const asked = await session.fake.nextAsked(0);
  await session.clock.advance(300);
  expect(await sent.answer).toEqual({ isIncomplete: true, items: [] });
  expect(asked.ctx.signal.aborted).toBe(false);
  asked.answer(items("um(numbers)", "orted(numbers)"));
  await session.client.request("getVersion");

  session.client.change(uri, 2, { at: { line: 0, character: 9 }, insert: "u" });
  const { items: entries } = await ask(session, { line: 0, character: 10 }).answer;
  expect(entries.map(({ textEdit }) => textEdit)).toEqual([
    { range: { start: { line: 0, character: 8 }, end: { line: 0, character: 10 } }, newText: "sum(numbers)" },
  ]);
  expect(session.fake.asked).toHaveLength(1);
});

test("asking again at the same place joins the question under way; another place asks anew", async () => {
  const session = await open(client("kakoune"), "total = s");
  const first = ask(session, { line: 0, character: 9 });
  await session.fake.nextAsked(0);
  await session.clock.advance(300);
  await first.answer;
  const second = ask(session, { line: 0, character: 9 });
  // What was sent before this has been taken up when it is answered.
  await session.client.request("getVersion");
  expect(session.fake.asked).toHaveLength(1);
  session.fake.asked[0]?.answer(items("um"));
  expect((await second.answer).items).toHaveLength(1);

  const third = ask(session, { line: 0, character: 0 });
  await session.fake.nextAsked(1);
  third.cancel();
  await expect(third.answer).rejects.toMatchObject({ code: -32800 });
  await expect.poll(() => session.fake.asked[1]?.ctx.signal.aborted).toBe(true);
});

test("a request that a newer one overtakes is answered with an empty list that may be asked for again", async () => {
  const session = await open(helix, "to\n");
  session.fake.answerAll(() => new CopilotError("superseded", "A newer one came."));
  expect(await ask(session, { line: 0, character: 2 }).answer).toEqual({ isIncomplete: true, items: [] });
});

test("a failure that a person who types is not told of is an empty list", async () => {
  const session = await open(helix, "to\n");
  session.fake.answerAll(() => new CopilotError("offline", "No network."));
  expect(await ask(session, { line: 0, character: 2 }).answer).toEqual({ isIncomplete: false, items: [] });
});

test("an answer that comes after more was typed holds only what still fits, for the place that was asked for", async () => {
  const session = await open(helix, "to\n");
  const sent = ask(session, { line: 0, character: 2 });
  const asked = await session.fake.nextAsked(0);
  session.client.change(uri, 2, { at: { line: 0, character: 2 }, insert: "ta" });
  await session.client.request("getVersion");
  asked.answer(items("tal = 1", "day = 2"));
  const { items: entries } = await sent.answer;
  expect(entries.map(({ textEdit }) => textEdit)).toEqual([
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 2 } }, newText: "total = 1" },
  ]);
});

test.each([
  ["above", "other\nto\nend\n"],
  ["above, as long as before", "A\nto\nend\n"],
  ["below, as long as before", "a\nto\nEND\n"],
  ["at its end", "a\nto\nend\nmore"],
])("an answer for a text that has changed %s is not offered", async (_where, text) => {
  const session = await open(helix, "a\nto\nend\n");
  const sent = ask(session, { line: 1, character: 2 });
  const asked = await session.fake.nextAsked(0);
  session.client.change(uri, 2, text);
  await session.client.request("getVersion");
  asked.answer(items("tal = 1"));
  expect((await sent.answer).items).toEqual([]);
});

test.each([
  ["python", "# a com", true],
  ["python", "x = 1 # a", false],
  ["go", "  // a", true],
  ["c", " * a", true],
  ["lua", "-- a", true],
  ["go", "a := 1", false],
  ["markdown", "Some wo", true],
])("with the setting, a %s line %j is quiet: %o", async (languageId, line, isQuiet) => {
  const session = await openLspSession({ params: helix, settings: { menuInComments: false } });
  session.fake.answerAll(() => items("x"));
  session.client.open(uri, line, { languageId });
  const { items: entries } = await ask(session, { line: 0, character: line.length }).answer;
  expect(entries).toHaveLength(isQuiet ? 0 : 1);
});

test("entries stand behind those of other servers, or before them by setting", async () => {
  const sortTextIn = async (settings: Partial<LspSettings>): Promise<string> => {
    const session = await open(client("Ed"), "to\n", settings);
    session.fake.answerAll(() => items("tal"));
    return (await ask(session, { line: 0, character: 2 }).answer).items[0]?.sortText ?? "";
  };
  const [usual, last, first] = [
    await sortTextIn({}),
    await sortTextIn({ menuPosition: "last" }),
    await sortTextIn({ menuPosition: "first" }),
  ];
  expect(usual).toBe(last);
  expect(["zz", "_", "0001", "Ab", first, last].toSorted((one, other) => (one < other ? -1 : 1))).toEqual([
    first,
    "0001",
    "Ab",
    "_",
    "zz",
    last,
  ]);
});

test("comments have a menu without the setting, and a document that is not open is an error", async () => {
  const session = await open(helix, "# com\n");
  session.fake.answerAll((request) => items((request as DocumentRequest).languageId));
  expect((await ask(session, { line: 0, character: 5 }).answer).items).toHaveLength(1);
  const elsewhere = { textDocument: { uri: "file:///b" }, position: { line: 0, character: 0 } };
  await expect(session.client.request("textDocument/completion", elsewhere)).rejects.toMatchObject({ code: -32602 });
});

test("a profile can be named by a setting", async () => {
  const session = await open(client("Ed"), "to\n", { profile: "helix" });
  session.fake.answerAll(() => items("tal"));
  expect((await ask(session, { line: 0, character: 2 }).answer).items[0]).toMatchObject({ detail: "total" });
});
