#!/usr/bin/env node
// A language server of the usual kind, for an editor to have beside ours: it keeps whole texts and completes the words
// that stand in them.

const texts = new Map();
let input = Buffer.alloc(0);

process.stdin.on("data", (chunk) => {
  input = Buffer.concat([input, chunk]);
  for (;;) {
    const head = input.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(input.toString("latin1", 0, head))[1]);
    if (input.length < head + 4 + length) return;
    take(JSON.parse(input.toString("utf8", head + 4, head + 4 + length)));
    input = input.subarray(head + 4 + length);
  }
});
process.stdin.on("end", () => process.exit(0));

function take({ id, method, params }) {
  if (method === "exit") process.exit(0);
  if (method === "textDocument/didOpen") texts.set(params.textDocument.uri, params.textDocument.text);
  if (method === "textDocument/didChange") texts.set(params.textDocument.uri, params.contentChanges.at(-1).text);
  if (id === undefined || method === undefined) return;
  const body = JSON.stringify({ jsonrpc: "2.0", id, result: answer(method, params) });
  process.stdout.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function answer(method, params) {
  if (method === "initialize") {
    const completionProvider = { triggerCharacters: ["."] };
    return { capabilities: { textDocumentSync: 1, completionProvider }, serverInfo: { name: "second-server" } };
  }
  if (method !== "textDocument/completion") return null;
  const words = new Set(texts.get(params.textDocument.uri)?.match(/[a-z_]{5,}/g));
  return [...words].map((label) => ({ label, kind: 3 }));
}
