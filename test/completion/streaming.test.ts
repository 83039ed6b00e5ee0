// Streams: what is told while they run, when they are left, and that exactly one request of a document is answered.

import { describe, expect, it } from "vitest";
import type { CompletionItem, CompletionRequest } from "../../shared/completion.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createSteppingClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest, textsOf } from "./support/requests.ts";

const inJava = documentRequest("int main() {\n  ▮\n}\n");

function lateSink() {
  const told: string[][] = [];
  let waiting: (() => void) | undefined;
  let called: (() => void) | undefined;
  return {
    told,
    sink: ({ index, text }: { index: number; text: string }) => {
      (told[index] ??= []).push(text);
      called?.();
      return new Promise<void>((resolve) => {
        waiting = resolve;
      });
    },
    nextCall: () =>
      new Promise<void>((resolve) => {
        called = resolve;
      }),
    goOn: () => waiting?.(),
  };
}

describe("a growing answer", () => {
  it("is told piece by piece, in order, and adds up to the answer", async () => {
    const { engine, emulator } = await engineOnEmulator({}, {}, { clock: createSteppingClock() });
    emulator.script("completions", {
      kind: "stream",
      choices: [
        ["a", "(b", ", c", ")", " ", "  "],
        ["x", "y"],
      ],
      chunkDelayMs: 1,
    });
    const told: string[] = ["", ""];
    const result = await engine.complete(
      createTestCtx(),
      promptRequest("f = ", { n: 2, lines: "block" }),
      ({ index, text }) => {
        told[index] += text;
      },
    );
    expect(textsOf(result)).toEqual(["a(b, c)   ", "xy"]);
    expect(told).toEqual(["a(b, c)   ", "xy"]);
  });

  it("waits for an asker who is slow, and then tells at once what has come meanwhile", async () => {
    const { engine, emulator } = await engineOnEmulator({}, {}, { clock: createSteppingClock() });
    emulator.script("completions", { kind: "stream", choices: [["a", "b", "c"]], chunkDelayMs: 1 });
    const { told, sink, nextCall, goOn } = lateSink();
    const first = nextCall();
    const call = emulator.nextCall("completions");
    const answered = engine.complete(createTestCtx(), promptRequest("x = "), sink);
    await first;
    expect(await (await call).ended).toBe("answered");
    expect(told[0]).toEqual(["a"]);
    const second = nextCall();
    goOn();
    await second;
    expect(told[0]).toEqual(["a", "bc"]);
    goOn();
    expect(textsOf(await answered)).toEqual(["abc"]);
  });

  it.each([
    ["a stop that comes in pieces", ["value", "E", "N", "D more"], { stop: ["END"] }, "value"],
    ["what only looked like a stop", ["value", "E", "N", "T"], { stop: ["END"] }, "valueENT"],
    ["a second line", ["one", "\r", "\ntwo\nthree"], { lines: "one" as const }, "one"],
  ])("never tells more than the answer holds: %s", async (_, pieces, changes, text) => {
    const { engine, emulator } = await engineOnEmulator({}, {}, { clock: createSteppingClock() });
    emulator.script("completions", { kind: "stream", choices: [pieces], chunkDelayMs: 1 });
    let told = "";
    const request = promptRequest("x = ", { lines: "block", ...changes });
    const result = await engine.complete(createTestCtx(), request, (partial) => {
      told += partial.text;
    });
    expect(textsOf(result)).toEqual([text]);
    expect(told).toBe(text);
  });

  it("is offered alternative by alternative, each when it is whole, with the items of the answer", async () => {
    const { engine, emulator } = await engineOnEmulator({}, {}, { clock: createSteppingClock() });
    emulator.script("completions", {
      kind: "stream",
      // Rounds of one piece each: the second is whole first, the third says the same, the first goes on.
      choices: [["return ", "left ", "+ ", "right;\n"], ["return 1;\n"], ["return ", "1;\n"]],
      chunkDelayMs: 1,
    });
    const told: CompletionItem[] = [];
    const request: CompletionRequest = { ...inJava, trigger: "invoked", n: 3, lines: "one" };
    const result = await engine.complete(createTestCtx(), request, undefined, (item) => void told.push(item));
    expect(told.map(({ text }) => text)).toEqual(["return 1;", "return left + right;"]);
    expect(textsOf(result)).toEqual(["return left + right;", "return 1;"]);
    expect(result.kind === "items" && result.items.map(({ id }) => id)).toEqual([told[1]?.id, told[0]?.id]);
  });

  it("tells nothing of an answer that is white space alone", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [["\n", "  ", "\n"]] });
    let told = "";
    const result = await engine.complete(createTestCtx(), promptRequest("x = 1"), (partial) => {
      told += partial.text;
    });
    expect(result).toMatchObject({ kind: "empty", reason: "upstream-empty", model: "gpt-41-copilot" });
    expect(told).toBe("");
  });

  it("never tells half a character", async () => {
    const { engine, emulator } = await engineOnEmulator({}, {}, { clock: createSteppingClock() });
    emulator.script("completions", { kind: "stream", choices: [["a\ud83d", "\ude42b\ud83d"]], chunkDelayMs: 1 });
    const told: string[] = [];
    const result = await engine.complete(createTestCtx(), promptRequest("x = "), ({ text }) => {
      told.push(text);
    });
    expect(textsOf(result)).toEqual(["a🙂b"]);
    expect(told).toEqual(["a", "🙂b"]);
  });
});

describe("a stream", () => {
  it.each<[string, CompletionRequest, readonly string[], string]>([
    ["the line", documentRequest("int main() {\n  ▮\n}\n", { lines: "one" }), ["  go();", "\n  stop"], "go();"],
    ["the bare prompt's line", promptRequest("x ="), [" 1", "\ny"], " 1"],
    ["an own stop", promptRequest("x =", { lines: "block", stop: [";"] }), [" 1", "; y"], " 1"],
    [
      "the block, by its indentation,",
      documentRequest("function a() {\n  ▮\n", { languageId: "javascript", lines: "block" }),
      ["  go();\n", "  stop();\n", "}\n", "a"],
      "go();\n  stop();",
    ],
    [
      "the block that the cursor's line opens",
      documentRequest("  function a() {▮\n", { languageId: "javascript", lines: "block" }),
      ["\n    go();\n", "  } else {\n    stop();\n", "  }", "\n", "a"],
      "\n    go();\n  } else {\n    stop();\n  }",
    ],
  ])("is left at the socket when %s is complete", async (_, request, pieces, text) => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [pieces], end: "stall" });
    expect(textsOf(await engine.complete(createTestCtx(), request))).toEqual([text]);
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  it("goes on until every alternative is complete", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", {
      kind: "stream",
      choices: [
        ["a\n", "b"],
        ["c", "d\n"],
      ],
      end: "stall",
    });
    const result = await engine.complete(createTestCtx(), promptRequest("x =", { n: 2 }));
    expect(textsOf(result)).toEqual(["a", "cd"]);
  });

  it("that breaks off is a failure, and the next request is answered", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["  go();"]);
    emulator.script("completions", { kind: "stream", choices: [["  go"]], end: "reset" });
    await expect(engine.complete(createTestCtx(), inJava)).rejects.toMatchObject({ code: "upstream-failed" });
    expect(textsOf(await engine.complete(createTestCtx(), inJava))).toEqual(["go();"]);
  });
});

describe("a newer request for the same document", () => {
  it("ends the older one at once and stops it at the socket when it wants something else", async () => {
    const { engine, emulator, clock } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [["  sl"]], end: "stall" });
    const reached = emulator.nextCall("completions");
    const older = engine.complete(createTestCtx(), inJava);
    const call = await reached;
    emulator.setModel(() => ["go();"]);
    const newer = engine.complete(createTestCtx(), documentRequest("void other() {▮"));
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    expect(textsOf(await newer)).toEqual(["go();"]);
    await clock.advance(10);
    expect(await call.ended).toBe("left");
  });

  it("ends the older one also while the session is being waited for", async () => {
    const { engine, emulator } = await engineOnEmulator();
    const held = emulator.hold("session-token");
    const older = engine.complete(createTestCtx(), inJava);
    await held.reached;
    const newer = engine.complete(createTestCtx(), documentRequest("a▮"));
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    expect(await newer).toEqual({ kind: "empty", reason: "too-short" });
    held.release();
  });

  it("ends the older one also while its asker does not take what it is told", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["  go();"]);
    const { sink, nextCall } = lateSink();
    const called = nextCall();
    const older = engine.complete(createTestCtx(), inJava, sink);
    await called;
    const newer = engine.complete(createTestCtx(), { ...inJava, before: `${inJava.before}int a;\n  ` });
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    expect(textsOf(await newer)).toEqual(["go();"]);
  });

  it("leaves other documents and bare prompts alone", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["  go();"]);
    const results = await Promise.all([
      engine.complete(createTestCtx(), inJava),
      engine.complete(createTestCtx(), { ...inJava, documentId: "file:///b" }),
      engine.complete(createTestCtx(), promptRequest("x =")),
      engine.complete(createTestCtx(), promptRequest("x =")),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(["items", "items", "items", "items"]);
  });

  it("is none when it was cancelled before it began", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["  go();"]);
    const older = engine.complete(createTestCtx(), inJava);
    const ctx = createTestCtx();
    ctx.cancel(new CopilotError("cancelled", "Gone."));
    await expect(engine.complete(ctx, inJava)).rejects.toMatchObject({ code: "cancelled" });
    expect(textsOf(await older)).toEqual(["go();"]);
  });
});

describe("an asker who leaves", () => {
  it("is answered at once with the reason, and the service is stopped", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [["1"]], end: "stall" });
    const ctx = createTestCtx();
    const reached = emulator.nextCall("completions");
    const answered = engine.complete(ctx, promptRequest("x = "));
    const call = await reached;
    const reason = new CopilotError("cancelled", "The asker left.");
    ctx.cancel(reason);
    await expect(answered).rejects.toBe(reason);
    expect(await call.ended).toBe("left");
  });

  it("costs no connection when it leaves before anything was asked", async () => {
    const { engine, emulator } = await engineOnEmulator();
    const held = emulator.hold("models");
    const ctx = createTestCtx();
    const answered = engine.complete(ctx, inJava);
    await held.reached;
    ctx.cancel(new CopilotError("cancelled", "The asker left."));
    await expect(answered).rejects.toMatchObject({ code: "cancelled" });
    held.release();
    await emulator.callsTo("models")[0]?.ended;
    expect(emulator.callsTo("completions")).toHaveLength(0);
  });
});

describe("closing the engine", () => {
  it("ends everything under way, and everything later, with `closing`", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "hang" }, { times: 2 });
    const bothReached = Promise.all([emulator.nextCall("completions"), emulator.nextCall("models")]);
    const running = [engine.complete(createTestCtx(), inJava), engine.complete(createTestCtx(), promptRequest("x ="))];
    const ended = Promise.allSettled(running);
    await bothReached;
    await engine.close();
    for (const result of await ended) expect(result).toMatchObject({ status: "rejected", reason: { code: "closing" } });
    await expect(engine.complete(createTestCtx(), inJava)).rejects.toMatchObject({ code: "closing" });
    await engine.close();
    for (const call of emulator.callsTo("completions")) expect(await call.ended).toBe("left");
  });
});
