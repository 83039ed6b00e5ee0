// GitHub's language server as the engine has it, without the rest of the program: the process is the stand-in, and who has the
// port is the test's to say.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duplexPair, type Duplex } from "node:stream";
import { systemClock } from "../../../server/runtime/system-clock.ts";
import { type OpenedOfficial, openOfficial } from "../../../server/upstream/official/open-official.ts";
import type { PeerRole, Peers } from "../../../server/upstream/official/peers.ts";
import type { OfficialSettings } from "../../../server/upstream/official/server-settings.ts";
import { createRecordingLog, createTestCtx } from "../../support/test-ctx.ts";
import { type Behaviour, isRunning, type Told } from "./official.ts";
import { usualRequest } from "./open.ts";

type Deps = Parameters<typeof openOfficial>[0];

export interface StandInFolder {
  readonly path: string;
  behave(behaviour: Behaviour): void;
  told(): readonly Told[];
  /** Processes of the stand-in that run. */
  running(): readonly number[];
  remove(): void;
}

export function createStandInFolder(): StandInFolder {
  const path = mkdtempSync(join(tmpdir(), "copilot-lsp-official-"));
  const told = (): readonly Told[] =>
    readFileSync(join(path, "told.jsonl"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Told);
  return {
    path,
    behave: (behaviour) => writeFileSync(join(path, "behaviour.json"), JSON.stringify(behaviour)),
    told,
    running: () => told().flatMap(({ started, pid }) => (started && isRunning(pid) ? [pid] : [])),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

export const alone: Peers = {
  role: () => ({ kind: "alone", why: "this is a test" }),
  onRole: () => () => undefined,
  connect: async () => undefined,
  onPeer: () => undefined,
};

/** A process that has the port and one beside it, which comes to the first by `connect`. */
export function besideEachOther(): {
  readonly holder: Peers;
  readonly beside: Peers;
  /** The end of the first at each connection. */
  readonly streams: readonly Duplex[];
  /** Whether the one that has the port answers. */
  isAnswered: boolean;
} {
  let welcome: (stream: Duplex) => void = (stream) => void stream.destroy();
  const streams: Duplex[] = [];
  const peersAs = (role: PeerRole, connect: Peers["connect"]): Peers => ({
    role: () => role,
    onRole: () => () => undefined,
    connect,
    onPeer: (listener) => void (welcome = listener),
  });
  const both = {
    holder: peersAs({ kind: "holder" }, async () => undefined),
    beside: {
      ...peersAs({ kind: "beside" }, async () => {
        if (!both.isAnswered) return undefined;
        const [mine, theirs] = duplexPair();
        // As a socket does.
        theirs.once("close", () => mine.destroy());
        mine.once("close", () => theirs.destroy());
        streams.push(theirs);
        welcome(theirs);
        return { stream: mine, processId: process.pid };
      }),
      onPeer: () => undefined,
    },
    streams,
    isAnswered: true,
  };
  return both;
}

export interface InProcess extends OpenedOfficial {
  /** The text of a completion that nobody's document is about. */
  ask(): Promise<string>;
}

export function openInProcess(
  folder: StandInFolder,
  { clock = systemClock, log = createRecordingLog(), peers = alone, settings }: Partial<Deps> = {},
): InProcess {
  const opened = openOfficial({
    clock,
    log,
    version: "0.0.0",
    machine: {
      platform: process.platform,
      arch: process.arch,
      environment: { ...process.env, STAND_IN: folder.path },
      node: { path: process.execPath, version: process.versions.node },
    },
    identity: () => undefined,
    peers,
    settings: settings ?? (() => usualSettings),
  });
  return {
    ...opened,
    async ask() {
      let text = "";
      const request = { ...usualRequest, documentId: undefined, suffix: "" };
      for await (const delta of opened.service.complete(createTestCtx(), request)) text += delta.text;
      return text;
    },
  };
}

export const usualSettings: OfficialSettings = {
  command: join(import.meta.dirname, "../fixtures/copilot-language-server.js"),
  telemetry: false,
  githubUri: "https://github.com",
  proxy: "",
  noProxy: "",
  strictTls: true,
  caFile: "",
};
