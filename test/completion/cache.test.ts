// What is answered without asking the service: the suggestion on screen while it is typed, and answers given before.

import { describe, expect, it } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { plainText } from "../../shared/documents.ts";
import { CopilotError } from "../../shared/errors.ts";
import { heldBytes } from "../support/heap.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { type EngineOnEmulator, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { accept, documentRequest, itemsOf, promptRequest, textsOf } from "./support/requests.ts";

const js = (text: string, changes: Partial<DocumentRequest> = {}) =>
  documentRequest(text, { languageId: "javascript", ...changes });
const askCount = ({ emulator }: EngineOnEmulator) => emulator.callsTo("completions").length;

async function answering(...answers: readonly string[]): Promise<EngineOnEmulator> {
  const all = await engineOnEmulator();
  let next = 0;
  all.emulator.setModel(() => {
    next += 1;
    return [answers[next - 1] ?? "nothing(more);"];
  });
  return all;
}
const ask = ({ engine }: EngineOnEmulator, request: Parameters<typeof engine.complete>[1]) =>
  engine.complete(createTestCtx(), request);

describe("typing through a suggestion", () => {
  it("is answered from memory, with what is left of it", async () => {
    const all = await answering("lert(name);");
    expect(textsOf(await ask(all, js("function greet(name) {\n  a▮\n}\n")))).toEqual(["lert(name);"]);
    for (const [typed, left] of [
      ["al", "ert(name);"],
      ["alert", "(name);"],
      ["alert(name)", ";"],
    ]) {
      const result = await ask(all, js(`function greet(name) {\n  ${typed}▮\n}\n`));
      expect(textsOf(result)).toEqual([left]);
      expect(result).toMatchObject({ source: "typed-through" });
    }
    expect(askCount(all)).toBe(1);
  });

  it("is answered from memory when it is deleted again", async () => {
    const all = await answering("lert(name);");
    await ask(all, js("function greet(name) {\n  a▮\n}\n"));
    for (const typed of ["ale", "al", "a"]) {
      const result = await ask(all, js(`function greet(name) {\n  ${typed}▮\n}\n`));
      expect(result).toMatchObject({ items: [{ text: "alert(name);".slice(typed.length) }], source: "typed-through" });
    }
    expect(askCount(all)).toBe(1);
  });

  it("is answered from memory when a part of it was accepted, brackets of the editor's included", async () => {
    const all = await answering("log(one, two);");
    await ask(all, js("function greet(name) {\n  console.▮\n}\n"));
    const result = await ask(all, js("function greet(name) {\n  console.log(▮)\n}\n"));
    expect(result).toMatchObject({ items: [{ text: "one, two);", replaceAfter: 1 }], source: "typed-through" });
  });

  it("leaves the indentation of an empty line to the person", async () => {
    const all = await answering("    return name;");
    await ask(all, js("function greet(name) {\n  ▮\n}\n"));
    const result = await ask(all, js("function greet(name) {\n\t\tre▮\n}\n"));
    expect(textsOf(result)).toEqual(["turn name;"]);
    expect(askCount(all)).toBe(1);
  });

  it("goes on over the lines of a block", async () => {
    const all = await answering("\n    first();\n    second();");
    await ask(all, documentRequest("void main() {▮\n}\n"));
    const result = await ask(all, documentRequest("void main() {\n    first();\n    sec▮\n}\n"));
    expect(textsOf(result)).toEqual(["ond();"]);
    expect(askCount(all)).toBe(1);
  });

  it("goes on where the document is CRLF", async () => {
    const all = await answering("\n    first();\n    second();");
    await ask(all, documentRequest("void main() {▮\r\n}\r\n"));
    const result = await ask(all, documentRequest("void main() {\r\n    fi▮\r\n}\r\n"));
    expect(textsOf(result)).toEqual(["rst();\r\n    second();"]);
    expect(askCount(all)).toBe(1);
  });

  it("ends where the text goes another way, or has come to its end", async () => {
    const all = await answering("lert(name);", "wait it;", "there(is);");
    await ask(all, js("function greet(name) {\n  a▮\n}\n"));
    expect(await ask(all, js("function greet(name) {\n  aw▮\n}\n"))).toMatchObject({ source: "upstream" });
    expect(await ask(all, js("function greet(name) {\n  alert(name);▮\n}\n"))).toMatchObject({ source: "upstream" });
    expect(askCount(all)).toBe(3);
  });

  it("is not taken up in another document, nor when what stands below has changed", async () => {
    const all = await answering("lert(name);", "n(other);", "bove();");
    await ask(all, js("function greet(name) {\n  a▮\n}\n", { path: "a.js" }));
    const other = js("function greet(name) {\n  al▮\n}\n", { path: "b.js", documentId: "file:///b" });
    expect(await ask(all, other)).toMatchObject({ source: "upstream" });
    const below = js("function greet(name) {\n  al▮\n}\nmore();\n", { path: "a.js" });
    expect(await ask(all, below)).toMatchObject({ source: "upstream" });
  });

  it("is cut short when the person has turned the suggestion down", async () => {
    const all = await answering("lert(name);");
    const [item] = itemsOf(await ask(all, js("function greet(name) {\n  a▮\n}\n")));
    all.engine.rejected([item?.id ?? ""]);
    expect(await ask(all, js("function greet(name) {\n  al▮\n}\n"))).toMatchObject({ source: "cache" });
  });
});

describe("the cache", () => {
  const first = js("function greet(name) {\n  a▮\n}\n");
  const elsewhere = js("function other(name) {\n  b▮\n}\n");

  it("answers a question that was answered before, also from inside its answer", async () => {
    const all = await answering("lert(name);", "reak;");
    await ask(all, first);
    await ask(all, elsewhere);
    expect(await ask(all, first)).toMatchObject({ items: [{ text: "lert(name);" }], source: "cache" });
    await ask(all, elsewhere);
    const inside = js("function greet(name) {\n  alert▮\n}\n");
    expect(await ask(all, inside)).toMatchObject({ items: [{ text: "(name);" }], source: "cache" });
    expect(askCount(all)).toBe(2);
  });

  it("takes the answer that was given nearest to the cursor", async () => {
    const all = await answering("rt(near);", "lert(far);", "reak;");
    await ask(all, js("function greet(name) {\n  ale▮\n}\n"));
    await ask(all, first);
    await ask(all, elsewhere);
    expect(textsOf(await ask(all, js("function greet(name) {\n  aler▮\n}\n")))).toEqual(["t(near);"]);
  });

  it("does not mix the engines that are asked by name", async () => {
    const all = await answering("lert(name);", "bort();");
    await ask(all, first);
    expect(textsOf(await ask(all, { ...first, model: "gpt-41-copilot" }))).toEqual(["bort();"]);
  });

  it("is one for every document and every asker", async () => {
    const all = await answering("lert(name);");
    await ask(all, first);
    const copy = { ...first, documentId: "file:///copy" };
    expect(await ask(all, copy)).toMatchObject({ source: "cache" });
    const byProgram = { ...first, documentId: "file:///program", trigger: "script" } as const;
    expect(await ask(all, byProgram)).toMatchObject({ source: "cache" });
    expect(askCount(all)).toBe(1);
  });

  it("knows a bare prompt that is asked again", async () => {
    const all = await answering(" 1");
    await ask(all, promptRequest("x ="));
    expect(await ask(all, promptRequest("x ="))).toMatchObject({ items: [{ text: " 1" }], source: "cache" });
    expect(askCount(all)).toBe(1);
  });

  it("finds a place however much of a large document's head is left out", async () => {
    const all = await answering("lert(name);", "reak;");
    const head = "const filler = 1;\n".repeat(4_000);
    const at = (beforeOffset: number) => {
      const whole = js(`${head}function greet(name) {\n  a▮\n}\n`);
      return { ...whole, before: whole.before.slice(beforeOffset), beforeOffset };
    };
    await ask(all, at(20_000));
    await ask(all, elsewhere);
    expect(await ask(all, at(20_007))).toMatchObject({ source: "cache" });
    await ask(all, elsewhere);
    expect(await ask(all, at(0))).toMatchObject({ source: "cache" });
  });

  it("tells a document's start from the same lines in its middle", async () => {
    const all = await answering("lert(name);", "rrive();");
    await ask(all, first);
    const middle = js("const x = 1;\nfunction greet(name) {\n  a▮\n}\n");
    expect(textsOf(await ask(all, middle))).toEqual(["rrive();"]);
    expect(await ask(all, { ...first, beforeOffset: 100 })).toMatchObject({ source: "upstream" });
  });

  it("gives one line of a block where one line is wanted", async () => {
    const all = await answering("  first();\n  second();");
    await ask(all, js("function run() {\n  ▮\n}\n", { lines: "block" }));
    await ask(all, elsewhere);
    expect(textsOf(await ask(all, js("function run() {\n  f▮\n}\n", { documentId: "file:///x" })))).toEqual([
      "irst();",
    ]);
    expect(askCount(all)).toBe(2);
  });

  it("does not take one line for the block that is wanted", async () => {
    const all = await answering("  first();", "  first();\n  second();");
    await ask(all, js("function run() {\n  ▮\n}\n", { lines: "one" }));
    const block = js("function run() {\n  ▮\n}\n", { lines: "block", documentId: "file:///x" });
    expect(textsOf(await ask(all, block))).toEqual(["first();\n  second();"]);
  });

  it("knows that nothing comes, but asks again for a person who asks by hand", async () => {
    const all = await answering("", "");
    expect(await ask(all, first)).toMatchObject({ reason: "upstream-empty" });
    expect(await ask(all, first)).toMatchObject({ reason: "upstream-empty" });
    expect(askCount(all)).toBe(1);
    await ask(all, { ...first, trigger: "invoked" });
    expect(askCount(all)).toBe(2);
  });

  it("keeps nothing of a question that failed or was left", async () => {
    const all = await answering("lert(name);");
    all.emulator.script("completions", { kind: "stream", choices: [["lo"]], end: "reset" });
    await expect(ask(all, first)).rejects.toMatchObject({ code: "upstream-failed" });
    all.emulator.script("completions", { kind: "stream", choices: [["lo"]], end: "stall" });
    const ctx = createTestCtx();
    const reached = all.emulator.nextCall("completions");
    const left = all.engine.complete(ctx, first);
    const call = await reached;
    ctx.cancel();
    await expect(left).rejects.toBeDefined();
    await all.clock.advance(10);
    expect(await call.ended).toBe("left");
    expect(await ask(all, first)).toMatchObject({ items: [{ text: "lert(name);" }], source: "upstream" });
  });

  it("does not answer a program that wants chance, or several", async () => {
    const all = await answering();
    const request = promptRequest("x =", { n: 3 });
    await ask(all, request);
    await ask(all, request);
    await ask(all, promptRequest("x =", { temperature: 0.7 }));
    await ask(all, promptRequest("x =", { temperature: 0.7 }));
    expect(askCount(all)).toBe(4);
  });
});

describe("asking by hand for others at the same place", () => {
  const place = js("function greet(name) {\n  a▮\n}\n", { trigger: "invoked" });

  it("keeps what is there first, adds what is new, and knows it the next time", async () => {
    const all = await engineOnEmulator();
    all.emulator.setModel(({ n }) => (n === 1 ? ["lert(name);"] : ["bort();", "lert(name);", "ccept(name);"]));
    await ask(all, place);
    const others = { ...place, n: 3 };
    expect(textsOf(await ask(all, others))).toEqual(["lert(name);", "bort();", "ccept(name);"]);
    expect(textsOf(await ask(all, others))).toEqual(["lert(name);", "bort();", "ccept(name);"]);
    expect(all.emulator.callsTo("completions").map(({ body }) => (body as { n: number }).n)).toEqual([1, 3]);
  });
});

describe("an accepted suggestion", () => {
  it("is followed by a few lines where one line is the rule", async () => {
    const all = await answering("lert(name);", "\n  one();\n  two();\n  three();\n  four();");
    const request = js("function greet(name) {\n  a▮\n}\n");
    const [item] = itemsOf(await ask(all, request));
    all.engine.accepted(item?.id ?? "");
    const after = { ...request, ...(item && accept(request, item)) };
    expect(textsOf(await ask(all, after))).toEqual(["\n  one();\n  two();\n  three();"]);
    expect(all.emulator.callsTo("completions")[1]?.body).toMatchObject({ max_tokens: 200, stop: ["\n\n\n", "\n```"] });
  });

  it("is followed by one more line, soon, where a block is", async () => {
    const all = await answering("lert(name);", "\n  one();\n  two();");
    const request = documentRequest("void greet(name) {\n  a▮\n}\n");
    const [item] = itemsOf(await ask(all, request));
    all.engine.accepted(item?.id ?? "");
    const after = { ...request, ...(item && accept(request, item)) };
    expect(textsOf(await ask(all, after))).toEqual(["\n  one();"]);
    expect(all.emulator.callsTo("completions")[1]?.body).toMatchObject({ max_tokens: 20, stop: ["\n\n"] });
  });

  it("in part changes nothing but where the rest begins", async () => {
    const all = await answering("lert(name);");
    const request = js("function greet(name) {\n  a▮\n}\n");
    const [item] = itemsOf(await ask(all, request));
    all.engine.accepted(item?.id ?? "", { acceptedLength: 4 });
    expect(textsOf(await ask(all, js("function greet(name) {\n  alert▮\n}\n")))).toEqual(["(name);"]);
  });
});

describe("what is remembered", () => {
  // A part that is kept keeps all of the text; and each of these asks with a part of one.
  const longChars = 8 * 1024 * 1024;
  const long = (head: string, tail: string): string => `${head}\n${"x = 1\n".repeat(longChars / 6)}${tail}`;
  const ways: readonly (readonly [string, () => Parameters<EngineOnEmulator["engine"]["complete"]>[1]])[] = [
    ["prompt", () => promptRequest(long("", "remembered = "))],
    ["suffix", () => promptRequest("remembered = ", { after: long("\n", "") })],
    [
      "prompt that its path was cut out of",
      () => {
        const text = long("a/folder/with/a/long/name.py", "");
        // Flat, as it is when it has come over a wire.
        const path = Buffer.from(text).toString().slice(0, "a/folder/with/a/long/name.py".length);
        return promptRequest("remembered = ", { path });
      },
    ],
  ];

  it.each(ways)("does not keep a long %s alive", async (_what, request) => {
    const all = await answering("1;", "2;");
    await ask(all, promptRequest("first = "));
    const before = heldBytes();
    await ask(all, request());
    expect(askCount(all)).toBe(2);
    expect(heldBytes() - before).toBeLessThan(longChars / 4);
  });
});

describe("an answer whose prompt would be another one now", () => {
  const filler = "int filler = 0;\n".repeat(150);
  const uses = (definition: string) => documentRequest(`${definition}\n${filler}void main() {\n  use▮\n}\n`);

  it("is not reused after an edit above, out of sight of the cursor", async () => {
    const all = await answering("(old_name(1));", "(new_name(1));");
    expect(textsOf(await ask(all, uses("int old_name(int a);")))).toEqual(["(old_name(1));"]);
    expect(textsOf(await ask(all, uses("int new_name(int a);")))).toEqual(["(new_name(1));"]);
    expect(textsOf(await ask(all, uses("int old_name(int a);")))).toEqual(["(old_name(1));"]);
    expect(askCount(all)).toBe(2);
  });

  it("is not reused after an edit as far above as the prompt reaches", async () => {
    const all = await answering("(old_name(1));", "(new_name(1));");
    // Long words have few tokens.
    const words = "// configuration describes everything necessary here\n".repeat(600);
    const farUses = (definition: string) => documentRequest(`${definition}\n${words}void main() {\n  use▮\n}\n`);
    await ask(all, farUses("int old_name(int a);"));
    expect(all.emulator.callsTo("completions")[0]?.body).toMatchObject({ prompt: expect.stringContaining("old_name") });
    expect(textsOf(await ask(all, farUses("int new_name(int a);")))).toEqual(["(new_name(1));"]);
  });

  it("is not reused after an edit as far below as the prompt reaches", async () => {
    const all = await answering("(1);", "(2);");
    const words = "configuration describes everything necessary here\n".repeat(500);
    const prompt = (name: string) => promptRequest("remembered = ", { after: `\n${words}${name}\n` });
    await ask(all, prompt("one"));
    expect(all.emulator.callsTo("completions")[0]?.body).toMatchObject({ suffix: expect.stringContaining("one\n") });
    expect(textsOf(await ask(all, prompt("two")))).toEqual(["(2);"]);
  });

  it("is not reused after an edit far below", async () => {
    const all = await answering("(1);", "(2);");
    const below = (name: string) => documentRequest(`void main() {\n  use▮\n}\n${filler}int ${name};\n`);
    await ask(all, below("one"));
    expect(textsOf(await ask(all, below("two")))).toEqual(["(2);"]);
  });

  it("is not reused either when it was nothing", async () => {
    const all = await answering("", "(new_name(1));");
    expect(await ask(all, uses("int old_name(int a);"))).toMatchObject({ reason: "upstream-empty" });
    expect(await ask(all, uses("int old_name(int a);"))).toMatchObject({ reason: "upstream-empty" });
    expect(askCount(all)).toBe(1);
    expect(textsOf(await ask(all, uses("int new_name(int a);")))).toEqual(["(new_name(1));"]);
  });

  it("is not reused after a change in another document, and is after one in its own below what is sent", async () => {
    const all = await answering("(1);", "(2);");
    const open = (id: string): void =>
      all.engine.documents.opened({
        id,
        languageId: "java",
        path: id,
        file: `/w/${id}`,
        text: () => plainText("class Other { void helper() {} }\n"),
      });
    open("file:///a");
    open("file:///other");
    const request = uses("int name(int a);");
    await ask(all, request);
    all.engine.documents.changed("file:///a", { startLine: 1, endLine: 1, newEndLine: 1 });
    await ask(all, request);
    expect(askCount(all)).toBe(1);
    all.engine.documents.changed("file:///other", { startLine: 1, endLine: 1, newEndLine: 1 });
    expect(textsOf(await ask(all, request))).toEqual(["(2);"]);
  });

  it("is given up while it is under way", async () => {
    const all = await answering("(old_name(1));", "(new_name(1));");
    const held = all.emulator.hold("completions");
    const older = ask(all, uses("int old_name(int a);"));
    await held.reached;
    const newer = ask(all, uses("int new_name(int a);"));
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    held.release();
    expect(textsOf(await newer)).toEqual(["(new_name(1));"]);
  });
});

describe("signing out", () => {
  const signedOut = new CopilotError("signed-out", "Signed out.");

  it("leaves nothing to answer from", async () => {
    const all = await answering("one;", "two;");
    const request = js("function greet(name) {\n  a▮\n}\n");
    await ask(all, request);
    all.engine.forget(signedOut);
    expect(textsOf(await ask(all, request))).toEqual(["two;"]);
  });

  it("ends what is under way", async () => {
    const all = await answering("one;");
    const held = all.emulator.hold("completions");
    const asked = ask(all, js("function greet(name) {\n  a▮\n}\n"));
    await held.reached;
    all.engine.forget(signedOut);
    await expect(asked).rejects.toBe(signedOut);
    held.release();
  });
});
