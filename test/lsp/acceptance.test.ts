import { expect, test } from "vitest";
import type { MenuResult, StatusResult } from "../../shared/lsp.ts";
import type { Position } from "../support/lsp-client.ts";
import { items } from "./support/scripted-core.ts";
import { type LspSession, openLspSession } from "./support/session.ts";

const uri = "file:///a.py";
const id = "id of tal = 1\n    y";

async function offered(text: string, position: Position): Promise<LspSession> {
  const session = await openLspSession({ params: { capabilities: { textDocument: { completion: {} } } } });
  session.fake.answerAll(() => items("tal = 1\n    y"));
  session.client.open(uri, text);
  await session.client.request<MenuResult>("textDocument/completion", { textDocument: { uri }, position });
  return session;
}

const edit = ({ client }: LspSession, ...changes: readonly (readonly [number, number, number, number, string])[]) =>
  client.notify("textDocument/didChange", {
    textDocument: { uri, version: 2 },
    contentChanges: changes.map(([line, character, endLine, endCharacter, text]) => ({
      range: { start: { line, character }, end: { line: endLine, character: endCharacter } },
      text,
    })),
  });

async function counts({ client }: LspSession): Promise<StatusResult["suggestions"]> {
  return (await client.request<StatusResult>("workspace/executeCommand", { command: "copilot.status" })).suggestions;
}

test("an edit that puts the whole text in is an acceptance, once, also when the client says so too", async () => {
  const session = await offered("😀; to\n", { line: 0, character: 6 });
  edit(session, [0, 4, 0, 6, "total = 1\n    y"]);
  await session.client.request("workspace/executeCommand", {
    command: "github.copilot.didAcceptCompletionItem",
    arguments: [id],
  });
  expect(await counts(session)).toEqual({ shown: 1, accepted: 1, acceptedInPart: 0, deletedAgain: 0 });
  expect(session.signals).toEqual([`shown ${id}`, `accepted ${id}`]);
});

test("a label that stands in the text for a moment is not an acceptance of its own", async () => {
  const session = await offered("to\n", { line: 0, character: 2 });
  edit(session, [0, 2, 0, 2, "tal = 1"], [0, 2, 0, 9, ""], [0, 0, 0, 2, "total = 1\n    y"]);
  await counts(session);
  expect(session.signals).toEqual([`shown ${id}`, `accepted ${id}`]);
});

test("a part that comes in at once is an acceptance in part; the rest makes it whole", async () => {
  const session = await offered("to\n", { line: 0, character: 2 });
  edit(session, [0, 2, 0, 2, "tal"]);
  expect(await counts(session)).toMatchObject({ accepted: 0, acceptedInPart: 1 });
  edit(session, [0, 5, 0, 5, " = 1\n    y"]);
  expect(await counts(session)).toMatchObject({ accepted: 1, acceptedInPart: 0 });
  expect(session.signals).toEqual([`shown ${id}`, `accepted 3 of ${id}`, `accepted ${id}`]);
});

test("what is typed key by key was not taken, however fast it came", async () => {
  const session = await offered("to\n", { line: 0, character: 2 });
  edit(session, [0, 2, 0, 2, "t"], [0, 3, 0, 3, "a"], [0, 4, 0, 4, "l"], [0, 5, 0, 5, " "], [0, 6, 0, 6, "="]);
  expect(await counts(session)).toMatchObject({ accepted: 0, acceptedInPart: 0 });
});

test("text that was taken and then deleted is told of, and may be taken again", async () => {
  const session = await offered("to\n", { line: 0, character: 2 });
  edit(session, [0, 2, 0, 2, "tal = 1\n    y"]);
  edit(session, [0, 2, 1, 5, ""]);
  expect(await counts(session)).toMatchObject({ accepted: 1, deletedAgain: 1 });
  edit(session, [0, 2, 0, 2, "tal = 1\n    y"]);
  await counts(session);
  expect(session.signals.slice(1)).toEqual([`accepted ${id}`, `rejected ${id}`, `accepted ${id}`]);
});

test("it is found in a change of the whole text, and not after an edit above has moved it", async () => {
  const whole = await offered("to\n", { line: 0, character: 2 });
  whole.client.change(uri, 2, "total = 1\n    y\n");
  expect(await counts(whole)).toMatchObject({ accepted: 1 });

  const moved = await offered("a\nto\n", { line: 1, character: 2 });
  edit(moved, [0, 0, 0, 0, "bbbb\n"]);
  edit(moved, [2, 2, 2, 2, "tal = 1\n    y"]);
  expect(await counts(moved)).toMatchObject({ accepted: 0 });
});

test("what a Copilot plugin says is counted, and a document that is closed is forgotten", async () => {
  const session = await offered("to\n", { line: 0, character: 2 });
  const item = { command: { command: "github.copilot.didAcceptCompletionItem", arguments: [id] } };
  session.client.notify("textDocument/didShowCompletion", { item });
  session.client.notify("textDocument/didPartiallyAcceptCompletion", { item, acceptedLength: 4 });
  session.client.notify("textDocument/didClose", { textDocument: { uri } });
  session.client.open(uri, "total = 1\n    y\n");
  edit(session, [0, 0, 0, 0, ""]);
  expect(await counts(session)).toEqual({ shown: 2, accepted: 0, acceptedInPart: 1, deletedAgain: 0 });
});
