import { expect, test } from "vitest";
import type { PromptParams, PromptResult } from "../../shared/lsp.ts";
import { openLspSession } from "./support/session.ts";

const uri = "file:///w/src/a.py";

test("copilot/prompt answers what the core would send at the place", async () => {
  const { client } = await openLspSession({ params: { rootUri: "file:///w" } });
  client.open(uri, "one\ntwo three\n");
  const params: PromptParams = { textDocument: { uri }, position: { line: 1, character: 3 } };
  const { answer } = client.send<PromptResult>("copilot/prompt", params);
  expect(await answer).toMatchObject({
    model: "gpt-41-copilot",
    body: { prompt: "one\ntwo", suffix: " three\n", stream: true },
  });
});

test("copilot/prompt refuses a line that the document does not have", async () => {
  const { client } = await openLspSession();
  client.open(uri, "one\n");
  const { answer } = client.send("copilot/prompt", { textDocument: { uri }, position: { line: 9, character: 0 } });
  await expect(answer).rejects.toMatchObject({ code: -32602 });
});

test("the core is told of documents, also of those that were opened before it was there", async () => {
  let openGate = (): void => undefined;
  const gate = new Promise<void>((open) => {
    openGate = open;
  });
  const { client, fake } = await openLspSession({
    params: { rootUri: "file:///w" },
    openCore: async (core) => {
      await gate;
      return core;
    },
  });
  client.open(uri, "one\ntwo\n");
  client.open("untitled:x", "free\n");
  client.open("file:///w/gone.py", "gone\n");
  client.notify("textDocument/didClose", { textDocument: { uri: "file:///w/gone.py" } });
  client.notify("textDocument/didFocus", { textDocument: { uri } });
  const preview = client.send("copilot/prompt", { textDocument: { uri }, position: { line: 0, character: 0 } });
  await client.send("getVersion", {}).answer;
  openGate();
  await preview.answer;
  expect(fake.documents.events).toEqual([
    `opened ${uri} python src/a.py "one\\ntwo\\n"`,
    'opened untitled:x python - "free\\n"',
    `focused ${uri}`,
  ]);
});

test("the core is told which lines a change touches, sent in parts or as a whole", async () => {
  const { client, fake } = await openLspSession();
  client.open(uri, "one\ntwo\nthree\n");
  const ask = async (): Promise<void> =>
    void (await client.send("copilot/prompt", { textDocument: { uri }, position: { line: 0, character: 0 } }).answer);
  await ask();
  const change = (contentChanges: readonly object[]): void =>
    client.notify("textDocument/didChange", { textDocument: { uri, version: 2 }, contentChanges });
  change([
    { range: { start: { line: 1, character: 0 }, end: { line: 2, character: 1 } }, text: "a\nb\nc\nd" },
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: "x" },
  ]);
  change([{ text: "xone\na\nb\nc\nDhree\n" }]);
  change([{ text: "xone\na\nb\nc\nDhree\n" }]);
  client.notify("textDocument/didFocus", {});
  client.notify("textDocument/didClose", { textDocument: { uri } });
  client.open(uri, "");
  await ask();
  expect(fake.documents.events.slice(1, -1)).toEqual([
    `changed ${uri} 1-2 to 1-4`,
    `changed ${uri} 0-0 to 0-0`,
    `changed ${uri} 4-4 to 4-4`,
    "focused -",
    `closed ${uri}`,
  ]);
});
