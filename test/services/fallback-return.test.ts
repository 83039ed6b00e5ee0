// The first service is used up, another answers meanwhile, and the first is gone back to once its quota has returned: the
// whole program below its fronts, with the time in the test's hands. It is not asked one time more than its breaker allows.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CompletionResult } from "../../shared/completion.ts";
import { createConfig } from "../../server/config/layers.ts";
import { createSettingsFile } from "../../server/config/settings-file.ts";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator } from "../../server/emulator/types.ts";
import { createTracer } from "../../server/observe/tracer.ts";
import { type Assembly, assemble } from "../../server/app/services.ts";
import { promptRequest } from "../completion/support/requests.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { events, json, type StandIn, startStandIn } from "./support/stand-in.ts";

const refreshSeconds = 1_500;
const minute = 60_000;

let folder: string;
let emulator: Emulator;
let next: StandIn;
let clock: ManualClock;
let assembly: Assembly;
let asked = 0;

const completions = (text: string) => events({ choices: [{ index: 0, text, finish_reason: "stop" }] });
const models = json({ data: [{ id: "starcoder2-3b" }] });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "copilot-lsp-return-"));
  emulator = await startEmulator();
  emulator.setModel(() => ["'from the first'"]);
  emulator.setSession({ refreshInSeconds: refreshSeconds, lifetimeSeconds: 2 * refreshSeconds });
  next = await startStandIn({ "/v1/models": models, "/v1/completions": completions("'from the next'") });
  clock = createManualClock(Date.now());
});

afterEach(async () => {
  await assembly.close();
  await emulator.close();
  await next.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  const environment = {
    ...process.env,
    HOME: folder,
    GH_COPILOT_TOKEN: emulator.githubToken,
    COPILOT_LSP_GITHUB_URI: emulator.url,
    COPILOT_LSP_AUTH_STORAGE: "file",
    COPILOT_LSP_SERVICE_FALLBACK: `openai@${next.url}/v1`,
    COPILOT_LSP_COMPLETION_SPECULATION: "off",
    ...more,
  };
  assembly = await assemble({
    clock,
    log: createRecordingLog(),
    version: "0.0.0",
    environment,
    platform: process.platform,
    config: createConfig({
      flags: [],
      environment,
      file: createSettingsFile(clock, join(folder, "config.json")).read(),
      fileFlag: undefined,
      log: createRecordingLog(),
    }),
    folder,
    demo: false,
    isQuiet: false,
    binding: undefined,
    cwd: folder,
    program: [process.execPath],
    keychainLimits: { patienceMs: 1_000, signInMs: 1_000 },
    tracer: createTracer(),
    identity: () => undefined,
    peers: async () => ({
      role: () => ({ kind: "alone", why: "this is a test" }),
      onRole: () => () => undefined,
      connect: async () => undefined,
      onPeer: () => undefined,
    }),
  });
}

/** What is answered in a place of its own, so that nothing is answered from memory. */
async function answer(): Promise<string | undefined> {
  asked += 1;
  const result: CompletionResult = await assembly.core.complete(createTestCtx(), promptRequest(`value_${asked} = `));
  return result.kind === "items" ? result.items[0]?.text : result.reason;
}

const messages = (): string => assembly.core.status().message ?? "";

describe("Copilot", () => {
  const toCopilot = (): number => emulator.callsTo("completions").length;
  const renewSession = async (): Promise<void> => {
    const before = emulator.callsTo("session-token").length;
    await clock.advance(refreshSeconds * 1_000);
    await eventually(() => expect(emulator.callsTo("session-token")).toHaveLength(before + 1));
    await emulator.callsTo("session-token").at(-1)?.ended;
    await eventually(() => expect(assembly.core.report().session?.refreshAtMs).toBeGreaterThan(clock.nowMs()));
  };

  test("is asked once when it is used up, not at all while it says that it still is, and again when it is not", async () => {
    await open();
    emulator.setSession({ completionsRemaining: 1 });
    expect(await answer()).toBe("'from the first'");
    for (let times = 0; times < 3; times += 1) expect(await answer()).toBe("'from the next'");
    expect(toCopilot()).toBe(2);
    expect(messages()).toContain("answers meanwhile");

    await renewSession();
    for (let times = 0; times < 3; times += 1) expect(await answer()).toBe("'from the next'");
    expect(toCopilot()).toBe(2);

    emulator.setSession({ completionsRemaining: 50 });
    await renewSession();
    expect(await answer()).toBe("'from the first'");
    expect(toCopilot()).toBe(3);
    expect(messages()).not.toContain("answers meanwhile");
  });
});

describe("a service with a key", () => {
  test("is asked again once in ten minutes, and gone back to when it answers", async () => {
    const first = await startStandIn({ "/v1/models": models, "/v1/completions": json({ error: "paid up" }, 402) });
    try {
      await open({ COPILOT_LSP_SERVICE_KIND: "openai", COPILOT_LSP_SERVICE_URL: `${first.url}/v1` });
      const toFirst = (): number => first.to("/v1/completions").length;
      for (let times = 0; times < 3; times += 1) expect(await answer()).toBe("'from the next'");
      expect(toFirst()).toBe(1);
      await clock.advance(10 * minute - 1);
      expect(await answer()).toBe("'from the next'");
      expect(toFirst()).toBe(1);
      await clock.advance(1);
      for (let times = 0; times < 3; times += 1) expect(await answer()).toBe("'from the next'");
      expect(toFirst()).toBe(2);
      first.answer("/v1/completions", completions("'from the first'"));
      await clock.advance(10 * minute);
      expect(await answer()).toBe("'from the first'");
      expect(toFirst()).toBe(3);
      expect(messages()).not.toContain("answers meanwhile");
    } finally {
      await first.close();
    }
  });
});

describe("GitHub's own server", () => {
  test("is asked again once in ten minutes, because it learns of its quota with a question alone", async () => {
    const behave = (behaviour: object): void =>
      writeFileSync(join(folder, "behaviour.json"), JSON.stringify(behaviour));
    const status = { kind: "Error", message: "Completions limit reached" };
    await open({
      STAND_IN: folder,
      COPILOT_LSP_SERVICE_KIND: "official",
      COPILOT_LSP_SERVICE_COMMAND: join(import.meta.dirname, "fixtures/copilot-language-server.js"),
    });
    behave({ items: [], status });
    for (let times = 0; times < 3; times += 1) expect(await answer()).toBe("'from the next'");
    behave({ items: ["'from the first'"], status: { kind: "Normal" } });
    expect(await answer()).toBe("'from the next'");
    await clock.advance(10 * minute);
    expect(await answer()).toBe("'from the first'");
    expect(messages()).not.toContain("answers meanwhile");
  });
});
