import { describe, expect, test } from "vitest";
import { createMeters } from "../../server/observe/meters.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { items, untilCancelled } from "../support/fake-core.ts";
import { createGate } from "./support/gate.ts";
import { readExposition, type Sample } from "./support/exposition.ts";
import { serve, type Served } from "./support/serve.ts";

async function scrape({ ask }: Served) {
  const reply = await ask("GET", "/metrics");
  expect(reply.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  const metrics = readExposition(reply.text);
  const valueOf = (name: string, labels: Readonly<Record<string, string>> = {}): number | undefined => {
    const base = name.replace(/_(bucket|sum|count)$/, "");
    const samples: readonly Sample[] = (metrics.get(name) ?? metrics.get(base))?.samples ?? [];
    return samples.find(
      (sample) =>
        sample.name === name &&
        Object.keys(sample.labels).length === Object.keys(labels).length &&
        Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    )?.value;
  };
  return { text: reply.text, metrics, valueOf };
}

describe("GET /metrics", () => {
  test("is well formed from the beginning", async () => {
    const { metrics, valueOf } = await scrape(await serve());
    expect([...metrics.keys()]).toContain("copilot_lsp_requests_total");
    expect(valueOf("copilot_lsp_tokens_refreshed_total")).toBe(0);
    expect(valueOf("copilot_lsp_info", { version: "1.2.3" })).toBe(1);
  });

  test("counts requests by outcome, answers by source, and answers over HTTP by status", async () => {
    const served = await serve();
    const { core, post, ask } = served;
    await post("/", { prompt: "x" });
    core.answerWith(async () => ({ ...items("again"), source: "cache" as const }) as never);
    await post("/v1/completions", { prompt: "x" });
    core.answerWith(async () => ({ kind: "empty", reason: "upstream-empty" }));
    await post("/", { prompt: "x" });
    core.answerWith(async () => Promise.reject(new CopilotError("limited", "No.")));
    await post("/", { prompt: "x" });
    await ask("GET", "/nowhere");
    const { valueOf } = await scrape(served);
    const front = "http";
    expect(valueOf("copilot_lsp_requests_total", { front, outcome: "items" })).toBe(2);
    expect(valueOf("copilot_lsp_requests_total", { front, outcome: "upstream-empty" })).toBe(1);
    expect(valueOf("copilot_lsp_requests_total", { front, outcome: "limited" })).toBe(1);
    expect(valueOf("copilot_lsp_answers_total", { source: "upstream" })).toBe(1);
    expect(valueOf("copilot_lsp_answers_total", { source: "cache" })).toBe(1);
    expect(valueOf("copilot_lsp_http_responses_total", { status: "200" })).toBe(3);
    expect(valueOf("copilot_lsp_http_responses_total", { status: "404" })).toBe(1);
  });

  test("times what was answered, by stage", async () => {
    const clock = createManualClock();
    const served = await serve({ clock });
    served.core.answerWith(async (_ctx, _request, onPartial) => {
      await clock.advance(40);
      await onPartial?.({ index: 0, text: "a" });
      await clock.advance(140);
      return items("ab");
    });
    await served.post("/", { prompt: "x" });
    const { valueOf } = await scrape(served);
    const at = (stage: string, le: string) => valueOf("copilot_lsp_stage_seconds_bucket", { stage, le });
    expect([at("first-text", "0.025"), at("first-text", "0.05")]).toEqual([0, 1]);
    expect([at("whole", "0.15"), at("whole", "0.2"), at("whole", "+Inf")]).toEqual([0, 1, 1]);
    expect(valueOf("copilot_lsp_stage_seconds_sum", { stage: "whole" })).toBeCloseTo(0.18);
  });

  test("says what is under way, also when it is left", async () => {
    const served = await serve();
    const asked = createGate();
    const left = createGate();
    served.core.answerWith(async (ctx) => {
      ctx.signal.addEventListener("abort", () => left.open());
      asked.open();
      return untilCancelled(ctx);
    });
    const client = served.connect();
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\n{"prompt":"x"}');
    await asked.opened;
    expect((await scrape(served)).valueOf("copilot_lsp_in_flight", { front: "http" })).toBe(1);
    client.socket.destroy();
    await left.opened;
    const { valueOf } = await scrape(served);
    expect(valueOf("copilot_lsp_in_flight", { front: "http" })).toBe(0);
    expect(valueOf("copilot_lsp_requests_total", { front: "http", outcome: "cancelled" })).toBe(1);
  });

  test("goes on counting where it was when a front starts anew, as HTTP does on another port", async () => {
    const meters = createMeters({ clock: createManualClock(), version: "1.2.3" });
    const request = {
      kind: "prompt",
      trigger: "script",
      before: "x",
      after: "",
      languageId: "",
      lines: "auto",
    } as const;
    for (let start = 0; start < 2; start += 1) {
      await meters.countFront("http", async () => items("a"))(createTestCtx(), request);
    }
    const { samples = [] } = readExposition(meters.expose()).get("copilot_lsp_requests_total") ?? {};
    expect(samples.map(({ labels, value }) => [labels, value])).toEqual([[{ front: "http", outcome: "items" }, 2]]);
  });

  test("holds no text and no name of what it counts", async () => {
    const served = await serve();
    await served.post("/", { prompt: "the_secret_word = ", path: "secret-file.py" });
    expect((await scrape(served)).text).not.toMatch(/secret|octocat/);
  });
});

describe("the reader of these tests", () => {
  test.each([
    ["an unended line", "# HELP a_total x\n# TYPE a_total counter\na_total 1"],
    ["a sample before its metric", "a_total 1\n"],
    ["a double sample", "# HELP a_total x\n# TYPE a_total counter\na_total 1\na_total 1\n"],
    ["a bad value", "# HELP a x\n# TYPE a gauge\na one\n"],
    ["a bad label", '# HELP a x\n# TYPE a gauge\na{b="c" 1\n'],
    [
      "buckets that fall",
      '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    ],
    ["a counter by another name", "# HELP a x\n# TYPE a counter\na 1\n"],
  ])("refuses %s", (_what, text) => {
    expect(() => readExposition(text)).toThrow();
  });
});
