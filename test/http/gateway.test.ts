import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import type { Status } from "../../shared/status.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { type Answer, items, untilCancelled } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

const streamed =
  (...pieces: readonly string[]): Answer =>
  async (_ctx, _request, onPartial) => {
    for (const text of pieces) await onPartial?.({ index: 0, text });
    return items(pieces.join(""));
  };

/** The JSON of each `data:` line; `[DONE]` as it is. */
function dataOf(text: string): readonly unknown[] {
  return text
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => (event === "data: [DONE]" ? "[DONE]" : JSON.parse(event.slice(6))));
}

describe("OpenAI completions", () => {
  test("answer in OpenAI's shape", async () => {
    const { core, post } = await serve({ clock: createManualClock(1_700_000_000_000) });
    const body = {
      model: "gpt-3.5-turbo-instruct",
      prompt: "a",
      suffix: "b",
      max_tokens: 9,
      stop: ["\n\n"],
      user: "me",
    };
    const reply = await post("/v1/completions", body);
    expect(core.asked[0]).toMatchObject({ before: "a", after: "b", maxTokens: 9, stop: ["\n\n"], lines: "block" });
    expect(core.asked[0]?.model).toBeUndefined();
    expect(JSON.parse(reply.text)).toEqual({
      id: "cmpl-id-1",
      object: "text_completion",
      created: 1_700_000_000,
      model: "gpt-41-copilot",
      choices: [{ text: "42", index: 0, logprobs: null, finish_reason: "stop" }],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
    });
  });

  test("stream chunks and then [DONE]", async () => {
    const { core, post } = await serve();
    core.answerWith(streamed("4", "2"));
    const reply = await post("/v1/completions", { prompt: "a", stream: true, stream_options: { include_usage: true } });
    const chunks = dataOf(reply.text);
    expect(reply.headers["content-type"]).toMatch(/^text\/event-stream/);
    expect(chunks).toEqual([
      expect.objectContaining({ choices: [{ text: "4", index: 0, logprobs: null, finish_reason: null }], usage: null }),
      expect.objectContaining({ choices: [{ text: "2", index: 0, logprobs: null, finish_reason: null }] }),
      expect.objectContaining({ choices: [{ text: "", index: 0, logprobs: null, finish_reason: "stop" }] }),
      expect.objectContaining({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
      "[DONE]",
    ]);
  });

  test("stream also what the core had at once", async () => {
    const { post } = await serve();
    const chunks = dataOf((await post("/v1/completions", { prompt: "a", stream: true })).text);
    expect(chunks[0]).toMatchObject({ choices: [{ text: "42" }] });
  });

  test("give every prompt of several its own choices", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, { kind, before }) =>
      before === "none" ? { kind: "empty", reason: "upstream-empty" } : items(`${kind} ${before}`, `again ${before}`),
    );
    const reply = await post("/v1/completions", { prompt: ["x", "none", "y"], n: 2 });
    const choices = JSON.parse(reply.text).choices as readonly { index: number; text: string }[];
    expect(choices.map(({ index, text }) => `${index} ${text}`)).toEqual([
      "0 prompt x",
      "1 again x",
      "2 ",
      "3 ",
      "4 prompt y",
      "5 again y",
    ]);
  });

  test("have a choice and a reason also when there is nothing", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => ({ kind: "empty", reason: "upstream-empty" }));
    const reply = await post("/v1/completions", { prompt: "x" });
    expect(JSON.parse(reply.text).choices).toEqual([{ text: "", index: 0, logprobs: null, finish_reason: "stop" }]);
    expect(reply.headers["x-copilot-reason"]).toBe("upstream-empty");
  });

  test("ask the engine of the path, and of the body only one of the service's", async () => {
    const { core, post } = await serve();
    await post("/v1/engines/gpt-4o-copilot/completions", { prompt: "x", model: "other" });
    await post("/v1/completions", { prompt: "x", model: "gpt-4o-copilot" });
    expect(core.asked.map(({ model }) => model)).toEqual(["gpt-4o-copilot", "gpt-4o-copilot"]);
  });

  test("fail in OpenAI's shape, before the stream and in it", async () => {
    const { core, post } = await serve();
    expect((await post("/v1/completions", { prompt: "", suffix: "x" })).status).toBe(200);
    const bad = await post("/v1/completions", { prompt: [1, 2] });
    expect(bad.status).toBe(400);
    expect(JSON.parse(bad.text)).toEqual({
      error: {
        message: '"prompt" must be a string or up to 8 strings, not an array.',
        type: "invalid_request_error",
        param: null,
        code: "bad-request",
      },
    });
    core.answerWith(() => Promise.reject(new CopilotError("limited", "Too often.", { advice: "Wait." })));
    const limited = await post("/v1/completions", { prompt: "x", stream: true });
    expect(limited.status).toBe(429);
    expect(JSON.parse(limited.text).error).toMatchObject({ message: "Too often. Wait.", type: "rate_limit_error" });
    core.answerWith(() => Promise.reject(new CopilotError("limited", "refused: too often", { advice: "Wait." })));
    const inTheirWords = await post("/v1/completions", { prompt: "x" });
    expect(JSON.parse(inTheirWords.text).error.message).toBe("refused: too often. Wait.");
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "half" });
      throw new CopilotError("upstream-failed", "It broke off.");
    });
    const broken = dataOf((await post("/v1/completions", { prompt: "x", stream: true })).text);
    expect(broken.at(-1)).toMatchObject({ error: { message: "It broke off.", type: "server_error" } });
    expect(broken).not.toContain("[DONE]");
  });

  test("have their models listed", async () => {
    const { core, ask } = await serve();
    const models = [
      { id: "gpt-41-copilot", name: "GPT", vendor: "Azure OpenAI", kind: "completion", preview: false } as const,
      { id: "gpt-5", name: "GPT", vendor: "OpenAI", kind: "chat", preview: false } as const,
    ];
    Object.assign(core, { models: async () => models });
    expect(JSON.parse((await ask("GET", "/v1/models")).text)).toEqual({
      object: "list",
      data: [{ id: "gpt-41-copilot", object: "model", created: 0, owned_by: "Azure OpenAI" }],
    });
  });
});

describe("llama.cpp", () => {
  // What llama.vim sends, with its own values.
  const infill = {
    input_prefix: "a\n",
    input_suffix: "\nc\n",
    input_extra: [{ text: "chunk", time: 1, filename: "b.py" }],
    prompt: "  b",
    n_predict: 128,
    stop: [],
    n_indent: 2,
    top_k: 40,
    top_p: 0.9,
    stream: false,
    samplers: ["top_k", "top_p", "infill"],
    cache_prompt: true,
    t_max_prompt_ms: 500,
    t_max_predict_ms: 250,
    response_fields: ["content", "timings/prompt_n", "timings/predicted_per_second", "truncated", "tokens_cached"],
  };

  test("answers /infill with the fields that were asked for, under their whole names", async () => {
    const { core, post } = await serve();
    const reply = await post("/infill", infill);
    expect(core.asked[0]).toMatchObject({ before: "a\n  b", after: "\nc\n", maxTokens: 128, topP: 0.9 });
    expect(JSON.parse(reply.text)).toEqual({
      content: "42",
      "timings/prompt_n": 3,
      "timings/predicted_per_second": expect.any(Number),
      truncated: false,
      tokens_cached: 0,
    });
  });

  test("is not asked for what only warms a model up", async () => {
    const { core, post } = await serve();
    const reply = await post("/infill", { ...infill, n_predict: 0 });
    expect(JSON.parse(reply.text).content).toBe("");
    expect(core.asked).toEqual([]);
  });

  test("answers with what has come when the time is used up, and stops the rest", async () => {
    const clock = createManualClock();
    const { core, post } = await serve({ clock });
    core.answerWith(async (ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "one" });
      await clock.advance(300);
      await onPartial?.({ index: 0, text: " line" });
      await onPartial?.({ index: 0, text: "\ntwo" });
      return untilCancelled(ctx);
    });
    expect(JSON.parse((await post("/infill", infill)).text).content).toBe("one line\ntwo");
  });

  test("streams /completion, with a template taken apart", async () => {
    const { core, post } = await serve();
    core.answerWith(streamed("4", "2"));
    const prompt = "<fim_prefix>a<fim_suffix>b<fim_middle>";
    const chunks = dataOf((await post("/completion", { prompt, stream: true, n_predict: -1 })).text);
    expect(core.asked[0]).toMatchObject({ before: "a", after: "b" });
    expect(core.asked[0]?.maxTokens).toBeUndefined();
    expect(chunks).toEqual([
      { index: 0, content: "4", stop: false },
      { index: 0, content: "2", stop: false },
      expect.objectContaining({ content: "", stop: true, tokens_predicted: 1 }),
    ]);
  });

  test("fails in its own shape, and says its properties", async () => {
    const { core, post, ask } = await serve();
    core.answerWith(() => Promise.reject(new CopilotError("signed-out", "Nobody is signed in.")));
    expect(JSON.parse((await post("/infill", infill)).text)).toEqual({
      error: { code: 401, message: "Nobody is signed in.", type: "authentication_error" },
    });
    expect(JSON.parse((await ask("GET", "/props")).text)).toMatchObject({
      total_slots: 1,
      model_path: "gpt-41-copilot",
    });
  });
});

describe("Mistral's fill-in-the-middle", () => {
  test("answers and streams as its chat does", async () => {
    const { core, post } = await serve();
    core.answerWith(streamed("4", "2"));
    const body = { model: "codestral-latest", prompt: "a", suffix: "b", max_tokens: 64, temperature: 0 };
    expect(JSON.parse((await post("/v1/fim/completions", body)).text)).toMatchObject({
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "42" }, finish_reason: "stop" }],
      usage: { total_tokens: 3 },
    });
    expect(dataOf((await post("/v1/fim/completions", { ...body, stream: true })).text)).toMatchObject([
      { choices: [{ delta: { content: "4" }, finish_reason: null }] },
      { choices: [{ delta: { content: "2" } }] },
      { choices: [{ delta: { content: "" }, finish_reason: "stop" }], usage: { completion_tokens: 1 } },
      "[DONE]",
    ]);
    expect(core.asked[0]).toMatchObject({ before: "a", after: "b", maxTokens: 64, temperature: 0 });
  });
});

describe("Ollama's generate", () => {
  test("streams lines of JSON unless told otherwise", async () => {
    const { core, post } = await serve();
    core.answerWith(streamed("4", "2"));
    const body = { model: "qwen2.5-coder", prompt: "a", suffix: "b", options: { num_predict: 20, stop: ["\n\n"] } };
    const reply = await post("/api/generate", body);
    expect(reply.headers["content-type"]).toBe("application/x-ndjson");
    expect(
      reply.text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { model: "qwen2.5-coder", response: "4", done: false },
      { response: "2", done: false },
      { response: "", done: true, done_reason: "stop", eval_count: 1 },
    ]);
    expect(core.asked[0]).toMatchObject({ before: "a", after: "b", maxTokens: 20, stop: ["\n\n"] });
    const whole = await post("/api/generate", { ...body, stream: false });
    expect(JSON.parse(whole.text)).toMatchObject({ response: "42", done: true });
  });

  test("fails in its own shape", async () => {
    const { post } = await serve();
    expect(JSON.parse((await post("/api/generate", { prompt: 1 })).text)).toEqual({
      error: '"prompt" must be a string, not 1.',
    });
  });
});

describe("the account over HTTP", () => {
  test("signs in with a code, and out", async () => {
    const { core, post } = await serve();
    const flow = {
      kind: "device-flow",
      userCode: "ABCD-1234",
      verificationUri: "https://github.com/login/device",
      expiresInSeconds: 900,
      intervalSeconds: 5,
    } as const;
    Object.assign(core.account, { signIn: async () => flow, signOut: async () => ({ leftInEnvironment: false }) });
    expect(JSON.parse((await post("/signin", "")).text)).toEqual(flow);
    expect(JSON.parse((await post("/signout", "")).text)).toEqual({ leftInEnvironment: false });
  });

  test("is followed through events until the client leaves", async () => {
    const { core, connect } = await serve();
    const listeners = new Set<(status: Status) => void>();
    let onLeft = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      onLeft = resolve;
    });
    Object.assign(core, {
      onStatus(listener: (status: Status) => void) {
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
          onLeft();
        };
      },
    });
    const client = connect();
    client.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until('data: {"kind":"Normal","busy":false}');
    for (const listener of listeners) listener({ kind: "Error", busy: false, reason: "signed-out" });
    await client.until('"reason":"signed-out"');
    client.socket.destroy();
    await left;
    expect(listeners.size).toBe(0);
  });
});
