// The stand-in's model of next edits: what it goes on with, how it says so, and how it is made to be wrong.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { EditFault, EditQuestion, Emulator } from "../../server/emulator/types.ts";
import { ask, newSession, sessionHeaders, type Told } from "./support/ask.ts";
import { type EditPrompt, editPrompt, numberedPrompt } from "./support/edit-prompt.ts";

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({});
});
afterEach(() => emulator.close());

interface ChatEvent {
  readonly choices: readonly {
    readonly delta?: { readonly content?: string };
    readonly finish_reason: string | null;
  }[];
}

async function chat(user: string, fields: Readonly<Record<string, unknown>> = {}): Promise<Told> {
  const { "editor-version": _, ...headers } = sessionHeaders(await newSession(emulator));
  return ask(`${emulator.url}/chat/completions`, {
    method: "POST",
    headers,
    body: {
      model: "copilot-nes-oct",
      messages: [
        { role: "system", content: "Predict." },
        { role: "user", content: user },
      ],
      temperature: 0,
      top_p: 1,
      n: 1,
      stream: true,
      ...fields,
    },
  });
}

function eventsIn(text: string): readonly (ChatEvent | "[DONE]")[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => event.replace(/^data: /, ""))
    .map((data) => (data === "[DONE]" ? data : (JSON.parse(data) as ChatEvent)));
}

function saidIn(told: Told): { readonly text: string; readonly end: string | null | undefined } {
  const choices = eventsIn(told.text).flatMap((event) => (event === "[DONE]" ? [] : event.choices));
  return { text: choices.map(({ delta }) => delta?.content ?? "").join(""), end: choices.at(-1)?.finish_reason };
}

async function answer(prompt: EditPrompt): Promise<string> {
  return saidIn(await chat(editPrompt(prompt))).text;
}

const renamed: EditPrompt = {
  file: `export class Point {
  constructor(private readonly px: number, private readonly y: number) {}

  length(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }

  plus(other: Point): Point {
    return new Point(this.x + other.x, this.y + other.y);
  }
}
`,
  history: [
    {
      path: "src/point.ts",
      start: 1,
      removed: ["  constructor(private readonly x: number, private readonly y: number) {}"],
      added: ["  constructor(private readonly px: number, private readonly y: number) {}"],
    },
  ],
  line: 1,
};
const renamedWindow = renamed.file.split("\n").slice(0, 7).join("\n").replaceAll("this.x", "this.px");

describe("an answer", () => {
  test("is a stream of pieces, opened by a role and ended by a reason", async () => {
    const told = await chat(editPrompt(renamed));
    expect(told.status).toBe(200);
    expect(told.headers["content-type"]).toBe("text/event-stream");
    const events = eventsIn(told.text);
    expect(events[0]).toEqual({ choices: [{ index: 0, delta: { role: "assistant" }, finish_reason: null }] });
    expect(events.length).toBeGreaterThan(10);
    expect(events.at(-1)).toBe("[DONE]");
    expect(saidIn(told)).toEqual({ text: renamedWindow, end: "stop" });
  });

  test("is not to be had without a session, without streaming, or of an unknown model", async () => {
    expect((await chat(editPrompt(renamed), { stream: false })).status).toBe(400);
    expect((await chat(editPrompt(renamed), { messages: [] })).status).toBe(400);
    expect((await chat(editPrompt(renamed), { model: "nobody" })).status).toBe(404);
    emulator.expireSessions();
    const told = await ask(`${emulator.url}/chat/completions`, { method: "POST", body: {} });
    expect(told.status).toBe(401);
  });

  test("ends after the most tokens, and says so", async () => {
    const told = saidIn(await chat(editPrompt(renamed), { max_tokens: 5 }));
    expect(told.end).toBe("length");
    expect(renamedWindow.startsWith(told.text)).toBe(true);
  });

  test("comes from another model when it is replaced, which is told all that the request says", async () => {
    const questions: EditQuestion[] = [];
    emulator.setEditModel((question) => {
      questions.push(question);
      return "something";
    });
    const prediction = { type: "content", content: "as it was" };
    expect(saidIn(await chat("the prompt", { prediction })).text).toBe("something");
    expect(questions).toEqual([
      {
        model: "copilot-nes-oct",
        kind: "edit",
        strategy: "xtab275",
        system: "Predict.",
        user: "the prompt",
        prediction: "as it was",
        maxTokens: 8192,
      },
    ]);
    emulator.setEditModel(undefined);
    expect(saidIn(await chat(editPrompt(renamed))).text).toBe(renamedWindow);
  });

  test("waits, breaks and stalls as scripted, as every other answer does", async () => {
    emulator.script("chat-completions", { kind: "status", status: 429, headers: { "retry-after": "7" } });
    expect((await chat("")).headers["retry-after"]).toBe("7");
    emulator.script("chat-completions", { kind: "stream", choices: [["one ", "two"]], end: "no-done" });
    expect(saidIn(await chat(""))).toEqual({ text: "one two", end: null });
    emulator.script("chat-completions", { kind: "reset" });
    await expect(chat("")).rejects.toThrow();
  });
});

describe("the proxy's list", () => {
  test("names the edit models and the jump model", async () => {
    const listed = async (): Promise<unknown> => {
      const headers = sessionHeaders(await newSession(emulator));
      return (await ask(`${emulator.url}/models`, { headers })).json()["models"];
    };
    expect(await listed()).toEqual([
      {
        serviceType: "NESChat",
        name: "copilot-nes-oct",
        provider: "azure",
        capabilities: { promptStrategy: "xtab275" },
      },
      { serviceType: "CursorJumpChat", name: "cursor-jump", provider: "azure", capabilities: { promptStrategy: "" } },
    ]);
    emulator.setEditModels([]);
    expect(await listed()).toEqual([]);
  });
});

describe("the model goes on with", () => {
  test("a rename, whole words only, and not in strings", async () => {
    const file = `let total = 0;\nconst subtotal = sum;\nlog("sum of", sum, sums);\nreturn sum;\n`;
    const history = [{ path: "src/point.ts", start: 0, removed: ["let sum = 0;"], added: ["let total = 0;"] }];
    expect(await answer({ file, history, line: 0 })).toBe(
      `let total = 0;\nconst subtotal = total;\nlog("sum of", total, sums);\nreturn total;\n`,
    );
  });

  test("a rename that was made of several typed steps", async () => {
    const file = `count := 1\nuse(n)\nuse(n)\n`;
    const history = [
      { path: "a.go", start: 0, removed: ["n := 1"], added: ["co := 1"] },
      { path: "b.go", start: 4, removed: ["one"], added: ["two"] },
      { path: "a.go", start: 0, removed: ["co := 1"], added: ["count := 1"] },
    ];
    expect(await answer({ path: "a.go", file, history, line: 0 })).toBe(`count := 1\nuse(count)\nuse(count)\n`);
  });

  test("a call that got another function's name", async () => {
    const file = `logger.info("a");\nconsole("b");\n`;
    const history = [{ path: "a.js", start: 0, removed: [`console("a");`], added: [`logger.info("a");`] }];
    expect(await answer({ path: "a.js", file, history, line: 0 })).toBe(`logger.info("a");\nlogger.info("b");\n`);
  });

  test.each([
    [
      "a.ts",
      "function area(w: number, h: number): number {",
      "function area(w: number, h: number, unit: string): number {",
      "unit",
    ],
    ["a.py", "def area(w, h):", `def area(w, h, unit="cm"):`, "unit"],
    ["a.go", "func area(w int, h int) int {", "func area(w int, h int, unit string) int {", "unit"],
    ["a.java", "int area(int w, int h) {", "int area(int w, int h, String unit) {", "unit"],
  ])("an added parameter in %s, at the calls", async (path, before, after, name) => {
    const file = `${after}\n  body;\n  x = area(1, f(2));\n  y = area(1, 2, unit);\n`;
    const history = [{ path, start: 0, removed: [before], added: [after] }];
    expect(await answer({ path, file, history, line: 0 })).toBe(file.replace("f(2))", `f(2), ${name})`));
  });

  test("an added argument, also one that comes first", async () => {
    const file = `send(ctx, a);\nsend(b);\nsend(c);\n`;
    const history = [{ path: "a.ts", start: 0, removed: ["send(a);"], added: ["send(ctx, a);"] }];
    expect(await answer({ path: "a.ts", file, history, line: 0 })).toBe(
      `send(ctx, a);\nsend(ctx, b);\nsend(ctx, c);\n`,
    );
  });

  test("an added field, where its neighbour is set and listed", async () => {
    const file = `interface P {\n  x: number;\n  y: number;\n}\n  this.x = x;\n  const { x, z } = p;\n`;
    const history = [{ path: "a.ts", start: 2, removed: [], added: ["  y: number;"] }];
    expect(await answer({ path: "a.ts", file, history, line: 2 })).toBe(
      `interface P {\n  x: number;\n  y: number;\n}\n  this.x = x;\n  this.y = y;\n  const { x, y, z } = p;\n`,
    );
  });

  test.each([
    [
      "an edit that was taken back",
      [
        ["a = old;", "a = next;"],
        ["a = next;", "a = old;"],
      ],
    ],
    ["a number", [["a = 1;", "a = 2;"]]],
    ["words in a string", [[`a = "old";`, `a = "next";`]]],
    ["nothing at all", []],
  ])("nothing after %s", async (_, edits) => {
    const file = `a = old;\nb = next;\nc = 1;\nd = "old";\n`;
    const history = edits.map(([before = "", after = ""]) => ({
      path: "a.ts",
      start: 0,
      removed: [before],
      added: [after],
    }));
    expect(await answer({ path: "a.ts", file, history, line: 0 })).toBe(file);
  });
});

describe("each strategy is answered in its format:", () => {
  const asked = async (strategy: string, user: string): Promise<string> => {
    emulator.setEditModels([{ name: "m", kind: "edit", strategy }]);
    return saidIn(await chat(user, { model: "m" })).text;
  };
  test.each([
    ["xtab275", renamedWindow],
    ["xtabAggressiveness", renamedWindow],
    ["copilotNesXtab", `\`\`\`\n${renamedWindow}\n\`\`\``],
    ["xtabUnifiedModel", `<EDIT>\n${renamedWindow}\n</EDIT>`],
    ["nes41miniv3", `<EDIT>\n${renamedWindow}\n</EDIT>`],
    ["xtab275EditIntent", `<|edit_intent|>high<|/edit_intent|>\n${renamedWindow}`],
    ["xtab275EditIntentShort", `H\n${renamedWindow}`],
  ])("%s", async (strategy, expected) => {
    expect(await asked(strategy, editPrompt(renamed))).toBe(expected);
  });

  test("patches, over the whole file that is shown, with numbers from 0", async () => {
    expect(await asked("patchBased02WithRecentLineNumbers", numberedPrompt(renamed))).toBe(
      `src/point.ts:4
-    return Math.sqrt(this.x * this.x + this.y * this.y);
+    return Math.sqrt(this.px * this.px + this.y * this.y);
src/point.ts:8
-    return new Point(this.x + other.x, this.y + other.y);
+    return new Point(this.px + other.px, this.y + other.y);
`,
    );
  });

  test.each([
    ["xtabUnifiedModel", "<NO_CHANGE>"],
    ["patchBased", "<NO_EDIT>"],
    ["patchBased02", ""],
  ])("%s when there is nothing to change", async (strategy, expected) => {
    expect(await asked(strategy, editPrompt({ ...renamed, history: [] }))).toBe(expected);
  });
});

describe("the jump model", () => {
  test.each([
    ["names the nearest line outside of the window that has to change", renamed, "8"],
    ["stays at the cursor when there is none", { ...renamed, history: [] }, "1"],
  ])("%s", async (_, prompt, expected) => {
    const lines = editPrompt(prompt);
    expect(saidIn(await chat(lines, { model: "cursor-jump", max_tokens: 40 })).text).toBe(expected);
  });
});

describe("scripted to be wrong, the model", () => {
  const wrong = async (
    fault: EditFault,
    strategy = "xtab275",
    user = editPrompt(renamed),
  ): Promise<{ text: string; end: unknown }> => {
    emulator.setEditModels([{ name: "m", kind: "edit", strategy }]);
    emulator.script("chat-completions", { kind: "faulty-edit", fault });
    return saidIn(await chat(user, { model: "m" }));
  };
  const old = renamedWindow.replaceAll("this.px", "this.x");
  const changed = "    return Math.sqrt(this.px * this.px + this.y * this.y);";

  test.each<[EditFault, string]>([
    ["refusal", "Sorry, I can't assist with that."],
    ["unchanged", old],
    ["ends-early", renamedWindow.slice(0, Math.ceil(renamedWindow.length / 2))],
    ["undo", old.replace("readonly px", "readonly x")],
    [
      "repeats-below",
      `${renamedWindow}\n  plus(other: Point): Point {\n    return new Point(this.x + other.x, this.y + other.y);`,
    ],
    ["repeats-line", renamedWindow.replace(changed, `${changed}\n${changed}`)],
    ["wrong-word", renamedWindow.replace("this.y);", "this.yWrong);")],
    ["deletes-rest", renamedWindow.split("\n").slice(0, 3).join("\n")],
    ["markup", renamedWindow.replace(changed, `${changed}<|cursor|>`)],
    ["other-format", `src/point.ts:4\n-${changed.replaceAll("px", "x")}\n+${changed}\n`],
  ])("is so by %s", async (fault, expected) => {
    expect(await wrong(fault)).toEqual({ text: expected, end: "stop" });
    // Only as often as it was scripted.
    expect(saidIn(await chat(editPrompt(renamed), { model: "m" })).text).toBe(renamedWindow);
  });

  test("is cut, and the service says so", async () => {
    const { text, end } = await wrong("cut");
    expect(end).toBe("length");
    expect(renamedWindow.startsWith(text)).toBe(true);
  });

  test("says something around a code block", async () => {
    const { text } = await wrong("prose", "copilotNesXtab");
    expect(text).toMatch(/^Here is[^\n]*\n```typescript\n[^]*\n```\nLet me/);
  });

  test("leaves out what ends the code", async () => {
    expect((await wrong("no-end", "xtabUnifiedModel")).text).toBe(`<EDIT>\n${renamedWindow}`);
    expect((await wrong("no-end", "copilotNesXtab")).text).toBe(`\`\`\`\n${renamedWindow}`);
  });

  test.each<[EditFault, RegExp]>([
    ["wrong-anchor", /^src\/point\.ts:7\n-    return Math/],
    ["wrong-removed", /^src\/point\.ts:4\n-.*never was\n\+    return Math\.sqrt\(this\.px/],
    ["wrong-path", /^elsewhere\/unknown\.ts:4\n/],
    ["other-format", /^```typescript\n/],
  ])("gets patches wrong by %s", async (fault, expected) => {
    expect((await wrong(fault, "patchBased02WithRecentLineNumbers", numberedPrompt(renamed))).text).toMatch(expected);
  });

  test("does not answer the unauthorized even then", async () => {
    emulator.script("chat-completions", { kind: "faulty-edit", fault: "undo" });
    expect((await ask(`${emulator.url}/chat/completions`, { method: "POST", body: {} })).status).toBe(401);
  });
});
