// The dialects over the engine and the stand-in service: what the service is asked, and what becomes of its last word.

import { describe, expect, test } from "vitest";
import type { ScriptedAnswer } from "../../server/emulator/types.ts";
import { askedOf, engineOnEmulator } from "../completion/support/engine-on-emulator.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { serve } from "./support/serve.ts";

async function gateway(changes: Parameters<typeof engineOnEmulator>[0] = {}) {
  const { engine, emulator } = await engineOnEmulator(changes);
  const served = await serve();
  served.core.answerWith(engine.complete);
  return { ...served, emulator, asked: () => askedOf(emulator.callsTo("completions").at(-1)) };
}

type Finish = "stop" | "length" | "content_filter";
const answer = (finishReason: Finish, pieces = ["left", " right"]): ScriptedAnswer => ({
  kind: "stream",
  choices: [pieces],
  finishReason,
});

/** Asks each dialect, whole and streamed, and reads what it says of the end. */
const dialects = {
  openai: ["/v1/completions", { prompt: "a = ", stop: ["!"] }],
  llama: ["/completion", { prompt: "a = ", stop: ["!"] }],
  infill: ["/infill", { input_prefix: "a = ", input_suffix: "", prompt: "", stop: ["!"] }],
  mistral: ["/v1/fim/completions", { prompt: "a = ", stop: ["!"] }],
  ollama: ["/api/generate", { prompt: "a = ", options: { stop: ["!"] } }],
} as const;

function lastObject(text: string): Record<string, unknown> {
  const lines = text.split("\n").map((line) => line.replace(/^data: /, ""));
  return JSON.parse(lines.filter((line) => line.startsWith("{")).at(-1) ?? "null");
}

function endOf(body: Record<string, unknown>): unknown {
  const [choice] = Array.isArray(body["choices"]) ? body["choices"] : [];
  if (choice) return choice.finish_reason;
  return body["done_reason"] ?? [body["stop"], body["stop_type"], body["stopping_word"]];
}

describe("the end of an answer", () => {
  async function endsOf(script: ScriptedAnswer): Promise<Record<string, unknown>> {
    const { post, emulator } = await gateway();
    const ends: Record<string, unknown> = {};
    for (const [name, [path, body]] of Object.entries(dialects)) {
      for (const stream of [false, true]) {
        emulator.script("completions", script);
        // Each is a question of its own, so that none is answered from memory.
        const model = `${name}-${stream}-copilot`;
        const { text } = await post(path, { ...body, model, stream });
        const end = endOf(lastObject(text));
        if (name in ends) expect(end, `${name}, streamed`).toEqual(ends[name]);
        ends[name] = end;
      }
    }
    return ends;
  }

  test("that the model made itself", async () => {
    expect(await endsOf(answer("stop"))).toEqual({
      openai: "stop",
      llama: [true, "eos", ""],
      infill: [true, "eos", ""],
      mistral: "stop",
      ollama: "stop",
    });
  });

  test("by the most tokens", async () => {
    expect(await endsOf(answer("length"))).toEqual({
      openai: "length",
      llama: [true, "limit", ""],
      infill: [true, "limit", ""],
      mistral: "length",
      ollama: "length",
    });
  });

  test.each([[["left"]], [[""]]])("by the content filter, after %j", async (pieces) => {
    expect(await endsOf(answer("content_filter", pieces))).toEqual({
      openai: "content_filter",
      llama: [true, "limit", ""],
      infill: [true, "limit", ""],
      mistral: "error",
      ollama: "stop",
    });
  });

  test("at a stop of the client's that the service went past", async () => {
    expect(await endsOf(answer("length", ["left", "!", " right"]))).toEqual({
      openai: "stop",
      llama: [true, "word", "!"],
      infill: [true, "word", "!"],
      mistral: "stop",
      ollama: "stop",
    });
  });

  test("at a stop of our own, which is none of the client's words", async () => {
    expect(await endsOf(answer("length", ["left", "\n\n\n", "right"]))).toMatchObject({
      openai: "stop",
      llama: [true, "eos", ""],
    });
  });

  test("is remembered with the answer, and told of each alternative by itself", async () => {
    const { post, emulator } = await gateway();
    emulator.script("completions", answer("length"));
    for (const source of ["upstream", "cache"]) {
      const reply = await post("/v1/completions", { prompt: "a = " });
      expect(reply.headers["x-copilot-source"]).toBe(source);
      expect(JSON.parse(reply.text).choices).toMatchObject([{ text: "left right", finish_reason: "length" }]);
    }
    emulator.setModel(() => ["one", "one two three four five"]);
    const several = await post("/v1/completions", { prompt: "b = ", n: 2, max_tokens: 3 });
    expect(JSON.parse(several.text).choices).toMatchObject([
      { text: "one", finish_reason: "stop" },
      { text: "one two three", finish_reason: "length" },
    ]);
  });

  test("of each prompt of several is its own", async () => {
    const { post, emulator } = await gateway();
    emulator.script("completions", answer("length"));
    emulator.script("completions", answer("content_filter", [""]));
    const { text } = await post("/v1/completions", { prompt: ["a = ", "b = "] });
    expect(JSON.parse(text).choices).toMatchObject([{ finish_reason: "length" }, { finish_reason: "content_filter" }]);
  });

  async function slowGateway() {
    const clock = createManualClock();
    // The next piece leaves when the one before it has been taken.
    const clockOfService = createManualClock();
    const { engine, emulator } = await engineOnEmulator({}, {}, { clock: clockOfService });
    const { core, post } = await serve({ clock });
    core.answerWith((ctx, request, onPartial) =>
      engine.complete(ctx, request, async (partial) => {
        await onPartial?.(partial);
        await clock.advance(300);
        void clockOfService.advance(1);
      }),
    );
    emulator.script("completions", {
      kind: "stream",
      choices: [["one", "\ntwo", " three"]],
      end: "stall",
      chunkDelayMs: 1,
    });
    return { post };
  }

  test("by the time that the client gives it", async () => {
    const { post } = await slowGateway();
    const { text } = await post("/infill", { input_prefix: "a", t_max_predict_ms: 250 });
    expect(JSON.parse(text)).toMatchObject({ stop_type: "limit", stop: true, content: "one\ntwo" });
  });

  test("by the time leaves nothing out of a region that is to be written anew", async () => {
    const { post } = await slowGateway();
    const [start, end] = ["<|editable_region_start|>\n", "\n<|editable_region_end|>"];
    const prompt = `### User Excerpt:\n\`\`\`a.txt\n${start}a = <|user_cursor_is_here|>\nb = 1${end}\n\`\`\`\n`;
    const { text } = await post("/completion", { prompt, t_max_predict_ms: 250 });
    expect(JSON.parse(text).content).toBe(`${start}a = one\ntwo\nb = 1${end}`);
  });

  test("of a prompt that is longer than the model's context is told to llama.cpp's clients", async () => {
    const { post } = await gateway();
    const truncated = async (prompt: string): Promise<unknown> =>
      JSON.parse((await post("/completion", { prompt })).text).truncated;
    expect(await truncated("a = ")).toBe(false);
    expect(await truncated("a = 1\n".repeat(8_000))).toBe(true);
  });
});

describe("other files that a client shows", () => {
  const infill = {
    input_prefix: "def area(w, h):\n",
    prompt: "    return ",
    input_suffix: "\n",
    input_extra: [
      { filename: "src/shape.py", text: "class Shape:\n    pass\n", time: 1 },
      { filename: "src/size.py", text: "def size(): ...\n" },
    ],
  };

  test("go to the service as comments of the language that they agree on", async () => {
    const { post, asked } = await gateway();
    await post("/infill", infill);
    expect(asked().prompt).toBe(
      [
        "# Compare this snippet from src/shape.py:",
        "# class Shape:",
        "#     pass",
        "# Compare this snippet from src/size.py:",
        "# def size(): ...",
        "def area(w, h):",
        "    return ",
      ].join("\n"),
    );
    expect(asked()).toMatchObject({ suffix: "\n", extra: { language: "python" } });
    expect(asked().extra.context).toBeUndefined();
  });

  test("go beside the prompt where the setting says so", async () => {
    const { post, asked } = await gateway({ contextStyle: "extra" });
    await post("/infill", infill);
    expect(asked().prompt).toBe("def area(w, h):\n    return ");
    expect(asked().extra.context).toEqual([
      "Compare this snippet from src/shape.py:\nclass Shape:\n    pass",
      "Compare this snippet from src/size.py:\ndef size(): ...",
    ]);
  });

  test("have the room that is left, the last first", async () => {
    const { post, asked } = await gateway();
    const long = "value = other + 1\n".repeat(600);
    const input_extra = ["a.py", "b.py", "c.py"].map((filename) => ({ filename, text: long }));
    await post("/infill", { ...infill, input_extra });
    expect(asked().prompt).not.toContain("a.py");
    expect(asked().prompt).toContain("c.py");
    expect(asked().prompt).toContain("def area(w, h):\n    return ");
    expect(asked().extra.prompt_tokens).toBeLessThan(7_692);
  });

  test("stay here when a rule keeps them, or their language is off", async () => {
    const { post, asked } = await gateway({ isExcluded: (path) => path?.endsWith(".env") === true });
    const input_extra = [
      { filename: ".env", text: "SECRET=1" },
      { filename: "README.md", text: "# Title" },
      { filename: "a.py", text: "a = 1" },
      { text: "no name" },
    ];
    await post("/infill", { ...infill, input_extra });
    expect(asked().prompt).not.toMatch(/SECRET|Title/);
    expect(asked().prompt).toMatch(/a = 1[^]*no name/);
  });

  test("make it another question", async () => {
    const { post, emulator } = await gateway();
    emulator.setModel(({ prompt }) => [prompt.includes("Shape") ? "shape" : "plain"]);
    const contentOf = async (body: unknown): Promise<string> => JSON.parse((await post("/infill", body)).text).content;
    expect(await contentOf(infill)).toBe("shape");
    expect(await contentOf({ ...infill, input_extra: [] })).toBe("plain");
    expect(await contentOf(infill)).toBe("shape");
    expect(emulator.callsTo("completions")).toHaveLength(2);
  });

  test("are refused in llama.cpp's words when they are something else", async () => {
    const { post } = await gateway();
    const reply = await post("/infill", { ...infill, input_extra: ["text"] });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text).error.message).toContain('"input_extra" must be a list of up to 1024 objects');
  });
});

describe("the language of a bare prompt", () => {
  test("is not said to the service when nobody knows it, and nothing is put into comments", async () => {
    const { post, asked } = await gateway();
    await post("/infill", { input_prefix: "a = ", input_extra: [{ text: "b = 1" }] });
    expect(asked().extra).not.toHaveProperty("language");
    expect(asked().prompt).toBe("Compare this snippet:\nb = 1\na = ");
  });

  test("comes from the path, which is told as in a document", async () => {
    const { post, asked } = await gateway();
    const prompt = "<|file_sep|>lib/a.lua\n<|fim_prefix|>local a = <|fim_suffix|>\n<|fim_middle|>";
    await post("/v1/completions", { prompt });
    expect(asked()).toMatchObject({ prompt: "-- Path: lib/a.lua\nlocal a = ", extra: { language: "lua" } });
  });

  test("of our own route is what the body says, and plain text otherwise", async () => {
    const { post, asked } = await gateway();
    await post("/", { prompt: "a = ", language: "ruby" });
    expect(asked().extra.language).toBe("ruby");
    await post("/", { prompt: "b = " });
    expect(asked().extra.language).toBe("plaintext");
  });
});

describe("an alternative of which nothing comes", () => {
  const asked = { prompt: "a = ", n: 4 };
  const blankBetween = [["  "], ["left"], [" "], ["right"]] as const;
  const script = (emulator: { script: (route: "completions", answer: ScriptedAnswer) => void }): void =>
    emulator.script("completions", { kind: "stream", choices: blankBetween, finishReason: "length" });

  test("keeps its number, streamed and whole", async () => {
    const { post, emulator } = await gateway();
    const texts = ["", "left", "", "right"];
    for (const [prompt, offset] of [["a = ", 0] as const, [["a = ", "b = "], 4] as const]) {
      if (offset > 0) emulator.script("completions", { kind: "stream", choices: [["x"], ["y"], ["z"], ["w"]] });
      script(emulator);
      const { text } = await post("/v1/completions", { prompt, n: 4 });
      const choices: { readonly text: string; readonly index: number }[] = JSON.parse(text).choices;
      expect(choices.map(({ index }) => index)).toEqual(choices.map((_, index) => index));
      expect(choices.slice(offset).map((choice) => choice.text)).toEqual(texts);

      if (offset > 0) emulator.script("completions", { kind: "stream", choices: [["x"], ["y"], ["z"], ["w"]] });
      script(emulator);
      const streamed = await post("/v1/completions", { prompt, n: 4, stream: true });
      const told = choices.map(() => "");
      const ended: (string | null)[] = choices.map(() => null);
      for (const line of streamed.text.split("\n")) {
        if (!line.startsWith("data: {")) continue;
        for (const { index, text: piece, finish_reason } of JSON.parse(line.slice("data: ".length)).choices) {
          told[index] += piece;
          ended[index] = finish_reason;
        }
      }
      expect(told).toEqual(choices.map((choice) => choice.text));
      expect(ended.slice(offset)).toEqual(["stop", "length", "stop", "length"]);
      expect(streamed.text).toMatch(/data: \[DONE\]\n\n$/);
    }
  });

  test("is left out of our own answer, where the others keep their numbers", async () => {
    const { post, emulator } = await gateway();
    script(emulator);
    const events = await post("/", asked, { Accept: "text/event-stream" });
    expect(events.text).toMatch(/"index":1,"text":"left"[^]*"index":3,"text":"right"[^]*event: done/);
    script(emulator);
    const whole = await post("/", asked, { Accept: "application/json" });
    expect(JSON.parse(whole.text)).toMatchObject({
      text: "left",
      choices: [
        { index: 1, text: "left" },
        { index: 3, text: "right" },
      ],
    });
  });
});
