// What editors and scripts are told of a service in Copilot's place: nothing of GitHub, and what to do about its key.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";
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

test("to sign out in the editor names the variable that still holds the key of the service", async () => {
  const editor = await start({ COPILOT_LSP_SERVICE_KEY: "sk-right" });
  await run(editor, "copilot.signOut");
  expect(lastMessage(editor)).toEqual({
    type: 2,
    message: expect.stringContaining("COPILOT_LSP_SERVICE_KEY still holds a key"),
  });
  expect(await ask(editor)).toMatchObject({ items: [expect.anything()] });
});
