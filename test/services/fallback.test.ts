// Another service answers while Copilot cannot: for each reason, what is asked of Copilot meanwhile, what the person is told,
// and that it goes back by itself.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import { eventually } from "../support/eventually.ts";
import type { LspClient } from "../support/lsp-client.ts";
import { events, json, type StandIn, startStandIn } from "./support/stand-in.ts";

interface Status {
  readonly kind: string;
  readonly message?: string;
}

const folder = "file:///project";

let machine: Machine;
let next: StandIn;
let keys = 0;

beforeEach(async () => {
  next = await startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: "starcoder2-3b" }] }),
    "/v1/completions": events({ choices: [{ index: 0, text: "'from the next'", finish_reason: "stop" }] }),
  });
});

afterEach(async () => {
  await machine.close();
  await next.close();
});

async function start(
  options: { readonly signedIn: boolean } = { signedIn: true },
  env: Readonly<Record<string, string>> = {},
): Promise<LspClient> {
  machine = await openMachine({
    ...options,
    environment: {
      COPILOT_LSP_SERVICE_FALLBACK: `openai@${next.url}/v1`,
      COPILOT_LSP_COMPLETION_SPECULATION: "off",
      ...env,
    },
  });
  machine.emulator.setModel(() => ["'from Copilot'"]);
  const editor = machine.edit();
  await editor.initialize({
    processId: process.pid,
    clientInfo: { name: "Neovim", version: "0.12.4" },
    rootUri: folder,
    workspaceFolders: [{ uri: folder, name: "project" }],
    capabilities: {},
  });
  return editor;
}

/** What is offered in a document of its own, so that nothing is answered from memory. */
async function offeredIn(editor: LspClient, name?: string): Promise<string | undefined> {
  keys += 1;
  const uri = `${folder}/${name ?? `file-${keys}.py`}`;
  editor.open(uri, `value_${keys} = `, { languageId: "python" });
  const { items } = await editor.inlineCompletion<{ items: readonly { insertText: string }[] }>(
    uri,
    { line: 0, character: `value_${keys} = `.length },
    { context: { triggerKind: 1 } },
  ).answer;
  return items[0]?.insertText.replace(/^value_\d+ = /, "");
}

const asked = (): number => machine.emulator.callsTo("completions").length;

describe("while Copilot", () => {
  test("is signed out, the next answers, plugins are told that they may ask, and GitHub is not asked", async () => {
    const editor = await start({ signedIn: false });
    expect(await offeredIn(editor)).toBe("'from the next'");
    expect(await editor.request("checkStatus", {})).toMatchObject({ status: "OK" });
    expect(machine.emulator.calls).toEqual([]);
    const { message } = await editor.waitFor<Status>("didChangeStatus", ({ kind }) => kind === "Warning");
    expect(message).toContain("answers meanwhile");
  });

  test("has no completions left, it is asked once, and the status says so once", async () => {
    const editor = await start();
    machine.emulator.script(
      "completions",
      { kind: "status", status: 402, body: { message: "quota exceeded" } },
      { times: 9 },
    );
    for (let times = 0; times < 4; times += 1) expect(await offeredIn(editor)).toBe("'from the next'");
    expect(asked()).toBe(1);
    const told = editor.calls("didChangeStatus").map((params) => (params as Status).message ?? "");
    const changes = told.filter((message, index) => message !== told[index - 1]);
    expect(changes.filter((message) => message.includes("answers meanwhile"))).toHaveLength(1);
  });

  test("refuses the account, it is asked once", async () => {
    const editor = await start();
    machine.emulator.script(
      "completions",
      { kind: "status", status: 403, body: { message: "not for you" } },
      { times: 9 },
    );
    for (let times = 0; times < 4; times += 1) expect(await offeredIn(editor)).toBe("'from the next'");
    expect(asked()).toBe(1);
  });

  test("no longer takes the sign-in, the next answers", async () => {
    const editor = await start();
    machine.emulator.revokeGitHubTokens();
    machine.emulator.expireSessions();
    for (let times = 0; times < 3; times += 1) expect(await offeredIn(editor)).toBe("'from the next'");
    expect(asked()).toBeLessThanOrEqual(2);
  });

  test("asks for a pause, it is left alone for that long and then asked again", async () => {
    const editor = await start();
    const pause = {
      kind: "status",
      status: 429,
      headers: { "retry-after": "2" },
      body: { message: "slow down" },
    } as const;
    machine.emulator.script("completions", pause);
    const pausedMs = performance.now();
    for (let times = 0; times < 3; times += 1) expect(await offeredIn(editor)).toBe("'from the next'");
    expect(asked()).toBe(1);
    await eventually(async () => expect(await offeredIn(editor)).toBe("'from Copilot'"));
    expect(performance.now() - pausedMs).toBeGreaterThan(1_900);
    expect(asked()).toBe(2);
    await eventually(() => expect(editor.calls("didChangeStatus").at(-1)).toMatchObject({ kind: "Normal" }));
  });

  test("cannot be reached, it is tried again by itself, and not at each key", async () => {
    const editor = await start();
    machine.emulator.script("completions", { kind: "reset" });
    for (let times = 0; times < 3; times += 1) expect(await offeredIn(editor)).toBe("'from the next'");
    expect(asked()).toBe(1);
    await eventually(async () => expect(await offeredIn(editor)).toBe("'from Copilot'"));
    expect(asked()).toBe(2);
  });

  test("fails, and the next one too, the person hears of the first", async () => {
    const editor = await start();
    machine.emulator.script("completions", { kind: "status", status: 500, body: { message: "broken" } }, { times: 9 });
    next.answer("/v1/completions", json({ error: { message: "broken too" } }, 500));
    await expect(offeredIn(editor)).rejects.toThrow(/failed to give.*broken$|broken/);
    expect(asked()).toBe(1);
  });
});

describe("an excluded file", () => {
  const excluded = { COPILOT_LSP_COMPLETION_EXCLUDE_GLOBS: "secret-*" };

  test("goes to no service", async () => {
    const editor = await start({ signedIn: true }, excluded);
    expect(await offeredIn(editor, "secret-1.py")).toBeUndefined();
    expect(asked()).toBe(0);
    expect(next.to("/v1/completions")).toEqual([]);
  });

  test("goes to the service on this machine where the setting says so, and never to Copilot", async () => {
    const editor = await start({ signedIn: true }, { ...excluded, COPILOT_LSP_SERVICE_GETS_EXCLUDED: "true" });
    expect(await offeredIn(editor, "secret-2.py")).toBe("'from the next'");
    expect(asked()).toBe(0);
    expect(await offeredIn(editor)).toBe("'from Copilot'");
  });
});
