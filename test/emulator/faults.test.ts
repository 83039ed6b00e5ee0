// What a test can make happen, and what it can see: scripted answers, holds, cut connections, the record of calls.

import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator } from "../../server/emulator/types.ts";
import { createManualClock } from "../support/manual-clock.ts";
import {
  ask,
  choicesIn,
  complete,
  completionBody,
  completionsUrl,
  eventsIn,
  newSession,
  open,
  sessionHeaders,
} from "./support/ask.ts";

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({});
});
afterEach(() => emulator.close());

const ping = (): ReturnType<typeof ask> => ask(`${emulator.url}/_ping`);

describe("a scripted answer", () => {
  test("is given so many times, in the order of the scripts, then things are as usual", async () => {
    emulator.script("ping", { kind: "status", status: 503, headers: { "Retry-After": "2" } }, { times: 2 });
    emulator.script("ping", { kind: "status", status: 429, body: { message: "slow" } });
    const told = [await ping(), await ping(), await ping(), await ping()];
    expect(told.map(({ status }) => status)).toEqual([503, 503, 429, 200]);
    expect(told[0]?.headers["retry-after"]).toBe("2");
    expect(told[2]?.json()).toEqual({ message: "slow" });
  });

  test("leaves other routes alone", async () => {
    emulator.script("telemetry", { kind: "status", status: 500 });
    expect((await ping()).status).toBe(200);
    expect((await ask(`${emulator.url}/telemetry`)).status).toBe(500);
  });

  test.each([402, 403, 404, 429, 466, 500, 503])("can be status %i", async (status) => {
    const error_details = { message: "m", notification_id: "no_copilot_access", title: "t", url: "https://u.test" };
    emulator.script("session-token", { kind: "status", status, body: { message: "no", error_details } });
    const told = await ask(`${emulator.url}/copilot_internal/v2/token`);
    expect(told.status).toBe(status);
    expect(told.json()).toMatchObject({ error_details });
    expect(told.headers).toHaveProperty("x-github-request-id");
  });

  test("can come from somebody else than GitHub", async () => {
    emulator.script("ping", { kind: "status", status: 403, fromGitHub: false });
    emulator.script("ping", { kind: "html" });
    expect((await ping()).headers).not.toHaveProperty("x-github-request-id");
    const page = await ping();
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.headers).not.toHaveProperty("x-github-request-id");
    expect(page.status).toBe(200);
  });

  test("can be a reset before the head", async () => {
    emulator.script("ping", { kind: "reset" });
    await expect(ping()).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await emulator.calls[0]?.ended).toBe("cut");
  });

  test("can be silence, until the client gives up", async () => {
    emulator.script("ping", { kind: "hang" });
    const called = emulator.nextCall("ping");
    const { request, head } = open(`${emulator.url}/_ping`);
    const call = await called;
    expect(emulator.inFlight()).toBe(1);
    request.destroy();
    await expect(head).rejects.toThrow();
    expect(await call.ended).toBe("left");
    expect(emulator.inFlight()).toBe(0);
  });
});

describe("a scripted stream", () => {
  const choices = [["one ", "🎉", " two"], ["three"]];

  test("says exactly its pieces, and needs no token", async () => {
    emulator.script("completions", { kind: "stream", choices, finishReason: "length" });
    const told = await ask(completionsUrl(emulator), { method: "POST" });
    expect(choicesIn(told.text)).toEqual([
      { text: "one 🎉 two", end: "length" },
      { text: "three", end: "length" },
    ]);
    expect(eventsIn(told.text)[0]).toEqual({ choices: [{ index: 0, text: "one ", finish_reason: null }] });
  });

  test("can be cut anywhere, also inside a character, and means the same", async () => {
    emulator.script("completions", { kind: "stream", choices, bytesPerWrite: 1 });
    const response = await open(completionsUrl(emulator), { method: "POST" }).head;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(chunks.length).toBeGreaterThan(50);
    expect(choicesIn(Buffer.concat(chunks).toString())[0]?.text).toBe("one 🎉 two");
  });

  test("can end without its last word", async () => {
    emulator.script("completions", { kind: "stream", choices, end: "no-done" });
    const told = await complete(emulator);
    expect(told.complete).toBe(true);
    expect(told.text).not.toContain("[DONE]");
    expect(choicesIn(told.text)[0]).toEqual({ text: "one 🎉 two", end: null });
  });

  test("can be reset after its last piece", async () => {
    emulator.script("completions", { kind: "stream", choices, end: "reset" });
    const told = await complete(emulator);
    expect(told.complete).toBe(false);
    expect(choicesIn(told.text)[0]?.text).toBe("one 🎉 two");
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("cut");
  });

  test("can stall, and the client that leaves is seen to leave", async () => {
    emulator.script("completions", { kind: "stream", choices: [["one"]], end: "stall" });
    const { request, head } = open(completionsUrl(emulator), { method: "POST" });
    const response = await head;
    const [first] = (await once(response, "data")) as [Buffer];
    expect(first.toString()).toContain("one");
    response.on("error", () => undefined);
    request.destroy();
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  test("can be any bytes", async () => {
    emulator.script("completions", { kind: "raw-stream", bytes: "data: {nonsense\n\n" });
    const told = await complete(emulator);
    expect(told.headers["content-type"]).toBe("text/event-stream");
    expect(told.text).toBe("data: {nonsense\n\n");
  });

  test("waits as long as it is told, by the service's clock", async () => {
    const clock = createManualClock();
    const slow = await startEmulator({ clock, firstByteDelayMs: 100 });
    slow.script("completions", { kind: "stream", choices: [["one", "two"]], chunkDelayMs: 50 });
    const called = slow.nextCall("completions");
    const { head } = open(completionsUrl(slow), { method: "POST" });
    await called;
    let hasHead = false;
    void head.then(() => {
      hasHead = true;
    });
    await clock.advance(99);
    expect(hasHead).toBe(false);
    await clock.advance(1);
    const response = await head;
    let text = "";
    response.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    await once(response, "data");
    expect(choicesIn(text)[0]?.text).toBe("one");
    // One wait before each of: the second piece, the end of the choice, the last word.
    const ended = once(response, "end");
    for (let event = 0; event < 3; event += 1) await clock.advance(50);
    await ended;
    expect(choicesIn(text)[0]?.text).toBe("onetwo");
    await slow.close();
  });
});

describe("a hold", () => {
  test("catches the next request before it is answered, and lets it go", async () => {
    const session = await newSession(emulator);
    const hold = emulator.hold("completions");
    const answer = complete(emulator, {}, session);
    const call = await hold.reached;
    expect(call.body).toMatchObject({ prompt: "def add(a, b):\n" });
    expect(emulator.inFlight()).toBe(1);
    // What happens while it is held counts.
    emulator.expireSessions();
    hold.release();
    expect((await answer).status).toBe(401);
    expect(await call.ended).toBe("answered");
    expect((await ping()).status).toBe(200);
  });

  test("lets a request go on to the answer that was scripted for it", async () => {
    emulator.script("ping", { kind: "status", status: 503 });
    const hold = emulator.hold("ping");
    const answer = ping();
    await hold.reached;
    expect((await ping()).status).toBe(200);
    hold.release();
    expect((await answer).status).toBe(503);
  });

  test("that is released early holds nothing", async () => {
    emulator.hold("ping").release();
    expect((await ping()).status).toBe(200);
  });

  test("sees a client that leaves meanwhile", async () => {
    const hold = emulator.hold("ping");
    const { request, head } = open(`${emulator.url}/_ping`);
    const call = await hold.reached;
    request.destroy();
    await expect(head).rejects.toThrow();
    expect(await call.ended).toBe("left");
    hold.release();
    expect((await ping()).status).toBe(200);
  });
});

describe("the record of calls", () => {
  test("holds each request as it was sent, in order", async () => {
    const next = emulator.nextCall("completions");
    const session = await newSession(emulator);
    await ask(completionsUrl(emulator), {
      method: "POST",
      headers: { ...sessionHeaders(session), "X-Mine": "yes" },
      body: completionBody({ prompt: "é" }),
    });
    expect(emulator.calls.map(({ route }) => route)).toEqual(["session-token", "completions"]);
    const [call] = emulator.callsTo("completions");
    expect(await next).toBe(call);
    expect(call).toMatchObject({ method: "POST", path: "/v1/engines/gpt-41-copilot/completions" });
    expect(call?.headers["x-mine"]).toBe("yes");
    expect(call?.body).toMatchObject({ prompt: "é" });
    expect(call?.bodyBytes).toBe(Buffer.byteLength(JSON.stringify(completionBody({ prompt: "é" }))));
    expect(await call?.ended).toBe("answered");
  });

  test("names unknown addresses as such, and answers them as GitHub does", async () => {
    const told = await ask(`${emulator.url}/nowhere`, { method: "POST", body: "words" });
    expect(told.status).toBe(404);
    expect(told.json()).toMatchObject({ message: "Not Found" });
    expect(emulator.calls[0]).toMatchObject({ route: "unknown", body: "words" });
    expect((await ask(`${emulator.url}/_ping`, { method: "DELETE" })).status).toBe(404);
  });

  test("forgets the oldest beyond its bound", async () => {
    const small = await startEmulator({ maxCalls: 2 });
    for (const path of ["/1", "/2", "/3"]) await ask(small.url + path);
    expect(small.calls.map(({ path }) => path)).toEqual(["/2", "/3"]);
    await small.close();
  });
});

describe("connections", () => {
  test("that are dropped end every request on them as cut, and new ones are taken", async () => {
    emulator.script("ping", { kind: "hang" });
    const called = emulator.nextCall("ping");
    const answer = ping();
    const call = await called;
    emulator.dropConnections();
    await expect(answer).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await call.ended).toBe("cut");
    expect((await ping()).status).toBe(200);
  });

  test("are all gone after close, which does not wait for what hangs and may be called again", async () => {
    emulator.script("ping", { kind: "hang" });
    const called = emulator.nextCall("ping");
    const answer = ping();
    await called;
    const closing = Promise.all([emulator.close(), emulator.close()]);
    await expect(answer).rejects.toThrow();
    await closing;
    await expect(ping()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("to a taken port are an error at the start", async () => {
    const port = Number(new URL(emulator.url).port);
    await expect(startEmulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});

test("a client that does not read holds the writing back, and ends it by leaving", async () => {
  const clock = createManualClock();
  const patient = await startEmulator({ clock });
  const pieces = Array.from({ length: 400 }, () => "x".repeat(65_536));
  patient.script("completions", { kind: "stream", choices: [pieces], chunkDelayMs: 1 });
  const { request, head } = open(completionsUrl(patient), { method: "POST" });
  const response = await head;
  response.pause();
  let written = 0;
  // Between two pieces it waits by the clock; held back, it waits for the client and so for no timer.
  for (; written < pieces.length && clock.pendingTimers() > 0; written += 1) await clock.advance(1);
  expect(written).toBeLessThan(pieces.length);
  response.on("error", () => undefined);
  request.destroy();
  expect(await patient.callsTo("completions")[0]?.ended).toBe("left");
  await clock.advance(1);
  expect(clock.pendingTimers()).toBe(0);
  await patient.close();
});
