// A declaration that gets another name leaves its uses without a meaning: they are offered the new name from then on, and
// nobody is asked, as long as the person wants it. Which places these are is in `declarations.test.ts`.

import { describe, expect, test } from "vitest";
import { applyEdit } from "../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../server/lsp/documents/text/block-text.ts";
import { createOfflineEdits } from "./support/offline-edits.ts";
import { type EditSession, main, openEditSession } from "./support/edit-session.ts";

const steps = (count: number): string => "step();\n".repeat(count);
/** Four places, each too far from the others for one window. */
const program = `let count = 0;\nadd(count);\n${steps(40)}show(count);\n${steps(40)}keep(count);\n`;

/** `old` gave way to `now`, and the model changes nothing. */
async function changed(
  text: string,
  old: string,
  now: string,
  options: Parameters<typeof openEditSession>[0] = {},
): Promise<EditSession> {
  const session = await openEditSession(options);
  session.machine.emulator.setEditModel(({ prediction = "" }) => prediction);
  session.open(text);
  session.replace(old, now);
  return session;
}

/** The text of what is offered; undefined where nothing is. */
async function offered(session: EditSession, line = 0): Promise<string | undefined> {
  return (await session.ask({ line, character: 0 })).edits[0]?.text;
}

/** Takes what is offered, each where the one before was, until nothing is. */
async function takeAll(session: EditSession): Promise<readonly string[]> {
  const taken: string[] = [];
  let line = 0;
  for (;;) {
    const { edits } = await session.send({ line, character: 0 }).answer;
    const [edit] = edits;
    if (!edit) return taken;
    taken.push(edit.text);
    session.apply(edit);
    line = edit.range.start.line;
  }
}

describe("a declaration that gets another name", () => {
  test("takes all its uses along, the nearest first, and nobody is asked, also when all is done", async () => {
    const session = await changed(program, "let count", "let total");
    expect(await takeAll(session)).toEqual(["add(total);", "show(total);", "keep(total);"]);
    expect(session.text()).toBe(program.replaceAll("count", "total"));
    expect(session.asked()).toEqual([]);
  });

  test("does so in its function alone when it is a parameter; the model is asked for the others", async () => {
    const body = `  add(count);\n${"  step();\n".repeat(12)}  show(count);\n`;
    const session = await changed(`function one(count) {\n${body}}\nshow(count);\n`, "one(count", "one(total");
    expect(await takeAll(session)).toEqual(["  add(total);", "  show(total);"]);
    expect(session.asked()).toHaveLength(1);
  });

  test("does so in lines that were written before, and not in those that were written since", async () => {
    const session = await changed("let count = 0;\nstep();\n\nuse(1);\n", "\n\nuse", "\nadd(count);\nuse");
    session.replace("let count", "let total");
    session.replace("use(1)", "use(count)");
    expect(await takeAll(session)).toEqual(["add(total);"]);
  });

  test("is offered to editors that ask for what is known, once it was offered", async () => {
    const session = await changed(program, "let count", "let total");
    const actions = async (): Promise<readonly unknown[]> =>
      session.editor.request("textDocument/codeAction", {
        textDocument: { uri: main },
        range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
        context: { diagnostics: [], triggerKind: 2 },
      });
    await session.ask({ line: 0, character: 0 });
    expect(JSON.stringify(await actions())).toContain("apply next edit");
    expect(session.asked()).toEqual([]);
  });

  test("takes only those around the cursor along where the person wants no jumps", async () => {
    const session = await changed(program, "let count", "let total", {
      environment: { COPILOT_LSP_EDITS_JUMP: "off" },
    });
    expect(await takeAll(session)).toEqual(["add(total);"]);
  });
});

describe("its uses are no longer offered", () => {
  test("when one of them is turned down: the model is asked", async () => {
    const session = await changed(program, "let count", "let total");
    const { edits } = await session.ask({ line: 0, character: 0 });
    await session.editor.request("notifyNextEditRejected", { uuids: edits[0]?.command.arguments });
    expect(await offered(session)).toBeUndefined();
    expect(session.asked().length).toBeGreaterThan(0);
  });

  test("when the old name is written again where it was declared", async () => {
    const session = await changed(program, "let count", "let total");
    expect(await offered(session)).toBe("add(total);");
    session.replace("let total", "let count");
    expect(await offered(session)).toBeUndefined();
  });

  test("when one of them was taken and taken back", async () => {
    const session = await changed(program, "let count", "let total");
    session.apply((await session.ask({ line: 0, character: 0 })).edits[0]);
    await offered(session, 1);
    session.replace("add(total)", "add(count)");
    expect(await offered(session, 1)).toBeUndefined();
  });

  test("when the name is declared again", async () => {
    const session = await changed(program, "let count", "let total");
    expect(await offered(session)).toBe("add(total);");
    session.replace("keep(count);\n", "keep(count);\nlet count = 1;\n");
    expect(await offered(session, 84)).toBeUndefined();
  });

  test("when the person has been at other things since", async () => {
    const session = await changed(program, "let count", "let total");
    for (let change = 0; change < 5; change += 1) session.replace("step();\n", `stop(${change});\n`);
    expect(await offered(session, 6)).toBeUndefined();
  });
});

test.each<[string, string, string, string]>([
  ["the new name was in use", "let count = 0;\nadd(count);\nuse(total);\n", "let count", "let total"],
  ["the old name is too short", "let at = 0;\nadd(at);\n", "let at", "let place"],
  ["more than the name was changed", "let count = 0;\nadd(count);\n", "let count = 0", "let total = 10"],
  [
    "the declaration was moved",
    "let count = 0;\nadd(count);\n",
    "let count = 0;\nadd(count);\n",
    "add(count);\nlet count = 0;\n",
  ],
  ["a use was changed", "let count = 0;\nadd(count);\nshow(count);\n", "add(count)", "add(total)"],
])("nothing is offered without the model when %s", async (_, text, old, now) => {
  const session = await changed(text, old, now);
  expect(await offered(session)).toBeUndefined();
  expect(session.asked().length).toBeGreaterThan(0);
});

test("nothing is offered without the model in a block that was copied and is adapted", async () => {
  const block = "function one(count) {\n  add(count);\n}\n";
  const session = await changed(block, block, `${block}${block.replace("one", "two")}`);
  session.replace("two(count", "two(total");
  expect(await offered(session, 3)).toBeUndefined();
  expect(session.asked().length).toBeGreaterThan(0);
});

test("nothing is offered on a plan that counts requests before the person turned it on", async () => {
  const session = await changed(program, "let count", "let total", { enabled: "auto", sku: "free_limited_copilot" });
  expect(await session.ask({ line: 0, character: 0 })).toMatchObject({ edits: [], reason: "plan" });
});

test("a name is taken for whole when the typing rests, and not before", async () => {
  const edits = createOfflineEdits((window) => window);
  const request = { kind: "document", documentId: "a", trigger: "typed", line: 0, character: 7 } as const;
  let text = BlockText.of("let count = 0;\nadd(count);\n");
  const replace = (start: number, end: number, now: string): void => {
    const made = applyEdit(text, { start, end, text: now });
    text = made.text;
    edits.documents.changed("a", made.lines);
  };
  const known = async (): Promise<string> => {
    const result = await edits.ask({ ...request, fromMemory: true });
    return result.kind === "edit" ? result.edit.newText : result.reason;
  };
  edits.documents.opened({ id: "a", languageId: "typescript", path: "a.ts", file: undefined, text: () => text });
  // What is loaded by the first question takes no virtual time.
  await known();
  replace(4, 9, "tot");
  const startedMs = edits.clock.monotonicMs();
  await edits.clock.advance(300);
  expect(await known()).toBe("not-asked");
  expect(await edits.ask(request)).toMatchObject({ kind: "edit", source: "repeat", edit: { newText: "add(tot);" } });
  expect(edits.clock.monotonicMs() - startedMs).toBe(1_000);
  expect(await known()).toBe("add(tot);");
  replace(7, 7, "al");
  expect(await known()).toBe("not-asked");
  expect(await edits.ask(request)).toMatchObject({ edit: { newText: "add(total);" } });
  expect(edits.asked()).toBe(0);
});
