// What next edits cost those who do not ask for them, and what they keep.

import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import type { DocumentText } from "../../shared/documents.ts";
import { createRecorder } from "../../server/edits/history/recorder.ts";
import { applyEdit } from "../../server/lsp/documents/text/apply-edit.ts";
import { BlockText } from "../../server/lsp/documents/text/block-text.ts";
import { untilHttp } from "../house/support/stage.ts";
import { heldBytes } from "../support/heap.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createOfflineEdits } from "./support/offline-edits.ts";
import { openEditSession } from "./support/edit-session.ts";

const dist = resolve(import.meta.dirname, "../../dist");

describe("the built program", () => {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .map((name) => ({ name: basename(name), text: readFileSync(join(dist, name), "utf8") }));
  const holding = (words: string): readonly string[] =>
    files.filter(({ text }) => text.includes(words)).map(({ name }) => name);
  /** What is loaded together with a file: `import` of names, and of a whole chunk for its effects. */
  const loadedWith = (name: string): ReadonlySet<string> => {
    const loaded = new Set([name]);
    for (const one of loaded) {
      const text = files.find((file) => file.name === one)?.text ?? "";
      for (const [, target = ""] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/(?:chunks\/)?([^"]+)"/g))
        loaded.add(target);
    }
    return loaded;
  };

  test("loads nothing of prompts, answers and the service of edits before somebody asks for one", () => {
    const services = files.find(({ name }) => name.startsWith("services-"));
    const early = loadedWith(services?.name ?? "");
    expect(early.size).toBeGreaterThan(3);
    const late = ["area_around_code_to_edit", "copilot-nes-oct", "x-agent-task-id", "NESChat"].flatMap(holding);
    expect(late.length).toBeGreaterThan(3);
    expect(late.filter((name) => early.has(name))).toEqual([]);
  });
});

describe("the history", () => {
  const line = "const value = compute(first, second);\n";

  /** Types a character at one of many places of a long document, so often. */
  function typeInto(observe: boolean, keys: number): { readonly keep: unknown } {
    let text = BlockText.of(line.repeat(12_000));
    const recorder = createRecorder({ clock: createManualClock(), mayRecord: () => true });
    recorder.observer.opened({ id: "a", languageId: "typescript", path: "a.ts", file: undefined, text: () => text });
    for (let key = 0; key < keys; key += 1) {
      const start = text.lineStart((key * 37) % 11_000);
      const { text: next, lines } = applyEdit(text, { start, end: start, text: "x" });
      text = next;
      if (observe) recorder.observer.changed("a", lines);
    }
    return { keep: [recorder, text] };
  }

  test("holds at most 3 MB more after 1,000 edits of a long document", () => {
    typeInto(true, 100);
    const kept: unknown[] = [];
    const before = heldBytes();
    kept.push(typeInto(false, 1_000));
    const without = heldBytes() - before;
    const between = heldBytes();
    kept.push(typeInto(true, 1_000));
    const withHistory = heldBytes() - between;
    expect(kept).toHaveLength(2);
    expect((withHistory - without) / 1024 / 1024).toBeLessThan(3);
  });

  test("reads no text when a key is pressed", () => {
    const unread: DocumentText = {
      length: 1_000,
      lineCount: 100,
      slice: () => expect.fail("a key made the history read the text"),
      lines: () => expect.fail("a key made the history read the text"),
      lineStart: () => expect.fail("a key made the history read the text"),
    };
    const recorder = createRecorder({ clock: createManualClock(), mayRecord: () => true });
    recorder.observer.opened({ id: "a", languageId: "text", path: "a", file: undefined, text: () => unread });
    for (let key = 0; key < 100; key += 1) {
      const at = key % 7;
      recorder.observer.changed("a", { startLine: at, endLine: at, newEndLine: at + (key % 2) });
    }
    expect(recorder.entries().length).toBeGreaterThan(5);
  });
});

test("hundreds of edits that were offered and made leave at most a megabyte behind, in a long document", async () => {
  const line = "const value = compute(first, second);\n";
  // Another name each time: what is done with the same one again nobody is asked about.
  let name = "";
  const edits = createOfflineEdits((window) => window.replace(/use\(old/, `use(${name}`));
  let text = BlockText.of(`${line.repeat(4)}let old = 1;\nuse(old);\n`.repeat(2_000));
  const id = "file:///a.ts";
  edits.documents.opened({ id, languageId: "typescript", path: "a.ts", file: undefined, text: () => text });
  const replace = (start: number, length: number, by: string): void => {
    const { text: next, lines } = applyEdit(text, { start, end: start + length, text: by });
    text = next;
    edits.documents.changed(id, lines);
  };
  const makeOne = async (index: number): Promise<void> => {
    const at = index * 6 + 4;
    name = `now${index}`;
    replace(text.lineStart(at) + 4, 3, name);
    const request = { kind: "document", documentId: id, line: at, character: 7, trigger: "invoked" } as const;
    expect(await edits.ask(request)).toMatchObject({ kind: "edit", edit: { newText: `use(${name});` } });
    replace(text.lineStart(at + 1) + 4, 3, name);
  };
  for (let index = 0; index < 20; index += 1) await makeOne(index);
  const before = heldBytes();
  for (let index = 20; index < 220; index += 1) await makeOne(index);
  expect((heldBytes() - before) / 1024 / 1024).toBeLessThan(1);
  expect(edits.asked()).toBe(220);
});

test("a question waits until the input that came with it has been handled, such as one for a completion", async () => {
  const edits = createOfflineEdits((window) => window);
  let text = BlockText.of("a = 0;\nuse(b);\n");
  edits.documents.opened({ id: "a", languageId: "typescript", path: "a.ts", file: undefined, text: () => text });
  const request = { kind: "document", documentId: "a", line: 0, character: 5, trigger: "invoked" } as const;
  // Loads what answers.
  await edits.ask({ ...request, fromMemory: true });
  const made = applyEdit(text, { start: 4, end: 5, text: "1" });
  text = made.text;
  edits.documents.changed("a", made.lines);
  const input = new MessageChannel();
  const handled = new Promise<number>((resolve) => {
    input.port1.on("message", () => resolve(edits.asked()));
  });
  const asking = edits.ask(request);
  input.port2.postMessage("a completion");
  expect(await handled).toBe(0);
  await asking;
  expect(edits.asked()).toBe(1);
  input.port1.close();
});

test("completions are asked for and answered while next edits of many documents wait for the service for ever", async () => {
  const session = await openEditSession();
  const { emulator } = session.machine;
  const documents = Array.from({ length: 12 }, (_document, index) => `file:///project/src/part-${index}.ts`);
  emulator.script("chat-completions", { kind: "hang" }, { times: documents.length });
  const edits = documents.map((uri) => {
    session.open("count = 0;\nshow(count);\n\nfunction add(left, right) {\n  \n}\n", uri);
    session.replace("count = 0", "total = 0", uri);
    return session.send(session.at(" = 0", uri), { byHand: true, uri });
  });
  await expect.poll(() => session.asked().length).toBe(documents.length);
  for (const uri of documents) {
    const { answer } = session.editor.inlineCompletion(uri, { line: 4, character: 2 });
    expect(await answer).toMatchObject({ items: [{}] });
  }
  expect(emulator.callsTo("completions")).toHaveLength(documents.length);
  for (const edit of edits) {
    edit.cancel();
    await expect(edit.answer).rejects.toMatchObject({ code: -32800 });
  }
});

test("the budget that is left for next edits is told with the metrics", async () => {
  const session = await openEditSession();
  await untilHttp(session.machine, "/health", () => true);
  const left = async (): Promise<string | undefined> =>
    /^copilot_lsp_governor_left\{budget="edits"\} (\d+)$/m.exec(
      await (await fetch(`${session.machine.url}/metrics`)).text(),
    )?.[1];
  expect(await left()).toBe("50");
  session.open("let count = 0;\n");
  session.replace("let count", "let total");
  session.answerWith("");
  await session.ask(session.at(" = 0"));
  expect(await left()).toBe("49");
});
