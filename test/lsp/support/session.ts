// The LSP front between two in-memory streams, a scripted core behind it and a raw client before it.

import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { createLspServer, type LspServer, type LspSettings } from "../../../server/lsp/lsp-server.ts";
import type { ClientIdentity, Core, SettingProblem } from "../../../server/core/types.ts";
import { connectLspClient, type LspClient } from "../../support/lsp-client.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { createRecordingLog, type RecordingLog } from "../../support/test-ctx.ts";
import { createScriptedCore, type ScriptedCore } from "./scripted-core.ts";

export interface LspSession {
  readonly client: LspClient;
  readonly server: LspServer;
  readonly fake: ScriptedCore;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
  /** The codes that `onExit` was called with. */
  readonly exits: readonly number[];
  /** How often the core was opened. */
  readonly opened: () => number;
  /** The editor's settings as they were put in force, each time. */
  readonly applied: readonly Readonly<Record<string, unknown>>[];
  /** How many of `applied` came before anything was written. */
  readonly appliedFirst: () => number;
  /** What is refused of the settings that are applied from now on. */
  setProblems(problems: readonly SettingProblem[]): void;
  /** Who drives the program, each time it was told. */
  readonly identities: readonly ClientIdentity[];
  /** What was said of suggestions, in words: `shown ID`, `accepted ID`, `accepted 3 of ID`, `rejected ID`. */
  readonly signals: readonly string[];
  /** What the server has written, as bytes. */
  written(): string;
}

export interface LspSessionOptions {
  readonly settings?: Partial<LspSettings>;
  /** Stands in for the opening of the core. */
  readonly openCore?: (core: Core) => Promise<Core>;
}

export function startLspSession(options: LspSessionOptions = {}): LspSession {
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  const fake = createScriptedCore();
  const clock = createManualClock();
  const log = createRecordingLog();
  const exits: number[] = [];
  const applied: Readonly<Record<string, unknown>>[] = [];
  const identities: ClientIdentity[] = [];
  let opened = 0;
  let appliedFirst = 0;
  let problems: readonly SettingProblem[] = [];
  const written: Buffer[] = [];
  let lastId = 0;
  fromServer.on("data", (chunk: Buffer) => written.push(chunk));
  const server = createLspServer(
    {
      input: toServer,
      output: fromServer,
      applyEditorSettings(json) {
        applied.push(json);
        if (written.length === 0) appliedFirst += 1;
        return problems;
      },
      identify: (who) => void identities.push(who),
      openCore() {
        opened += 1;
        return options.openCore ? options.openCore(fake.core) : Promise.resolve(fake.core);
      },
      clock,
      log,
      newId() {
        lastId += 1;
        return `id-${lastId}`;
      },
      version: "1.2.3",
      onExit: (code) => void exits.push(code),
    },
    () => ({
      announceSignIn: true,
      rangeStyle: "line",
      lines: "auto",
      menu: "auto",
      menuPosition: "last",
      menuInComments: true,
      nextEditMenu: "auto",
      profile: "",
      ...options.settings,
    }),
  );
  server.start();
  onTestFinished(() => server.close());
  const client = connectLspClient({ toServer, fromServer });
  return {
    client,
    server,
    fake,
    clock,
    log,
    exits,
    opened: () => opened,
    applied,
    appliedFirst: () => appliedFirst,
    setProblems: (next) => void (problems = next),
    identities,
    signals: fake.signals,
    written: () => Buffer.concat(written).toString("utf8"),
  };
}

/** A session that is past `initialize`. */
export async function openLspSession(
  options: LspSessionOptions & { readonly params?: object } = {},
): Promise<LspSession> {
  const session = startLspSession(options);
  await session.client.initialize(options.params);
  return session;
}
