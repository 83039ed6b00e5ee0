// The gateway with the clients that people really use, as they are.

import OpenAI, {
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  PermissionDeniedError,
  RateLimitError,
} from "openai";
import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { items, untilCancelled } from "../support/fake-core.ts";
import { createGate } from "./support/gate.ts";
import { isThere, run } from "./support/program.ts";
import { serve } from "./support/serve.ts";

const hasPython = isThere("python3", "Python's standard library");
const hasCurl = isThere("curl", "what plugins send by curl");

describe("the openai package", () => {
  async function connect(options: Parameters<typeof serve>[0] = {}, apiKey = "unused") {
    const served = await serve(options);
    return { ...served, client: new OpenAI({ baseURL: `${served.url}/v1`, apiKey, maxRetries: 0 }) };
  }
  const question = { model: "gpt-3.5-turbo-instruct", prompt: "def add(a, b):\n    return ", suffix: "\n" } as const;

  test("gets a completion", async () => {
    const { client, core } = await connect();
    core.answerWith(async () => items("a + b"));
    const completion = await client.completions.create({ ...question, max_tokens: 16, temperature: 0 });
    expect(completion).toMatchObject({
      object: "text_completion",
      choices: [{ text: "a + b", finish_reason: "stop" }],
    });
    expect(completion.usage?.total_tokens).toBe(
      (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0),
    );
    expect(core.asked).toMatchObject([{ before: question.prompt, after: "\n", maxTokens: 16 }]);
  });

  test("gets it piece by piece, with the usage at the end", async () => {
    const { client, core } = await connect();
    core.answerWith(async (_ctx, _request, onPartial) => {
      for (const text of ["a ", "+ ", "b"]) await onPartial?.({ index: 0, text });
      return items("a + b");
    });
    const pieces: string[] = [];
    let usage: unknown;
    const stream = await client.completions.create({
      ...question,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      pieces.push(...chunk.choices.map(({ text }) => text));
      usage = chunk.usage ?? usage;
    }
    expect(pieces.join("")).toBe("a + b");
    expect(pieces.length).toBeGreaterThan(2);
    expect(usage).toMatchObject({ completion_tokens: expect.any(Number) });
  });

  test.each([
    [new CopilotError("signed-out", "Nobody is signed in."), AuthenticationError, "signed-out"],
    [new CopilotError("limited", "Slow down.", { retryAfterMs: 1_000 }), RateLimitError, "limited"],
    [new CopilotError("not-authorized", "No Copilot."), PermissionDeniedError, "not-authorized"],
    [new CopilotError("offline", "No network."), InternalServerError, "offline"],
  ])("knows %s by its class and code", async (error, kind, code) => {
    const { client, core } = await connect();
    core.answerWith(async () => Promise.reject(error));
    const failure: unknown = await client.completions.create(question).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(kind);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(error.message) });
  });

  test("knows a parameter out of range, and a stream that breaks off", async () => {
    const { client, core } = await connect();
    await expect(client.completions.create({ ...question, temperature: 9 })).rejects.toThrow(BadRequestError);
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "half" });
      throw new CopilotError("upstream-failed", "It broke off.");
    });
    const stream = await client.completions.create({ ...question, stream: true });
    await expect(
      (async () => {
        for await (const chunk of stream) expect(chunk.choices[0]?.text).toBe("half");
      })(),
    ).rejects.toThrow("It broke off.");
  });

  test("stops the question when it is aborted, before the answer and in it", async () => {
    const { client, core } = await connect();
    for (const stream of [false, true]) {
      const asked = createGate();
      const stopped = createGate();
      core.answerWith(async (ctx, _request, onPartial) => {
        ctx.signal.addEventListener("abort", () => stopped.open());
        await onPartial?.({ index: 0, text: "half" });
        asked.open();
        return untilCancelled(ctx);
      });
      const controller = new AbortController();
      const asking = client.completions
        .create({ ...question, stream }, { signal: controller.signal })
        .then(async (answer) => {
          if (Symbol.asyncIterator in answer) for await (const chunk of answer) expect(chunk.choices).toHaveLength(1);
        })
        .catch((error: unknown) => error);
      await asked.opened;
      controller.abort();
      await asking;
      await stopped.opened;
    }
  });

  test("lists models, and gives the bearer token that the listener wants as its key", async () => {
    const { client, core, url } = await connect({ settings: { access: "token" } }, "a-token-for-tests-0123456789");
    core.models = async () => [
      { id: "gpt-41-copilot", name: "GPT", vendor: "Azure OpenAI", kind: "completion", preview: false },
    ];
    expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["gpt-41-copilot"]);
    const other = new OpenAI({ baseURL: `${url}/v1`, apiKey: "another", maxRetries: 0 });
    await expect(other.completions.create(question)).rejects.toThrow(AuthenticationError);
  });
});

describe.skipIf(!hasPython)("Python's standard library", () => {
  test("appends until there is nothing more, and reads why something is refused", async () => {
    const { url, core } = await serve();
    const whole = "a = 1\nb = 'ä'\n";
    core.answerWith(async (_ctx, request) => {
      const rest = whole.slice(request.before.length);
      return rest === "" ? { kind: "empty", reason: "upstream-empty" } : items(rest.slice(0, rest.indexOf("\n") + 1));
    });
    const script = `
import json, sys, urllib.error, urllib.request
text = ""
while True:
    body = json.dumps({"prompt": text, "language": "python"}).encode()
    with urllib.request.urlopen(sys.argv[1], body, timeout=10) as answer:
        piece = answer.read().decode()
    if not piece:
        break
    text += piece
sys.stdout.buffer.write(text.encode())
try:
    urllib.request.urlopen(sys.argv[1] + "/nowhere", timeout=10)
except urllib.error.HTTPError as error:
    sys.stdout.write(json.load(error)["error"]["code"])
`;
    expect(await run("python3", ["-c", script, url])).toEqual({ code: 0, stdout: `${whole}not-found`, stderr: "" });
  });

  test("reads a streamed answer line by line through http.client, on one connection", async () => {
    const { url, core, port } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "one" });
      return items("one");
    });
    const script = `
import http.client, json, sys
connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
for _ in range(2):
    connection.request("POST", "/", json.dumps({"prompt": "x"}), {"Accept": "text/event-stream"})
    for line in connection.getresponse():
        if line.startswith(b"event: "):
            sys.stdout.write(line.decode())
`;
    expect(url).toContain(String(port));
    expect(await run("python3", ["-c", script, String(port)])).toEqual({
      code: 0,
      stdout: "event: text\nevent: done\n".repeat(2),
      stderr: "",
    });
  });
});

describe.skipIf(!hasCurl)("an editor plugin that asks by curl", () => {
  const byCurl = (url: string, body: unknown, ...headers: readonly string[]) =>
    run(
      "curl",
      [
        "--silent",
        "--no-buffer",
        "--request",
        "POST",
        "--url",
        url,
        ...headers.flatMap((header) => ["--header", header]),
        "--data",
        "@-",
      ],
      JSON.stringify(body),
    );

  test("as llama.vim does for a suggestion, gets the fields that it shows", async () => {
    const { url, core } = await serve();
    core.answerWith(async () => items("a + b"));
    // As the plugin's documentation of the llama.cpp server's /infill has it, with its defaults.
    const body = {
      input_prefix: "def add(a, b):\n",
      input_suffix: "\nprint(add(1, 2))\n",
      input_extra: [{ text: "x = 1\n", time: [1, 2], filename: "other.py" }],
      prompt: "    return ",
      n_predict: 128,
      n_indent: 4,
      stop: [],
      top_k: 40,
      top_p: 0.99,
      samplers: ["top_k", "top_p", "infill"],
      stream: false,
      cache_prompt: true,
      t_max_prompt_ms: 500,
      t_max_predict_ms: 1000,
      response_fields: ["content", "timings/prompt_n", "timings/prompt_ms", "truncated", "tokens_cached"],
    };
    const { code, stdout } = await byCurl(`${url}/infill`, body, "Content-Type: application/json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      content: "a + b",
      "timings/prompt_n": expect.any(Number),
      "timings/prompt_ms": expect.any(Number),
      truncated: false,
      tokens_cached: expect.any(Number),
    });
    expect(core.asked).toMatchObject([
      { before: expect.stringContaining("def add(a, b):\n    return "), after: body.input_suffix, maxTokens: 128 },
    ]);
  });

  test("as minuet does with a FIM provider, gets a stream of chunks", async () => {
    const { url, core } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "a +" });
      return items("a + b");
    });
    const body = {
      model: "deepseek-chat",
      stream: true,
      max_tokens: 256,
      top_p: 0.9,
      stop: ["\n\n"],
      prompt: "# language: python\ndef add(a, b):\n    return ",
      suffix: "\nprint(add(1, 2))\n",
    };
    const { code, stdout } = await byCurl(
      `${url}/v1/completions`,
      body,
      "Content-Type: application/json",
      "Accept: application/json",
      "Authorization: Bearer unused",
    );
    expect(code).toBe(0);
    const events = stdout.split("\n").filter((line) => line !== "");
    expect(events.every((line) => line.startsWith("data: "))).toBe(true);
    expect(events.at(-1)).toBe("data: [DONE]");
    const texts = events.slice(0, -1).map((line) => JSON.parse(line.slice("data: ".length)).choices[0].text);
    expect(texts.join("")).toBe("a + b");
  });
});
