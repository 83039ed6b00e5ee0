// The engine on a real connection to the stand-in service, with a session source that is as plain as can be.

import { randomUUID } from "node:crypto";
import { afterEach } from "vitest";
import type { CompletionsBody } from "../../../shared/upstream.ts";
import type { SessionSource } from "../../../server/auth/types.ts";
import { createEngine } from "../../../server/completion/engine.ts";
import type { CompletionSettings } from "../../../server/completion/settings.ts";
import type { Engine } from "../../../server/completion/types.ts";
import { startEmulator } from "../../../server/emulator/emulator.ts";
import type { Call, Emulator, EmulatorOptions } from "../../../server/emulator/types.ts";
import type { Governor, GovernorSettings } from "../../../server/governor/governor.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import type { GitHubApi, SessionToken } from "../../../server/upstream/types.ts";
import { createUpstream } from "../../../server/upstream/upstream.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../../support/test-ctx.ts";
import { noBudgets, onCopilot, rulesByPath } from "./on-copilot.ts";
import { usualSettings } from "./requests.ts";
import { defaultUpstreamSettings } from "../../support/upstream-settings.ts";

interface KeptBack {
  readonly isExcluded: (path: string | undefined) => boolean;
}

export interface EngineOnEmulator {
  readonly engine: Engine;
  readonly governor: Governor;
  readonly emulator: Emulator;
  readonly clock: ManualClock;
  readonly sessions: SessionSource;
  set(changes: Partial<CompletionSettings & KeptBack>): void;
}

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** `remotes`: by file, the addresses of its git remotes. */
export async function engineOnEmulator(
  changes: Partial<CompletionSettings & GovernorSettings & KeptBack> = {},
  remotes: Readonly<Record<string, readonly string[]>> = {},
  emulatorOptions: EmulatorOptions = {},
): Promise<EngineOnEmulator> {
  let settings = { ...usualSettings, ...noBudgets, isExcluded: (_path: string | undefined) => false, ...changes };
  const emulator = await startEmulator(emulatorOptions);
  cleanups.push(() => emulator.close());
  const clock = createManualClock();
  const log = createRecordingLog();
  const upstream = createUpstream(
    { clock, log, version: "1.2.3", environment: {}, machineId: () => "00", identity: () => undefined },
    () => ({ ...defaultUpstreamSettings, githubUri: emulator.url, githubApiUri: emulator.url }),
  );
  cleanups.push(() => upstream.close());
  const sessions = plainSessions(upstream.github, new Secret(emulator.githubToken));
  const findRemotes = async (file: string) => remotes[file] ?? [];
  const deps = onCopilot(
    {
      clock,
      log,
      copilot: upstream.copilot,
      sessions,
      newId: randomUUID,
      findRemotes,
      rules: rulesByPath((path) => settings.isExcluded(path)),
    },
    () => settings,
  );
  const engine = createEngine(deps, () => settings);
  cleanups.push(() => engine.close());
  return {
    engine,
    governor: deps.governor,
    emulator,
    clock,
    sessions,
    set(more) {
      settings = { ...settings, ...more };
    },
  };
}

function plainSessions(github: GitHubApi, githubToken: Secret): SessionSource {
  let current: SessionToken | undefined;
  const listeners = new Set<(session: SessionToken) => void>();
  return {
    async get(ctx) {
      if (current) return current;
      current = await github.exchangeSession({ ...createTestCtx(), signal: ctx.signal }, githubToken);
      for (const listener of listeners) listener(current);
      return current;
    },
    peek: () => current,
    reject(session) {
      if (current === session) current = undefined;
    },
    onRenewed(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** What a request to `completions` asked. */
export function askedOf(call: Call | undefined): CompletionsBody {
  return call?.body as CompletionsBody;
}
