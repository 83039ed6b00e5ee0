import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { items } from "./support/scripted-core.ts";
import { openLspSession, type LspSession } from "./support/session.ts";

const uri = "file:///project/a.py";
const position = { line: 1, character: 4 };
const range = { start: { line: 1, character: 0 }, end: position };
const doc = { uri, version: 1, position };

async function openDocument(): Promise<LspSession> {
  const session = await openLspSession();
  session.client.open(uri, "def one():\n    ");
  return session;
}

describe("textDocument/copilotPanelCompletion", () => {
  const params = { textDocument: { uri, version: 1 }, position };
  const panelItem = (text: string) => ({
    insertText: `    ${text}`,
    range,
    command: {
      title: "Completion Accepted",
      command: "github.copilot.didAcceptPanelCompletionItem",
      arguments: [`id of ${text}`],
    },
  });

  test("asks for ten and answers what came", async () => {
    const session = await openDocument();
    const answer = session.client.request("textDocument/copilotPanelCompletion", params);
    const asked = await session.fake.nextAsked(0);
    expect(asked.request).toMatchObject({ trigger: "invoked", n: 10 });
    asked.answer(items("return 1", "pass"));
    expect(await answer).toEqual({ items: [panelItem("return 1"), panelItem("pass")] });
  });

  test.each(["panel", 7])("with the token %j sends them by $/progress and answers an empty list", async (token) => {
    const session = await openDocument();
    session.fake.answerAll(() => items("return 1", "pass"));
    const answer = await session.client.request("textDocument/copilotPanelCompletion", {
      ...params,
      partialResultToken: token,
    });
    expect(answer).toEqual({ items: [] });
    // They have come by the time the answer does.
    expect(session.client.calls("$/progress")).toEqual([
      { token, value: { items: [panelItem("return 1")] } },
      { token, value: { items: [panelItem("pass")] } },
    ]);
  });

  test("with a token each is sent as soon as it is whole, and none twice", async () => {
    const session = await openDocument();
    const answer = session.client.request("textDocument/copilotPanelCompletion", { ...params, partialResultToken: 1 });
    const asked = await session.fake.nextAsked(0);
    const all = items("return 1", "pass", "return 2");
    if (all.kind !== "items" || !all.items[1]) throw new Error("no items");
    await asked.onItem?.(all.items[1]);
    expect(await session.client.waitFor("$/progress")).toEqual({ token: 1, value: { items: [panelItem("pass")] } });
    // It may be taken at once.
    expect(await session.client.request("workspace/executeCommand", panelItem("pass").command)).toBe(true);
    asked.answer(all);
    expect(await answer).toEqual({ items: [] });
    const sent = session.client.calls("$/progress") as { value: { items: { insertText: string }[] } }[];
    expect(sent.map(({ value }) => value.items[0]?.insertText)).toEqual(["    pass", "    return 1", "    return 2"]);
  });

  test("what becomes whole after the text has changed elsewhere is not sent", async () => {
    const session = await openDocument();
    const answer = session.client.request("textDocument/copilotPanelCompletion", { ...params, partialResultToken: 1 });
    const asked = await session.fake.nextAsked(0);
    const all = items("pass");
    if (all.kind !== "items" || !all.items[0]) throw new Error("no items");
    session.client.change(uri, 2, "other\ntext\n");
    await session.client.request("getVersion");
    await asked.onItem?.(all.items[0]);
    asked.answer(all);
    await expect(answer).rejects.toMatchObject({ code: -32801 });
    expect(session.client.calls("$/progress")).toEqual([]);
  });

  test("an item that is taken is one of ours", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => items("return 1"));
    await session.client.request("textDocument/copilotPanelCompletion", params);
    const { command } = panelItem("return 1");
    expect(await session.client.request("workspace/executeCommand", command)).toBe(true);
    expect(await session.client.request("workspace/executeCommand", { ...command, arguments: ["nope"] })).toBe(false);
    expect(session.fake.signals).toEqual(["accepted id of return 1"]);
  });

  test("neither supersedes ghost text nor is mistaken for it", async () => {
    const session = await openDocument();
    const ghost = session.client.inlineCompletion(uri, position);
    const asked = await session.fake.nextAsked(0);
    const panel = session.client.request("textDocument/copilotPanelCompletion", params);
    const askedBeside = await session.fake.nextAsked(1);
    expect(askedBeside.request).not.toMatchObject({
      documentId: asked.request.kind === "document" ? asked.request.documentId : "",
    });
    expect(askedBeside.request).toMatchObject({ openDocumentId: uri });
    askedBeside.answer(items("return 1"));
    await panel;
    asked.answer(items());
    await ghost.answer;
    // Nothing was offered at the cursor, so asking by hand is no wish for others.
    session.client.inlineCompletion(uri, position, { context: { triggerKind: 1 } });
    expect((await session.fake.nextAsked(2)).request.n).toBeUndefined();
  });

  test.each([
    [{ ...params, textDocument: { uri, version: 9 } }, -32801],
    [{ ...params, partialResultToken: {} }, -32602],
    [{ position }, -32602],
  ])("%j is error %i", async (wrong, code) => {
    const session = await openDocument();
    await expect(session.client.request("textDocument/copilotPanelCompletion", wrong)).rejects.toMatchObject({ code });
  });

  test("signed out is error 1000", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => new CopilotError("signed-out", "Nobody is signed in."));
    await expect(session.client.request("textDocument/copilotPanelCompletion", params)).rejects.toMatchObject({
      code: 1000,
      message: "Not authenticated: NotSignedIn",
    });
  });
});

describe("getPanelCompletions", () => {
  test("is answered at once with how many are wanted; the solutions follow, then the end", async () => {
    const session = await openDocument();
    expect(await session.client.request("getPanelCompletions", { doc, panelId: "1:file" })).toEqual({
      solutionCountTarget: 10,
    });
    (await session.fake.nextAsked(0)).answer(items("return 1", "pass"));
    expect(await session.client.waitFor("PanelSolutionsDone")).toEqual({ panelId: "1:file", status: "OK" });
    expect(session.client.calls("PanelSolution")).toEqual(
      ["return 1", "pass"].map((text) => ({
        panelId: "1:file",
        solutionId: `id of ${text}`,
        completionText: `    ${text}`,
        displayText: `    ${text}`,
        range,
        score: 0,
        docVersion: 1,
      })),
    );
    await session.client.request("notifyAccepted", { uuid: "id of pass" });
    expect(session.fake.signals).toEqual(["accepted id of pass"]);
  });

  test("each solution follows as soon as it is whole", async () => {
    const session = await openDocument();
    await session.client.request("getPanelCompletions", { doc, panelId: "p" });
    const asked = await session.fake.nextAsked(0);
    const all = items("return 1", "pass");
    if (all.kind !== "items" || !all.items[1]) throw new Error("no items");
    await asked.onItem?.(all.items[1]);
    expect(await session.client.waitFor("PanelSolution")).toMatchObject({ solutionId: "id of pass" });
    asked.answer(all);
    await session.client.waitFor("PanelSolutionsDone");
    const sent = session.client.calls("PanelSolution") as { solutionId: string }[];
    expect(sent.map(({ solutionId }) => solutionId)).toEqual(["id of pass", "id of return 1"]);
  });

  test("ends with the reason when it fails", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => new CopilotError("signed-out", "Nobody is signed in."));
    await session.client.request("getPanelCompletions", { doc, panelId: "p" });
    expect(await session.client.waitFor("PanelSolutionsDone")).toEqual({
      panelId: "p",
      status: "Error",
      message: "Not authenticated: NotSignedIn",
    });
  });

  test("goes on after its answer until the session ends", async () => {
    const session = await openDocument();
    await session.client.request("getPanelCompletions", { doc, panelId: "p" });
    const asked = await session.fake.nextAsked(0);
    expect(asked.ctx.signal.aborted).toBe(false);
    await session.client.request("shutdown");
    expect(asked.ctx.signal.aborted).toBe(true);
    expect(session.client.calls("PanelSolutionsDone")).toEqual([]);
  });

  test.each([
    [{ doc }, -32602, "panelId must be a string."],
    [{ doc: { ...doc, version: 4 }, panelId: "p" }, -32801, "Document Version Mismatch"],
  ])("%j is error %i", async (params, code, message) => {
    const session = await openDocument();
    await expect(session.client.request("getPanelCompletions", params)).rejects.toMatchObject({ code, message });
  });
});
