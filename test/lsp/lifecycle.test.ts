import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { items } from "./support/scripted-core.ts";
import { openLspSession, startLspSession } from "./support/session.ts";
import { eventually } from "../support/eventually.ts";

const uri = "file:///a.py";

test("shutdown and exit end with code 0, once", async () => {
  const { client, exits } = await openLspSession();
  await client.shutdown();
  client.end();
  await eventually(() => expect(exits).toEqual([0]));
  client.notify("exit");
  await new Promise((resolve) => setImmediate(resolve));
  expect(exits).toEqual([0]);
});

test("exit without shutdown ends with code 1, even before initialize", async () => {
  const { client, exits } = startLspSession();
  client.notify("exit");
  await eventually(() => expect(exits).toEqual([1]));
});

test("an input that ends ends with code 0, after everything sent before it was answered", async () => {
  const { client, exits } = startLspSession();
  const initialize = client.send("initialize", { processId: null, capabilities: {} });
  const version = client.send("getVersion");
  client.end();
  await initialize.answer;
  await version.answer;
  await eventually(() => expect(exits).toEqual([0]));
});

test("exit sent just before the input ends decides the code", async () => {
  const { client, exits } = await openLspSession();
  client.notify("exit");
  client.end();
  await eventually(() => expect(exits).toEqual([1]));
});

test("the end of the editor's process is noticed within three seconds", async () => {
  const parent = spawn(process.execPath, ["-e", "process.stdin.resume()"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(parent, "spawn");
  const { exits, clock } = await openLspSession({ params: { processId: parent.pid, capabilities: {} } });
  await clock.advance(8_100);
  expect(exits).toEqual([]);
  parent.kill("SIGKILL");
  await once(parent, "exit");
  await clock.advance(3_000);
  expect(exits).toEqual([0]);
  expect(clock.pendingTimers()).toBe(0);
});

test("an editor whose process was never visible from here is not taken for gone", async () => {
  const { exits, clock } = await openLspSession({ params: { processId: 2 ** 22 + 12_345, capabilities: {} } });
  await clock.advance(60_000);
  expect(exits).toEqual([]);
});

test("requests before initialize are refused with -32002, and initialize still works", async () => {
  const { client, opened } = startLspSession();
  await expect(client.request("getVersion")).rejects.toMatchObject({ code: -32002 });
  await expect(client.request("no/such/method")).rejects.toMatchObject({ code: -32002 });
  client.open(uri, "x");
  expect(opened()).toBe(0);
  await client.initialize();
});

test("requests after shutdown are refused with -32600", async () => {
  const { client } = await openLspSession();
  expect(await client.request("shutdown")).toBeNull();
  await expect(client.request("getVersion")).rejects.toMatchObject({ code: -32600, message: "Server shut down." });
});

test("a second initialize is refused", async () => {
  const { client, opened } = await openLspSession();
  await expect(client.request("initialize", { capabilities: {} })).rejects.toMatchObject({ code: -32600 });
  await client.request("checkStatus");
  expect(opened()).toBe(1);
});

test("shutdown answers what is under way with an error and aborts it", async () => {
  const { client, fake } = await openLspSession();
  client.open(uri, "a = ");
  const waiting = client.inlineCompletion(uri, { line: 0, character: 4 });
  const asked = await fake.nextAsked(0);
  await client.request("shutdown");
  await expect(waiting.answer).rejects.toMatchObject({ code: -32802, data: { code: "closing" } });
  expect(asked.ctx.signal.aborted).toBe(true);
});

test("close answers what is under way, lets it leave, and can be called again", async () => {
  const { client, fake, server, exits } = await openLspSession();
  client.open(uri, "a = ");
  const waiting = client.inlineCompletion(uri, { line: 0, character: 4 });
  await fake.nextAsked(0);
  await Promise.all([server.close(), server.close()]);
  await expect(waiting.answer).rejects.toMatchObject({ code: -32802 });
  expect(exits).toEqual([]);
});

test("twenty requests at once are all answered, and no warning of a leak is printed", async () => {
  const warn = vi.fn();
  process.on("warning", warn);
  const { client, fake } = await openLspSession();
  client.open(uri, "a = ");
  const sent = Array.from({ length: 20 }, () => client.inlineCompletion(uri, { line: 0, character: 4 }));
  await fake.nextAsked(19);
  for (const asked of fake.asked) asked.answer(items("1"));
  await Promise.all(sent.map(({ answer }) => answer));
  process.off("warning", warn);
  expect(warn).not.toHaveBeenCalled();
});

test("an unknown request is told so, an unknown notification is ignored", async () => {
  const { client } = await openLspSession();
  client.notify("textDocument/didSave", { textDocument: { uri } });
  client.notify("$/whatever");
  await expect(client.request("textDocument/hover", {})).rejects.toMatchObject({
    code: -32601,
    message: "Method not found: textDocument/hover",
  });
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "%s is no method, command or language",
  async (name) => {
    const { client, fake } = await openLspSession({ settings: { menu: "always", menuInComments: false } });
    await expect(client.request(name, {})).rejects.toMatchObject({ code: -32601 });
    await expect(client.request("workspace/executeCommand", { command: name })).rejects.toMatchObject({ code: -32603 });
    fake.answerAll(() => items("1"));
    client.open(uri, "a = ", { languageId: name });
    const position = { line: 0, character: 4 };
    expect(await client.request("textDocument/completion", { textDocument: { uri }, position })).toMatchObject({
      items: [{ textEdit: { newText: "1" } }],
    });
    expect(await client.request("copilot/complete", { prompt: "a = ", language: name })).toMatchObject({
      items: [{ text: "1" }],
    });
    client.notify(name, {});
    expect(await client.request("getVersion")).toMatchObject({ version: "1.2.3" });
  },
);

test("the words of the old protocol and of tracing are accepted", async () => {
  const { client } = await openLspSession();
  client.notify("$/setTrace", { value: "verbose" });
  client.notify("textDocument/didFocus", {});
  expect(await client.request("getVersion")).toEqual({
    version: "1.2.3",
    buildType: "prod",
    runtimeVersion: `node/${process.versions.node}`,
  });
  // Some clients send a single object by position, or null for "no params".
  expect(await client.request("getVersion", [null])).toMatchObject({ version: "1.2.3" });
  await expect(client.request("copilot/complete", [{ prompt: 5 }])).rejects.toThrow("prompt must be a string.");
  client.sendMessage({ jsonrpc: "2.0", id: "text", method: "getVersion", params: null });
  expect(await client.waitForMessage(({ id }) => id === "text")).toMatchObject({ result: { version: "1.2.3" } });
});
