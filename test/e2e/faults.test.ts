// The network and the service at their worst, on the built program. Whatever happens, the process goes on serving, the
// editor is never shown an error for a key that was pressed, and no token gets out.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { ScriptedAnswer } from "../../server/emulator/types.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { leaks, type Machine, openMachine } from "./bridge.ts";

const uri = "file:///project/numbers.py";
const lines = ["def add(left, right):", "    return left + right", "", "", "def multiply(left, right):", ""];
const rest = "    return left * right";

interface Complete {
  readonly items: readonly { readonly text: string }[];
  readonly reason?: string;
  readonly message?: string;
}

let machine: Machine;
let editor: SpawnedLspServer;
let version = 1;

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => [rest]);
  editor = machine.edit();
  await editor.initialize();
  editor.open(uri, lines.join("\n"));
  version = 1;
  await editor.waitFor<{ message: string }>("window/logMessage", ({ message }) => message.includes("HTTP: listening"));
});

afterEach(async () => {
  const found = leaks(machine);
  await machine.close();
  expect(found).toEqual([]);
});

/** A key at a place where nothing was asked before, so that no memory can answer. */
function nextPlace(): { readonly line: number; readonly character: number } {
  version += 1;
  editor.change(uri, version, `# ${version}\n${lines.join("\n")}`);
  return { line: lines.length, character: 0 };
}

async function type(): Promise<readonly { readonly insertText: string }[]> {
  const answer = await editor.inlineCompletion<{ items: readonly { insertText: string }[] }>(uri, nextPlace()).answer;
  return answer.items;
}

const ask = (): Promise<Complete> =>
  editor.request<Complete>("copilot/complete", { textDocument: { uri }, position: nextPlace() });

const post = (): Promise<Response> =>
  fetch(machine.url, { method: "POST", body: JSON.stringify({ prompt: lines.join("\n"), language: "python" }) });

async function expectServing(): Promise<void> {
  expect((await type()).map(({ insertText }) => insertText)).toEqual([rest]);
}

test("a session token that expires during use is renewed behind the request that met it", async () => {
  await expectServing();
  machine.emulator.expireSessions();
  await expectServing();
  expect(machine.emulator.callsTo("session-token")).toHaveLength(2);
  expect(machine.emulator.callsTo("completions")).toHaveLength(3);
});

test("a 401 that echoes the token is answered by a new session and one retry, and shows nothing", async () => {
  const authorization = `Bearer ${machine.emulator.tokens.join(" ")}`;
  machine.emulator.script("completions", { kind: "status", status: 401, body: { message: "expired", authorization } });
  await expectServing();
});

test("a service that answers 401 for ever is asked twice, not in a storm", async () => {
  await expectServing();
  machine.emulator.script("completions", { kind: "status", status: 401, body: "no" }, { times: 100 });
  expect(await type()).toEqual([]);
  expect(machine.emulator.callsTo("completions")).toHaveLength(3);
  for (let key = 0; key < 5; key += 1) expect(await type()).toEqual([]);
  expect(machine.emulator.callsTo("completions").length).toBeLessThanOrEqual(5);
  expect((await fetch(`${machine.url}/health`)).status).toBe(200);
});

test("403 shows the words of the service, and the status says it once", async () => {
  machine.emulator.script("completions", {
    kind: "status",
    status: 403,
    body: {
      error_details: {
        message: "Access was suspended.",
        title: "T",
        url: "https://example.com/why",
        notification_id: "access_revoked",
      },
    },
  });
  expect(await type()).toEqual([]);
  const status = await editor.waitFor<{ kind: string; message?: string }>(
    "didChangeStatus",
    ({ kind }) => kind === "Error",
  );
  expect(status.message).toContain("Access was suspended.");
});

test("429 with Retry-After is obeyed: nothing more is sent, and whoever asks learns how long it lasts", async () => {
  machine.emulator.script("completions", {
    kind: "status",
    status: 429,
    headers: { "retry-after": "30" },
    body: "slow",
  });
  expect(await type()).toEqual([]);
  expect(await type()).toEqual([]);
  const answer = await post();
  expect([answer.status, Number(answer.headers.get("retry-after"))]).toEqual([429, expect.closeTo(30, -1)]);
  expect(await answer.json()).toMatchObject({ error: { code: "limited" } });
  expect(machine.emulator.callsTo("completions")).toHaveLength(1);
});

const limits: readonly (readonly [string, ScriptedAnswer])[] = [
  ["in the middle of a stream", { kind: "raw-stream", bytes: 'data: {"error":{"code":"rate_limited"}}\n\n' }],
  [
    "by something in between",
    { kind: "status", status: 429, headers: { "retry-after": "30" }, body: "slow", fromGitHub: false },
  ],
  ["by something in between that names no time", { kind: "status", status: 429, body: "slow", fromGitHub: false }],
  ["with a Retry-After that is none", { kind: "status", status: 429, headers: { "retry-after": "Mon, 5" }, body: "" }],
  ["by a failing service", { kind: "status", status: 500, headers: { "retry-after": "30" }, body: "" }],
];

test.each(limits)("a pause that is asked for %s is kept", async (_, answer) => {
  machine.emulator.script("completions", answer, { times: 9 });
  for (let key = 0; key < 3; key += 1) expect(await type()).toEqual([]);
  expect(machine.emulator.callsTo("completions")).toHaveLength(1);
});

test("402 stops all asking until there is another session", async () => {
  machine.emulator.script("completions", { kind: "status", status: 402, body: "quota exceeded" });
  expect(await type()).toEqual([]);
  expect((await post()).status).toBe(402);
  const status = await editor.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Error");
  expect(status).toMatchObject({ message: expect.stringMatching(/limit|quota/i) });
  expect(machine.emulator.callsTo("completions")).toHaveLength(1);
});

test("466 stops all asking for a while", async () => {
  machine.emulator.script("completions", { kind: "status", status: 466, body: "upgrade your client" });
  expect(await type()).toEqual([]);
  await expect(ask()).rejects.toMatchObject({ data: { code: "client-rejected" } });
  expect(machine.emulator.callsTo("completions")).toHaveLength(1);
});

const passing: readonly (readonly [string, ScriptedAnswer, string])[] = [
  ["a 500", { kind: "status", status: 500, body: "oops" }, "upstream-failed"],
  ["a connection that is cut before the answer", { kind: "reset" }, "offline"],
  [
    "a reset in the middle of a stream",
    { kind: "stream", choices: [["    return", " le"]], end: "reset" },
    "upstream-failed",
  ],
  ["HTML instead of a stream", { kind: "html", status: 200 }, "intercepted"],
  ["a page of a proxy with 403", { kind: "html", status: 403 }, "intercepted"],
  ["bytes that are no events", { kind: "raw-stream", bytes: "\u0000\u0001 data: {broken\n\n" }, "upstream-failed"],
];

test.each(passing)(
  "%s: a key gets nothing, a question gets the reason, and the next one is answered",
  async (_, answer, reason) => {
    machine.emulator.script("completions", answer, { times: 2 });
    expect(await type()).toEqual([]);
    const reply = await ask().catch((error: { data?: { code?: string } }) => ({ items: [], reason: error.data?.code }));
    expect(reply).toMatchObject({ items: [], reason });
    await expectServing();
  },
);

test("a connection that died while idle is replaced, and nobody notices", async () => {
  await expectServing();
  machine.emulator.dropConnections();
  await expectServing();
});

test("an upstream that hangs is given up after the deadline, and it is said", async () => {
  const impatient = machine.edit({
    env: { COPILOT_LSP_UPSTREAM_HEADERS_TIMEOUT_MS: "300", COPILOT_LSP_HTTP_ENABLED: "no" },
  });
  await impatient.initialize();
  impatient.open(uri, lines.join("\n"));
  machine.emulator.script("completions", { kind: "hang" }, { times: 2 });
  await expect(impatient.inlineCompletion(uri, { line: 5, character: 0 }).answer).resolves.toEqual({ items: [] });
  const status = await impatient.waitFor<{ kind: string; message?: string }>(
    "didChangeStatus",
    ({ kind }) => kind === "Warning",
  );
  expect(status.message).toMatch(/not answer|in time|deadline/i);
});

test("a stream that stalls is given up, and what had come is not shown as if it were whole", async () => {
  const impatient = machine.edit({
    env: { COPILOT_LSP_UPSTREAM_STALL_TIMEOUT_MS: "300", COPILOT_LSP_HTTP_ENABLED: "no" },
  });
  await impatient.initialize();
  impatient.open(uri, lines.join("\n"));
  machine.emulator.script("completions", { kind: "stream", choices: [["    ret"]], end: "stall" }, { times: 2 });
  await expect(impatient.inlineCompletion(uri, { line: 5, character: 0 }).answer).resolves.toEqual({ items: [] });
});

test("with no network at all the editor is answered, the script gets 502, and both work when it is back", async () => {
  const alone = machine.edit({
    env: { COPILOT_LSP_GITHUB_URI: "http://127.0.0.1:9", COPILOT_LSP_HTTP_ENABLED: "no" },
  });
  await alone.initialize();
  alone.open(uri, lines.join("\n"));
  await expect(alone.inlineCompletion(uri, { line: 5, character: 0 }).answer).resolves.toEqual({ items: [] });
  const status = await alone.waitFor<{ kind: string; message?: string }>(
    "didChangeStatus",
    ({ kind }) => kind === "Warning",
  );
  expect(status.message).toContain("127.0.0.1");
  const result = await machine.run(["complete", "-"], {
    stdin: "x = ",
    env: { COPILOT_LSP_GITHUB_URI: "http://127.0.0.1:9" },
  });
  expect([result.code, result.stdout]).toEqual([4, ""]);
  await expectServing();
});
