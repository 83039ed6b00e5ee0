// The stream of completions: its shape, its limits, and what is refused.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator, ModelQuestion } from "../../server/emulator/types.ts";
import {
  ask,
  choicesIn,
  complete,
  completionBody,
  completionsUrl,
  eventsIn,
  newSession,
  sessionHeaders,
} from "./support/ask.ts";

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({});
});
afterEach(() => emulator.close());

describe("a completion", () => {
  test("is a stream that opens without text, goes on in pieces, and says how it ended", async () => {
    const told = await complete(emulator);
    expect(told.headers["content-type"]).toBe("text/event-stream");
    const events = eventsIn(told.text);
    expect(events[0]).toEqual({ choices: [{ index: 0, finish_reason: null }] });
    expect(events.length).toBeGreaterThan(5);
    expect(events.at(-2)).toEqual({ choices: [{ index: 0, text: "", finish_reason: "stop" }] });
    expect(events.at(-1)).toBe("[DONE]");
    expect(choicesIn(told.text)).toEqual([{ text: "    return a + b", end: "stop" }]);
  });

  test("carries the headers of the service, and the client's own name for the request", async () => {
    const told = await ask(completionsUrl(emulator), {
      method: "POST",
      headers: { ...sessionHeaders(await newSession(emulator)), "x-request-id": "mine" },
      body: completionBody(),
    });
    expect(told.headers["x-request-id"]).toBe("mine");
    expect(told.headers["x-github-request-id"]).toMatch(/^[0-9A-F:]+$/);
    const quota = new URLSearchParams(String(told.headers["x-quota-snapshot-completions"]));
    expect([...quota.keys()]).toEqual(["ent", "ov", "ovPerm", "rem", "rst", "totRem"]);
  });

  test("gives several different choices, taking turns", async () => {
    const told = await complete(emulator, { n: 3 });
    const texts = choicesIn(told.text).map(({ text }) => text);
    expect(texts).toHaveLength(3);
    expect(new Set(texts).size).toBe(3);
    const order = eventsIn(told.text).flatMap((event) => (event === "[DONE]" ? [] : event.choices.map((c) => c.index)));
    expect(order.slice(0, 9)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  test("ends before the first stop word, in whatever order they are named", async () => {
    emulator.setModel(() => ["one\ntwo\nthree"]);
    const stops = [
      ["\nthree", "\ntwo"],
      ["\ntwo", "\nthree"],
      ["", "\ntwo"],
    ];
    for (const stop of stops)
      expect(choicesIn((await complete(emulator, { stop })).text)).toEqual([{ text: "one", end: "stop" }]);
  });

  test("ends after the most tokens, and says so", async () => {
    emulator.setModel(() => ["a b c d e f g h"]);
    expect(choicesIn((await complete(emulator, { max_tokens: 3 })).text)).toEqual([{ text: "a b c", end: "length" }]);
  });

  test("loses nothing of a text of every kind of sign", async () => {
    const text = "  naïve = `x`;\n\t// 漢字 🎉 “quoted” \\n \u2028 end  ";
    emulator.setModel(() => [text]);
    expect(choicesIn((await complete(emulator)).text)[0]?.text).toBe(text);
  });

  test("asks the model all that the request says", async () => {
    const questions: ModelQuestion[] = [];
    emulator.setModel((question) => {
      questions.push(question);
      return ["x"];
    });
    const extra = { language: "go", context: ["other text"] };
    await complete(emulator, { prompt: "p", suffix: "s", n: 2, stop: ["!"], max_tokens: 9, extra });
    expect(questions).toEqual([
      {
        model: "gpt-41-copilot",
        prompt: "p",
        suffix: "s",
        context: ["other text"],
        language: "go",
        n: 2,
        stop: ["!"],
        maxTokens: 9,
      },
    ]);
    emulator.setModel(undefined);
    expect(choicesIn((await complete(emulator)).text)[0]?.text).toBe("    return a + b");
  });
});

describe("a request for a completion is refused", () => {
  test.each([
    ["without streaming", { stream: false }, 400, "stream must be true"],
    ["without a prompt", { prompt: 7 }, 400, "prompt must be a string"],
  ])("%s", async (_, fields, status, message) => {
    const told = await complete(emulator, fields);
    expect(told.status).toBe(status);
    expect(told.text).toContain(message);
  });

  test("when it is not JSON", async () => {
    const headers = { ...sessionHeaders(await newSession(emulator)), "content-type": "application/json" };
    const told = await ask(completionsUrl(emulator), { method: "POST", headers, body: "{" });
    expect(told.status).toBe(400);
  });

  test("for an engine that does not exist, unless it is the one that clients fall back on", async () => {
    emulator.setCompletionModels(["only"]);
    const status = async (model: string): Promise<number> => {
      const headers = sessionHeaders(await newSession(emulator));
      return (await ask(completionsUrl(emulator, model), { method: "POST", headers, body: completionBody() })).status;
    };
    expect(await status("only")).toBe(200);
    expect(await status("gpt-41-copilot")).toBe(200);
    expect(await status("gpt-4o-copilot")).toBe(404);
  });

  test("when the model fails", async () => {
    emulator.setModel(() => {
      throw new Error("no model today");
    });
    expect((await complete(emulator)).status).toBe(500);
  });
});
