// A whole session of each client whose real `initialize` is a fixture, with the methods and the params that it or its
// plugin sends, and with what it reads of the answers.

import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import type { InlineCompletionResult, LspCommand, LspModel, LspRange, MenuItem, MenuResult } from "../../shared/lsp.ts";
import type { LspSettings } from "../../server/lsp/lsp-server.ts";
import { answerAsUsual, type Dialect, expectGrowsFrom, openDialect, type Sync } from "./support/dialect.ts";
import { items } from "./support/scripted-core.ts";
import { kakouneLsp, sublimeLsp } from "./support/initialize-by-source.ts";

const body = "def add(left, right):\n    return left + right";

const walks: Readonly<Record<string, () => Promise<void>>> = {
  "vim-copilot.vim": walkCopilotVim("vim-copilot.vim", "whole"),
  "nvim-copilot.vim": walkCopilotVim("nvim-copilot.vim", "edit"),
  "nvim-copilot.lua": walkCopilotLua,
  "nvim-copilot-lsp": walkCopilotLsp,
  nvim: walkNeovim,
  "emacs-lsp-mode": walkLspMode,
  "emacs-copilot.el": walkCopilotEl,
  helix: walkHelix,
  emacs: walkEglot,
};

/** Clients whose `initialize` is known by their sources alone, and one with a setting that changes what it asks for. */
const furtherWalks: Readonly<Record<string, () => Promise<void>>> = {
  "Neovim's popup": walkNeovimPopup,
  Kakoune: walkKakoune,
  "Sublime Text": walkSublime,
};

test("every client of which there is a fixture has a walk", () => {
  const fixtures = readdirSync(new URL("../fixtures/initialize/", import.meta.url));
  expect(Object.keys(walks).toSorted()).toEqual(fixtures.map((name) => name.replace(/\.json$/, "")).toSorted());
});

test.each(Object.entries({ ...walks, ...furtherWalks }))("%s: a whole session", async (_client, walk) => walk());

const inline = (dialect: Dialect, more: object = {}) =>
  dialect.client.request<InlineCompletionResult>("textDocument/inlineCompletion", {
    textDocument: { uri: dialect.uri, version: dialect.version() },
    position: dialect.cursor(),
    context: { triggerKind: 2 },
    ...more,
  });

const execute = ({ client }: Dialect, command: string, args: readonly unknown[] = []) =>
  client.request("workspace/executeCommand", { command, arguments: args });

/** What clients do that show the code themselves: by the older pair of methods. */
async function signOutAndInByMethods(dialect: Dialect, params: object): Promise<void> {
  const { client, fake } = dialect;
  expect(await client.request("checkStatus", params)).toEqual({ status: "OK", user: "octocat" });
  expect(await client.request("signOut", params)).toEqual({ status: "NotSignedIn" });
  expect(await client.request("checkStatus", params)).toEqual({ status: "NotSignedIn" });
  const prompt = await client.request<{ status: string; userCode: string; verificationUri: string }>(
    "signInInitiate",
    params,
  );
  expect(prompt).toMatchObject({
    status: "PromptUserDeviceFlow",
    userCode: "ABCD-EFGH",
    verificationUri: "https://github.com/login/device",
  });
  const confirmed = client.request("signInConfirm", { ...params, userCode: prompt.userCode });
  await client.request("getVersion", params);
  fake.endSignIn({ user: "octocat" });
  expect(await confirmed).toEqual({ status: "OK", user: "octocat" });
}

/** What clients do that take the command of `signIn` for the second half. */
async function signInByCommand(dialect: Dialect): Promise<void> {
  const { client, fake } = dialect;
  client.handle("window/showDocument", () => ({ success: true }));
  const start = await client.request<{ userCode: string; verificationUri: string; command: LspCommand }>("signIn", {});
  expect(start).toMatchObject({ userCode: "ABCD-EFGH", verificationUri: "https://github.com/login/device" });
  const finished = execute(dialect, start.command.command, start.command.arguments);
  await client.request("getVersion");
  fake.endSignIn({ user: "octocat" });
  expect(await finished).toEqual({ status: "OK", user: "octocat" });
}

const signedOut = {
  kind: "Error",
  busy: false,
  reason: "signed-out",
  message: "You are not signed into GitHub.",
} as const;

function walkCopilotVim(fixture: string, how: "whole" | "edit"): () => Promise<void> {
  return async () => {
    const vim = await openDialect(fixture);
    const { client, fake } = vim;
    // Without it the plugin takes the server for one that did not start.
    expect(vim.initialized.serverInfo).toEqual({ name: "copilot-lsp", version: "1.2.3" });
    const settings = {
      http: { proxy: null, proxyStrictSSL: null },
      "github-enterprise": { uri: "" },
      enableAutoCompletions: true,
      disabledLanguages: [{ languageId: "gitcommit" }, { languageId: "." }],
    };
    client.notify("workspace/didChangeConfiguration", { settings });
    expect(await client.request("notifyChangeConfiguration", { settings })).toBe("OK");
    client.notify("textDocument/didFocus", { textDocument: { uri: vim.uri } });
    expect(await client.request("getVersion", {})).toMatchObject({ version: "1.2.3" });
    expect(await client.waitFor("copilot/quotaChange")).toEqual({
      completions: { percentRemaining: 50, unlimited: false },
    });
    expect(vim.applied.at(-1)).toEqual({ "completion.languages": { "git-commit": false, ".": false } });

    vim.type("return ", how);
    const formattingOptions = { insertSpaces: true, tabSize: 4 };
    // A key cancels the request of the key before.
    fake.answerNone();
    const overtaken = client.send("textDocument/inlineCompletion", {
      textDocument: { uri: vim.uri, version: vim.version() },
      position: vim.cursor(),
      context: { triggerKind: 2 },
      formattingOptions,
    });
    await fake.nextAsked(0);
    overtaken.cancel();
    await expect(overtaken.answer).rejects.toMatchObject({ code: -32800 });
    answerAsUsual(fake);

    const { items } = await inline(vim, { formattingOptions });
    const [item] = items;
    if (!item) throw new Error("nothing was offered");
    expectGrowsFrom(vim, item);
    client.notify("textDocument/didShowCompletion", { item });
    const others = await inline(vim, { formattingOptions, context: { triggerKind: 1 } });
    expect(others.items).toHaveLength(3);

    const word = "    return left";
    client.notify("textDocument/didPartiallyAcceptCompletion", { item, acceptedLength: word.length });
    vim.take(item.range, item.insertText);
    expect(vim.text()).toBe(body);
    // Null would be an error in Neovim's Vim script.
    expect(await execute(vim, item.command.command, item.command.arguments)).toBe(true);
    expect(fake.signals).toEqual([
      "shown id of left + right",
      "accepted 4 of id of left + right",
      "accepted id of left + right",
    ]);

    vim.type("\n    ", how);
    const panel = { textDocument: { uri: vim.uri, version: vim.version() }, position: vim.cursor() };
    expect(await client.request("textDocument/copilotPanelCompletion", { ...panel, partialResultToken: 1 })).toEqual({
      items: [],
    });
    const parts = client.calls("$/progress") as { token: number; value: InlineCompletionResult }[];
    expect(parts.map(({ token }) => token)).toEqual([1, 1, 1]);
    const solution = parts[0]?.value.items[0];
    if (!solution) throw new Error("no solution came");
    expectGrowsFrom(vim, solution);
    expect(await execute(vim, solution.command.command, solution.command.arguments)).toBe(true);

    await signOutAndInByMethods(vim, {});
    fake.setStatus(signedOut);
    expect(await client.waitFor("didChangeStatus", ({ kind }: { kind: string }) => kind === "Error")).toMatchObject({
      busy: false,
      message: "You are not signed into GitHub.",
    });
    expect(await client.request("telemetry/exception", { origin: "copilot.vim" })).toBe("OK");
    // Vim just ends.
    client.end();
    await expect.poll(() => vim.exits).toEqual([0]);
  };
}

interface LuaCompletion {
  readonly uuid: string;
  readonly text: string;
  readonly displayText: string;
  readonly range: LspRange;
}

async function walkCopilotLua(): Promise<void> {
  const lua = await openDialect("nvim-copilot.lua");
  const { client, fake } = lua;
  const params = () => ({
    doc: {
      uri: lua.uri,
      version: lua.version(),
      position: lua.cursor(),
      relativePath: "main.py",
      insertSpaces: true,
      tabSize: 4,
      indentSize: 4,
    },
    textDocument: { uri: lua.uri, version: lua.version(), relativePath: "main.py" },
    position: lua.cursor(),
    _: true,
  });
  // The plugin shows a suggestion only where it begins at column 0 of the cursor's line, and puts what stands behind the
  // cursor in `text` on the first line.
  const preview = ({ text, range }: LuaCompletion): string | undefined =>
    range.start.line === lua.cursor().line && range.start.character === 0
      ? text.split("\n")[0]?.slice(lua.cursor().character)
      : undefined;

  client.notify("workspace/didChangeConfiguration", {
    settings: {
      github: { copilot: { selectedCompletionModel: "" } },
      enableAutoCompletions: true,
      disabledLanguages: [{ languageId: "." }, { languageId: "yaml" }],
    },
  });
  client.notify("$/setTrace", { value: "off" });
  // Without a user it never asks for anything.
  expect(await client.request("checkStatus", { _: true })).toEqual({ status: "OK", user: "octocat" });
  expect(lua.applied.at(-1)).toEqual({ "completion.languages": { ".": false, yaml: false } });
  expect(await client.waitFor("statusNotification")).toMatchObject({ status: "Normal", message: "" });

  lua.type("return ");
  const first = await client.request<{ completions: LuaCompletion[] }>("getCompletions", params());
  const [shown] = first.completions;
  if (!shown) throw new Error("nothing was offered");
  expect([preview(shown), shown.displayText]).toEqual(["left + right", "left + right"]);
  await client.request("notifyShown", { uuid: shown.uuid, _: true });
  const cycled = await client.request<{ completions: LuaCompletion[] }>("getCompletionsCycling", params());
  expect(cycled.completions.map(preview)).toEqual(["left + right", "left - right", "left"]);
  await client.request("notifyRejected", { uuids: [cycled.completions[1]?.uuid], _: true });
  // By word, then all: each time with the length of what was taken, from the line's start.
  await client.request("notifyAccepted", { uuid: shown.uuid, acceptedLength: "    return left ".length, _: true });
  await client.request("notifyAccepted", { uuid: shown.uuid, acceptedLength: shown.text.length, _: true });
  lua.take(shown.range, shown.text);
  expect(lua.text()).toBe(body);
  expect(fake.signals).toEqual([
    "shown id of left + right",
    "rejected id of left - right",
    "accepted 5 of id of left + right",
    "accepted id of left + right",
  ]);

  lua.type("\n    ");
  const panelId = `1:copilot:///${lua.uri}`;
  expect(await client.request("getPanelCompletions", { ...params(), panelId })).toEqual({ solutionCountTarget: 10 });
  expect(await client.waitFor("PanelSolutionsDone")).toEqual({ panelId, status: "OK" });
  const solutions = client.calls("PanelSolution") as {
    panelId: string;
    solutionId: string;
    score: number;
    range: LspRange;
    completionText: string;
    displayText: string;
  }[];
  expect(solutions.map((solution) => solution.panelId)).toEqual([panelId, panelId, panelId]);
  expect(solutions[0]).toMatchObject({ displayText: "    left + right", score: expect.any(Number) });
  await client.request("notifyAccepted", { uuid: solutions[0]?.solutionId, _: true });
  lua.take(solutions[0]?.range ?? shown.range, solutions[0]?.completionText ?? "");
  expect(lua.text()).toBe(`${body}\n    left + right`);

  fake.setModels([{ id: "m", name: "Model", vendor: "v", kind: "completion", preview: false }]);
  const models = await client.request<LspModel[]>("copilot/models", { _: true });
  expect(models.filter(({ scopes }) => scopes.includes("completion")).map(({ modelName }) => modelName)).toEqual([
    "Model",
  ]);
  await signOutAndInByMethods(lua, { _: true });
  await client.shutdown();
}

async function walkCopilotLsp(): Promise<void> {
  const nes = await openDialect("nvim-copilot-lsp");
  const { client, fake } = nes;
  client.notify("textDocument/didFocus", { textDocument: { uri: nes.uri } });
  nes.type("return ");
  // It goes through `edits` without a look, and shows every error.
  const textDocument = { uri: nes.uri, version: nes.version() };
  for (const version of [textDocument.version, textDocument.version - 1]) {
    const ask = { textDocument: { ...textDocument, version }, position: nes.cursor() };
    const reason = version === textDocument.version ? "no-changes" : "stale";
    expect(await client.request("textDocument/copilotInlineEdit", ask)).toEqual({ edits: [], reason });
  }
  client.notify("textDocument/didShowInlineEdit", { item: { command: { command: "x", arguments: ["y"] } } });

  // Completion plugins take the text as what begins at column 0 of the line.
  const { items } = await inline(nes);
  const [item] = items;
  if (!item) throw new Error("nothing was offered");
  expect(item.range.start.character).toBe(0);
  client.notify("textDocument/didShowCompletion", { item: { command: item.command } });
  nes.take(item.range, item.insertText);
  expect(nes.text()).toBe(body);
  expect(await execute(nes, item.command.command, item.command.arguments)).toBe(true);
  expect(fake.signals).toEqual(["shown id of left + right", "accepted id of left + right"]);

  expect(await client.request("signOut", {})).toEqual({ status: "NotSignedIn" });
  fake.setStatus(signedOut);
  const told = await client.waitFor<{ kind: string; message: string }>(
    "didChangeStatus",
    ({ kind }) => kind === "Error",
  );
  expect(told.message).toMatch("not signed into");
  await signInByCommand(nes);
  await client.shutdown();
}

/** Neovim itself, as its own configuration for Copilot drives it, with sidekick beside it. */
async function walkNeovim(): Promise<void> {
  const nvim = await openDialect("nvim");
  const { client, fake } = nvim;
  nvim.type("return ");
  // No version, and what a newer question overtakes is an error: an empty list would wipe the newer text.
  const { items } = await client.request<InlineCompletionResult>("textDocument/inlineCompletion", {
    textDocument: { uri: nvim.uri },
    position: nvim.cursor(),
    context: { triggerKind: 2 },
  });
  const [item] = items;
  if (!item) throw new Error("nothing was offered");
  expectGrowsFrom(nvim, item);
  nvim.take(item.range, item.insertText);
  expect(nvim.text()).toBe(body);
  const announced = nvim.initialized.capabilities["executeCommandProvider"] as { commands: readonly string[] };
  expect(announced.commands).toContain(item.command.command);
  expect(await execute(nvim, item.command.command, item.command.arguments)).toBe(true);
  expect(fake.signals).toEqual(["accepted id of left + right"]);

  client.notify("textDocument/didFocus", { textDocument: { uri: nvim.uri } });
  const edits = await client.request("textDocument/copilotInlineEdit", {
    textDocument: { uri: nvim.uri, version: nvim.version() },
    position: nvim.cursor(),
    context: { triggerKind: 2 },
  });
  expect(edits).toEqual({ edits: [], reason: "no-changes" });

  expect(await client.request("signOut", {})).toEqual({ status: "NotSignedIn" });
  await signInByCommand(nvim);
  fake.setSignIn({ kind: "already-signed-in", user: "octocat" });
  expect(await client.request("signIn", {})).toEqual({ status: "AlreadySignedIn", user: "octocat" });
  await client.shutdown();
}

async function walkLspMode(): Promise<void> {
  const emacs = await openDialect("emacs-lsp-mode");
  const { client, fake } = emacs;
  const dummy = { dummy: "dummy" };
  // A property list drops what is empty or false.
  expect(emacs.initialized.capabilities["inlineCompletionProvider"]).toBe(true);
  emacs.type("return ");
  const { items } = await inline(emacs, { textDocument: { uri: emacs.uri } });
  const [item] = items;
  if (!item) throw new Error("nothing was offered");
  expectGrowsFrom(emacs, item);
  emacs.take(item.range, item.insertText);
  expect(emacs.text()).toBe(body);
  expect(await execute(emacs, item.command.command, item.command.arguments)).toBe(true);
  expect(fake.signals).toEqual(["accepted id of left + right"]);
  await signOutAndInByMethods(emacs, dummy);
  fake.setStatus(signedOut);
  await client.request("getVersion", dummy);
  // Of any other notification it warns the person.
  const handled = ["didChangeStatus", "statusNotification", "featureFlagsNotification", "$/progress"];
  const unknown = [...emacs.notifications()].filter((name) => !handled.includes(name) && !name.startsWith("window/"));
  expect(unknown).toEqual([]);
  await client.shutdown();
}

async function walkCopilotEl(): Promise<void> {
  const emacs = await openDialect("emacs-copilot.el", { initializedParams: null });
  const { client, fake } = emacs;
  client.notify("textDocument/didFocus", { textDocument: { uri: emacs.uri } });
  // A question for every key, each of which cancels the one before.
  fake.answerNone();
  const sent = [];
  for (const key of "retu") {
    emacs.type(key);
    sent.at(-1)?.cancel();
    sent.push(
      client.send("textDocument/inlineCompletion", {
        textDocument: { uri: emacs.uri, version: emacs.version() },
        position: emacs.cursor(),
        context: { triggerKind: 2 },
        formattingOptions: { tabSize: 4, insertSpaces: true },
      }),
    );
  }
  for (const { answer } of sent.slice(0, -1)) await expect(answer).rejects.toMatchObject({ code: -32800 });
  answerAsUsual(fake);
  sent.at(-1)?.cancel();
  emacs.type("rn ");
  const { items } = await inline(emacs);
  const [item] = items;
  if (!item) throw new Error("nothing was offered");
  expectGrowsFrom(emacs, item);
  // Of the item it sends the command alone.
  const { command } = item;
  client.notify("textDocument/didShowCompletion", { item: { command } });
  client.notify("textDocument/didPartiallyAcceptCompletion", {
    item: { command },
    acceptedLength: "    return left".length,
  });
  emacs.take(item.range, item.insertText);
  expect(emacs.text()).toBe(body);
  client.notify("workspace/executeCommand", { command: command.command, arguments: command.arguments });
  const ask = { textDocument: { uri: emacs.uri, version: emacs.version() }, position: emacs.cursor() };
  expect(await client.request("textDocument/copilotInlineEdit", ask)).toEqual({ edits: [], reason: "no-changes" });
  expect(fake.signals).toEqual([
    "shown id of left + right",
    "accepted 4 of id of left + right",
    "accepted id of left + right",
  ]);
  await signOutAndInByMethods(emacs, {});
  await client.request("shutdown", null);
  client.notify("exit", null);
  await expect.poll(() => emacs.exits).toEqual([0]);
}

// Editors without ghost text ask for the menu, each in its own way, and put an entry in each in its own way.

const menuText = "al = left + right\n    return total";
const menuBody = "def add(left, right):\n    total = left + right\n    return total\n";
const menuSignals = [`shown id of ${menuText}`, `accepted id of ${menuText}`];

async function openMenu(client: string | object, sync: Sync, settings: Partial<LspSettings> = {}): Promise<Dialect> {
  const editor = await openDialect(client, { sync, settings, below: "\n" });
  const { completionProvider } = editor.initialized.capabilities as {
    completionProvider: { resolveProvider: boolean };
  };
  // An editor that may ask for more of an entry would wait for it when the entry is taken.
  expect(completionProvider.resolveProvider).toBe(false);
  editor.client.notify("workspace/didChangeConfiguration", { settings: {} });
  editor.fake.answerAll(() => items(menuText));
  return editor;
}

const askMenu = ({ client, uri, cursor }: Dialect, context?: object): Promise<MenuResult> =>
  client.request<MenuResult>("textDocument/completion", {
    textDocument: { uri },
    position: cursor(),
    ...(context && { context }),
  });

/** The only entry, which replaces the word before the cursor and nothing else. */
function onlyEntry({ cursor }: Dialect, { items: entries }: MenuResult): MenuItem {
  const [entry] = entries;
  if (!entry || entries.length > 1) throw new Error(`${entries.length} entries were offered`);
  const { line } = cursor();
  expect(entry.textEdit.range).toEqual({ start: { line, character: 4 }, end: cursor() });
  return entry;
}

async function walkHelix(): Promise<void> {
  const helix = await openMenu("helix", "edits");
  helix.fake.answerAll(() => items(`t${menuText}`));
  helix.type("t");
  helix.type("o");
  // A word that was typed and a menu that was called for look the same.
  const first = await askMenu(helix, { triggerKind: 1 });
  expect(first.isIncomplete).toBe(true);
  // While the menu is open each letter asks again, and nothing is ever cancelled.
  helix.type("t");
  helix.fake.answerAll(() => items(menuText));
  const again = await askMenu(helix, { triggerKind: 3 });
  const entry = onlyEntry(helix, again);
  expect(entry).toMatchObject({
    filterText: "total = left + right",
    kind: 1,
    insertTextFormat: 1,
    detail: expect.any(String),
  });
  // What Tab shows in the buffer is not told to servers; what Enter takes is one edit.
  helix.edit(entry.textEdit);
  expect(helix.text()).toBe(menuBody);
  await leaveByCommands(helix);
  expect(helix.fake.signals.at(-1)).toBe(menuSignals[1]);
}

async function walkEglot(): Promise<void> {
  const emacs = await openMenu("emacs", "edits with lengths");
  emacs.type("t");
  emacs.type("ot");
  const entry = onlyEntry(emacs, await askMenu(emacs, { triggerKind: 1 }));
  const { line } = emacs.cursor();
  // The label is the candidate: it goes in where the word ends, is taken out again, and the edit is made.
  expect(entry.label).toBe("total = left + right");
  const behindWord = { line, character: 7 };
  const behindLabel = { line, character: 4 + entry.label.length };
  emacs.edit(
    { range: { start: behindWord, end: behindWord }, newText: entry.label.slice("tot".length) },
    { range: { start: behindWord, end: behindLabel }, newText: "" },
    entry.textEdit,
  );
  expect(emacs.text()).toBe(menuBody);
  await leaveByCommands(emacs);
  expect(emacs.fake.signals).toEqual(menuSignals);
}

async function walkKakoune(): Promise<void> {
  const kakoune = await openMenu(kakouneLsp, "whole");
  kakoune.type("tot");
  // It says nothing of how the menu came about.
  const menu = await askMenu(kakoune);
  expect(menu.isIncomplete).toBe(false);
  const entry = onlyEntry(kakoune, menu);
  // Another text to filter by would send the entry through the snippet engine.
  expect(entry.filterText).toBe(entry.textEdit.newText);
  expect(entry.additionalTextEdits).toBeUndefined();
  kakoune.edit(entry.textEdit);
  expect(kakoune.text()).toBe(menuBody);
  await leaveByCommands(kakoune);
  expect(kakoune.fake.signals).toEqual(menuSignals);
}

async function walkSublime(): Promise<void> {
  const sublime = await openMenu(sublimeLsp, "edits with lengths");
  sublime.type("tot");
  const entry = onlyEntry(sublime, await askMenu(sublime, { triggerKind: 1 }));
  // It would show the text to filter by instead of a label that does not begin with it.
  expect(entry.label.startsWith(entry.filterText)).toBe(true);
  // It indents every further line as the current one is.
  const indented = entry.textEdit.newText.replaceAll("\n", "\n    ");
  const { start, end } = entry.textEdit.range;
  sublime.edit({ range: { start, end }, newText: "" }, { range: { start, end: start }, newText: indented });
  expect(sublime.text()).toBe(menuBody);
  expect(await execute(sublime, entry.command.command, entry.command.arguments)).toBe(true);
  await leaveByCommands(sublime);
  expect(sublime.fake.signals).toEqual(menuSignals);
}

async function walkNeovimPopup(): Promise<void> {
  const nvim = await openMenu("nvim", "edits", { menu: "always" });
  nvim.type("tot");
  const entry = onlyEntry(nvim, await askMenu(nvim, { triggerKind: 1 }));
  // The popup puts the first line in, then the other edits, then it runs the command.
  expect(entry.textEdit.newText).toBe("total = left + right");
  nvim.edit(entry.textEdit);
  for (const further of entry.additionalTextEdits ?? []) nvim.edit(further);
  expect(nvim.text()).toBe(menuBody);
  expect(await execute(nvim, entry.command.command, entry.command.arguments)).toBe(true);
  await leaveByCommands(nvim);
  expect(nvim.fake.signals.filter((signal) => !signal.includes(" of id "))).toEqual(menuSignals);
}

/** A person signs in and out by commands, and the messages say all there is to say. */
async function leaveByCommands(editor: Dialect): Promise<void> {
  const { client, fake } = editor;
  const announced = editor.initialized.capabilities["executeCommandProvider"] as { commands: readonly string[] };
  expect(announced.commands).toEqual(expect.arrayContaining(["copilot.signIn", "copilot.signOut", "copilot.status"]));
  const says = (words: RegExp) =>
    client.waitFor("window/showMessage", ({ message }: { message: string }) => words.test(message));

  expect(await execute(editor, "copilot.signOut")).toEqual({ status: "NotSignedIn" });
  await says(/^Signed out/);
  // Typing goes on, and nothing pops up at each key.
  fake.answerAll(() => new CopilotError("signed-out", "Nobody is signed in."));
  expect(await askMenu(editor)).toEqual({ isIncomplete: false, items: [] });
  expect(await execute(editor, "copilot.signIn")).toMatchObject({ userCode: "ABCD-EFGH" });
  await says(/enter the code ABCD-EFGH at https:\/\/github\.com\/login\/device/);
  fake.endSignIn({ user: "octocat" });
  await says(/^Signed in as octocat/);
  expect(await execute(editor, "copilot.status")).toMatchObject({ version: "1.2.3" });
  await says(/^Copilot: ready\./);
  await client.shutdown();
  await expect.poll(() => editor.exits).toEqual([0]);
}
