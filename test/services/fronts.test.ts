// What editors and scripts are told of a service in Copilot's place: nothing of GitHub, and what to do about its key.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import { eventually } from "../support/eventually.ts";
import type { LspClient } from "../support/lsp-client.ts";
import { events, json, type StandIn, startStandIn } from "./support/stand-in.ts";

interface Status {
  readonly kind: string;
  readonly message?: string;
  readonly command?: unknown;
}

let machine: Machine;
let service: StandIn;

beforeEach(async () => {
  service = await startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: "starcoder2-3b" }] }),
    "/v1/completions": (response, asked) =>
      (asked.headers.authorization === "Bearer sk-right"
        ? events({ choices: [{ index: 0, text: "1 + 2", finish_reason: "stop" }] })
        : json({ error: { message: "no such key" } }, 401))(response, asked),
  });
  machine = await openMachine({
    environment: { COPILOT_LSP_SERVICE_KIND: "openai", COPILOT_LSP_SERVICE_URL: `${service.url}/v1` },
  });
});

afterEach(async () => {
  await machine.close();
  await service.close();
});

const uri = "file:///project/a.py";

async function start(env: Readonly<Record<string, string>> = {}): Promise<LspClient> {
  const editor = machine.edit({ env });
  await editor.initialize({
    processId: process.pid,
    clientInfo: { name: "Neovim", version: "0.12.4" },
    capabilities: {},
  });
  editor.open(uri, "value_1 = ", { languageId: "python" });
  return editor;
}

const ask = (editor: LspClient) =>
  editor.inlineCompletion(uri, { line: 0, character: 10 }, { context: { triggerKind: 1 } }).answer;
const run = (editor: LspClient, command: string) => editor.request("workspace/executeCommand", { command });
const lastMessage = (editor: LspClient): unknown => editor.calls("window/showMessage").at(-1);

describe.each([
  ["wants a key", {}],
  ["does not accept the key", { COPILOT_LSP_SERVICE_KEY: "sk-wrong" }],
] as const)("while the service %s", (words, env) => {
  test("an editor is told so, and not to sign in to GitHub", async () => {
    const editor = await start(env);
    await expect(ask(editor)).rejects.toMatchObject({
      code: -32803,
      message: expect.stringContaining(words),
      data: { code: "key-refused", advice: expect.stringContaining("COPILOT_LSP_SERVICE_KEY") },
    });
    const status = await editor.waitFor<Status>("didChangeStatus", ({ kind }) => kind === "Error");
    expect(status.message).toContain(words);
    expect(status).not.toHaveProperty("command");
    await run(editor, "copilot.signIn");
    expect(lastMessage(editor)).toMatchObject({ type: 2, message: expect.stringContaining(words) });
    expect(JSON.stringify(editor.calls("window/showMessage"))).not.toContain("GitHub");
  });

  test("a script is told so, and not to sign in to GitHub", async () => {
    const serving = machine.start(["serve"], { env });
    await serving.line();
    const answer = await fetch(`${machine.url}/`, { method: "POST", body: JSON.stringify({ prompt: "value_1 = " }) });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("www-authenticate")).toBeNull();
    expect(await answer.json()).toMatchObject({
      error: { code: "key-refused", message: expect.stringContaining(words) },
    });
  });
});

test("to sign out of the service in the editor says what became of its key", async () => {
  const name = `openai at ${new URL(service.url).host}`;
  const editor = await start();
  await run(editor, "copilot.signOut");
  expect(lastMessage(editor)).toEqual({ type: 3, message: `There is no stored key for ${name}.` });
  expect((await machine.run(["login"], { stdin: "sk-right\n" })).code).toBe(0);
  await run(editor, "copilot.signOut");
  expect(lastMessage(editor)).toEqual({ type: 3, message: `Deleted the stored key for ${name}.` });
  await expect(ask(editor)).rejects.toMatchObject({ data: { code: "key-refused" } });
});

test.each(["/v1/completions", "/v1/models"])("a key that is stored after %s refused is used at once", async (path) => {
  const right = events({ choices: [{ index: 0, text: "1 + 2", finish_reason: "stop" }] });
  const answers = { "/v1/models": json({ data: [{ id: "starcoder2-3b" }] }), "/v1/completions": right };
  service.answer(path, (response, asked) => {
    const isRight = asked.headers.authorization === "Bearer sk-right";
    const answer = path === "/v1/models" ? answers["/v1/models"] : right;
    return (isRight ? answer : json({ error: { message: "no such key" } }, 401))(response, asked);
  });
  const editor = await start();
  await expect(ask(editor)).rejects.toMatchObject({ data: { code: "key-refused" } });
  await expect(ask(editor)).rejects.toMatchObject({ data: { code: "key-refused" } });
  const before = service.to(path).length;
  expect((await machine.run(["login"], { stdin: "sk-right\n" })).code).toBe(0);
  await eventually(async () => expect(await ask(editor)).toMatchObject({ items: [expect.anything()] }));
  expect(service.to(path).length - before).toBeLessThan(4);
});

test("to sign out in the editor names the variable that still holds the key of the service", async () => {
  const editor = await start({ COPILOT_LSP_SERVICE_KEY: "sk-right" });
  await run(editor, "copilot.signOut");
  expect(lastMessage(editor)).toEqual({
    type: 2,
    message: expect.stringContaining("COPILOT_LSP_SERVICE_KEY still holds a key"),
  });
  expect(await ask(editor)).toMatchObject({ items: [expect.anything()] });
});

describe("a next edit", () => {
  const body = JSON.stringify({
    path: "a.py",
    text: "def add(a, c):\n    return a + b\n",
    offset: 12,
    edits: [{ path: "a.py", before: "def add(a, b):\n    return a + b\n" }],
  });
  async function asked(env: Readonly<Record<string, string>>): Promise<unknown> {
    await machine.start(["serve"], { env }).line();
    return (await fetch(`${machine.url}/next-edit`, { method: "POST", body })).json();
  }

  test("of a service that predicts none is refused with the setting that helps", async () => {
    expect(await asked({ COPILOT_LSP_EDITS_ENABLED: "on" })).toEqual({
      edit: null,
      reason: "disabled",
      detail: expect.stringContaining("edits.service"),
    });
  });

  test("that is turned off says no more than that", async () => {
    expect(await asked({ COPILOT_LSP_EDITS_ENABLED: "off" })).toEqual({ edit: null, reason: "disabled" });
  });

  test("of a server of its own that wants a key says how that gets one, and login does it", async () => {
    const edits = await startStandIn({
      "/role": json({}, 404),
      "/v1/models": (response, { headers }) =>
        json(headers.authorization === "Bearer sk-edits" ? { data: [] } : { error: "no" }, 401)(response, {
          method: "GET",
          path: "/v1/models",
          headers,
          body: undefined,
        }),
    });
    const env = { COPILOT_LSP_EDITS_SERVICE: `llama.cpp@${edits.url}`, COPILOT_LSP_SERVICE_KEY: "sk-other" };
    const login = ["login", "--set", "service.kind=llama.cpp", "--set", `service.url=${edits.url}`];
    expect(await asked(env)).toMatchObject({
      error: { code: "key-refused", advice: `Store its key with \`copilot-lsp ${login.join(" ")}\`.` },
    });
    expect((await machine.run(login, { stdin: "sk-edits\n" })).code).toBe(0);
    const editor = await start(env);
    editor.change(uri, 2, "value_2 = ");
    await editor
      .request("textDocument/copilotInlineEdit", {
        textDocument: { uri, version: 2 },
        position: { line: 0, character: 7 },
      })
      .catch(() => undefined);
    expect(edits.to("/v1/models").at(-1)?.headers.authorization).toBe("Bearer sk-edits");
    await edits.close();
  });

  test("of a server of its own that is not there says in which setting it is named", async () => {
    expect(await asked({ COPILOT_LSP_EDITS_SERVICE: "ollama@http://127.0.0.1:9" })).toMatchObject({
      error: { code: "offline", advice: "Start ollama there, or say with edits.service where it is." },
    });
  });
});

test("a key for the next edit that brings a failure says what happened and what to do", async () => {
  const editor = await start({ COPILOT_LSP_EDITS_SERVICE: "ollama@http://127.0.0.1:9" });
  editor.change(uri, 2, "value_2 = ");
  const words = "127.0.0.1:9 could not be reached: the connection was refused. Start ollama there";
  expect(await run(editor, "copilot.nextEdit")).toMatchObject({
    applied: false,
    reason: "offline",
    detail: expect.stringContaining(words),
  });
  expect(lastMessage(editor)).toMatchObject({ message: expect.stringContaining(`No next edit: ${words}`) });
});

test("models are those of the service that answers while nobody is signed in", async () => {
  const env = {
    COPILOT_LSP_SERVICE_KIND: "copilot",
    COPILOT_LSP_SERVICE_URL: "",
    COPILOT_LSP_SERVICE_FALLBACK: `openai@${service.url}/v1`,
  };
  await machine.start(["serve"], { env }).line();
  const answer = await fetch(`${machine.url}/v1/models`);
  expect(await answer.json()).toMatchObject({ data: [{ id: "starcoder2-3b" }] });
});

test("serve and demo ask with the bearer token where the listener wants one", async () => {
  const env = { COPILOT_LSP_HTTP_ACCESS: "token" };
  const { code, stdout } = await machine.run(["demo", "--once"], { env });
  expect(stdout).not.toContain("401");
  expect(code).toBe(0);
  const serving = machine.start(["serve"], { env });
  await serving.line();
  expect(await serving.line()).toContain('-H "Authorization: Bearer $(cat "$(copilot-lsp config --token-path)")"');
});
