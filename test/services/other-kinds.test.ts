// Ollama, endpoints shaped like OpenAI's, Mistral and Tabby: what each is asked, how each answers, and how each fails.

import { afterEach, describe, expect, test } from "vitest";
import { createManualClock } from "../support/manual-clock.ts";
import { type Opened, openOne } from "./support/open.ts";
import { type Answer, events, json, lines, type StandIn, startStandIn } from "./support/stand-in.ts";

let standIn: StandIn;
let service: Opened | undefined;

afterEach(async () => {
  await service?.close();
  service = undefined;
  await standIn.close();
});

const before = "def add(a, b):\n    return ";
const after = "\nprint(add(1, 2))\n";

describe("Ollama", () => {
  /** Without a prompt the model is loaded only. */
  const onAsk =
    (answer: Answer): Answer =>
    (response, asked) =>
      (asked.body.prompt === undefined ? json({ done: true, done_reason: "load" }) : answer)(response, asked);
  const started = (more: Record<string, ReturnType<typeof json>> = {}) =>
    startStandIn({
      "/role": json({ error: "not found" }, 404),
      "/api/tags": json({ models: [{ name: "llama3:8b" }, { name: "qwen2.5-coder:1.5b-base" }] }),
      "/api/show": json({
        capabilities: ["completion", "insert"],
        parameters: "num_ctx    2048\nstop x",
        model_info: {},
      }),
      "/api/generate": onAsk(
        lines(
          { response: "a +", done: false },
          { response: " b", done: false },
          { response: "", done: true, done_reason: "stop", prompt_eval_count: 12 },
        ),
      ),
      ...more,
    });

  test("loads the first model that can fill a hole, and gets raw text where its family is known", async () => {
    standIn = await started();
    service = openOne({ kind: "ollama", url: standIn.url });
    expect(await service.between(before, after)).toBe("a + b");
    const [load, ask] = standIn.to("/api/generate").map(({ body }) => body);
    expect(load).toEqual({ model: "qwen2.5-coder:1.5b-base", keep_alive: "30m", stream: false });
    expect(ask).toMatchObject({
      model: "qwen2.5-coder:1.5b-base",
      raw: true,
      think: false,
      truncate: false,
      prompt: expect.stringMatching(/^<\|fim_prefix\|>.*<\|fim_middle\|> {4}return $/s),
      options: { num_predict: 100, temperature: 0 },
    });
    // Another context than the one that it is loaded with would load it anew.
    expect(ask.options).not.toHaveProperty("num_ctx");
    expect(ask).not.toHaveProperty("suffix");
  });

  test("has its template put the words in where the family is not known", async () => {
    standIn = await started({ "/api/tags": json({ models: [{ name: "own-model", capabilities: ["insert"] }] }) });
    service = openOne({ kind: "ollama", url: standIn.url });
    expect(await service.between(before, after)).toBe("a + b");
    const ask = standIn.to("/api/generate").at(-1)?.body;
    expect(ask).toMatchObject({ prompt: expect.stringContaining(before), suffix: after });
    expect(ask).not.toHaveProperty("raw");
  });

  test("is not guessed at where it says of no model that it can", async () => {
    standIn = await started({
      "/api/tags": json({ models: [{ name: "llama3:8b" }] }),
      "/api/show": json({ capabilities: ["completion"] }),
    });
    service = openOne({ kind: "ollama", url: standIn.url });
    await expect(service.text()).rejects.toMatchObject({
      code: "bad-request",
      advice: expect.stringContaining("service.template"),
    });
  });

  test.each([
    ["a model that is not there", json({ error: "model 'x' not found" }, 404), "upstream-rejected", /not found/],
    ["a full queue", json({ error: "server busy" }, 503, { "retry-after": "1" }), "limited", /server busy/],
    [
      "an error in the middle",
      lines({ response: "a", done: false }, { error: "out of memory" }),
      "upstream-failed",
      /out of memory/,
    ],
    ["a stream that breaks off", lines({ response: "a", done: false }), "upstream-failed", /broke off/],
  ])("%s is said in its words", async (_what, answer, code, message) => {
    standIn = await started();
    service = openOne({ kind: "ollama", url: standIn.url });
    await service.text();
    standIn.answer("/api/generate", answer);
    await expect(service.text()).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test("a prompt that is too long is cut and sent again", async () => {
    standIn = await started();
    service = openOne({ kind: "ollama", url: standIn.url });
    await service.text();
    let refused = 0;
    standIn.answer("/api/generate", (response, asked) => {
      const isLong = asked.body.prompt.length > 1_500;
      if (isLong) refused += 1;
      const answer = isLong
        ? json({ error: "the prompt is longer than the context length" }, 400)
        : lines({ response: "a + b", done: true, done_reason: "stop" });
      return answer(response, asked);
    });
    expect(await service.between(`${"x = 1  # some text\n".repeat(400)}y = `, "")).toBe("a + b");
    expect(refused).toBeGreaterThan(0);
  });
});

describe("an endpoint shaped like OpenAI's", () => {
  const answer = events(
    { choices: [{ index: 0, text: "a +", finish_reason: null }] },
    { choices: [{ index: 0, text: " b", finish_reason: null }] },
    { choices: [{ index: 0, text: "", finish_reason: "stop" }], usage: { prompt_tokens: 9 } },
  );
  const started = (model: string, countOf: (suffix: string | undefined) => number | undefined) =>
    startStandIn({
      "/role": json({}, 404),
      "/v1/models": json({ data: [{ id: model, max_model_len: 4096 }] }),
      "/v1/completions": (response, asked) => {
        if (asked.body.stream === true) return answer(response, asked);
        const count = countOf(asked.body.suffix);
        return count === undefined
          ? json({ error: { message: "suffix is not currently supported", code: 400 } }, 400)(response, asked)
          : json({ usage: { prompt_tokens: count } })(response, asked);
      },
    });
  const open = (more: Parameters<typeof openOne>[0] = {}) =>
    openOne({ kind: "openai", url: `${standIn.url}/v1`, ...more });

  test("gets the words of a known family in the prompt, and never a suffix", async () => {
    standIn = await started("Qwen/Qwen2.5-Coder-7B", () => 10);
    service = open({ key: "sk-test" });
    expect(await service.between(before, after, { stop: ["1", "2", "3", "4", "5"] })).toBe("a + b");
    const asks = standIn.to("/v1/completions");
    expect(asks).toHaveLength(1);
    expect(asks[0]?.body).not.toHaveProperty("suffix");
    expect(asks[0]?.body.stop).toHaveLength(4);
    expect(asks[0]?.headers.authorization).toBe("Bearer sk-test");
  });

  test("gets a suffix where it was measured to be honoured, once", async () => {
    standIn = await started("own-model", (suffix) => (suffix === undefined ? 10 : 60));
    service = open();
    expect(await service.between(before, after)).toBe("a + b");
    expect(await service.between(before, after)).toBe("a + b");
    const asks = standIn.to("/v1/completions").map(({ body }) => body);
    expect(asks.filter(({ stream }) => stream !== true)).toHaveLength(2);
    expect(asks.at(-1)).toMatchObject({ suffix: after });
  });

  test.each([
    ["ignored", () => 10],
    ["refused", (suffix: string | undefined) => (suffix === undefined ? 10 : undefined)],
  ])("is not asked where a suffix is %s and the family is not known", async (_how, countOf) => {
    standIn = await started("own-model", countOf);
    service = open();
    await expect(service.text()).rejects.toMatchObject({
      code: "bad-request",
      advice: expect.stringContaining("service.template"),
    });
    service = open({ template: "server" });
    await expect(service.text()).rejects.toMatchObject({
      message: expect.stringContaining("ignores or refuses a suffix"),
    });
  });

  test("its words of the model in an answer end it, and are told of once", async () => {
    standIn = await started("starcoder2", () => 10);
    service = open();
    standIn.answer(
      "/v1/completions",
      events(
        { choices: [{ index: 0, text: "a + b<fim_", finish_reason: null }] },
        { choices: [{ index: 0, text: "prefix>and on", finish_reason: null }] },
        { choices: [{ index: 0, text: "", finish_reason: "stop" }] },
      ),
    );
    expect(await service.text()).toBe("a + b");
    expect(await service.text()).toBe("a + b");
    expect(service.log.lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
      expect.stringContaining("service.template may name another family"),
    ]);
  });

  test.each([
    [401, "key-refused", /does not accept the key/],
    [402, "quota", /used up/],
    [403, "key-refused", /does not allow/],
    [429, "limited", /too often/],
    [500, "upstream-failed", /failed to give/],
    [422, "upstream-rejected", /bad field/],
  ])("status %i is %s", async (status, code, message) => {
    standIn = await started("starcoder2", () => 10);
    service = open({ key: "sk-secret-key" });
    await service.text();
    standIn.answer("/v1/completions", json({ error: { message: "sk-secret-key: bad field" } }, status));
    const error: unknown = await service.text().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("sk-secret-key");
  });
});

describe("Mistral", () => {
  const answer = events(
    { choices: [{ index: 0, delta: { content: "a +" }, finish_reason: null }] },
    { choices: [{ index: 0, delta: { content: [{ type: "text", text: " b" }] }, finish_reason: "stop" }] },
  );

  test("gets prompt and suffix apart, other files by their paths, and a bound", async () => {
    standIn = await startStandIn({ "/role": json({}, 404), "/v1/fim/completions": answer });
    service = openOne({ kind: "mistral", url: standIn.url, key: "mistral-key" });
    expect(await service.between(before, after, { files: [{ path: "b.py", text: "b = 1" }] })).toBe("a + b");
    const [ask] = standIn.to("/v1/fim/completions");
    expect(ask?.body).toEqual({
      model: "codestral-latest",
      prompt: `+++++ b.py\nb = 1\n\n+++++ src/a.py\n${before}`,
      suffix: after,
      max_tokens: 100,
      temperature: 0,
      top_p: 1,
      stop: ["\n"],
      stream: true,
    });
    expect(ask?.headers.authorization).toBe("Bearer mistral-key");
    expect(service.service.capabilities.countsCompletions()).toBe(true);
  });

  test("says which field it refuses", async () => {
    standIn = await startStandIn({
      "/role": json({}, 404),
      "/v1/fim/completions": json({ detail: [{ loc: ["body", "top_p"], msg: "must be below 1", type: "x" }] }, 422),
    });
    service = openOne({ kind: "mistral", url: standIn.url });
    await expect(service.text()).rejects.toMatchObject({ message: expect.stringContaining("must be below 1") });
  });

  test.each([
    { detail: "no model for mistral-secret-key\u001b[2J\u202e" },
    { detail: [{ msg: "no model for mistral-secret-key\u001b[2J\u202e" }] },
  ])("refuses in words that hold neither the key nor what acts on a terminal: %j", async (body) => {
    standIn = await startStandIn({ "/role": json({}, 404), "/v1/fim/completions": json(body, 422) });
    service = openOne({ kind: "mistral", url: standIn.url, key: "mistral-secret-key" });
    const error: unknown = await service.text().catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("no model for");
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    expect(String(error)).not.toMatch(/mistral-secret-key|[\u001b\u202e]/);
  });
});

describe("Tabby", () => {
  const health = json({ models: { completion: { local: { model_id: "StarCoder-1B" } } } });
  const completion = json({ id: "cmpl-1", choices: [{ index: 0, text: "a + b" }], mode: "standard" });

  test("gets segments, within what its server leaves uncut, and no events", async () => {
    standIn = await startStandIn({ "/role": json({}, 404), "/v1/health": health, "/v1/completions": completion });
    service = openOne({ kind: "tabby", url: standIn.url, key: "auth_key" });
    const files = [{ path: "src/b.py", text: "b = 1" }];
    expect(await service.between(before, after, { files })).toBe("a + b");
    expect(await service.between(`${"ä = 'größe'\n".repeat(400)}x = `, "ö\n".repeat(2_000), { files })).toBe("a + b");
    const [short, long] = standIn.to("/v1/completions").map(({ body }) => body);
    expect(short).toEqual({
      language: "python",
      segments: {
        prefix: before,
        suffix: after,
        filepath: "src/a.py",
        relevant_snippets_from_recently_opened_files: [{ filepath: "src/b.py", body: "b = 1", score: 1 }],
      },
      temperature: 0,
    });
    const { prefix, suffix } = long.segments;
    expect(Buffer.byteLength(prefix + suffix)).toBeLessThanOrEqual(1_400);
    expect(prefix).toMatch(/^ä = .*x = $/s);
    expect(standIn.asked.map(({ path }) => path)).not.toContain("/v1/events");
  });

  test.each([
    [400, "upstream-rejected"],
    [401, "key-refused"],
    [429, "limited"],
    [501, "upstream-failed"],
  ])("its empty answer with status %i is %s", async (status, code) => {
    standIn = await startStandIn({ "/role": json({}, 404), "/v1/health": health, "/v1/completions": json("", status) });
    service = openOne({ kind: "tabby", url: standIn.url, key: "auth_key" });
    await expect(service.text()).rejects.toMatchObject({ code });
  });

  test("of an older version is asked for its health with a POST", async () => {
    standIn = await startStandIn({
      "/role": json({}, 404),
      "/v1/health": (response, asked) => (asked.method === "GET" ? json("", 405) : health)(response, asked),
      "/v1/completions": completion,
    });
    service = openOne({ kind: "tabby", url: standIn.url });
    expect(await service.text()).toBe("a + b");
  });
});

describe("llama-server", () => {
  const answer: Answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`data: ${JSON.stringify({ content: "a + b", stop: true, stop_type: "eos" })}\n\n`);
  };
  const started = (...ids: readonly string[]) =>
    startStandIn({
      "/role": json({}, 404),
      "/v1/models": json({ data: ids.map((id) => ({ id })) }),
      "/props": json({ default_generation_settings: { n_ctx: 4096 } }),
      "/completion": answer,
    });

  test("with several models behind it is asked for the first whose family is known, or for the one that was named", async () => {
    standIn = await started("llama3-8b", "qwen2.5-coder-7b", "starcoder2-3b");
    service = openOne({ kind: "llama.cpp", url: standIn.url });
    expect(await service.text()).toBe("a + b");
    await service.close();
    service = openOne({ kind: "llama.cpp", url: standIn.url, model: "starcoder2-3b" });
    expect(await service.text()).toBe("a + b");
    const [first, named] = standIn.to("/completion").map(({ body }) => body);
    expect(first).toMatchObject({ model: "qwen2.5-coder-7b", prompt: expect.stringContaining("<|fim_prefix|>") });
    expect(named).toMatchObject({ model: "starcoder2-3b", prompt: expect.stringContaining("<fim_prefix>") });
  });

  test("that has not loaded its model yet is waited for, and its request is not lost", async () => {
    standIn = await started("qwen2.5-coder-7b");
    let refusals = 0;
    const onceLoading =
      (then: Answer): Answer =>
      (response, asked) => {
        refusals += 1;
        standIn.answer(asked.path, then);
        return json({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503)(
          response,
          asked,
        );
      };
    standIn.answer("/v1/models", onceLoading(json({ data: [{ id: "qwen2.5-coder-7b" }] })));
    standIn.answer("/completion", onceLoading(answer));
    service = openOne({ kind: "llama.cpp", url: standIn.url });
    expect(await service.text()).toBe("a + b");
    expect(refusals).toBe(2);
  });
});

test.each(["/role", "/v1/models"])("a service that hangs at %s is given up after ten seconds", async (path) => {
  const clock = createManualClock();
  standIn = await startStandIn({ "/role": json({}, 404) });
  const isAsked = new Promise<void>((settle) => standIn.answer(path, () => settle()));
  service = openOne({ kind: "llama.cpp", url: standIn.url, clock });
  const failure = service.text().catch((error: unknown) => error);
  await isAsked;
  await clock.advance(10_000);
  expect(await failure).toMatchObject({ code: "timeout", message: expect.stringContaining("within 10 s") });
});

test("a key is not sent in clear to another machine", async () => {
  standIn = await startStandIn({});
  service = openOne({ kind: "openai", url: "http://192.0.2.1:8000/v1", key: "sk-test" });
  await expect(service.text()).rejects.toMatchObject({
    code: "bad-request",
    message: expect.stringContaining("in clear"),
  });
});
