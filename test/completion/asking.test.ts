// What goes over the wire for a request, and what is never asked.

import { describe, expect, it } from "vitest";
import type { CompletionRequest, DocumentRequest } from "../../shared/completion.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { askedOf, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest, textsOf, usualSettings } from "./support/requests.ts";

async function bodyFor(request: CompletionRequest, changes = {}) {
  const { engine, emulator } = await engineOnEmulator(changes);
  emulator.setModel(() => ["x"]);
  await engine.complete(createTestCtx(), request);
  expect(emulator.callsTo("completions")).toHaveLength(1);
  return askedOf(emulator.callsTo("completions")[0]);
}

const fib = "import os\n\ndef fib(n):\n    ▮\n\nprint(fib(3))\n";

describe("the question", () => {
  it("is what the official server asks in a Python function", async () => {
    const { extra, ...body } = await bodyFor(documentRequest(fib, { languageId: "python", path: "a.py" }));

    expect(body).toEqual({
      prompt: "# Path: a.py\nimport os\n\ndef fib(n):\n",
      suffix: "print(fib(3))\n",
      max_tokens: 500,
      temperature: 0,
      top_p: 1,
      n: 1,
      stop: ["\ndef ", "\nclass ", "\nif ", "\n\n#"],
      stream: true,
      code_annotations: false,
    });
    expect(extra).toMatchObject({ language: "python", next_indent: 0, trim_by_indentation: true });
    expect(extra.prompt_tokens).toBeGreaterThan(8);
    expect(extra.prompt_tokens).toBeLessThan(24);
  });

  it.each([
    ["one line, where that is wanted", "one", { stop: ["\n"], max_tokens: 500 }],
    ["a few more by the language's rule", "auto", { stop: ["\n\n\n", "\n```"], max_tokens: 200 }],
  ] as const)("is what the official server asks in a JavaScript function: %s", async (_, lines, ends) => {
    const text = "function add(alpha, beta) {\n  ▮\n}\n";
    const body = await bodyFor(documentRequest(text, { languageId: "javascript", path: "a.js", lines }));

    expect(body).toMatchObject({
      prompt: "// Path: a.js\nfunction add(alpha, beta) {\n",
      suffix: "}\n",
      extra: { trim_by_indentation: false },
      ...ends,
    });
  });

  it("says how deep the next line with text is indented", async () => {
    const body = await bodyFor(documentRequest("class A {\n  void a() {\n    ▮\n\n  }\n}"));
    expect(body.extra.next_indent).toBe(2);
  });

  it("has line feeds only", async () => {
    const body = await bodyFor(documentRequest("int main() {\r\n  ▮\r\n}\r\n", { languageId: "c", path: "a.c" }));
    expect(body).toMatchObject({ prompt: "// Path: a.c\nint main() {\n", suffix: "}\n" });
  });

  it.each([
    ["lua", "-- Path: src/a b\n"],
    ["html", "<!-- Path: src/a b -->\n"],
    ["clojure", ";; Path: src/a b\n"],
    ["brainfuck", "// Path: src/a b\n"],
  ])("names the path as a comment of %s", async (languageId, marker) => {
    const body = await bodyFor(documentRequest("one two three▮", { languageId, path: "src/a b" }));
    expect(body.prompt).toBe(`${marker}one two three`);
  });

  it.each([
    ["java", "int a = 1;▮", "// Language: java\nint a = 1;"],
    ["python", "answer = 1▮", "#!/usr/bin/env python3\nanswer = 1"],
    ["python", "#!/bin/env python2\na▮", "#!/bin/env python2\na"],
    ["php", "<?php echo▮", "<?php echo"],
  ])("names the language of untitled %s", async (languageId, text, prompt) => {
    expect((await bodyFor(documentRequest(text, { languageId }))).prompt).toBe(prompt);
  });

  it("leaves the rest of the line out when the answer is to write it, and in when it leads up to it", async () => {
    const closing = await bodyFor(documentRequest("list.add(▮);\nnext();", { path: "A.java" }));
    expect(closing.suffix).toBe("next();");
    const leading = await bodyFor(documentRequest("a = ▮ + b;\nnext();", { path: "A.java", trigger: "script" }));
    expect(leading).toMatchObject({ suffix: " + b;\nnext();", stop: ["\n"] });
  });

  it("keeps a huge document within its budgets, cut between lines", async () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `int value${index} = ${index};`);
    const text = `${lines.join("\n")}\n▮\n${lines.join("\n")}`;
    const body = await bodyFor(documentRequest(text, { lineCount: 40_001 }));

    const promptLines = body.prompt.split("\n");
    expect(promptLines[0]).toBe("// Language: java");
    expect(promptLines[1]).toMatch(/^int value\d+ = \d+;$/);
    expect(promptLines.at(-2)).toBe(lines.at(-1));
    expect(body.suffix).toMatch(/^int value0 = 0;\n/);
    expect(body.suffix).toMatch(/;\n$/);
    expect(body.extra.prompt_tokens + body.extra.suffix_tokens).toBeLessThanOrEqual(8192 - 500);
    expect(body.extra.suffix_tokens).toBeLessThanOrEqual(1154);
    // Numbers are dense: little more than two characters each token.
    expect(body.prompt.length).toBeGreaterThan(13_000);
    expect(body.stop).toEqual(["\n"]);
  });

  it("gives a short document's unused room to what is below", async () => {
    const body = await bodyFor(documentRequest(`int a;\n▮\n${"int b = 1;\n".repeat(5_000)}`));
    expect(body.extra.suffix_tokens).toBeGreaterThan(6_000);
  });

  it("never cuts a character in two", async () => {
    const body = await bodyFor(documentRequest(`${"🙂".repeat(20_000)}▮`, { path: "A.java" }));
    expect(body.prompt.slice("// Path: A.java\n".length)).toMatch(/^(🙂)+$/u);
  });

  it("asks for alternatives only when a person or a program wants them, and then with some chance", async () => {
    const request = documentRequest(fib, { languageId: "python", n: 3 });
    expect(await bodyFor({ ...request, trigger: "typed" })).toMatchObject({ n: 1, temperature: 0 });
    expect(await bodyFor({ ...request, trigger: "invoked" })).toMatchObject({ n: 3, temperature: 0.2 });
    expect(await bodyFor({ ...request, trigger: "script", n: 10 })).toMatchObject({ n: 10, temperature: 0.4 });
    expect(await bodyFor({ ...request, trigger: "script", n: 99, temperature: 1, topP: 0.5 })).toMatchObject({
      n: 10,
      temperature: 1,
      top_p: 0.5,
    });
  });

  it("never asks for more tokens than the setting allows", async () => {
    expect((await bodyFor(promptRequest("a = ", { maxTokens: 40 }))).max_tokens).toBe(40);
    expect((await bodyFor(promptRequest("a = ", { maxTokens: 4_000 }), { maxTokens: 100 })).max_tokens).toBe(100);
  });

  it("takes `auto` in an editor as the setting says", async () => {
    const request = documentRequest(fib, { languageId: "python" });
    expect((await bodyFor(request, { lines: "one" })).stop).toEqual(["\n"]);
    expect((await bodyFor({ ...request, languageId: "go" }, { lines: "block" })).stop).toEqual(["\n\n\n", "\n```"]);
    expect((await bodyFor({ ...request, lines: "one" }, { lines: "block" })).stop).toEqual(["\n"]);
  });

  it("gives a bare prompt as it is", async () => {
    const body = await bodyFor(promptRequest("x = 1\r\n    ", { after: "\r\n  y", lines: "block" }));
    expect(body).toMatchObject({ prompt: "x = 1\n    ", suffix: "\n  y" });
  });

  it("puts the path before a bare prompt that names one", async () => {
    expect((await bodyFor(promptRequest("x = 1", { path: "a.py" }))).prompt).toBe("# Path: a.py\nx = 1");
  });

  it("passes on its asker's stops, first and no more than the service takes", async () => {
    const body = await bodyFor(promptRequest("x = 1", { lines: "block", stop: ["END", "", "END", "STOP"] }));
    expect(body.stop).toEqual(["END", "STOP", "\ndef ", "\nclass "]);
  });
});

describe("a question that is not asked", () => {
  const code = "int main() {\n  ▮\n}\n";
  it.each<[string, DocumentRequest, object, string]>([
    ["completions are off", documentRequest(code), { enabled: false }, "disabled"],
    ["the language is off", documentRequest(code, { languageId: "markdown" }), {}, "disabled"],
    ["all other languages are off", documentRequest(code), { languages: { go: true, "*": false } }, "disabled"],
    ["a rule keeps the file", documentRequest(code, { path: ".env" }), { isExcluded: () => true }, "excluded"],
    ["the document is too short", documentRequest("int a ▮"), {}, "too-short"],
    ["text stands right of the cursor", documentRequest("int value = ▮ + 1;"), {}, "mid-line"],
  ])("is answered with its reason: %s", async (_, request, changes, reason) => {
    const { engine, emulator } = await engineOnEmulator(changes);
    expect(await engine.complete(createTestCtx(), request)).toMatchObject({ kind: "empty", reason });
    expect(emulator.calls).toHaveLength(0);
  });

  it.each<[string, CompletionRequest, object]>([
    [
      "a language that is on by name",
      documentRequest(code, { languageId: "go" }),
      { languages: { go: true, "*": false } },
    ],
    [
      "a bare prompt of a language that is off for documents",
      promptRequest("# Title\n", { languageId: "markdown" }),
      {},
    ],
    ["a short bare prompt", promptRequest("a"), {}],
    ["the visible part of a long document", documentRequest("a▮", { beforeOffset: 5_000 }), {}],
    ["a short commit message", documentRequest("Fix▮", { languageId: "scminput" }), {}],
    ["closing punctuation right of the cursor", documentRequest('print("hello ▮");  \r\n'), {}],
    ["a program's place in the middle of a line", documentRequest("int value = ▮ + 1;", { trigger: "script" }), {}],
  ])("is not this one: %s", async (_, request, changes) => {
    const { engine, emulator } = await engineOnEmulator(changes);
    emulator.setModel(() => ["go();"]);
    expect(textsOf(await engine.complete(createTestCtx(), request))).toEqual(["go();"]);
  });

  it("is one with an empty bare prompt", async () => {
    const { engine } = await engineOnEmulator();
    expect(await engine.complete(createTestCtx(), promptRequest(""))).toEqual({ kind: "empty", reason: "too-short" });
  });

  it("follows the settings as they change", async () => {
    const { engine, emulator, set } = await engineOnEmulator();
    emulator.setModel(() => ["go();"]);
    set({ enabled: false });
    expect(await engine.complete(createTestCtx(), documentRequest(code))).toMatchObject({ reason: "disabled" });
    set({ enabled: usualSettings.enabled });
    expect(textsOf(await engine.complete(createTestCtx(), documentRequest(code)))).toEqual(["go();"]);
  });
});

describe("the engine that is asked", () => {
  const request = documentRequest("int main() {\n  ▮\n}\n");
  const asked = (path: string | undefined) => /engines\/([^/]+)\//.exec(path ?? "")?.[1];

  it("is the account's first completion model, listed once", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["go();"]);
    emulator.setCompletionModels(["gpt-99-copilot", "gpt-41-copilot"]);
    expect(engine.model()).toBeUndefined();
    for (const name of ["one", "two"]) {
      const result = await engine.complete(createTestCtx(), documentRequest(`int ${name}() {\n  ▮\n}\n`));
      expect(result).toMatchObject({ kind: "items", model: "gpt-99-copilot", source: "upstream" });
    }
    expect(asked(emulator.callsTo("completions")[0]?.path)).toBe("gpt-99-copilot");
    expect(emulator.callsTo("models")).toHaveLength(1);
    expect(engine.model()).toBe("gpt-99-copilot");
  });

  it("is the one of the request if the service lists it, else the one of the setting", async () => {
    const { engine, emulator } = await engineOnEmulator({ model: "set" });
    emulator.setCompletionModels(["listed", "set", "asked"]);
    await engine.complete(createTestCtx(), request);
    await engine.complete(createTestCtx(), { ...request, model: "asked" });
    await engine.complete(createTestCtx(), { ...request, model: "github-copilot" });
    expect(emulator.callsTo("completions").map(({ path }) => asked(path))).toEqual(["set", "asked", "set"]);
    expect(engine.model()).toBe("set");
  });

  it.each(["copilot", "github-copilot", "gpt-4o", "..", "a/../b"])(
    "is the account's own for a name that is no completion model of the service: %s",
    async (model) => {
      const { engine, emulator } = await engineOnEmulator();
      emulator.setModel(() => ["go();"]);
      const result = await engine.complete(createTestCtx(), { ...request, model });
      expect(result).toMatchObject({ kind: "items", model: "gpt-41-copilot" });
      expect(asked(emulator.callsTo("completions")[0]?.path)).toBe("gpt-41-copilot");
    },
  );

  it("is a usual one for any name when the list cannot be had", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["go();"]);
    emulator.script("models", { kind: "status", status: 500 });
    const result = await engine.complete(createTestCtx(), { ...request, model: "copilot" });
    expect(result).toMatchObject({ model: "gpt-41-copilot" });
  });

  it("is a usual one when the list does not come in time", async () => {
    const { engine, emulator, clock } = await engineOnEmulator();
    emulator.setModel(() => ["go();"]);
    const held = emulator.hold("models");
    const answered = engine.complete(createTestCtx(), request);
    await held.reached;
    expect(emulator.callsTo("completions")).toHaveLength(0);
    await clock.advance(1_500);
    expect(await answered).toMatchObject({ model: "gpt-41-copilot" });
    held.release();
  });

  it("is a usual one when the list cannot be had", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["go();"]);
    emulator.script("models", { kind: "status", status: 500 });
    expect(await engine.complete(createTestCtx(), request)).toMatchObject({ model: "gpt-41-copilot" });
  });

  it("is listed anew for a new session, without waiting", async () => {
    const { engine, emulator, sessions } = await engineOnEmulator();
    emulator.setModel(() => ["go();"]);
    emulator.setCompletionModels(["old", "new"]);
    await engine.complete(createTestCtx(), request);

    emulator.setCompletionModels(["new", "old"]);
    const held = emulator.hold("models");
    const current = sessions.peek();
    if (current) sessions.reject(current);
    const other = documentRequest("int other() {\n  ▮\n}\n");
    expect(await engine.complete(createTestCtx(), other)).toMatchObject({ model: "old" });
    await held.reached;
    held.release();
    await emulator.callsTo("models")[1]?.ended;
    await expect.poll(() => engine.model()).toBe("new");
  });
});
