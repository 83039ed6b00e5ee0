import { describe, expect, test } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { CopilotError, type ErrorCode, errorCodes } from "../../shared/errors.ts";
import type { InlineCompletionResult } from "../../shared/lsp.ts";
import { item, items } from "./support/scripted-core.ts";
import { openLspSession, type LspSession } from "./support/session.ts";

const uri = "file:///work/project/src/main.py";
const params = { capabilities: {}, workspaceFolders: [{ uri: "file:///work/project", name: "project" }] };

async function openDocument(text: string, options: Parameters<typeof openLspSession>[0] = {}): Promise<LspSession> {
  const session = await openLspSession({ params, ...options });
  session.client.open(uri, text);
  return session;
}

async function firstItem(session: LspSession, line: number, character: number, extra: object = {}) {
  const { items: found } = await session.client.inlineCompletion<InlineCompletionResult>(
    uri,
    { line, character },
    extra,
  ).answer;
  return { insertText: found[0]?.insertText, range: found[0]?.range };
}

const span = (line: number, from: number, to: number) => ({
  start: { line, character: from },
  end: { line, character: to },
});

describe("the question that reaches the core", () => {
  test("is the text around the cursor, the language, the path in its folder, and the indentation", async () => {
    const { client, fake } = await openDocument("import os\n\ndef f(n):\n    \nprint(f(3))\n");
    client.inlineCompletion(uri, { line: 3, character: 4 }, { formattingOptions: { tabSize: 4, insertSpaces: true } });
    const { request } = await fake.nextAsked(0);
    expect(request).toEqual({
      kind: "document",
      documentId: uri,
      file: "/work/project/src/main.py",
      languageId: "python",
      path: "src/main.py",
      before: "import os\n\ndef f(n):\n    ",
      beforeOffset: 0,
      after: "\nprint(f(3))\n",
      lineCount: 6,
      line: 3,
      trigger: "typed",
      lines: "auto",
      n: undefined,
      indentation: { tabSize: 4, insertSpaces: true },
    } satisfies DocumentRequest);
  });

  test("holds no more of a large document than a prompt can use, says what is missing, and cuts no character", async () => {
    const head = `a${"😀".repeat(30_000)}b`;
    const { client, fake } = await openDocument(`first\n${head}c${"😀".repeat(30_000)}`);
    client.inlineCompletion(uri, { line: 1, character: head.length });
    const { request } = await fake.nextAsked(0);
    if (request.kind !== "document") throw new Error("a document was asked about");
    expect(request.before.length).toBeGreaterThan(40_000);
    expect(request.before.length).toBeLessThan(50_000);
    expect(`first\n${head}`.slice(request.beforeOffset)).toBe(request.before);
    expect(request.after.length).toBeLessThan(20_000);
    expect(request.before).toMatch(/^(😀)+b$/u);
    expect(request.after).toMatch(/^c(😀)+$/u);
  });

  test("counts UTF-16 units, and never cuts a character in two", async () => {
    const { client, fake } = await openDocument("s = '😀é' + \n");
    client.inlineCompletion(uri, { line: 0, character: 11 });
    expect((await fake.nextAsked(0)).request.before).toBe("s = '😀é' + ".slice(0, 11));
    client.inlineCompletion(uri, { line: 0, character: 6 });
    expect((await fake.nextAsked(1)).request.before).toBe("s = '");
  });

  test("a character behind the end of the line means its end, also before CRLF", async () => {
    const session = await openDocument("ab\r\ncd\r\n");
    session.fake.answerAll(() => items("!"));
    expect(await firstItem(session, 0, 99)).toEqual({ insertText: "ab!", range: span(0, 0, 2) });
  });

  test("a line below the last one is nothing to complete, and the core is not asked", async () => {
    const { client, fake } = await openDocument("a\nb");
    const sent = client.inlineCompletion(uri, { line: 2, character: 0 });
    expect(await sent.answer).toEqual({ items: [] });
    expect(fake.asked).toEqual([]);
  });

  test.each([
    ["js", "javascript"],
    ["c++", "cpp"],
    ["bash", "shellscript"],
    ["rust", "rust"],
    ["", "plaintext"],
  ])("a language that the editor calls %j is %j", async (sentId, languageId) => {
    const { client, fake } = await openLspSession();
    client.open("file:///x", "a", { languageId: sentId });
    client.inlineCompletion("file:///x", { line: 0, character: 1 });
    expect((await fake.nextAsked(0)).request.languageId).toBe(languageId);
  });

  test.each([
    ["untitled:Untitled-1", undefined],
    ["file:///elsewhere/notes.txt", "notes.txt"],
    ["file:///work/project/a%20b/c.py", "a b/c.py"],
    ["file:///work/projects/c.py", "c.py"],
  ])("the path of %s is %s", async (other, path) => {
    const { client, fake } = await openLspSession({ params });
    client.open(other, "a");
    client.inlineCompletion(other, { line: 0, character: 1 });
    expect((await fake.nextAsked(0)).request.path).toBe(path);
  });

  test("paths follow the workspace folders as they change", async () => {
    const { client, fake } = await openDocument("a");
    client.notify("workspace/didChangeWorkspaceFolders", {
      event: { added: [{ uri: "file:///work/project/src/", name: "src" }], removed: [] },
    });
    client.inlineCompletion(uri, { line: 0, character: 1 });
    expect((await fake.nextAsked(0)).request.path).toBe("main.py");
    client.notify("workspace/didChangeWorkspaceFolders", {
      event: { added: [], removed: [{ uri: "file:///work/project/src", name: "src" }] },
    });
    client.inlineCompletion(uri, { line: 0, character: 1 });
    expect((await fake.nextAsked(1)).request.path).toBe("src/main.py");
  });

  test("three alternatives are asked for only when the same place was just answered and is asked for by hand", async () => {
    const session = await openDocument("a = \n");
    const asked: (string | number | undefined)[][] = [];
    session.fake.answerAll((request) => {
      asked.push([request.trigger, request.n]);
      return items("1");
    });
    const byHand = { context: { triggerKind: 1 } };
    await firstItem(session, 0, 4, byHand);
    await firstItem(session, 0, 4, byHand);
    await firstItem(session, 0, 4);
    session.client.change(uri, 2, { at: { line: 1, character: 0 }, insert: "c" });
    await firstItem(session, 0, 4, byHand);
    // The same whole text again is no change.
    session.client.change(uri, 3, "a = \nc");
    await firstItem(session, 0, 4, byHand);
    await firstItem(session, 0, 4, { context: null });
    expect(asked).toEqual([
      ["invoked", undefined],
      ["invoked", 3],
      ["typed", undefined],
      ["invoked", undefined],
      ["invoked", 3],
      ["typed", undefined],
    ]);
  });
});

describe("the range of a suggestion", () => {
  test("begins at column 0, and the text repeats the line", async () => {
    const session = await openDocument("foo(");
    session.fake.answerAll(() => items("bar)"));
    expect(await firstItem(session, 0, 4)).toEqual({ insertText: "foo(bar)", range: span(0, 0, 4) });
  });

  test("takes in what the suggestion says again after the cursor, and leaves out surplus indentation", async () => {
    const session = await openDocument("        )\n");
    session.fake.answerAll(() => items(item("x)", { replaceBefore: 4, replaceAfter: 1 })));
    expect(await firstItem(session, 0, 8)).toEqual({ insertText: "    x)", range: span(0, 0, 9) });
  });

  test("begins at the cursor if the setting says so", async () => {
    const session = await openDocument("        )\n", { settings: { rangeStyle: "cursor" } });
    session.fake.answerAll(() => items(item("x)", { replaceBefore: 4, replaceAfter: 1 })));
    expect(await firstItem(session, 0, 8)).toEqual({ insertText: "x)", range: span(0, 4, 9) });
  });

  test("does not repeat a line of thousands of characters", async () => {
    const session = await openDocument("a".repeat(5_000));
    session.fake.answerAll(() => items("!"));
    expect(await firstItem(session, 0, 5_000)).toEqual({ insertText: "!", range: span(0, 5_000, 5_000) });
  });

  test("replaces what a selected menu entry would replace, as if the entry had been taken", async () => {
    const session = await openDocument("console.loX()\n");
    let before = "";
    session.fake.answerAll((request) => {
      before = `${request.before}|${request.after}`;
      return items("('hi'");
    });
    const context = { triggerKind: 2, selectedCompletionInfo: { range: span(0, 8, 11), text: "log" } };
    expect(await firstItem(session, 0, 10, { context })).toEqual({
      insertText: "console.log('hi'",
      range: span(0, 0, 11),
    });
    expect(before).toBe("console.log|()\n");
  });
});

describe("what older libraries send for the selected entry", () => {
  test.each([
    [
      "its range as two positions",
      { range: [span(0, 8, 11).start, span(0, 8, 11).end], text: "log" },
      "console.log|()",
    ],
    ["no range", { text: "log" }, "console.lo|g()"],
    ["null for its range", { range: null, text: "log" }, "console.lo|g()"],
  ])("%s is taken", async (_what, selectedCompletionInfo, seen) => {
    const session = await openDocument("console.log()");
    let before = "";
    session.fake.answerAll((request) => {
      before = `${request.before}|${request.after}`;
      return items("('hi'");
    });
    const context = { triggerKind: 2, selectedCompletionInfo };
    expect((await firstItem(session, 0, 10, { context })).insertText).toMatch(/^console\./);
    expect(before).toBe(seen);
  });
});

describe("an answer that comes too late", () => {
  test("is the error of a superseded request when a newer one took its place", async () => {
    const { client, fake } = await openDocument("a = ");
    const sent = client.inlineCompletion(uri, { line: 0, character: 4 });
    (await fake.nextAsked(0)).fail(new CopilotError("superseded", "A newer one came."));
    await expect(sent.answer).rejects.toMatchObject({
      code: -32802,
      message: "Request was superseded by a new request",
    });
  });

  test.each([
    ["Neovim", undefined, "null, which it ignores and does not log"],
    ["Neovim", "copilot.vim", "an error"],
    ["Helix", undefined, "an error"],
  ])("is for %s with the plugin %s %s", async (name, plugin, expected) => {
    const initializationOptions = plugin && { editorPluginInfo: { name: plugin, version: "1" } };
    const params = { clientInfo: { name, version: "0.12.4" }, initializationOptions, capabilities: {} };
    const { client, fake } = await openDocument("a = ", { params });
    const superseded = client.inlineCompletion(uri, { line: 0, character: 4 });
    const stale = client.inlineCompletion(uri, { line: 0, character: 4 });
    (await fake.nextAsked(0)).fail(new CopilotError("superseded", "A newer one came."));
    client.change(uri, 2, { at: { line: 0, character: 0 }, insert: "x" });
    await client.request("getVersion");
    (await fake.nextAsked(1)).answer(items("1"));
    const answers = await Promise.allSettled([superseded.answer, stale.answer]);
    if (expected === "an error")
      expect(answers).toMatchObject([{ reason: { code: -32802 } }, { reason: { code: -32801 } }]);
    else expect(answers).toMatchObject([{ value: null }, { value: null }]);
  });

  test("is refused as cancelled at once, and the signal reaches the core", async () => {
    const { client, fake } = await openDocument("a = ");
    const sent = client.inlineCompletion(uri, { line: 0, character: 4 });
    const asked = await fake.nextAsked(0);
    sent.cancel();
    await expect(sent.answer).rejects.toMatchObject({ code: -32800, message: "Request was canceled" });
    expect(asked.ctx.signal.reason).toMatchObject({ code: "cancelled" });
  });

  test("is refused as cancelled at once also when the core is slow to hear of it", async () => {
    const never = new Promise<never>(() => undefined);
    const session = await openDocument("a = ", {
      openCore: (core) => Promise.resolve({ ...core, complete: () => never }),
    });
    const sent = session.client.inlineCompletion(uri, { line: 0, character: 4 });
    await session.client.request("checkStatus");
    sent.cancel();
    await expect(sent.answer).rejects.toMatchObject({ code: -32800 });
  });

  test("is refused as cancelled also when the cancel came before the core was there", async () => {
    let open: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => (open = resolve));
    const session = await openDocument("a = ", { openCore: (core) => opening.then(() => core) });
    const cancelled = session.client.inlineCompletion(uri, { line: 0, character: 4 });
    cancelled.cancel();
    await expect(cancelled.answer).rejects.toMatchObject({ code: -32800 });
    const kept = session.client.inlineCompletion(uri, { line: 0, character: 4 });
    open();
    const asked = await session.fake.nextAsked(0);
    asked.answer(items("1"));
    await kept.answer;
    expect(session.fake.asked).toHaveLength(1);
  });

  test("is refused when the text before it has changed meanwhile, and given when only text below has", async () => {
    const { client, fake } = await openDocument("a = \nb\n");
    const stale = client.inlineCompletion(uri, { line: 0, character: 4 });
    const first = await fake.nextAsked(0);
    client.change(uri, 2, { at: { line: 0, character: 4 }, insert: "1" });
    const fresh = client.inlineCompletion<InlineCompletionResult>(uri, { line: 0, character: 5 });
    const second = await fake.nextAsked(1);
    client.change(uri, 3, { at: { line: 1, character: 0 }, insert: "c" });
    await client.request("getVersion");
    first.answer(items("0"));
    second.answer(items("2"));
    await expect(stale.answer).rejects.toMatchObject({ code: -32801, message: "Document Version Mismatch" });
    expect((await fresh.answer).items[0]?.insertText).toBe("a = 12");
  });

  test("is refused when a line above has changed, however little", async () => {
    const { client, fake } = await openDocument("a\nb = \n");
    const sent = client.inlineCompletion(uri, { line: 1, character: 4 });
    const asked = await fake.nextAsked(0);
    client.change(uri, 2, "A\nb = \n");
    await client.request("getVersion");
    asked.answer(items("1"));
    await expect(sent.answer).rejects.toMatchObject({ code: -32801 });
  });

  test("is refused when the document was closed, empty or not", async () => {
    const { client, fake } = await openDocument("a = ");
    const sent = client.inlineCompletion(uri, { line: 0, character: 4 });
    const asked = await fake.nextAsked(0);
    client.notify("textDocument/didClose", { textDocument: { uri } });
    await client.request("getVersion");
    asked.answer({ kind: "empty", reason: "upstream-empty" });
    await expect(sent.answer).rejects.toMatchObject({ code: -32801 });
  });
});

test("a version that is not the document's is a mismatch; none, or the right one, is not", async () => {
  const session = await openDocument("a = ");
  session.fake.answerAll(() => items("1"));
  const at = (version: unknown) =>
    session.client.request("textDocument/inlineCompletion", {
      textDocument: { uri, version },
      position: { line: 0, character: 4 },
    });
  await expect(at(7)).rejects.toMatchObject({ code: -32801, message: "Document Version Mismatch" });
  for (const version of [1, null, undefined]) expect(await at(version)).toMatchObject({ items: [{}] });
  session.client.change(uri, 5, { at: { line: 0, character: 4 }, insert: " " });
  await expect(at(1)).rejects.toMatchObject({ code: -32801 });
  expect(await at(5)).toMatchObject({ items: [{}] });
});

test("nothing to offer is an empty list", async () => {
  const session = await openDocument("a = ");
  session.fake.answerAll(() => ({ kind: "empty", reason: "filtered" }));
  expect(await session.client.inlineCompletion(uri, { line: 0, character: 4 }).answer).toEqual({ items: [] });
});

describe("failures", () => {
  const ownToTheRequest: ReadonlySet<ErrorCode> = new Set([
    "cancelled",
    "superseded",
    "content-modified",
    "bad-request",
    "unknown-document",
    "too-large",
    "closing",
  ]);
  const quiet = errorCodes.filter((code) => !ownToTheRequest.has(code));

  test.each(quiet)("%s while typing is an empty answer and shows nothing", async (code) => {
    const session = await openDocument("a = ");
    session.fake.answerAll(() => new CopilotError(code, "It did not work."));
    expect(await session.client.inlineCompletion(uri, { line: 0, character: 4 }).answer).toEqual({ items: [] });
    expect(session.client.calls("window/showMessage")).toEqual([]);
  });

  test("asked for by hand are told, with what to do about them", async () => {
    const session = await openDocument("a = ");
    const details = { advice: "Wait a while.", retryAfterMs: 2_000 };
    session.fake.answerAll(() => new CopilotError("limited", "Too many requests.", details));
    const sent = session.client.inlineCompletion(uri, { line: 0, character: 4 }, { context: { triggerKind: 1 } });
    await expect(sent.answer).rejects.toMatchObject({
      code: -32803,
      message: "Too many requests.",
      data: { code: "limited", advice: "Wait a while.", retryAfterMs: 2_000 },
    });
  });

  test.each([
    ["signed-out", 1000, "Not authenticated: NotSignedIn"],
    ["not-authorized", 1000, "Not authenticated: No access."],
  ] as const)("%s, asked for by hand, is in the official server's words", async (code, number, message) => {
    const session = await openDocument("a = ");
    session.fake.answerAll(() => new CopilotError(code, "No access."));
    const sent = session.client.inlineCompletion(uri, { line: 0, character: 4 }, { context: { triggerKind: 1 } });
    await expect(sent.answer).rejects.toMatchObject({ code: number, message });
  });
});

test("what a client says of an item is taken whole or as its command alone; only our items are known", async () => {
  const session = await openDocument("a = ");
  session.fake.answerAll(() => items("1 + 2"));
  const sent = session.client.inlineCompletion<InlineCompletionResult>(uri, { line: 0, character: 4 });
  const [offered] = (await sent.answer).items;
  session.client.notify("textDocument/didShowCompletion", { item: { command: offered?.command } });
  session.client.notify("textDocument/didPartiallyAcceptCompletion", { item: offered, acceptedLength: 5 });
  session.client.notify("textDocument/didPartiallyAcceptCompletion", { item: offered, acceptedLength: 2 });
  session.client.notify("textDocument/didPartiallyAcceptCompletion", { item: offered, acceptedLength: 9 });
  session.client.notify("textDocument/didShowCompletion", { item: {} });
  session.client.notify("textDocument/didShowCompletion", { item: { command: { arguments: ["nope"] } } });
  const accept = (args: unknown) =>
    session.client.request("workspace/executeCommand", { command: offered?.command.command, arguments: args });
  expect(await accept(offered?.command.arguments)).toBe(true);
  expect(await accept(["nope"])).toBe(false);
  expect(await accept(null)).toBe(false);
  // The client counts from the start of the line, which the text repeats; the core from the cursor.
  expect(session.fake.signals).toEqual([
    "shown id of 1 + 2",
    "accepted 1 of id of 1 + 2",
    "accepted 0 of id of 1 + 2",
    // Told twice, it was taken once.
    "accepted id of 1 + 2",
  ]);
  expect(session.log.lines.filter(({ message }) => message === "a notification failed")).toMatchObject([
    { fields: { error: "item.command.arguments must be an array that begins with the item's id." } },
  ]);
});

test("a client that executes a command as a notification is heard", async () => {
  const session = await openDocument("a = ");
  session.client.notify("workspace/executeCommand", { command: "copilot.status" });
  await session.client.waitFor("window/showMessage");
});
