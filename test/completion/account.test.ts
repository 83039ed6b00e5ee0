// What the engine does when the service refuses: sessions that have run out, accounts that may not, limits and budgets.

import { describe, expect, it } from "vitest";
import type { ScriptedAnswer } from "../../server/emulator/types.ts";
import type { CompletionRequest } from "../../shared/completion.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { type EngineOnEmulator, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest, textsOf } from "./support/requests.ts";

const typed = documentRequest("int main() {\n  ▮\n}\n");
const refusal = (status: number, headers: Record<string, string> = {}): ScriptedAnswer => ({
  kind: "status",
  status,
  headers,
  body: { message: "No." },
});
let asked = 0;
/** Another question each time: what is known is not asked. */
const anew = <R extends CompletionRequest>(request: R): R => {
  asked += 1;
  return { ...request, before: `// ${asked}\n${request.before}` };
};
const ask = ({ engine }: EngineOnEmulator, request: CompletionRequest = typed) =>
  engine.complete(createTestCtx(), anew(request));
const askCount = ({ emulator }: EngineOnEmulator) => emulator.callsTo("completions").length;

async function answering(...options: Parameters<typeof engineOnEmulator>): Promise<EngineOnEmulator> {
  const all = await engineOnEmulator(...options);
  all.emulator.setModel(() => ["  go();"]);
  return all;
}

describe("a session that has run out", () => {
  it("is renewed, and the question asked once more under the same id", async () => {
    const all = await answering();
    await ask(all);
    all.emulator.expireSessions();
    expect(textsOf(await ask(all))).toEqual(["go();"]);
    expect(all.emulator.callsTo("session-token")).toHaveLength(2);
    const [, refused, repeated] = all.emulator.callsTo("completions");
    expect(repeated?.headers["x-request-id"]).toBe(refused?.headers["x-request-id"]);
    expect(repeated?.headers["authorization"]).not.toBe(refused?.headers["authorization"]);
  });

  it("is not renewed for ever: a second refusal is passed on, and keeps the next ones away for a while", async () => {
    const all = await answering();
    all.emulator.script("completions", refusal(401), { times: 2 });
    await expect(ask(all)).rejects.toMatchObject({ code: "signed-out", httpStatus: 401 });
    await expect(ask(all)).rejects.toMatchObject({ code: "signed-out", retryAfterMs: 30_000 });
    expect(askCount(all)).toBe(2);
    await all.clock.advance(30_000);
    expect(textsOf(await ask(all))).toEqual(["go();"]);
  });
});

describe("an account that may not", () => {
  it("gets no second try; its session is dropped, and the next ones wait, longer each time", async () => {
    const all = await answering();
    all.emulator.script("completions", refusal(403), { times: 2 });
    await expect(ask(all)).rejects.toMatchObject({ code: "not-authorized", httpStatus: 403 });
    expect(askCount(all)).toBe(1);
    expect(all.sessions.peek()).toBeUndefined();

    await expect(ask(all)).rejects.toMatchObject({ code: "not-authorized", retryAfterMs: 30_000 });
    await all.clock.advance(30_000);
    await expect(ask(all)).rejects.toMatchObject({ code: "not-authorized", retryAfterMs: undefined });
    await expect(ask(all)).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(askCount(all)).toBe(2);

    await all.clock.advance(60_000);
    expect(textsOf(await ask(all))).toEqual(["go();"]);
    all.emulator.script("completions", refusal(403));
    await expect(ask(all)).rejects.toThrow(CopilotError);
    await expect(ask(all)).rejects.toMatchObject({ retryAfterMs: 30_000 });
  });
});

describe("a client that is refused", () => {
  it("does not ask on", async () => {
    const all = await answering();
    all.emulator.script("completions", refusal(466));
    await expect(ask(all)).rejects.toMatchObject({ code: "client-rejected" });
    await expect(ask(all)).rejects.toMatchObject({ code: "client-rejected", retryAfterMs: 30_000 });
    expect(askCount(all)).toBe(1);
    await all.clock.advance(30_000);
    expect(textsOf(await ask(all))).toEqual(["go();"]);
  });
});

describe("a plan that is used up", () => {
  it("is not asked again until there is another session", async () => {
    const all = await answering();
    all.emulator.script("completions", refusal(402));
    await expect(ask(all)).rejects.toMatchObject({ code: "quota", httpStatus: 402 });
    await all.clock.advance(3_600_000);
    await expect(ask(all)).rejects.toMatchObject({ code: "quota", message: "No." });
    await expect(ask(all, promptRequest("x ="))).rejects.toMatchObject({ code: "quota" });
    expect(all.governor.state().blocked).toEqual({ code: "quota", untilMs: undefined });
    expect(askCount(all)).toBe(1);

    const current = all.sessions.peek();
    if (current) all.sessions.reject(current);
    expect(textsOf(await ask(all))).toEqual(["go();"]);
    expect(all.governor.state().blocked).toBeUndefined();
  });

  it("is not asked with a new session that says itself that nothing is left", async () => {
    const all = await answering();
    all.emulator.setSession({ completionsRemaining: 0 });
    all.emulator.script("completions", refusal(402));
    await expect(ask(all)).rejects.toMatchObject({ code: "quota" });
    const current = all.sessions.peek();
    if (current) all.sessions.reject(current);
    await expect(ask(all)).rejects.toMatchObject({ code: "quota" });
    expect(askCount(all)).toBe(1);
  });
});

describe("a service that asks for a pause", () => {
  it.each([
    ["429 with a time", refusal(429, { "retry-after": "3" }), 3_000],
    ["429 without", refusal(429), 10_000],
    ["503 with a time", refusal(503, { "retry-after": "7" }), 7_000],
    ["429 with a negative time", refusal(429, { "retry-after": "-5" }), 10_000],
    ["429 with a signed time", refusal(429, { "retry-after": "+5" }), 10_000],
    ["429 with a list of times", refusal(429, { "retry-after": "5, 10" }), 10_000],
    ["429 with no time to wait", refusal(429, { "retry-after": "0" }), 1_000],
    ["429 with a date in the past", refusal(429, { "retry-after": "Thu, 01 Jan 2015 00:00:00 GMT" }), 1_000],
  ])("gets it from everybody: %s", async (_, answer, pauseMs) => {
    const all = await answering();
    all.emulator.script("completions", answer);
    await expect(ask(all)).rejects.toMatchObject({ code: "limited" });
    await all.clock.advance(pauseMs - 1_000);
    await expect(ask(all)).rejects.toMatchObject({ code: "limited", retryAfterMs: 1_000 });
    await expect(ask(all, promptRequest("x ="))).rejects.toMatchObject({ code: "limited" });
    expect(all.governor.state().blocked).toMatchObject({ code: "limited" });
    expect(askCount(all)).toBe(1);
    await all.clock.advance(1_000);
    expect(textsOf(await ask(all))).toEqual(["go();"]);
  });

  it("gets none for a failure of its own", async () => {
    const all = await answering();
    all.emulator.script("completions", refusal(500));
    await expect(ask(all)).rejects.toMatchObject({ code: "upstream-failed" });
    expect(textsOf(await ask(all))).toEqual(["go();"]);
  });
});

describe("the budget", () => {
  it("of typing lets a burst through, then refuses until there is room again", async () => {
    const all = await answering({ typing: { burst: 2, perMinute: 60 } });
    await ask(all);
    await ask(all);
    expect(all.governor.state()).toMatchObject({ typingLeft: 0 });
    await expect(ask(all)).rejects.toMatchObject({ code: "limited", retryAfterMs: 1_000, httpStatus: undefined });
    expect(askCount(all)).toBe(2);
    await all.clock.advance(1_000);
    expect(textsOf(await ask(all))).toEqual(["go();"]);
  });

  it("of programs makes them wait for a moment, and refuses a flood", async () => {
    const all = await answering({ scripts: { burst: 1, perMinute: 60 } });
    await ask(all, promptRequest("x ="));
    const waiting = Array.from({ length: 7 }, () => ask(all, promptRequest("x =")));
    const settled = Promise.allSettled(waiting);
    await all.clock.advance(0);
    expect(askCount(all)).toBe(1);
    await all.clock.advance(5_000);
    const outcomes = (await settled).map((outcome) =>
      outcome.status === "fulfilled" ? "answered" : (outcome.reason as CopilotError).code,
    );
    expect(outcomes).toEqual([...Array.from({ length: 5 }, () => "answered"), "limited", "limited"]);
  });

  it("of programs is not spent on a service that has asked for a pause meanwhile", async () => {
    const all = await answering({ scripts: { burst: 1, perMinute: 60 } });
    await ask(all, promptRequest("x ="));
    const settled = Promise.allSettled([ask(all, promptRequest("x ="))]);
    await all.clock.advance(0);
    all.emulator.script("completions", refusal(429));
    await expect(ask(all)).rejects.toMatchObject({ code: "limited" });
    await all.clock.advance(1_000);
    expect(await settled).toMatchObject([{ status: "rejected", reason: { code: "limited", retryAfterMs: 9_000 } }]);
    expect(askCount(all)).toBe(2);
  });

  it("of programs is not that of typing", async () => {
    const all = await answering({ scripts: { burst: 1, perMinute: 1 } });
    await ask(all, promptRequest("x ="));
    await expect(ask(all, promptRequest("x ="))).rejects.toMatchObject({ code: "limited" });
    expect(textsOf(await ask(all))).toEqual(["go();"]);
  });

  it("gets back what was not used", async () => {
    const all = await answering({ scripts: { burst: 1, perMinute: 60 } });
    await ask(all, promptRequest("x ="));
    const ctx = createTestCtx();
    const waiting = all.engine.complete(ctx, anew(promptRequest("x =")));
    const settled = Promise.allSettled([waiting]);
    await all.clock.advance(500);
    ctx.cancel(new CopilotError("cancelled", "Gone."));
    await settled;
    await all.clock.advance(500);
    expect(all.governor.state().scriptsLeft).toBe(1);
    expect(all.clock.pendingTimers()).toBe(0);
  });

  it("of none is no limit", async () => {
    const all = await answering({ scripts: { burst: 0, perMinute: 1 } });
    for (let count = 0; count < 100; count += 1) await ask(all, promptRequest("x ="));
    expect(askCount(all)).toBe(100);
  });
});
