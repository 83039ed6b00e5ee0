import { describe, expect, test } from "vitest";
import { frame } from "../support/lsp-client.ts";
import { items } from "./support/scripted-core.ts";
import { openLspSession, startLspSession, type LspSession } from "./support/session.ts";

const version = { jsonrpc: "2.0", id: 900, method: "getVersion" };

/** The next message is answered as if nothing had been. */
async function goesOn({ client }: LspSession): Promise<void> {
  expect(await client.request("getVersion")).toMatchObject({ version: "1.2.3" });
}

function errorsOf({ client }: LspSession): readonly unknown[] {
  return client.received
    .filter(({ error }) => error)
    .map(({ id, error }) => ({ id, code: error?.code, message: error?.message }));
}

describe("bytes that are no message are answered once and cost nothing else", () => {
  test.each([
    ["JSON that is broken", 'Content-Length: 9\r\n\r\n{"id": 7,', null, -32700, /not JSON/],
    ["an empty body", "Content-Length: 0\r\n\r\n", null, -32700, /not JSON/],
    ["a header without a length", "Content-Type: application/json\r\n\r\n", null, -32700, /must hold Content-Length/],
    ["a length that is a word", "Content-Length: many\r\n\r\n", null, -32700, /must be a number of bytes, not "many"/],
    ["a negative length", "Content-Length: -5\r\n\r\n", null, -32700, /must be a number/],
    ["an absurd length", "Content-Length: 99999999999999\r\n\r\n", null, -32700, /at most 67108864 bytes/],
    ["junk before a header", "hello\r\n", null, -32700, /belong to no message/],
    ["junk with empty lines", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", null, -32700, /must hold Content-Length/],
    ["a number", frame(5), null, -32600, /must be an object/],
    ["null", frame(null), null, -32600, /must be an object/],
    ["an empty batch", frame([]), null, -32600, /Batches/],
    ["a batch with one id", frame([{ jsonrpc: "2.0", id: 41, method: "getVersion" }]), 41, -32600, /Batches/],
    ["a method that is no string", frame({ jsonrpc: "2.0", id: 42, method: 5 }), 42, -32600, /method must be a string/],
    ["an id that is an object", frame({ jsonrpc: "2.0", id: {}, method: "getVersion" }), null, -32600, /id must be/],
    ["an id that is null", frame({ jsonrpc: "2.0", id: null, method: "getVersion" }), null, -32600, /id must be/],
    ["neither a call nor an answer", frame({ jsonrpc: "2.0", id: 43 }), 43, -32600, /must have a method/],
  ])("%s", async (_what, bytes, id, code, message) => {
    const session = await openLspSession();
    session.client.sendRaw(bytes);
    await goesOn(session);
    expect(errorsOf(session)).toEqual([{ id, code, message: expect.stringMatching(message) }]);
  });
});

test("broken JSON whose id can still be read is answered under that id", async () => {
  const session = await openLspSession();
  const body = '{"jsonrpc":"2.0","id":77,"method":"getVersion","params":{"id":5,';
  session.client.sendRaw(`Content-Length: ${body.length}\r\n\r\n${body}`);
  await goesOn(session);
  expect(errorsOf(session)).toEqual([{ id: 77, code: -32700, message: expect.stringContaining("not JSON") }]);
});

test("the text of a broken message is not repeated in its error", async () => {
  const session = await openLspSession();
  const body = "secret-password-in-a-file";
  session.client.sendRaw(`Content-Length: ${body.length}\r\n\r\n${body}`);
  await goesOn(session);
  expect(session.written()).not.toContain("secret-pas");
  expect(JSON.stringify(session.log.lines)).not.toContain("secret-pas");
});

test("a length that is too short costs its own message only", async () => {
  const session = await openLspSession();
  session.client.sendRaw(frame(version).toString().replace(/\d+/, "20"));
  await goesOn(session);
  expect(errorsOf(session)).toHaveLength(1);
});

test("a length that is too long is answered once more bytes have come, and the messages inside it are not lost", async () => {
  const session = await openLspSession();
  session.client.sendRaw(
    frame({ ...version, id: 901 })
      .toString()
      .replace(/\d+/, "120"),
  );
  session.client.sendRaw(frame({ ...version, id: 902 }));
  session.client.sendRaw(frame({ ...version, id: 903 }));
  await session.client.waitForMessage(({ id }) => id === 902);
  await session.client.waitForMessage(({ id }) => id === 903);
  await goesOn(session);
  expect(errorsOf(session)).toHaveLength(1);
});

test("a header that breaks off costs nothing but itself", async () => {
  const session = await openLspSession();
  session.client.sendRaw("Content-Length: 4000\r\nCont");
  await goesOn(session);
  expect(errorsOf(session)).toHaveLength(1);
});

test("a message over the bound is skipped, and the next one is answered", async () => {
  const session = await openLspSession();
  session.client.sendRaw(`Content-Length: ${64 * 1024 * 1024 + 1}\r\n\r\n`);
  const part = Buffer.alloc(1024 * 1024, "x");
  for (let sent = 0; sent < 64; sent += 1) session.client.sendRaw(part);
  session.client.sendRaw("x");
  await goesOn(session);
  expect(errorsOf(session)).toEqual([{ id: null, code: -32700, message: expect.stringContaining("at most 67108864") }]);
});

test("a document of ten megabytes in small chunks is taken whole", async () => {
  const session = await openLspSession();
  const text = `${"x = 1\n".repeat(1_700_000)}last = `;
  const textDocument = { uri: "file:///big.py", languageId: "python", version: 1, text };
  const bytes = frame({ jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument } });
  for (let at = 0; at < bytes.length; at += 65_536) session.client.sendRaw(bytes.subarray(at, at + 65_536));
  const sent = session.client.inlineCompletion("file:///big.py", { line: 1_700_000, character: 7 });
  const asked = await session.fake.nextAsked(0);
  expect(asked.request.before.endsWith("x = 1\nlast = ")).toBe(true);
  expect(asked.request.before.length).toBeLessThan(100_000);
  sent.cancel();
});

test("bytes may arrive one by one", async () => {
  const session = startLspSession();
  const bytes = frame({ jsonrpc: "2.0", id: 1, method: "initialize", params: { capabilities: {}, note: "é😀" } });
  for (const byte of bytes) session.client.sendRaw(Buffer.from([byte]));
  expect(await session.client.waitForMessage(({ id }) => id === 1)).toMatchObject({ result: {} });
});

test("other header fields, their case and bare line feeds are taken", async () => {
  const session = await openLspSession();
  const body = JSON.stringify(version);
  session.client.sendRaw(
    `content-type: application/vscode-jsonrpc; charset=utf8\r\ncontent-length:${body.length}\r\n\r\n${body}`,
  );
  await session.client.waitForMessage(({ id }) => id === 900);
  session.client.sendRaw(`Content-Length: ${body.length}\n\n${body.replace("900", "901")}`);
  await session.client.waitForMessage(({ id }) => id === 901);
  expect(errorsOf(session)).toEqual([]);
});

test("a request that is not UTF-8 is refused; a document that is not is taken with its bad bytes replaced", async () => {
  const session = await openLspSession();
  const latin1 = (message: object): Buffer => {
    const body = Buffer.from(JSON.stringify(message), "latin1");
    return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
  };
  session.client.sendRaw(latin1({ ...version, params: { name: "caf\u00e9" } }));
  expect(await session.client.waitForMessage(({ id }) => id === 900)).toMatchObject({
    error: { code: -32700, message: "The message is not valid UTF-8." },
  });
  const textDocument = { uri: "file:///l.py", languageId: "python", version: 1, text: 'a = "caf\u00e9"\nb = ' };
  session.client.sendRaw(latin1({ jsonrpc: "2.0", method: "textDocument/didOpen", params: { textDocument } }));
  const sent = session.client.inlineCompletion("file:///l.py", { line: 1, character: 4 });
  expect((await session.fake.nextAsked(0)).request.before).toBe('a = "caf\ufffd"\nb = ');
  sent.cancel();
});

test("an id that is in use is not taken twice", async () => {
  const session = await openLspSession();
  session.client.open("file:///a.py", "a = ");
  const waiting = session.client.inlineCompletion("file:///a.py", { line: 0, character: 4 });
  await session.fake.nextAsked(0);
  session.client.sendMessage({ jsonrpc: "2.0", id: waiting.id, method: "getVersion" });
  await session.client.waitForMessage(({ id, error }) => id === null && error?.code === -32600);
  waiting.cancel();
  await expect(waiting.answer).rejects.toMatchObject({ code: -32800 });
  const answers = session.client.received.filter(({ id }) => id === waiting.id);
  expect(answers).toHaveLength(1);
});

test("a number and a string that look alike are two ids: both requests are answered, and a cancel names one", async () => {
  const session = await openLspSession();
  session.client.open("file:///a.py", "a = ");
  const params = { textDocument: { uri: "file:///a.py" }, position: { line: 0, character: 4 } };
  const request = { jsonrpc: "2.0", method: "copilot/complete", params };
  session.client.sendRaw(Buffer.concat([frame({ ...request, id: 907 }), frame({ ...request, id: "907" })]));
  await session.fake.nextAsked(1);
  session.client.notify("$/cancelRequest", { id: "907" });
  expect(await session.client.waitForMessage(({ id }) => id === "907")).toMatchObject({ error: { code: -32800 } });
  session.fake.asked[0]?.answer(items("1"));
  expect(await session.client.waitForMessage(({ id }) => id === 907)).toMatchObject({
    result: { model: expect.any(String) },
  });
});

test("an answer whose null result was dropped on the way still counts", async () => {
  const session = await openLspSession({
    params: { capabilities: { window: { showMessage: { messageActionItem: {} } } } },
  });
  session.client.handle("window/showMessageRequest", () => new Promise(() => undefined));
  await session.client.request("workspace/executeCommand", { command: "copilot.signIn" });
  const asked = await session.client.waitForMessage(({ method }) => method === "window/showMessageRequest");
  session.client.sendMessage({ jsonrpc: "2.0", id: asked.id });
  await goesOn(session);
  expect(errorsOf(session)).toEqual([]);
});

describe("params of the wrong type are refused with the field's name", () => {
  const position = { line: 0, character: 0 };
  const textDocument = { uri: "file:///a.py" };
  test.each([
    ["textDocument/inlineCompletion", undefined, "params must be an object."],
    ["textDocument/inlineCompletion", 5, "params must be an object."],
    ["textDocument/inlineCompletion", { position }, "textDocument must be an object."],
    ["textDocument/inlineCompletion", { textDocument: { uri: 5 }, position }, "textDocument.uri must be a string."],
    ["textDocument/inlineCompletion", { textDocument }, "position must be an object."],
    [
      "textDocument/inlineCompletion",
      { textDocument, position: { line: -1, character: 0 } },
      "position.line must be an integer from 0 on.",
    ],
    [
      "textDocument/inlineCompletion",
      { textDocument, position: { line: 0, character: 1.5 } },
      "position.character must be an integer from 0 on.",
    ],
    [
      "textDocument/inlineCompletion",
      { textDocument: { uri: "file:///none" }, position },
      "Document for URI could not be found: file:///none",
    ],
    ["copilot/complete", {}, "params must be either textDocument and position, or a prompt."],
    ["copilot/complete", { prompt: 5 }, "prompt must be a string."],
    ["copilot/complete", { prompt: "x", n: 11 }, "n must be an integer from 1 to 10."],
    ["copilot/complete", { prompt: "x", stop: ["a", 1] }, "stop must be an array of strings."],
    ["copilot/complete", { prompt: "x", stop: "a" }, "stop must be an array of strings."],
    ["copilot/complete", { prompt: "x", maxTokens: 0 }, "maxTokens must be an integer from 1 to 4096."],
    ["copilot/complete", { prompt: "x", temperature: "hot" }, "temperature must be a number from 0 to 2."],
    ["copilot/complete", { prompt: "x", lines: "two" }, 'lines must be "one", "auto" or "block".'],
    ["copilot/complete", { prompt: "x", partialResultToken: {} }, "partialResultToken must be a string or a number."],
    [
      "copilot/complete",
      { textDocument, position: { line: 9, character: 0 } },
      "position.line must be below 1, the document's lines.",
    ],
    ["workspace/executeCommand", {}, "command must be a string."],
  ])("%s %j", async (method, params, message) => {
    const session = await openLspSession();
    session.client.open("file:///a.py", "");
    await expect(session.client.request(method, params)).rejects.toMatchObject({ code: -32602, message });
    await goesOn(session);
  });

  test("also in notifications, where the log is told", async () => {
    const session = await openLspSession();
    session.client.notify("textDocument/didOpen", { textDocument: { uri: "file:///b.py" } });
    session.client.notify("textDocument/didClose", "nonsense");
    session.client.notify("workspace/didChangeWorkspaceFolders", { event: 3 });
    await goesOn(session);
    expect(session.log.lines.filter(({ level }) => level === "warn").map(({ fields }) => fields?.["error"])).toEqual([
      "textDocument.text must be a string.",
      "params must be an object.",
      "event must be an object.",
    ]);
  });
});

test.each([
  ["$/cancelRequest", undefined, "params.id of $/cancelRequest must be a string or a number."],
  ["$/cancelRequest", { id: {} }, "params.id of $/cancelRequest must be a string or a number."],
  ["$/progress", null, "params.token of $/progress must be a string or a number."],
  ["$/progress", [1, 2, 3], "params.token of $/progress must be a string or a number."],
  ["textDocument/didChange", 5, "params must be an object."],
  ["textDocument/didChange", { textDocument: { uri: "file:///a" } }, "contentChanges must be an array."],
  ["textDocument/didShowCompletion", {}, "item must be an object."],
])("a notification %s %j again and again is one warning and no answer", async (method, params, reason) => {
  const session = await openLspSession();
  const before = session.log.lines.length;
  for (let times = 0; times < 20; times += 1) session.client.notify(method, params);
  await goesOn(session);
  const grave = session.log.lines.slice(before).filter(({ level }) => level === "warn" || level === "error");
  expect(grave.map(({ fields }) => fields?.["reason"] ?? fields?.["error"])).toEqual([reason]);
  expect(errorsOf(session)).toEqual([]);
});

test("another notification that fails is another warning", async () => {
  const session = await openLspSession();
  for (const method of ["textDocument/didOpen", "textDocument/didClose", "textDocument/didOpen"]) {
    session.client.notify(method, {});
  }
  await goesOn(session);
  const failed = session.log.lines.filter(({ message }) => message === "a notification failed");
  expect(failed.map(({ level, fields }) => [level, fields?.["method"]])).toEqual([
    ["warn", "textDocument/didOpen"],
    ["warn", "textDocument/didClose"],
    ["debug", "textDocument/didOpen"],
  ]);
});
