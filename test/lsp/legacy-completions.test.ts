import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { item, items } from "./support/scripted-core.ts";
import { openLspSession, type LspSession } from "./support/session.ts";

const uri = "file:///project/a.py";
const text = "def one():\n    ";
const position = { line: 1, character: 4 };
const doc = {
  uri,
  version: 1,
  position,
  relativePath: "a.py",
  tabSize: 8,
  indentSize: 4,
  insertSpaces: false,
};
const whole = { start: { line: 1, character: 0 }, end: position };

async function openDocument(): Promise<LspSession> {
  const session = await openLspSession();
  session.client.open(uri, text);
  return session;
}

describe("getCompletions", () => {
  test("answers one suggestion with the whole line, and apart from it what is new", async () => {
    const session = await openDocument();
    const answer = session.client.request("getCompletions", { doc, textDocument: { uri, version: 1 }, position });
    const asked = await session.fake.nextAsked(0);
    expect(asked.request).toMatchObject({
      trigger: "typed",
      n: 1,
      before: text,
      indentation: { tabSize: 8, insertSpaces: false },
    });
    asked.answer(items("return 1"));
    expect(await answer).toEqual({
      completions: [
        {
          uuid: "id of return 1",
          text: "    return 1",
          displayText: "return 1",
          range: whole,
          position,
          docVersion: 1,
        },
      ],
    });
  });

  test("begins at the line's start whatever the setting for other methods says, and replaces what follows", async () => {
    const session = await openLspSession({ settings: { rangeStyle: "cursor" } });
    session.client.open(uri, "print()");
    session.fake.answerAll(() => items(item('"a")', { replaceAfter: 1 })));
    const at = { line: 0, character: 6 };
    expect(await session.client.request("getCompletions", { doc: { uri, version: 1, position: at } })).toMatchObject({
      completions: [{ text: 'print("a")', displayText: '"a")', range: { end: { line: 0, character: 7 } } }],
    });
  });

  test.each([1_999, 2_000, 2_001, 60_000])("begins at column 0 of a line of %d characters", async (units) => {
    const session = await openLspSession();
    const line = "x".repeat(units);
    session.client.open(uri, line);
    session.fake.answerAll(() => items("1"));
    const at = { line: 0, character: units };
    expect(await session.client.request("getCompletions", { doc: { uri, version: 1, position: at } })).toMatchObject({
      completions: [{ text: `${line}1`, displayText: "1", range: { start: { line: 0, character: 0 }, end: at } }],
    });
  });

  test("takes the place as LSP has it where there is no doc", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => items("return 1"));
    const answer = await session.client.request("getCompletions", { textDocument: { uri }, position });
    expect(answer).toMatchObject({ completions: [{ text: "    return 1" }] });
  });

  test("fails quietly: nothing pops up at each key", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => new CopilotError("signed-out", "Nobody is signed in."));
    expect(await session.client.request("getCompletions", { doc })).toEqual({ completions: [] });
  });

  test.each([
    [{ doc: { ...doc, version: 2 } }, -32801, "Document Version Mismatch"],
    [{ doc: { ...doc, uri: "file:///b.py" } }, -32602, "Document for URI could not be found: file:///b.py"],
    [{ doc: { ...doc, position: {} } }, -32602, "doc.position.line must be an integer from 0 on."],
    [{ doc: 1 }, -32602, "doc must be an object."],
    [{}, -32602, "textDocument must be an object."],
  ])("%j is error %i", async (params, code, message) => {
    const session = await openDocument();
    await expect(session.client.request("getCompletions", params)).rejects.toMatchObject({ code, message });
  });

  test("that a newer question has overtaken is error -32802", async () => {
    const session = await openDocument();
    const first = session.client.request("getCompletions", { doc });
    (await session.fake.nextAsked(0)).fail(new CopilotError("superseded", "A newer request came."));
    await expect(first).rejects.toMatchObject({
      code: -32802,
      message: "Request was superseded by a new request",
    });
  });
});

describe("getCompletionsCycling", () => {
  test("asks for several", async () => {
    const session = await openDocument();
    const answer = session.client.request("getCompletionsCycling", { doc });
    const asked = await session.fake.nextAsked(0);
    expect(asked.request).toMatchObject({ trigger: "invoked", n: 3 });
    asked.answer(items("return 1", "return 2", "pass"));
    expect(await answer).toMatchObject({
      completions: [{ text: "    return 1" }, { text: "    return 2" }, { text: "    pass" }],
    });
  });

  test("says who must sign in, in the official server's words", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => new CopilotError("signed-out", "Nobody is signed in."));
    await expect(session.client.request("getCompletionsCycling", { doc })).rejects.toMatchObject({
      code: 1000,
      message: "Not authenticated: NotSignedIn",
    });
  });
});

describe("what became of a suggestion", () => {
  test("is told to the core for our items, counted from the cursor, and always answered", async () => {
    const session = await openDocument();
    session.fake.answerAll(() => items("return 1", "pass"));
    await session.client.request("getCompletionsCycling", { doc });
    const tell = (method: string, params: object) => session.client.request(method, params);
    expect(await tell("notifyShown", { uuid: "id of return 1" })).toBe("OK");
    expect(await tell("notifyShown", { uuid: "nope" })).toBe("OK");
    expect(await tell("notifyAccepted", { uuid: "id of return 1", acceptedLength: 10 })).toBe("OK");
    // Some plugins say how long the whole is.
    expect(await tell("notifyAccepted", { uuid: "id of return 1", acceptedLength: 12 })).toBe("OK");
    expect(await tell("notifyAccepted", { uuid: "id of pass" })).toBe("OK");
    expect(await tell("notifyAccepted", { uuid: "nope" })).toBe("OK");
    expect(await tell("notifyRejected", { uuids: ["id of pass", "nope", "id of return 1"] })).toBe("OK");
    expect(await tell("notifyRejected", { uuids: [] })).toBe("OK");
    expect(session.fake.signals).toEqual([
      "shown id of return 1",
      "accepted 6 of id of return 1",
      "accepted id of return 1",
      "accepted id of pass",
      "rejected id of pass",
      "rejected id of return 1",
    ]);
  });

  test.each([
    ["notifyShown", {}, "uuid must be a string."],
    ["notifyAccepted", { uuid: 1 }, "uuid must be a string."],
    [
      "notifyAccepted",
      { uuid: "x", acceptedLength: "1" },
      "acceptedLength must be an integer from 0 to 9007199254740991.",
    ],
    ["notifyRejected", { uuids: "x" }, "uuids must be an array of strings."],
  ])("%s %j is refused", async (method, params, message) => {
    const session = await openDocument();
    await expect(session.client.request(method, params)).rejects.toMatchObject({ code: -32602, message });
  });
});
