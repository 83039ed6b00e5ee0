// GitHub's language server as the engine has it, with the time of its limits in the test's hands: what becomes of one that
// stops answering while it runs.

import { duplexPair } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { createConnection } from "../../server/json-rpc/connection.ts";
import type { PeerRole } from "../../server/upstream/official/peers.ts";
import type { Question } from "../../server/upstream/official/running.ts";
import { eventually } from "../support/eventually.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { isRunning } from "./support/official.ts";
import {
  createStandInFolder,
  type InProcess,
  openInProcess,
  type StandInFolder,
} from "./support/official-in-process.ts";

let folder: StandInFolder;
let official: InProcess;

beforeEach(() => void (folder = createStandInFolder()));
afterEach(async () => {
  await official.close();
  folder.remove();
});

test("it is given up on after a while, ended where it answers nothing at all, and started again", async () => {
  let quickly = 1;
  const log = createRecordingLog();
  official = openInProcess(folder, {
    clock: { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / quickly, callback) },
    log,
  });
  expect(await official.ask()).toBe("return a + b");
  const { processId = 0 } = official.service.report();
  folder.behave({ hang: true });
  quickly = 100;
  await expect(official.ask()).rejects.toMatchObject({ code: "timeout" });
  await eventually(() => expect(isRunning(processId)).toBe(false));
  await eventually(() => expect(log.lines.map(({ message }) => message).join("\n")).toContain("ended by itself"));
  folder.behave({});
  quickly = 1;
  expect(await official.ask()).toBe("return a + b");
  expect(official.service.report().processId).not.toBe(processId);
});

test("a question that was on its way to a process that is left for another's meanwhile is asked there", async () => {
  const [mine, theirs] = duplexPair();
  let role: PeerRole = { kind: "holder" };
  let tellRole = (): void => undefined;
  official = openInProcess(folder, {
    peers: {
      role: () => role,
      onRole(listener) {
        tellRole = listener;
        return () => undefined;
      },
      connect: async () => (role.kind === "beside" ? { stream: mine, processId: 7 } : undefined),
      onPeer: () => undefined,
    },
  });
  const asked: string[] = [];
  createConnection({
    input: theirs,
    output: theirs,
    log: createRecordingLog(),
    async onRequest(method, params) {
      asked.push(method);
      if (method === "join") return { processId: 8, version: "1", startedInMs: 1, said: [] };
      if (method === "request") return { result: { status: "OK", user: "octocat" } };
      const { position } = params as Question;
      const range = { start: { ...position, character: 0 }, end: position };
      return { result: { items: [{ insertText: "    return theirs", range }] } };
    },
    errorBodyOf: () => ({ code: 0, message: "" }),
    onNotification: () => undefined,
    onEnd: () => undefined,
  }).listen();
  folder.behave({ slowMs: 300 });
  const answer = official.ask();
  // The port goes to another process while this one's own reads its sign-in for the question.
  await eventually(() => expect(folder.told().some(({ method }) => method === "checkStatus")).toBe(true));
  folder.behave({ crash: true });
  role = { kind: "beside" };
  tellRole();
  expect(await answer).toBe("theirs");
  expect(asked).toContain("complete");
});
