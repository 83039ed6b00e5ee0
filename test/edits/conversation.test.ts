// What an editor sees of next edits: one at a time, of the text that it has, and a reason for each silence.

import { describe, expect, test } from "vitest";
import { openEditSession } from "./support/edit-session.ts";

const point = [
  "export class Point {",
  "  constructor(private readonly x: number, private readonly y: number) {}",
  "",
  "  length(): number {",
  "    return Math.sqrt(this.x * this.x + this.y * this.y);",
  "  }",
  "  twice = this.x * 2;",
  "}",
  "",
].join("\n");

/** The window around line 1, as it should be once `x` is `px`. */
const renamed = [
  "export class Point {",
  "  constructor(private readonly px: number, private readonly y: number) {}",
  "",
  "  length(): number {",
  "    return Math.sqrt(this.px * this.px + this.y * this.y);",
  "  }",
  "  twice = this.px * 2;",
].join("\n");

async function renaming(options: Parameters<typeof openEditSession>[0] = {}) {
  const session = await openEditSession(options);
  session.open(point);
  session.replace("readonly x:", "readonly px:");
  return session;
}

describe("the edits of one answer", () => {
  test("come one by one, the second from memory once the first stands in the text, whatever the client says", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    const first = await session.ask(session.at(": number,"));
    expect(first.edits).toMatchObject([{ text: "    return Math.sqrt(this.px * this.px + this.y * this.y);" }]);
    session.apply(first.edits[0]);
    const second = await session.ask(session.at("    return"));
    expect(second.edits).toMatchObject([{ text: "  twice = this.px * 2;" }]);
    session.apply(second.edits[0]);
    expect(session.text()).toBe(point.replaceAll("x: number, p", "px: number, p").replaceAll("this.x", "this.px"));
    expect(session.asked()).toHaveLength(1);
  });

  test("are the same while nothing changes, under the same name", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    const first = await session.ask(session.at(": number,"));
    expect(await session.ask(session.at(": number,"))).toEqual(first);
    expect(session.asked()).toHaveLength(1);
  });

  test("follow text that is typed above them", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    const first = await session.ask(session.at(": number,"));
    session.replace("export class", "// A point.\nexport class");
    const moved = await session.ask(session.at(": number,"));
    expect(moved.edits[0]?.range.start.line).toBe((first.edits[0]?.range.start.line ?? 0) + 1);
    expect(session.asked()).toHaveLength(1);
  });

  test("are not offered again when they were made, although the line above was changed too", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    const first = await session.ask(session.at(": number,"));
    session.replace("length(): number {", "length(): number { // The distance.");
    const same = await session.ask(session.at(": number,"));
    expect(same.edits).toMatchObject([{ text: first.edits[0]?.text }]);
    session.apply(same.edits[0]);
    const second = await session.ask(session.at("    return"));
    expect(second.edits).toMatchObject([{ text: "  twice = this.px * 2;" }]);
    expect(session.asked()).toHaveLength(1);
  });

  test("are what is left of them when the person types their beginning", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    await session.ask(session.at(": number,"));
    session.replace("sqrt(this.x * this.x", "sqrt(this.px * this.x");
    const rest = await session.ask(session.at(" * this.x"));
    expect(rest.edits).toMatchObject([{ text: "    return Math.sqrt(this.px * this.px + this.y * this.y);" }]);
    session.replace("px * this.x", "px * this.q");
    const other = await session.ask(session.at(" * this.q"));
    expect(other.edits[0]?.text).toBe("  twice = this.px * 2;");
    expect(session.asked()).toHaveLength(1);
  });

  test("are not offered again when they were turned down, nor when they were taken back", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    const first = await session.ask(session.at(": number,"));
    const [id] = first.edits[0]?.command.arguments ?? [];
    const command = "github.copilot.didRejectNextEditSuggestionItem";
    expect(await session.editor.request("workspace/executeCommand", { command, arguments: [id] })).toBe(true);
    const second = await session.ask(session.at(": number,"));
    expect(second.edits).toMatchObject([{ text: "  twice = this.px * 2;" }]);
    session.apply(second.edits[0]);
    await session.ask(session.at("twice"));
    session.replace("twice = this.px", "twice = this.x");
    session.answerWith(session.text().split("\n").slice(4).join("\n").replaceAll("this.x", "this.px"));
    const third = await session.ask(session.at("twice"));
    expect(third.edits).toEqual([]);
  });

  test("are not offered again when they were taken back at once, before anybody asked", async () => {
    const session = await renaming();
    session.answerWith(renamed);
    const first = await session.ask(session.at(": number,"));
    session.apply(first.edits[0]);
    session.replace("px * this.px", "x * this.x");
    const second = await session.ask(session.at("    return"));
    expect(second.edits).toMatchObject([{ text: "  twice = this.px * 2;" }]);
    session.apply(second.edits[0]);
    // What another answer brings is no other edit.
    session.replace("export class", "class");
    session.answerWith(session.text().replaceAll("this.x", "this.px"));
    expect(await session.ask(session.at(": number,"))).toEqual({ edits: [], reason: "filtered" });
    expect(session.asked()).toHaveLength(2);
  });

  test("are in the document's own line ends", async () => {
    const session = await openEditSession();
    session.open("const a = 1;\r\nuse(a);\r\nuse(a);\r\nend();\r\n");
    session.replace("const a", "const total");
    session.answerWith("const total = 1;\nuse(total);\nuse(total);\nend();\n");
    const { edits } = await session.ask(session.at(" = 1"));
    expect(edits).toMatchObject([
      { text: "use(total);\r\nuse(total);", range: { start: { line: 1 }, end: { line: 2 } } },
    ]);
    expect(session.bodies()[0]?.messages[1]?.content).not.toContain("\r");
    session.apply(edits[0]);
    expect(session.text()).toBe("const total = 1;\r\nuse(total);\r\nuse(total);\r\nend();\r\n");
  });
});

describe("where nothing has to change at the cursor", () => {
  const far = `count = 0;\n${"other();\n".repeat(30)}show(count);\n`;

  test("the nearest place where a replaced word still stands is asked about at once", async () => {
    const session = await openEditSession();
    session.open(far);
    session.replace("count = 0", "total = 0");
    session.answerWith("other();\nother();\nshow(total);\n");
    const { edits } = await session.ask(session.at(" = 0"));
    expect(edits).toMatchObject([{ text: "show(total);", range: { start: { line: 31 } } }]);
    expect(session.bodies()[0]?.messages[1]?.content).toContain("<|cursor|>show(count);");
    expect(session.asked()).toHaveLength(1);
  });

  test("a call of what got another argument is asked about, and the cursor's lines only when nothing has to change there", async () => {
    const session = await openEditSession();
    session.open(`function show(a) {\n  log(a);\n}\n${"other();\n".repeat(30)}show(1);\n`);
    session.replace("show(a", "show(a, b");
    session.answerWith("");
    session.answerWith(session.text().replace("log(a)", "log(a, b)").split("\n").slice(0, 6).join("\n"));
    const { edits } = await session.ask(session.at(") {"));
    expect(edits).toMatchObject([{ text: "  log(a, b);", range: { start: { line: 1 } } }]);
    expect(session.bodies()[0]?.messages[1]?.content).toContain("<|cursor|>show(1);");
    expect(session.asked()).toHaveLength(2);
  });

  test("a place is not asked about again when what was offered there was turned down, and nothing has changed since", async () => {
    const session = await openEditSession();
    session.open(`function show(a) {\n  log(a);\n}\n${"other();\n".repeat(30)}show(1);\n`);
    session.replace("show(a", "show(a, b");
    session.answerWith("other();\nother();\nshow(1, 2);\n");
    const { edits } = await session.ask(session.at(") {"));
    expect(edits).toMatchObject([{ text: "show(1, 2);" }]);
    await session.editor.request("notifyNextEditRejected", { uuids: edits[0]?.command.arguments });
    session.answerWith("");
    await session.send(session.at(") {")).answer;
    expect(session.asked()).toHaveLength(2);
    expect(session.bodies()[1]?.messages[1]?.content).toContain("function show(a, b<|cursor|>) {");
  });

  test("nobody is asked when that is turned off", async () => {
    const session = await openEditSession({ environment: { COPILOT_LSP_EDITS_JUMP: "off" } });
    session.open(far);
    session.replace("count = 0", "total = 0");
    session.answerWith(session.text().split("\n").slice(0, 6).join("\n"));
    expect(await session.ask(session.at(" = 0"))).toEqual({ edits: [], reason: "upstream-empty" });
    expect(await session.ask(session.at(" = 0"))).toEqual({ edits: [], reason: "nothing-new" });
    expect(session.asked()).toHaveLength(1);
  });
});

describe("a silence has its reason", () => {
  test("no-changes: nothing was changed since the document was opened", async () => {
    const session = await openEditSession();
    session.open(point);
    expect(await session.ask(session.at("length"))).toEqual({ edits: [], reason: "no-changes" });
    expect(session.asked()).toEqual([]);
  });

  test("plan: requests are counted, and the person has not said that they want them", async () => {
    const session = await openEditSession({ enabled: "auto", sku: "free_limited_copilot" });
    session.open(point);
    session.replace("readonly x:", "readonly px:");
    const result = await session.ask(session.at(": number,"));
    expect(result).toEqual({ edits: [], reason: "plan" });
    expect(session.asked()).toEqual([]);
  });

  test.each([
    ["a paid plan", "yearly_subscriber_quota"],
    ["a plan for students", "free_educational_quota"],
  ])("%s is asked, though its name holds a quota", async (_plan, sku) => {
    const session = await openEditSession({ enabled: "auto", sku });
    session.open(point);
    session.replace("readonly x:", "readonly px:");
    session.answerWith(renamed);
    expect((await session.ask(session.at(": number,"))).edits).toHaveLength(1);
  });

  test("excluded: neither is a file asked about that is kept back, nor is its history told of", async () => {
    const session = await openEditSession();
    const secret = "file:///project/.env";
    session.open("PASSWORD=first\n", secret);
    session.replace("first", "second", secret);
    expect(await session.ask({ line: 0, character: 3 }, secret)).toEqual({
      edits: [],
      reason: "excluded",
      detail: "completion.excludeGlobs keeps this file from being sent.",
    });
    session.open(point);
    session.replace("readonly x:", "readonly px:");
    session.answerWith(renamed);
    await session.ask(session.at(": number,"));
    expect(JSON.stringify(session.bodies())).not.toMatch(/PASSWORD|second|\.env/);
  });

  test("superseded: the older question is answered at once when a newer one comes", async () => {
    const session = await renaming();
    session.answerWith(renamed, { firstByteDelayMs: 1_500 });
    const older = session.send(session.at(": number,"), { byHand: true });
    await expect.poll(() => session.asked().length).toBe(1);
    const newer = session.send(session.at(": number,"), { byHand: true });
    expect(await older.answer).toEqual({ edits: [], reason: "superseded" });
    expect((await newer.answer).edits).toHaveLength(1);
    expect(session.asked()).toHaveLength(1);
  });

  test("stale: the question is about another version", async () => {
    const session = await renaming();
    const { answer } = session.send(session.at(": number,"), { version: 1 });
    expect(await answer).toEqual({ edits: [], reason: "stale" });
  });

  test("limited: the budget of next edits is used up, and that of completions is not", async () => {
    const session = await renaming({
      environment: { COPILOT_LSP_EDITS_BURST: "1", COPILOT_LSP_EDITS_PER_MINUTE: "1" },
    });
    session.answerWith("");
    await session.ask(session.at(": number,"));
    session.replace("readonly y:", "readonly py:");
    expect(await session.ask(session.at("y: number)"))).toEqual({ edits: [], reason: "limited" });
    const position = session.at("\n  }");
    const completions = await session.editor.inlineCompletion("file:///project/src/point.ts", position).answer;
    expect(completions).toHaveProperty("items");
  });

  test("filtered: what came takes back what was just done", async () => {
    const session = await renaming();
    session.answerWith(point.split("\n").slice(0, 7).join("\n"));
    expect(await session.ask(session.at(": number,"))).toEqual({ edits: [], reason: "filtered" });
  });

  test("a refusal of the service is a reason, and what is asked next waits as long as it said", async () => {
    const session = await renaming();
    const headers = { "retry-after": "30" };
    session.machine.emulator.script("chat-completions", { kind: "status", status: 429, headers });
    expect(await session.ask(session.at(": number,"))).toEqual({ edits: [], reason: "limited" });
    expect(await session.ask(session.at(": number,"))).toEqual({ edits: [], reason: "limited" });
    expect(session.asked()).toHaveLength(1);
  });

  test("wrong params are an error", async () => {
    const session = await openEditSession();
    await expect(session.editor.request("textDocument/copilotInlineEdit", {})).rejects.toMatchObject({ code: -32602 });
  });
});

describe("what is sent", () => {
  test("holds no token, also where the window shows the middle of a private key", async () => {
    const key = [
      "-----BEGIN PRIVATE KEY-----",
      ...Array.from({ length: 40 }, (_, line) => `KEY${line}`.padEnd(64, "A")),
      "-----END PRIVATE KEY-----",
    ];
    const session = await openEditSession();
    const text = [
      "const token = 'ghp_0123456789012345678901234567890123456789';",
      "const pem = `",
      ...key,
      "`;",
      "let a = 1;",
      "use(a);",
      "",
    ].join("\n");
    session.open(text);
    session.replace("let a", "let total");
    const lines = session.text().split("\n");
    const at = lines.indexOf("let total = 1;");
    session.answerWith(
      lines
        .slice(at - 2, at + 3)
        .join("\n")
        .replace("use(a)", "use(total)"),
    );
    const { edits } = await session.ask({ line: at, character: 9 });
    const sent = JSON.stringify(session.bodies());
    expect(sent).not.toContain("ghp_0123456789");
    expect(sent).not.toMatch(/KEY\d/);
    expect(edits).toMatchObject([{ text: "use(total);" }]);
  });

  test("names files by their paths in the workspace", async () => {
    const session = await renaming();
    session.open("import { Point } from './point';\n", "file:///project/src/use.ts");
    session.replace("Point", "Dot", "file:///project/src/use.ts");
    session.answerWith("");
    await session.ask(session.at(": number,"));
    expect(JSON.stringify(session.bodies())).not.toContain("/project");
    expect(JSON.stringify(session.bodies())).toContain("code_snippet_file_path: src/use.ts");
  });
});

test("a request that is cancelled ends at the service too, when nobody asks again", async () => {
  const session = await renaming();
  session.answerWith(renamed, { firstByteDelayMs: 60_000 });
  const sent = session.send(session.at(": number,"), { byHand: true });
  await expect.poll(() => session.asked().length).toBe(1);
  sent.cancel();
  await expect(sent.answer).rejects.toMatchObject({ code: -32800 });
  await expect(session.asked()[0]?.ended).resolves.toBe("left");
});

test("a model that the service does not have is replaced by the next of its list", async () => {
  const session = await renaming();
  session.machine.emulator.script("chat-completions", { kind: "status", status: 404, body: "model not found" });
  session.answerWith(renamed);
  const { edits } = await session.ask(session.at(": number,"));
  expect(edits).toHaveLength(1);
  expect(session.bodies().map(({ model }) => model)).toEqual(["edit-model", "copilot-nes-oct"]);
});
