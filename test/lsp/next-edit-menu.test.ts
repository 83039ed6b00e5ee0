// Next edits in editors that have no part for them: code actions, the command for a key, and the hint at a line's end.

import { describe, expect, test } from "vitest";
import type { EditRequest, EditResult, NoEditReason } from "../../shared/edits.ts";
import type { NextEditResult } from "../../shared/lsp.ts";
import { type LspSession, type LspSessionOptions, startLspSession } from "./support/session.ts";

const uri = "file:///home/user/project/a.ts";
const text = "const total = 1;\nuse(sum);\nreturn sum;\n";

function edit(line: number, newText: string, endCharacter: number): EditResult {
  return {
    kind: "edit",
    edit: { id: `edit of line ${line}`, startLine: line, startCharacter: 0, endLine: line, endCharacter, newText },
    others: [],
    model: "m",
    source: "upstream",
  };
}

interface Opened extends LspSession {
  readonly asked: EditRequest[];
}

const helix = {
  clientInfo: { name: "helix", version: "25.07" },
  capabilities: {
    workspace: { applyEdit: true, workspaceEdit: { documentChanges: true } },
    window: { showDocument: { support: true } },
    textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } }, completion: {} },
  },
};

async function open(
  answer: (request: EditRequest) => EditResult | Promise<EditResult>,
  options: LspSessionOptions & { readonly params?: object } = {},
): Promise<Opened> {
  const asked: EditRequest[] = [];
  const session = startLspSession({
    ...options,
    openCore: (core) =>
      Promise.resolve({
        ...core,
        nextEdit: async (_ctx, request) => {
          asked.push(request);
          return answer(request);
        },
      }),
  });
  await session.client.initialize(options.params ?? helix);
  session.client.open(uri, text.replace("total", "tota"), { version: 1 });
  session.client.change(uri, 2, { at: { line: 0, character: 10 }, insert: "l" });
  return { ...session, asked };
}

const actionParams = (context: object): object => ({
  textDocument: { uri },
  range: { start: { line: 0, character: 11 }, end: { line: 0, character: 11 } },
  context: { diagnostics: [], ...context },
});

describe("a code action", () => {
  test("applies the next edit of this version, and says that it was taken", async () => {
    const { client, asked } = await open(() => edit(1, "use(total);", 9));
    expect(await client.request("textDocument/codeAction", actionParams({ triggerKind: 1 }))).toEqual([
      {
        title: "Copilot: apply next edit (line 2)",
        kind: "quickfix",
        edit: {
          documentChanges: [
            {
              textDocument: { uri, version: 2 },
              edits: [
                {
                  range: { start: { line: 1, character: 0 }, end: { line: 1, character: 9 } },
                  newText: "use(total);",
                },
              ],
            },
          ],
        },
        command: {
          title: "Copilot: apply next edit (line 2)",
          command: "github.copilot.didAcceptNextEditSuggestionItem",
          arguments: ["edit of line 1"],
        },
      },
    ]);
    expect(asked).toMatchObject([{ documentId: uri, line: 0, character: 11, trigger: "invoked", fromMemory: false }]);
  });

  test("counts as taken when its command comes back", async () => {
    const { client, signals } = await open(() => edit(1, "use(total);", 9));
    const [action] = await client.request<readonly { readonly command: object }[]>(
      "textDocument/codeAction",
      actionParams({ triggerKind: 1 }),
    );
    expect(await client.request("workspace/executeCommand", action?.command)).toBe(true);
    expect(signals).toEqual(["accepted edit of line 1"]);
  });

  test("is looked for in memory alone when the menu opens by itself", async () => {
    const { client, asked } = await open(() => ({ kind: "empty", reason: "not-asked" }));
    expect(await client.request("textDocument/codeAction", actionParams({ triggerKind: 2 }))).toEqual([]);
    expect(asked).toMatchObject([{ fromMemory: true }]);
  });

  test.each([
    ["of other kinds are asked for", ["refactor", "source"], 0],
    ["of its own kind are asked for", ["quickfix"], 1],
  ])("is offered only where actions %s", async (_, only, count) => {
    const { client } = await open(() => edit(1, "use(total);", 9));
    expect(await client.request("textDocument/codeAction", actionParams({ only }))).toHaveLength(count);
  });

  test("does not hold the menu up: after a second and a half there is none", async () => {
    const { client, clock, asked } = await open(() => new Promise(() => undefined));
    const sent = client.send("textDocument/codeAction", actionParams({ triggerKind: 1 }));
    await expect.poll(() => asked.length).toBe(1);
    await clock.advance(1_500);
    expect(await sent.answer).toEqual([]);
  });

  test("is a command for clients that take no other, and names no version where none may be named", async () => {
    const bare = { capabilities: { textDocument: { codeAction: {} } } };
    const one = await open(() => edit(1, "use(total);", 9), { params: bare });
    expect(await one.client.request("textDocument/codeAction", actionParams({}))).toEqual([
      { title: "Copilot: apply next edit (line 2)", command: "copilot.nextEdit", arguments: [uri] },
    ]);
    const literal = { capabilities: { textDocument: { codeAction: { codeActionLiteralSupport: {} } } } };
    const other = await open(() => edit(1, "use(total);", 9), { params: literal });
    expect(await other.client.request("textDocument/codeAction", actionParams({}))).toMatchObject([
      { edit: { changes: { [uri]: [{ newText: "use(total);" }] } } },
    ]);
  });

  test("is not there for a text that has changed meanwhile", async () => {
    let release: (result: EditResult) => void = () => undefined;
    const { client, asked } = await open(() => new Promise((resolve) => (release = resolve)));
    const sent = client.send("textDocument/codeAction", actionParams({}));
    await expect.poll(() => asked.length).toBe(1);
    client.change(uri, 3, { at: { line: 0, character: 0 }, insert: "x" });
    await client.request("checkStatus");
    release(edit(1, "use(total);", 9));
    expect(await sent.answer).toEqual([]);
  });

  test.each<[string, LspSessionOptions["settings"], object, boolean]>([
    ["in an editor without a part for next edits", {}, helix, true],
    ["not turned off", { nextEditMenu: "off" }, helix, false],
    [
      "not beside a plugin that shows them",
      {},
      { ...helix, initializationOptions: { editorPluginInfo: { name: "copilot.lua", version: "1" } } },
      false,
    ],
    ["not to a client without code actions", {}, { clientInfo: { name: "helix" }, capabilities: {} }, false],
  ])("is announced: %s", async (_, settings, params, isAnnounced) => {
    const { client } = startLspSession(settings ? { settings } : {});
    const { capabilities } = await client.initialize<{ capabilities: object }>(params);
    expect("codeActionProvider" in capabilities).toBe(isAnnounced);
  });
});

describe("the command copilot.nextEdit", () => {
  const run = (session: Opened, ...args: readonly unknown[]): Promise<NextEditResult> =>
    session.client.request<NextEditResult>("workspace/executeCommand", {
      command: "copilot.nextEdit",
      arguments: args,
    });

  test("asks at the last change, applies, moves the cursor there, and counts the edit as taken", async () => {
    const session = await open(() => edit(1, "use(\n  total);\n", 9));
    session.client.handle("workspace/applyEdit", () => ({ applied: true }));
    session.client.handle("window/showDocument", () => ({ success: true }));
    expect(await run(session)).toEqual({ applied: true, uri, line: 2, character: 9 });
    expect(session.asked).toMatchObject([{ line: 0, trigger: "invoked" }]);
    expect(session.client.calls("workspace/applyEdit")).toHaveLength(1);
    const place = { line: 2, character: 9 };
    expect(session.client.calls("window/showDocument")).toEqual([
      { uri, takeFocus: true, selection: { start: place, end: place } },
    ]);
    expect(session.signals).toEqual(["accepted edit of line 1"]);
  });

  test.each<[string, unknown, object]>([
    ["a position", { textDocument: { uri }, position: { line: 2, character: 3 } }, { line: 2, character: 3 }],
    ["a document", uri, { line: 0 }],
  ])("asks where %s says", async (_, argument, expected) => {
    const session = await open(() => ({ kind: "empty", reason: "upstream-empty" }));
    await run(session, argument);
    expect(session.asked).toMatchObject([expected]);
  });

  test("says why nothing happens", async () => {
    const reason: NoEditReason = "nothing-new";
    const session = await open(() => ({ kind: "empty", reason }));
    expect(await run(session)).toEqual({ applied: false, reason });
    expect(session.client.calls("window/showMessage")).toContainEqual({
      type: 3,
      message: "No next edit: there is nothing more to change here.",
    });
  });

  test("takes nothing for taken that the editor would not apply", async () => {
    const session = await open(() => edit(1, "use(total);", 9));
    session.client.handle("workspace/applyEdit", () => ({ applied: false }));
    expect(await run(session)).toEqual({ applied: false, reason: "stale" });
    expect(session.signals).toEqual([]);
  });

  test("needs a change to go by", async () => {
    const session = startLspSession();
    await session.client.initialize(helix);
    const answer = await session.client.request("workspace/executeCommand", { command: "copilot.nextEdit" });
    expect(answer).toEqual({ applied: false, reason: "no-changes" });
  });
});

describe("the hint", () => {
  const settings = { nextEditMenu: "hints" } as const;
  interface Published {
    readonly uri: string;
    readonly diagnostics: readonly { readonly severity: number; readonly message: string; readonly range: object }[];
  }

  test("stands at the end of the line some time after a change, and goes with the next one", async () => {
    const { client, clock, asked } = await open(() => edit(1, "use(total);", 9), { settings });
    await client.request("checkStatus");
    await clock.advance(799);
    expect(asked).toEqual([]);
    await clock.advance(1);
    const end = { line: 1, character: 9 };
    expect(await client.waitFor<Published>("textDocument/publishDiagnostics")).toEqual({
      uri,
      diagnostics: [
        { range: { start: end, end }, severity: 4, source: "copilot-lsp", message: "Next edit: use(total);" },
      ],
    });
    client.change(uri, 3, { at: { line: 2, character: 0 }, insert: "x" });
    await client.waitFor<Published>("textDocument/publishDiagnostics", ({ diagnostics }) => diagnostics.length === 0);
  });

  test("never comes for a text that is another one by then", async () => {
    let release: (result: EditResult) => void = () => undefined;
    const { client, clock, asked } = await open(() => new Promise((resolve) => (release = resolve)), { settings });
    await client.request("checkStatus");
    await clock.advance(800);
    await expect.poll(() => asked.length).toBe(1);
    client.change(uri, 3, { at: { line: 2, character: 0 }, insert: "x" });
    await client.request("checkStatus");
    release(edit(1, "use(total);", 9));
    await client.request("checkStatus");
    expect(client.calls("textDocument/publishDiagnostics")).toEqual([]);
  });

  test("is not asked for unless it is wanted", async () => {
    const { client, clock, asked } = await open(() => edit(1, "use(total);", 9));
    await client.request("checkStatus");
    await clock.advance(5_000);
    await client.request("checkStatus");
    expect(asked).toEqual([]);
  });
});
