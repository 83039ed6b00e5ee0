import { expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import type { CompleteParams, CompleteResult } from "../../shared/lsp.ts";
import { item, items } from "./support/scripted-core.ts";
import { openLspSession } from "./support/session.ts";

const uri = "file:///a.py";

test("a bare prompt is asked as it is, with every wish, and the answer says where it came from", async () => {
  const { client, fake } = await openLspSession();
  const params: CompleteParams = {
    prompt: "def f():\n",
    suffix: "f()\n",
    language: "py",
    path: "lib/f.py",
    n: 2,
    stop: ["\n\n"],
    maxTokens: 64,
    temperature: 0.4,
    topP: 0.9,
    model: "other",
    lines: "block",
  };
  const sent = client.send<CompleteResult>("copilot/complete", params);
  const asked = await fake.nextAsked(0);
  expect(asked.request).toEqual({
    kind: "prompt",
    trigger: "invoked",
    before: "def f():\n",
    after: "f()\n",
    languageId: "python",
    path: "lib/f.py",
    n: 2,
    stop: ["\n\n"],
    maxTokens: 64,
    temperature: 0.4,
    topP: 0.9,
    model: "other",
    lines: "block",
  });
  asked.answer(items("    pass\n", "    return 1\n"));
  expect(await sent.answer).toEqual({
    items: [
      { id: "id of     pass\n", text: "    pass\n" },
      { id: "id of     return 1\n", text: "    return 1\n" },
    ],
    model: "gpt-41-copilot",
    source: "upstream",
  });
});

test("a place in an open document is asked as the editor would, and the answer says what its text replaces", async () => {
  const { client, fake } = await openLspSession();
  client.open(uri, "print(\n");
  const sent = client.send("copilot/complete", {
    textDocument: { uri, version: 1 },
    position: { line: 0, character: 6 },
    n: 3,
  });
  const asked = await fake.nextAsked(0);
  expect(asked.request).toMatchObject({
    kind: "document",
    documentId: uri,
    trigger: "invoked",
    n: 3,
    before: "print(",
  });
  asked.answer(items(item("1)", { replaceAfter: 0 })));
  expect(await sent.answer).toMatchObject({
    items: [{ text: "1)", range: { start: { line: 0, character: 6 }, end: { line: 0, character: 6 } } }],
  });
});

test("text is reported as it arrives, before the answer", async () => {
  const { client, fake } = await openLspSession();
  const sent = client.send("copilot/complete", { prompt: "a", partialResultToken: "t1" });
  const asked = await fake.nextAsked(0);
  await asked.onPartial?.({ index: 0, text: "one " });
  await asked.onPartial?.({ index: 0, text: "two" });
  asked.answer(items("one two"));
  await sent.answer;
  const order = client.received.filter(({ id, method }) => id === sent.id || method === "$/progress");
  expect(order.map(({ params, result }) => params ?? result)).toEqual([
    { token: "t1", value: { index: 0, text: "one " } },
    { token: "t1", value: { index: 0, text: "two" } },
    { items: [{ id: "id of one two", text: "one two" }], model: "gpt-41-copilot", source: "upstream" },
  ]);
});

test("without a token nothing is streamed", async () => {
  const { client, fake } = await openLspSession();
  client.send("copilot/complete", { prompt: "a" });
  expect((await fake.nextAsked(0)).onPartial).toBeUndefined();
});

test("an empty answer has its reason", async () => {
  const { client, fake } = await openLspSession();
  fake.answerAll(() => ({ kind: "empty", reason: "upstream-empty", model: "m" }));
  expect(await client.request("copilot/complete", { prompt: "a" })).toEqual({
    items: [],
    reason: "upstream-empty",
    model: "m",
  });
});

test.each([
  ["signed-out", 1000],
  ["quota", -32803],
  ["offline", -32803],
  ["internal", -32603],
] as const)("%s is an error with its code and advice", async (code, number) => {
  const { client, fake } = await openLspSession();
  fake.answerAll(() => new CopilotError(code, "It did not work.", { advice: "Do this.", url: "https://example.com" }));
  await expect(client.request("copilot/complete", { prompt: "a" })).rejects.toMatchObject({
    code: number,
    data: { code, advice: "Do this.", url: "https://example.com" },
  });
});

test("a cancel reaches the core, and the answer is the error of a cancelled request", async () => {
  const { client, fake } = await openLspSession();
  const sent = client.send("copilot/complete", { prompt: "a" });
  const asked = await fake.nextAsked(0);
  sent.cancel();
  await expect(sent.answer).rejects.toMatchObject({ code: -32800 });
  expect(asked.ctx.signal.aborted).toBe(true);
});

test("a token in an error's words is not passed on", async () => {
  const { client, fake } = await openLspSession();
  fake.answerAll(() => new CopilotError("upstream-rejected", "refused: Bearer abcdefgh12345678"));
  await expect(client.request("copilot/complete", { prompt: "a" })).rejects.toThrow("refused: [redacted]");
});
