import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { InlineCompletionResult } from "../../shared/lsp.ts";
import { items } from "./support/scripted-core.ts";
import { openLspSession, startLspSession } from "./support/session.ts";

const folder = resolve(import.meta.dirname, "../fixtures/initialize");
const clients = readdirSync(folder).filter((name) => name.endsWith(".json"));
const paramsOf = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, name), "utf8"));

const capabilities = {
  positionEncoding: "utf-16",
  textDocumentSync: { openClose: true, change: 2 },
  workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  executeCommandProvider: {
    commands: [
      "github.copilot.finishDeviceFlow",
      "github.copilot.didAcceptCompletionItem",
      "github.copilot.didAcceptNextEditSuggestionItem",
      "github.copilot.didRejectNextEditSuggestionItem",
      "github.copilot.didIgnoreNextEditSuggestionItem",
      "github.copilot.didAcceptPanelCompletionItem",
      "copilot.signIn",
      "copilot.signOut",
      "copilot.status",
      "copilot.nextEdit",
    ],
  },
  inlineCompletionProvider: true,
};

/** Those without ghost text. */
const menuClients = ["helix.json", "emacs.json"];

/** Those without a part for next edits. */
const actionClients = ["helix.json", "emacs.json", "nvim.json"];

test("there are fixtures of real clients", () => {
  expect(clients.length).toBeGreaterThanOrEqual(9);
});

describe.each(clients)("the initialize of %s", (name) => {
  test("is answered with everything this server can do, and a suggestion follows", async () => {
    const { client, fake } = startLspSession();
    fake.answerAll(() => items("return 1"));
    const answer = await client.initialize(paramsOf(name));
    const menu = menuClients.includes(name)
      ? { completionProvider: { triggerCharacters: expect.arrayContaining(["."]), resolveProvider: false } }
      : {};
    const actions = actionClients.includes(name) ? { codeActionProvider: { codeActionKinds: ["quickfix"] } } : {};
    expect(answer).toEqual({
      capabilities: { ...capabilities, ...menu, ...actions },
      serverInfo: { name: "copilot-lsp", version: "1.2.3" },
    });
    const uri = "file:///home/user/project/p/main.py";
    client.open(uri, "def one():\n    ");
    const sent = client.inlineCompletion<InlineCompletionResult>(uri, { line: 1, character: 4 });
    expect((await sent.answer).items).toEqual([
      {
        insertText: "    return 1",
        range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
        command: {
          title: "Completion Accepted",
          command: "github.copilot.didAcceptCompletionItem",
          arguments: ["id of return 1"],
        },
      },
    ]);
  });
});

test.each([
  ["nothing but an object", {}],
  [
    "wrong types everywhere",
    { capabilities: 5, clientInfo: "x", workspaceFolders: {}, initializationOptions: [], processId: "1" },
  ],
])("initialize with %s is answered", async (_what, params) => {
  const { client } = startLspSession();
  expect(await client.initialize(params)).toMatchObject({ capabilities });
});

test("initialize is answered before the core is opened, and the core is opened once", async () => {
  const { client, opened } = startLspSession({ openCore: () => new Promise(() => undefined) });
  await client.initialize();
  await new Promise((resolve) => setImmediate(resolve));
  await client.request("getVersion");
  expect(opened()).toBe(1);
});

test("a core that does not start fails the requests that need it, and no others", async () => {
  const { client, log } = await openLspSession({ openCore: () => Promise.reject(new Error("no disk")) });
  await expect(client.request("checkStatus")).rejects.toMatchObject({
    code: -32603,
    message: "copilot-lsp did not start: no disk",
  });
  expect(await client.request("getVersion")).toMatchObject({ version: "1.2.3" });
  expect(log.lines.filter(({ level }) => level === "error")).toHaveLength(1);
});

test("the core is told who drives it: the editor's own words first, one printable line each", async () => {
  const vim = startLspSession();
  await vim.client.initialize(paramsOf("vim-copilot.vim.json"));
  await vim.client.request("checkStatus");
  const identity = { editorName: "Vim", editorVersion: "9.2.0858", pluginName: "copilot.vim", pluginVersion: "1.40.0" };
  expect(vim.identities).toEqual([identity]);

  const other = startLspSession();
  await other.client.initialize({ clientInfo: { name: "Ed\u00fctor\r\nX-Evil: 1", version: "1.0\nsecond line" } });
  await other.client.request("checkStatus");
  expect(other.identities).toEqual([{ editorName: "Edtor", editorVersion: "1.0" }]);
});

test("a client that does not say who it is has no name of its own towards the service", async () => {
  const session = startLspSession();
  await session.client.initialize({ capabilities: {} });
  await session.client.request("checkStatus");
  expect(session.identities).toEqual([{ editorName: "", editorVersion: "" }]);
});

test("setEditorInfo changes who drives the core", async () => {
  const { client, identities } = await openLspSession();
  const info = {
    editorInfo: { name: "Vim", version: "9" },
    editorPluginInfo: { name: "copilot.vim", version: "1.25" },
  };
  expect(await client.request("setEditorInfo", info)).toBe("OK");
  await client.request("checkStatus");
  expect(identities.at(-1)).toEqual({
    editorName: "Vim",
    editorVersion: "9",
    pluginName: "copilot.vim",
    pluginVersion: "1.25",
  });
});

test("a client that never sends initialized is served all the same", async () => {
  const { client } = startLspSession();
  await client.request("initialize", { processId: null, capabilities: { workspace: { configuration: true } } });
  await client.request("checkStatus");
  await client.waitFor("didChangeStatus");
  await client.waitFor("workspace/configuration");
});

test("log lines from before the answer to initialize come after it, in order", async () => {
  const { client, server } = startLspSession();
  server.logSink("info", "early");
  server.logSink("warn", "second");
  await client.initialize();
  await client.waitFor("window/logMessage", ({ message }: { message: string }) => message === "second");
  server.logSink("debug", "late");
  await client.waitFor("window/logMessage", ({ message }: { message: string }) => message === "late");
  expect(client.calls("window/logMessage")).toEqual([
    { type: 3, message: "early" },
    { type: 2, message: "second" },
    { type: 4, message: "late" },
  ]);
  expect(client.received[0]).toMatchObject({ id: 1, result: {} });
});
