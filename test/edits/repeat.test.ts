// A name that was replaced twice is replaced in the rest of its block without another request, as long as the person wants
// it: what an editor sees, and what the service is asked.

import { describe, expect, test } from "vitest";
import type { InlineEditResult } from "../../shared/lsp.ts";
import { type EditSession, main, openEditSession } from "./support/edit-session.ts";

const steps = (count: number): string => "step();\n".repeat(count);
/** Four places, each too far from the others for one window. */
const program = `count = 0;\nadd(count);\n${steps(40)}show(count);\n${steps(40)}keep(count);\n`;

/** A session with a model that changes nothing unless a test says what it answers. */
async function openSession(environment: Readonly<Record<string, string>> = {}): Promise<EditSession> {
  const session = await openEditSession({ environment });
  session.machine.emulator.setEditModel(({ prediction = "" }) => prediction);
  return session;
}

/** `let count` was renamed by hand, and the first of the model's edits was taken. */
async function renamed(
  text: string,
  options: { readonly answer?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<EditSession> {
  const session = await openSession(options.environment);
  session.open(text);
  session.replace("count", "total");
  const lines = session.text().split(/\r\n|\n/);
  session.answerWith(
    options.answer ?? [lines[0], lines[1]?.replace("count", "total"), ...lines.slice(2, 6)].join("\n"),
  );
  const { edits } = await session.ask({ line: 0, character: 9 });
  session.apply(edits[0]);
  expect(session.text().split("total")).toHaveLength(3);
  return session;
}

/** Takes what is offered, each where the one before was, until nothing is; answers all of them. */
async function takeAll(session: EditSession, line = 1): Promise<readonly (string | undefined)[]> {
  const taken: (string | undefined)[] = [];
  let at = line;
  for (;;) {
    const { edits } = await session.send({ line: at, character: 0 }).answer;
    const [edit] = edits;
    if (!edit) return taken;
    taken.push(edit.text);
    session.apply(edit);
    at = edit.range.start.line;
  }
}

async function offered(session: EditSession, line = 1): Promise<InlineEditResult> {
  return session.ask({ line, character: 0 });
}

async function reject(session: EditSession, { edits }: InlineEditResult): Promise<void> {
  await session.editor.request("notifyNextEditRejected", { uuids: edits[0]?.command.arguments });
}

describe("a name that was renamed by hand, and once more as the model said", () => {
  test("is renamed in all other places without a request, the nearest first, and then nobody is asked", async () => {
    const session = await renamed(program);
    expect(await takeAll(session)).toEqual(["show(total);", "keep(total);"]);
    expect(session.text()).toBe(program.replaceAll("count", "total"));
    expect(session.asked()).toHaveLength(1);
  });

  test("is the same offer while nothing changes, and follows what is typed above it", async () => {
    const session = await renamed(program);
    const first = await offered(session);
    expect(await offered(session)).toEqual(first);
    session.replace("step();", "// Now.\nstep();");
    const moved = await offered(session);
    expect(moved.edits).toMatchObject([{ text: "show(total);", range: { start: { line: 43 } } }]);
    expect(session.asked()).toHaveLength(1);
  });

  test("is renamed on lines one below another at once", async () => {
    const session = await renamed(`count = 0;\nadd(count);\n${steps(40)}show(count);\nkeep(count);\n`);
    expect(await takeAll(session)).toEqual(["show(total);\nkeep(total);"]);
  });

  test("keeps the document's own line ends", async () => {
    const text = program.replaceAll("\n", "\r\n").replace("show(count);", "show(count);\r\nmore(count);");
    const session = await renamed(text);
    await takeAll(session);
    expect(session.text()).toBe(text.replaceAll("count", "total"));
    expect(session.asked()).toHaveLength(1);
  });

  test("stays as it is inside a longer word, in strings and comments, as a member, and as a key", async () => {
    const rest = [
      "counter(count_1);",
      'say("count");',
      "// The count.",
      "other.count();",
      "make({ count: 1 });",
      "call(`${count} and count`);",
      "",
    ].join("\n");
    const session = await renamed(`count = 0;\nadd(count);\n${steps(40)}${rest}`);
    expect(await takeAll(session)).toEqual(["call(`${total} and count`);"]);
  });

  test("stays as it is where a function has it as a name of its own, and is renamed where it does not", async () => {
    const functions = [
      "function one(count) {",
      "  return count;",
      "}",
      "function two() {",
      "  const count = 1;",
      "  return count;",
      "}",
      "function three() {",
      "  return count;",
      "}",
      "",
    ].join("\n");
    const session = await renamed(`count = 0;\nadd(count);\n${steps(40)}${functions}`);
    expect((await offered(session)).edits).toMatchObject([{ text: "  return total;", range: { start: { line: 50 } } }]);
  });

  test("is left alone where the person writes it again", async () => {
    const session = await renamed(program);
    session.replace("keep(count);", "keep(count, 1);");
    expect(await takeAll(session)).toEqual(["show(total);"]);
  });
});

describe("a repeated change ends", () => {
  test("when one of them is turned down: the service is asked where the name still stands", async () => {
    const session = await renamed(program);
    await reject(session, await offered(session));
    expect(await offered(session)).toMatchObject({ edits: [] });
    expect(session.asked()).toHaveLength(2);
    expect(session.bodies()[1]?.messages[1]?.content).toContain("<|cursor|>show(count);");
  });

  test("when one of them is taken back", async () => {
    const session = await renamed(program);
    const { edits } = await offered(session);
    session.apply(edits[0]);
    await offered(session, 42);
    session.replace("show(total)", "show(count)");
    expect(await offered(session, 42)).toMatchObject({ edits: [] });
  });

  test("when the person takes the new name back where it was first", async () => {
    const session = await renamed(program);
    await offered(session);
    session.replace("total = 0", "count = 0");
    expect(await offered(session, 0)).toMatchObject({ edits: [] });
  });

  test("when the model sees the name and leaves it as it is, until it is replaced once more", async () => {
    const session = await renamed(program, {
      answer: "total = 0;\nadd(total);\nstep();\nstep();\nstep();\nstep();",
    });
    session.replace("step();", "stop();");
    expect((await offered(session, 2)).edits).toHaveLength(1);
    const other = await openSession();
    other.open(`count = 0;\nadd(count);\nshow(count);\n${steps(40)}keep(count);\n`);
    other.replace("count", "total");
    other.answerWith("total = 0;\nadd(total);\nshow(count);\nstep();\nstep();\nstep();");
    other.apply((await other.ask({ line: 0, character: 9 })).edits[0]);
    expect((await offered(other)).edits).toEqual([]);
    other.replace("show(count)", "show(total)");
    expect((await offered(other, 2)).edits).toMatchObject([{ text: "keep(total);" }]);
  });

  test("when the person has been at other things since", async () => {
    const session = await renamed(program);
    for (let change = 0; change < 5; change += 1) {
      await offered(session);
      session.replace("step();\n", `stop(${change});\n`);
    }
    expect(await offered(session, 6)).toMatchObject({ edits: [] });
  });
});

describe("a change is not repeated", () => {
  test("in another document", async () => {
    const other = "file:///project/src/other.ts";
    const session = await renamed(program);
    session.open(program, other);
    session.replace("step();", "stop();", other);
    expect((await session.ask({ line: 2, character: 5 }, other)).edits).toEqual([]);
  });

  test("when the new name was in use before", async () => {
    const session = await renamed(`${program}${steps(40)}log(total);\n`.replace("log(total)", "log(sum)"));
    expect((await offered(session)).edits).toHaveLength(1);
    const used = await openSession();
    used.open(`${program}${steps(40)}log(total);\n`);
    used.replace("count", "total");
    used.answerWith("total = 0;\nadd(total);\nstep();\nstep();\nstep();\nstep();");
    used.apply((await used.ask({ line: 0, character: 9 })).edits[0]);
    expect(await offered(used)).toMatchObject({ edits: [] });
  });

  test("when lines were copied and are adapted", async () => {
    const block = "a = alpha;\nb = alpha;\n";
    const session = await openSession();
    session.open(`${block}${steps(40)}use(alpha);\n`);
    session.replace(block, `${block}${block.replaceAll("a =", "c =").replaceAll("b =", "d =")}`);
    await session.ask({ line: 2, character: 0 });
    session.replace("c = alpha", "c = beta");
    await session.ask({ line: 2, character: 8 });
    session.replace("d = alpha", "d = beta");
    expect(await session.ask({ line: 3, character: 8 })).toMatchObject({ edits: [] });
  });

  test("when a tool made all of it at once", async () => {
    const session = await openSession();
    session.open(program);
    session.replace("step();", "stop();");
    await session.ask({ line: 2, character: 5 });
    session.replace("count = 0", "total = 0");
    session.replace("add(count)", "add(total)");
    expect(await session.ask({ line: 1, character: 5 })).toMatchObject({ edits: [] });
  });

  test("when the person wants no jumps, beyond the lines around the cursor", async () => {
    const session = await renamed(`count = 0;\nadd(count);\n${steps(8)}show(count);\n${steps(40)}keep(count);\n`, {
      environment: { COPILOT_LSP_EDITS_JUMP: "off" },
    });
    expect((await offered(session)).edits).toMatchObject([{ text: "show(total);" }]);
    session.apply((await offered(session)).edits[0]);
    expect((await offered(session, 10)).edits).toEqual([]);
  });
});

test("what was renamed twice by hand is renamed in the rest, once the service has been asked", async () => {
  const session = await openSession();
  session.open(program);
  session.replace("count = 0", "total = 0");
  await session.ask({ line: 0, character: 9 });
  session.replace("show(count)", "show(total)");
  expect((await session.ask({ line: 50, character: 0 })).edits).toMatchObject([
    { text: "keep(total);", textDocument: { uri: main, version: 3 } },
  ]);
  // By hand it is asked about two places.
  expect(session.asked()).toHaveLength(2);
});
