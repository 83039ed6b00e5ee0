// An upstream with settings that a test can change while it runs, and the few values most tests need.

import { afterEach } from "vitest";
import type { CompletionsBody } from "../../shared/upstream.ts";
import { type Emulator, type EmulatorOptions } from "../../server/emulator/types.ts";
import { startEmulator } from "../../server/emulator/emulator.ts";
import { Secret } from "../../server/runtime/secret.ts";
import type { EditorIdentity, UpstreamSettings } from "../../server/upstream/settings.ts";
import type {
  CompletionPiece,
  CompletionStream,
  CompletionsCall,
  SessionToken,
  Upstream,
} from "../../server/upstream/types.ts";
import { createUpstream } from "../../server/upstream/upstream.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, type RecordingLog } from "../support/test-ctx.ts";
import { defaultUpstreamSettings } from "../support/upstream-settings.ts";

export interface Harness {
  readonly upstream: Upstream;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
  set(changes: Partial<UpstreamSettings>): void;
  identify(identity: EditorIdentity): void;
}

export const version = "9.8.7";
export const machineId = "0123456789abcdef0123456789abcdef";

const cleanups: (() => Promise<void> | void)[] = [];

/** Runs after the test, last registered first. */
export function later(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export async function emulate(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  later(() => emulator.close());
  return emulator;
}

export const defaultSettings: UpstreamSettings = defaultUpstreamSettings;

export function createHarness(
  changes: Partial<UpstreamSettings> = {},
  environment: Readonly<Record<string, string>> = {},
): Harness {
  let settings: UpstreamSettings = { ...defaultSettings, ...changes };
  let identity: EditorIdentity | undefined;
  const clock = createManualClock();
  const log = createRecordingLog();
  const upstream = createUpstream(
    { clock, log, version, environment, machineId: () => machineId, identity: () => identity },
    () => settings,
  );
  later(() => upstream.close());
  return {
    upstream,
    clock,
    log,
    set(more) {
      settings = { ...settings, ...more };
    },
    identify(next) {
      identity = next;
    },
  };
}

/** An upstream whose GitHub is `emulator`. */
export function harnessFor(emulator: Emulator, changes: Partial<UpstreamSettings> = {}): Harness {
  return createHarness({ githubUri: emulator.url, githubApiUri: emulator.url, ...changes });
}

export function sessionAt(url: string, token = "tid=0123;exp=1;sku=test:mac0123"): SessionToken {
  return {
    token: new Secret(token),
    expiresAtSeconds: 2_000_000_000,
    refreshInSeconds: 1500,
    serverNowMs: undefined,
    endpoints: { api: url, proxy: url },
    sku: undefined,
    hasExclusionRules: false,
    completionsRemaining: undefined,
  };
}

export function bodyOf(changes: Partial<CompletionsBody> = {}): CompletionsBody {
  return {
    prompt: "function add(a, b) {\n",
    suffix: "}\n",
    max_tokens: 500,
    temperature: 0,
    top_p: 1,
    n: 1,
    stop: ["\n"],
    stream: true,
    code_annotations: false,
    extra: { language: "javascript", next_indent: 0, trim_by_indentation: false, prompt_tokens: 6, suffix_tokens: 1 },
    ...changes,
  };
}

export function callWith(session: SessionToken, changes: Partial<CompletionsCall> = {}): CompletionsCall {
  return {
    session,
    model: "gpt-41-copilot",
    body: bodyOf(),
    requestId: "4ab3a2f0-6c39-4d0e-9f0a-9d7c6c0e0001",
    speculative: false,
    ...changes,
  };
}

type Pieces = CompletionStream["pieces"];

/** One by one, however they came together. */
export async function* each(pieces: Pieces): AsyncGenerator<CompletionPiece, undefined> {
  for await (const together of pieces) yield* together;
}

export async function collect(pieces: Pieces): Promise<CompletionPiece[]> {
  const all: CompletionPiece[] = [];
  for await (const together of pieces) all.push(...together);
  return all;
}

export async function textOf(pieces: Pieces, index = 0): Promise<string> {
  return (await collect(pieces))
    .filter((piece) => piece.index === index)
    .map(({ text }) => text)
    .join("");
}

/** What `promise` rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}

/** Lets what is under way on real sockets arrive. */
export async function settle(rounds = 50): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Waits for something that real sockets bring about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle(1);
}
