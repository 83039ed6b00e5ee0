// What the page's record holds: stages of each request, the last twenty, the latencies of an hour, and no text.

import { expect, test } from "vitest";
import {
  createRequestRecorder,
  type EndedRequest,
  type RequestRecorder,
} from "../../server/observe/recent-requests.ts";
import { createTracer } from "../../server/observe/tracer.ts";
import type { CompletionRequest, CompletionResult } from "../../shared/completion.ts";
import type { EditRequest, EditResult } from "../../shared/edits.ts";
import { CopilotError } from "../../shared/errors.ts";
import { items } from "../support/fake-core.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";

const request: CompletionRequest = {
  kind: "prompt",
  trigger: "script",
  languageId: "python",
  before: "def unmistakable(",
  after: "",
  lines: "one",
};

function open(): { readonly clock: ManualClock; readonly recorder: RequestRecorder } {
  const clock = createManualClock();
  const withoutSecrets = (text: string): string => text.replaceAll("hunter2", "*");
  return { clock, recorder: createRequestRecorder({ clock, withoutSecrets }) };
}

function ended(outcome: CompletionResult = items("x"), asked = request): EndedRequest {
  return {
    front: "http",
    kind: "completion",
    ...(outcome.kind === "items" ? { outcome: "items", source: outcome.source } : { outcome: outcome.reason }),
    text: () => ({ before: asked.before, answer: outcome.kind === "items" ? (outcome.items[0]?.text ?? "") : "" }),
  };
}

function run(recorder: RequestRecorder, id: string, outcome: CompletionResult = items("x"), asked = request): void {
  recorder.begin(id);
  recorder.end(id, ended(outcome, asked));
}

test("each stage of a request takes its own time, by the calls that it makes", async () => {
  const { clock, recorder } = open();
  const tracer = createTracer();
  tracer.record(recorder);
  const ctx = createTestCtx();
  const account = tracer.marked("asked", async (_ctx) => clock.advance(20));
  const model = tracer.markedWhenDone("ready", async (_ctx) => clock.advance(5));
  const admit = tracer.marked("written", async (_ctx) => clock.advance(7));
  const stream = tracer.markedStream(async function* (_ctx) {
    await clock.advance(40);
    yield "a";
    await clock.advance(30);
    yield "b";
  });
  const complete = tracer.front("lsp", async (own) => {
    // The typing rests.
    await clock.advance(100);
    await account(own);
    await model(own);
    await clock.advance(3);
    await admit(own);
    for await (const piece of stream(own)) expect(piece).toMatch(/[ab]/);
    return items("ab");
  });
  await complete(ctx, request);
  expect(recorder.requests().list).toEqual([
    {
      number: 1,
      atMs: expect.any(Number),
      front: "lsp",
      kind: "completion",
      outcome: "items",
      source: "upstream",
      queueMs: 100 + 20 + 5 + 7,
      promptMs: 3,
      firstByteMs: 40,
      totalMs: 100 + 20 + 5 + 3 + 7 + 40 + 30,
      text: undefined,
    },
  ]);
});

test("a failure is listed under its code, and what nobody waited for only counted", async () => {
  const { recorder } = open();
  const tracer = createTracer();
  tracer.record(recorder);
  for (const code of ["timeout", "superseded", "cancelled"] as const) {
    const failing = tracer.front("lsp", () => Promise.reject(new CopilotError(code, "with words of the service")));
    await expect(failing(createTestCtx(), request)).rejects.toThrow("with words");
  }
  const { list, withdrawn } = recorder.requests();
  expect(list.map(({ outcome }) => outcome)).toEqual(["timeout"]);
  expect(withdrawn).toBe(2);
  expect(JSON.stringify(list)).not.toContain("words of the service");
});

test("a next edit is listed as one, and what it says is recorded only when the person wants it", async () => {
  const { recorder } = open();
  const tracer = createTracer();
  tracer.record(recorder);
  const edit = { id: "1", startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 1, newText: "unmistakable" };
  const results: EditResult[] = [
    { kind: "empty", reason: "no-changes" },
    { kind: "edit", edit, others: [], model: "m", source: "memory" } as unknown as EditResult,
  ];
  const nextEdit = tracer.editFront("lsp", async () => results.shift() ?? { kind: "empty", reason: "stale" });
  const question = {} as EditRequest;
  for (let times = 0; times < 2; times += 1) await nextEdit(createTestCtx(), question);
  const { list, answers } = recorder.requests();
  expect(list).toMatchObject([
    { kind: "edit", outcome: "items", source: "memory", text: undefined },
    { kind: "edit", outcome: "no-changes", source: undefined },
  ]);
  // The share of the cache is that of completions.
  expect(Object.values(answers)).toEqual([0, 0, 0, 0, 0]);
});

test("without a recorder nothing is kept, and requests go through as they are", async () => {
  const { recorder } = open();
  const tracer = createTracer();
  const complete = tracer.front("lsp", async () => items("x"));
  await complete(createTestCtx(), request);
  tracer.record(recorder);
  tracer.record(undefined);
  await complete(createTestCtx(), request);
  expect(recorder.requests().list).toEqual([]);
});

test("the last twenty are kept, newest first", () => {
  const { recorder } = open();
  for (let number = 1; number <= 30; number += 1) run(recorder, String(number));
  expect(recorder.requests().list.map(({ number }) => number)).toEqual(
    Array.from({ length: 20 }, (_, place) => 30 - place),
  );
});

test("no text is kept unless recording is on, then cut and without secrets, and none when it is off again", () => {
  const { recorder } = open();
  run(recorder, "1", items("answer that is unmistakable"));
  expect(JSON.stringify(recorder.requests())).not.toContain("unmistakable");
  recorder.setRecording(true);
  run(recorder, "2", items("answer"), { ...request, before: `${"x".repeat(10_000)}hunter2 unmistakable` });
  const [recorded] = recorder.requests().list;
  expect(recorded?.text?.before).toHaveLength(2_000);
  expect(recorded?.text?.before).toMatch(/x\* unmistakable$/);
  expect(recorded?.text?.answer).toBe("answer");
  for (const reason of ["excluded", "secret", "disabled"] as const) run(recorder, reason, { kind: "empty", reason });
  expect(recorder.requests().list.filter(({ text }) => text !== undefined)).toHaveLength(1);
  recorder.setRecording(false);
  expect(JSON.stringify(recorder.requests())).not.toContain("unmistakable");
});

test("the latencies of an hour are kept by minute, however many there are, and no longer", async () => {
  const { clock, recorder } = open();
  const take = async (ms: number): Promise<void> => {
    recorder.begin("one");
    await clock.advance(ms);
    recorder.end("one", ended());
  };
  for (let index = 0; index < 90; index += 1) await take(100);
  for (let index = 0; index < 10; index += 1) await take(800);
  const minutes = recorder.latency();
  expect(minutes.reduce((sum, { count }) => sum + count, 0)).toBe(100);
  expect(minutes[0]?.medianMs).toBeGreaterThan(90);
  expect(minutes[0]?.medianMs).toBeLessThan(110);
  expect(Math.max(...minutes.map(({ slowMs }) => slowMs))).toBeGreaterThan(720);
  expect(Math.max(...minutes.map(({ slowMs }) => slowMs))).toBeLessThan(880);
  await clock.advance(60 * 60_000);
  expect(recorder.latency()).toEqual([]);
  // The same place in the ring is used again.
  await take(100);
  expect(recorder.latency()).toMatchObject([{ count: 1 }]);
});

test("what came from memory is in the share of the cache, and not among the service's latencies", () => {
  const { recorder } = open();
  run(recorder, "1", { ...items("x"), source: "cache" } as CompletionResult);
  run(recorder, "2", { ...items("x"), source: "typed-through" } as CompletionResult);
  expect(recorder.requests().answers).toMatchObject({ cache: 1, "typed-through": 1, upstream: 0 });
  expect(recorder.latency()).toEqual([]);
});

test("requests that never end do not fill memory", () => {
  const { recorder } = open();
  for (let id = 0; id < 10_000; id += 1) recorder.begin(String(id));
  recorder.end("0", ended());
  expect(recorder.requests().list).toEqual([]);
  recorder.end("9999", ended());
  expect(recorder.requests().list).toHaveLength(1);
});
