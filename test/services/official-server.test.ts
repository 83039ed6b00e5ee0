// GitHub's language server as the engine has it, with the time of its limits in the test's hands: what becomes of one that
// stops answering while it runs.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duplexPair } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { createConnection } from "../../server/json-rpc/connection.ts";
import type { PeerRole, Peers } from "../../server/upstream/official/peers.ts";
import type { Question } from "../../server/upstream/official/running.ts";
import { openOfficial } from "../../server/upstream/official/open-official.ts";
import { eventually } from "../support/eventually.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { type Behaviour, isRunning } from "./support/official.ts";
import { usualRequest } from "./support/open.ts";

type Opening = Parameters<typeof openOfficial>[0];

let folder: string;
let official: ReturnType<typeof openOfficial>;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "copilot-lsp-official-"))));
afterEach(async () => {
  await official.close();
  rmSync(folder, { recursive: true, force: true });
});

const alone: Peers = {
  role: () => ({ kind: "alone", why: "this is a test" }),
  onRole: () => () => undefined,
  connect: async () => undefined,
  onPeer: () => undefined,
};

function open({ clock = systemClock, log = createRecordingLog(), peers = alone }: Partial<Opening> = {}) {
  official = openOfficial({
    clock,
    log,
    version: "0.0.0",
    machine: {
      platform: process.platform,
      arch: process.arch,
      environment: { ...process.env, STAND_IN: folder },
      node: { path: process.execPath, version: process.versions.node },
    },
    identity: () => undefined,
    peers,
    settings: () => ({
      command: join(import.meta.dirname, "fixtures/copilot-language-server.js"),
      telemetry: false,
      githubUri: "https://github.com",
      proxy: "",
      noProxy: "",
      strictTls: true,
      caFile: "",
    }),
  });
  return official.service;
}

async function ask(): Promise<string> {
  let text = "";
  const request = { ...usualRequest, documentId: undefined, suffix: "" };
  for await (const delta of official.service.complete(createTestCtx(), request)) text += delta.text;
  return text;
}

function behave(behaviour: Behaviour): void {
  writeFileSync(join(folder, "behaviour.json"), JSON.stringify(behaviour));
}

test("it is given up on after a while, ended where it answers nothing at all, and started again", async () => {
  let quickly = 1;
  const log = createRecordingLog();
  const service = open({
    clock: { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / quickly, callback) },
    log,
  });
  expect(await ask()).toBe("return a + b");
  const { processId = 0 } = service.report();
  behave({ hang: true });
  quickly = 100;
  await expect(ask()).rejects.toMatchObject({ code: "timeout" });
  await eventually(() => expect(isRunning(processId)).toBe(false));
  await eventually(() => expect(log.lines.map(({ message }) => message).join("\n")).toContain("ended by itself"));
  behave({});
  quickly = 1;
  expect(await ask()).toBe("return a + b");
  expect(service.report().processId).not.toBe(processId);
});

test("a question that was on its way to a process that is left for another's meanwhile is asked there", async () => {
  const [mine, theirs] = duplexPair();
  let role: PeerRole = { kind: "holder" };
  let tellRole = (): void => undefined;
  open({
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
  behave({ slowMs: 300 });
  const answer = ask();
  // The port goes to another process while this one's own reads its sign-in for the question.
  await eventually(() => expect(readFileSync(join(folder, "told.jsonl"), "utf8")).toContain("checkStatus"));
  behave({ crash: true });
  role = { kind: "beside" };
  tellRole();
  expect(await answer).toBe("theirs");
  expect(asked).toContain("complete");
});
