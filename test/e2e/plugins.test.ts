// The built program, driven as two Copilot plugins drive it: by the newer methods, and by the older ones.

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CompletionsResult, InlineCompletionResult, LspModel, QuotaResult } from "../../shared/lsp.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { leaks, type Machine, openMachine } from "./bridge.ts";

const uri = "file:///home/user/project/p/numbers.py";
const text = "def multiply(left, right):\n    ";
const position = { line: 1, character: 4 };
const suggestions = ["return left * right", "result = left * right", "pass"];

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine();
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
  machine.emulator.setModel(() => suggestions.map((line) => `    ${line}`));
});

afterEach(() => machine.close());

async function connect(fixture: string): Promise<SpawnedLspServer> {
  const path = new URL(`../fixtures/initialize/${fixture}.json`, import.meta.url);
  const params = JSON.parse(readFileSync(path, "utf8"));
  const editor = machine.edit();
  // The fixture's process is long gone.
  await editor.initialize({ ...params, processId: process.pid });
  return editor;
}

async function signIn(editor: SpawnedLspServer): Promise<void> {
  const prompt = await editor.request<{ userCode: string }>("signInInitiate", {});
  const confirmed = editor.request("signInConfirm", { userCode: prompt.userCode });
  await machine.emulator.nextCall("access-token");
  machine.emulator.approveSignIn();
  expect(await confirmed).toEqual({ status: "OK", user: "octocat" });
}

test("a stored token that was revoked while no editor ran is no sign-in: signIn right after the start asks for a code", async () => {
  const first = await connect("vim-copilot.vim");
  await signIn(first);
  await first.shutdown();
  await first.exited;
  machine.emulator.revokeGitHubTokens();
  const second = await connect("nvim");
  expect(await second.request("signIn", {})).toMatchObject({ status: "PromptUserDeviceFlow" });
  const finished = second.request("signInConfirm", {});
  await machine.emulator.nextCall("access-token");
  machine.emulator.approveSignIn();
  expect(await finished).toEqual({ status: "OK", user: "octocat" });
  await second.shutdown();
});

test("copilot.vim: signs in, completes, takes it, fills a panel, and ends with Vim", async () => {
  const vim = await connect("vim-copilot.vim");
  await vim.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Error");
  const textDocument = { uri, version: 3 };
  const ask = { textDocument, position, formattingOptions: { tabSize: 4, insertSpaces: true } };
  vim.open(uri, text, { version: 3 });
  await expect(
    vim.request("textDocument/inlineCompletion", { ...ask, context: { triggerKind: 1 } }),
  ).rejects.toMatchObject({ code: 1000, message: "Not authenticated: NotSignedIn" });
  await signIn(vim);

  const { items } = await vim.request<InlineCompletionResult>("textDocument/inlineCompletion", {
    ...ask,
    context: { triggerKind: 2 },
  });
  expect(items).toMatchObject([
    { insertText: "    return left * right", range: { start: { line: 1, character: 0 }, end: position } },
  ]);
  const [item] = items;
  vim.notify("textDocument/didShowCompletion", { item });
  vim.notify("textDocument/didPartiallyAcceptCompletion", { item, acceptedLength: 10 });
  expect(await vim.request("workspace/executeCommand", item?.command)).toBe(true);

  // What comes in one packet becomes whole at once; here the words come one by one.
  machine.emulator.setDelays({ chunkDelayMs: 5 });
  const panel = await vim.request("textDocument/copilotPanelCompletion", { ...ask, partialResultToken: 5 });
  machine.emulator.setDelays({ chunkDelayMs: 0 });
  expect(panel).toEqual({ items: [] });
  const parts = vim.calls("$/progress") as { token: number; value: InlineCompletionResult }[];
  // As they become whole: the shortest is first.
  const offered = parts.map(({ value }) => value.items[0]?.insertText);
  expect(offered).toHaveLength(suggestions.length);
  expect(new Set(offered)).toEqual(new Set(suggestions.map((line) => `    ${line}`)));
  expect(offered[0]).toBe("    pass");
  expect(machine.emulator.callsTo("completions").at(-1)?.body).toMatchObject({ n: 10 });

  await expect(vim.request("signOut", {})).resolves.toEqual({ status: "NotSignedIn" });
  await expect(vim.request("checkStatus", {})).resolves.toEqual({ status: "NotSignedIn" });
  vim.end();
  expect(await vim.exited).toEqual({ code: 0, signal: null });
  expect(leaks(machine)).toEqual([]);
});

test("copilot.lua: the older methods, the models and what the plan leaves", async () => {
  await machine.close();
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => suggestions.map((line) => `    ${line}`));
  const lua = await connect("nvim-copilot.lua");
  expect(await lua.request("checkStatus", { _: true })).toEqual({ status: "OK", user: "octocat" });
  lua.open(uri, text, { version: 1 });
  const params = { doc: { uri, version: 1, position, insertSpaces: true, tabSize: 4 }, _: true };

  const { completions } = await lua.request<CompletionsResult>("getCompletions", params);
  expect(completions).toMatchObject([
    {
      text: "    return left * right",
      displayText: "return left * right",
      range: { start: { line: 1, character: 0 }, end: position },
    },
  ]);
  const uuid = completions[0]?.uuid;
  expect(await lua.request("notifyShown", { uuid, _: true })).toBe("OK");
  const cycled = await lua.request<CompletionsResult>("getCompletionsCycling", params);
  expect(cycled.completions.map(({ displayText }) => displayText)).toEqual(suggestions);
  expect(await lua.request("notifyAccepted", { uuid, acceptedLength: 23, _: true })).toBe("OK");

  await lua.request("getPanelCompletions", { ...params, panelId: "p" });
  expect(await lua.waitFor("PanelSolutionsDone")).toEqual({ panelId: "p", status: "OK" });
  expect(lua.calls("PanelSolution")).toHaveLength(3);

  const models = await lua.request<readonly LspModel[]>("copilot/models", { _: true });
  expect(models).toContainEqual(
    expect.objectContaining({ id: "gpt-41-copilot", scopes: ["completion"], default: true }),
  );
  const quota = await lua.request<QuotaResult>("checkQuota", {});
  expect(quota.completions).toMatchObject({ percentRemaining: expect.any(Number), unlimited: expect.any(Boolean) });
  expect(await lua.waitFor("copilot/quotaChange")).toMatchObject({ completions: { unlimited: expect.any(Boolean) } });
  expect(lua.calls("statusNotification").at(-1)).toMatchObject({ status: "Normal" });
  await lua.shutdown();
  expect(await lua.exited).toEqual({ code: 0, signal: null });
  expect(leaks(machine)).toEqual([]);
});
