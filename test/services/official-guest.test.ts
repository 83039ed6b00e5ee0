// A process that shares another's server, with the time in the test's hands: what becomes of it when the other one hangs.

import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createConnection } from "../../server/json-rpc/connection.ts";
import { joinHost } from "../../server/upstream/official/guest.ts";
import { HostEndedError } from "../../server/upstream/official/running.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Both ends of one connection. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const coming = new Promise<Socket>((settle) => server.once("connection", settle));
  const one = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const other = await coming;
  closers.push(() => {
    one.destroy();
    other.destroy();
    server.close();
  });
  return [one, other];
}

/** One that has joined, and what the other one is asked of it; it answers no question. */
async function join({ answersPing }: { readonly answersPing: boolean }) {
  const clock = createManualClock();
  const log = createRecordingLog();
  const [stream, hostEnd] = await pair();
  const asked: string[] = [];
  createConnection({
    input: hostEnd,
    output: hostEnd,
    log,
    async onRequest(method) {
      if (method === "join") return { processId: 1, version: "1", startedInMs: 1, said: [] };
      asked.push(method);
      return method === "ping" && answersPing ? null : new Promise(() => undefined);
    },
    errorBodyOf: () => ({ code: 0, message: "" }),
    onNotification: () => undefined,
    onEnd: () => undefined,
  }).listen();
  let ended = 0;
  const running = await joinHost(
    createTestCtx(),
    { clock, log },
    { stream, processId: 7 },
    { version: "1", key: "k" },
    { onNotification: () => undefined, onStarted: () => undefined, onEnd: () => void (ended += 1) },
  );
  const position = { line: 0, character: 0 };
  const question = { documentId: "a", uri: "file:///a", languageId: "", text: "", position, triggerKind: 2 };
  return {
    clock,
    asked,
    closed: new Promise((settle) => stream.once("close", settle)),
    /** The next that comes from the other one. */
    heard: () => new Promise((settle) => stream.once("data", settle)),
    ended: () => ended,
    answer: running?.complete(createTestCtx(), question),
  };
}

test("it waits a moment longer than the other one does, and then leaves it for another", async () => {
  const { clock, asked, answer, closed, ended, heard } = await join({ answersPing: true });
  await expect.poll(() => asked).toEqual(["complete"]);
  const pinged = heard();
  await clock.advance(2_000);
  await pinged;
  await clock.advance(28_500);
  expect(ended()).toBe(0);
  await Promise.all([expect(answer).rejects.toMatchObject({ code: "timeout" }), clock.advance(500)]);
  await closed;
  expect(ended()).toBe(1);
  expect(asked).toEqual(["complete", "ping"]);
});

test("it leaves one that has been stopped after 5 s, and the question is asked elsewhere", async () => {
  const { clock, asked, answer, closed, ended } = await join({ answersPing: false });
  await expect.poll(() => asked).toEqual(["complete"]);
  await clock.advance(4_900);
  expect(ended()).toBe(0);
  await Promise.all([expect(answer).rejects.toBeInstanceOf(HostEndedError), clock.advance(100)]);
  await closed;
  expect(ended()).toBe(1);
});
