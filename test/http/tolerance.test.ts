// What the imitated servers take, this one takes from their clients; what no server could use is refused by name.

import { describe, expect, test } from "vitest";
import { items } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

const apis = ["/v1/completions", "/v1/fim/completions", "/completion", "/infill", "/api/generate"];
const options = { temperature: -1, top_p: 7, num_predict: 12.5, stop: Array.from({ length: 40 }, (_, at) => `s${at}`) };

test.each(apis)("%s takes more stop strings than its users need", async (path) => {
  const { post, core } = await serve();
  const stop = Array.from({ length: 100 }, (_, at) => `stop ${at}`);
  expect((await post(path, { prompt: "x", stop, options: { stop } })).status).toBe(200);
  expect(core.asked[0]).toMatchObject({ stop });
});

test.each([
  ["/completion", { prompt: "x", ...options, n_predict: 12.5, t_max_predict_ms: -1 }],
  ["/infill", { input_prefix: "x", ...options, n_predict: 12.5 }],
  ["/api/generate", { prompt: "x", options }],
])(
  "%s takes numbers that a server of one's own takes, and asks with the nearest that the service does",
  async (path, body) => {
    const { post, core } = await serve();
    expect((await post(path, body)).status).toBe(200);
    expect(core.asked[0]).toMatchObject({ temperature: 0, topP: 1, maxTokens: 12, stop: options.stop });
  },
);

test.each(apis)("%s takes fields of any name and kind that it does not know", async (path) => {
  const { post, core } = await serve();
  const body = '{"prompt":"x","__proto__":{"temperature":9},"constructor":1,"path":5,"language":{},"toString":[]}';
  expect((await post(path, body)).status).toBe(200);
  expect(core.asked[0]).toMatchObject({ temperature: undefined, path: undefined, languageId: "" });
});

describe("the name of a model", () => {
  test.each([...apis, "/", "/complete"])("that is half a surrogate pair is refused at %s", async (path) => {
    const { post, core } = await serve();
    for (const half of ["\\ud800", "copilot-\\udc00", "\\udc00\\ud800copilot"]) {
      const reply = await post(path, `{"prompt":"x","model":"${half}"}`);
      expect(reply.status).toBe(400);
      expect(reply.text).toContain("surrogate");
    }
    expect((await post(path, '{"prompt":"x","model":"copilot-\\ud83d\\ude00"}')).status).toBe(200);
    expect(core.asked).toHaveLength(1);
  });

  test("in the path is decoded once", async () => {
    const { post, core } = await serve();
    await post("/v1/engines/my%20copilot%2Fa%25/completions", { prompt: "x" });
    expect(core.asked[0]).toMatchObject({ model: "my copilot/a%" });
    const reply = await post("/v1/engines/copilot%zz/completions", { prompt: "x" });
    expect(reply.status).toBe(400);
    expect((await post("/v1/engines/%ff/completions", { prompt: "x" })).status).toBe(400);
  });
});

test.each([
  ["/", { prompt: "x" }, { Accept: "text/event-stream" }],
  ["/", { prompt: "x" }, {}],
  ["/v1/completions", { prompt: "x", stream: true }, {}],
  ["/v1/fim/completions", { prompt: "x", stream: true }, {}],
  ["/completion", { prompt: "x", stream: true }, {}],
  ["/api/generate", { prompt: "x" }, {}],
])("a stream from %s of %j with %j is not held back by a proxy", async (path, body, headers) => {
  const { post, core } = await serve();
  core.answerWith(async (_ctx, _request, onPartial) => {
    await onPartial?.({ index: 0, text: "4" });
    return items("42");
  });
  expect((await post(path, body, headers)).headers["x-accel-buffering"]).toBe("no");
});

test("the events of the status are not held back by a proxy", async () => {
  const { connect } = await serve();
  const client = connect();
  client.write("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await client.until("event: status");
  expect(client.received()).toContain("X-Accel-Buffering: no\r\n");
});

test("fields asked for by names that every object inherits are not in the answer", async () => {
  const { post } = await serve();
  const response_fields = ["content", "__proto__", "constructor/name", "timings/__proto__", "timings/prompt_n"];
  const reply = await post("/completion", { prompt: "x", response_fields });
  expect(JSON.parse(reply.text)).toEqual({ content: "42", "timings/prompt_n": 1 });
});
