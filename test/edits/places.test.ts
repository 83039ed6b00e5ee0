// Where a next edit is looked for besides the cursor, without asking anybody: in what the last edits left behind, and in
// what the editor reports.

import { describe, expect, test } from "vitest";
import type { InlineEditResult } from "../../shared/lsp.ts";
import { type EditSession, main, openEditSession } from "./support/edit-session.ts";

const other = "file:///project/src/other.ts";

const steps = (count: number): string => Array.from({ length: count }, (_, index) => `step(${index});\n`).join("");

/** The lines that the latest request lets the model rewrite. */
function window(session: EditSession): readonly string[] {
  return (session.bodies().at(-1)?.prediction?.content ?? "").split("\n");
}

function cursorLine(session: EditSession): string | undefined {
  return session
    .bodies()
    .at(-1)
    ?.messages[1]?.content.split("\n")
    .find((line) => line.includes("<|cursor|>"));
}

async function changed(text: string, old: string, now: string): Promise<EditSession> {
  const session = await openEditSession();
  session.open(text);
  session.replace(old, now);
  return session;
}

/** The model has nothing to change around the cursor. */
function answerNothing(session: EditSession, count = 1): void {
  for (let times = 0; times < count; times += 1) session.answerWith("");
}

describe("when nothing has to change around the cursor", () => {
  test("a word that the edit replaced is looked for, and further ones below it are in the same window", async () => {
    const use = (name: string): string => `use(${name});\n${steps(8)}`;
    const session = await changed(
      `count = 0;\n${steps(40)}${use("count")}${use("count")}${use("count")}`,
      "count = 0",
      "total = 0",
    );
    answerNothing(session);
    await session.ask(session.at(" = 0"));
    expect(session.asked()).toHaveLength(1);
    expect(cursorLine(session)).toBe("<|cursor|>use(count);");
    expect(window(session).filter((line) => line === "use(count);")).toHaveLength(3);
  });

  test("one that is too far below is left for later", async () => {
    const session = await changed(
      `count = 0;\n${steps(40)}use(count);\n${steps(40)}use(count);\n`,
      "count = 0",
      "total = 0",
    );
    answerNothing(session, 2);
    await session.ask(session.at(" = 0"));
    expect(window(session).filter((line) => line === "use(count);")).toHaveLength(1);
    expect(window(session)).toHaveLength(8);
  });

  test("only what follows from the edit is offered there, and not what the model changes beside it", async () => {
    const text = `count = 0;\n${steps(40)}show();\nkeep();\nuse(count);\n${steps(5)}`;
    const session = await changed(text, "count = 0", "total = 0");
    session.machine.emulator.setEditModel(({ prediction = "" }) =>
      prediction.replace("show();", "hide();").replace("use(count)", "use(total)"),
    );
    expect((await session.ask(session.at(" = 0"))).edits.map(({ text }) => text)).toEqual(["use(total);"]);
  });

  test("what follows from an edit of another file is offered there, too", async () => {
    const session = await openEditSession();
    session.open("export function show() {}\n", other);
    session.open(`count = 0;\n${steps(40)}show();\nkeep();\nuse(count);\n${steps(5)}`);
    session.replace("show", "reveal", other);
    session.replace("count = 0", "total = 0");
    session.machine.emulator.setEditModel(({ prediction = "" }) =>
      prediction.replace("show();", "reveal();").replace("use(count)", "use(total)"),
    );
    const { edits } = await session.ask(session.at(" = 0"));
    expect(edits.map(({ text }) => text).join("\n")).toContain("reveal();");
  });

  test("a line like the one that got a neighbour is looked for", async () => {
    const text = `class Point {\n  x = 0;\n${steps(40)}  copy() {\n    const other = {\n      x: this.x,\n    };\n  }\n}\n`;
    const session = await changed(text, "  x = 0;\n", "  x = 0;\n  z = 0;\n");
    answerNothing(session, 2);
    await session.ask(session.at("  z"));
    expect(cursorLine(session)).toBe("      <|cursor|>x: this.x,");
  });

  test("also when a line was opened first and then written on", async () => {
    const text = `class Point {\n  x = 0;\n${steps(40)}  copy() {\n    const other = {\n      x: this.x,\n    };\n  }\n}\n`;
    const session = await changed(text, "  x = 0;\n", "  x = 0;\n   \n");
    session.replace("   ", "  z = 0;");
    answerNothing(session, 2);
    await session.ask(session.at("  z"));
    expect(cursorLine(session)).toBe("      <|cursor|>x: this.x,");
    expect(session.asked()).toHaveLength(1);
  });

  test("but not one that has such a neighbour already", async () => {
    const session = await changed(
      `a = {\n  x: 1,\n};\n${steps(40)}b = {\n  x: 2,\n  z: 2,\n};\n`,
      "  x: 1,\n",
      "  x: 1,\n  z: 1,\n",
    );
    answerNothing(session);
    expect(await session.ask(session.at("  z: 1"))).toMatchObject({ edits: [], reason: "upstream-empty" });
    expect(session.asked()).toHaveLength(1);
  });

  test.each<[string, string, string, boolean]>([
    ["one argument more", "show(1)", "show(1, 2)", true],
    ["one argument less", "show(1, 2)", "show(1)", true],
    ["its first argument", "show()", "show(1)", true],
    ["no argument any more", "show(1)", "show()", true],
    ["another number", "show(10)", "show(20)", false],
    ["another text", 'show("a b")', 'show("a c d")', false],
    ["another argument in the place of one", "show(1, a)", "show(1, -a)", false],
  ])("other calls are looked for where one got more or less: %s", async (_, old, now, isLookedFor) => {
    const session = await changed(`${old};\n${steps(40)}show(3, 4);\n`, old, now);
    answerNothing(session, 2);
    await session.ask(session.at(";"));
    const prompts = session.bodies().map(({ messages }) => messages[1]?.content ?? "");
    expect(prompts.some((prompt) => prompt.includes("<|cursor|>show(3, 4);"))).toBe(isLookedFor);
  });

  test("a line that the editor reports an error on is looked at, and no line of a warning", async () => {
    const session = await changed(
      `let count = 0;\n${steps(60)}bad(1);\n${steps(60)}odd(1);\n`,
      "let count",
      "var count",
    );
    const problem = (line: number, severity: string) => ({
      severity,
      message: "wrong",
      range: { start: { line, character: 0 }, end: { line, character: 3 } },
    });
    answerNothing(session, 2);
    const result = await session.editor.request<InlineEditResult>("textDocument/copilotInlineEdit", {
      textDocument: { uri: main, version: 2 },
      position: session.at(" = 0"),
      context: { triggerKind: 1 },
      diagnostics: [problem(122, "warning"), problem(61, "error")],
    });
    expect(result.edits).toEqual([]);
    expect(session.asked()).toHaveLength(2);
    expect(cursorLine(session)).toBe("<|cursor|>bad(1);");
  });
});

describe("once all edits of an answer are taken", () => {
  const text = "count = 0;\nuse(count);\n";

  test("nobody is asked when they left nothing behind", async () => {
    const session = await changed(text, "count = 0", "total = 0");
    session.answerWith("total = 0;\nuse(total);\n");
    const { edits } = await session.ask(session.at(" = 0"));
    session.apply(edits[0]);
    expect(await session.send(session.at("use")).answer).toEqual({ edits: [], reason: "nothing-new" });
    expect(session.asked()).toHaveLength(1);
  });

  test("the service is asked again when something else was typed as well", async () => {
    const session = await changed(text, "count = 0", "total = 0");
    session.answerWith("total = 0;\nuse(total);\n");
    const { edits } = await session.ask(session.at(" = 0"));
    session.apply(edits[0]);
    session.replace("use(", "useAll(");
    answerNothing(session);
    expect(await session.send(session.at("useAll")).answer).toMatchObject({ reason: "upstream-empty" });
    expect(session.asked()).toHaveLength(2);
  });
});

describe("what is not offered has a reason", () => {
  test("filtered: the answer did not pass the checks", async () => {
    const session = await changed("count = 0;\n", "count = 0", "total = 0");
    session.answerWith("Sorry, I can't assist with that.\n");
    expect(await session.ask(session.at(" = 0"))).toEqual({ edits: [], reason: "filtered" });
  });

  test("filtered: the same edit was turned down before", async () => {
    const session = await changed("count = 0;\nuse(count);\n", "count = 0", "total = 0");
    const answer = "total = 0;\nuse(total);\n";
    session.answerWith(answer);
    const { edits } = await session.ask(session.at(" = 0"));
    await session.editor.request("notifyNextEditRejected", { uuids: edits[0]?.command?.arguments });
    session.replace(" = 0;", " = 10;");
    session.answerWith(answer.replace("0", "10"));
    session.answerWith(answer.replace("0", "10"));
    expect(await session.ask(session.at(" = 10"))).toEqual({ edits: [], reason: "filtered" });
  });
});
