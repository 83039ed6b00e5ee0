// `npm run bench -- --only next-edits-official`: this program beside GitHub's own server, both as real processes that the same
// player drives over LSP in real time, on some of the refactorings of `next-edits` and the same oracle behind the emulator.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startEmulator } from "../../../server/emulator/emulator.ts";
import { readEditScene } from "../../../server/emulator/edits/edit-scene.ts";
import type { Emulator } from "../../../server/emulator/types.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { type SpawnedLspServer, spawnLspServer } from "../../support/lsp-client.ts";
import { printTable } from "../statistics.ts";
import { createOracle } from "./oracle.ts";
import { engineOver } from "./over-lsp.ts";
import { emptyTally, startPlay, type Tally } from "./player.ts";
import type { Refactoring } from "./refactoring.ts";
import { scriptedRefactorings } from "./scripts.ts";

const folder = "/bench";
const uriOf = (path: string): string => `file://${folder}/${path}`;
const options = { faultShare: 0.05, firstByteMs: 350 };
const pieceMs = 5;
/** Pieces of work that are done at a time, by each. */
const lanes = 3;
/** One of so many refactorings. */
const stride = 7;

interface Contender {
  readonly name: string;
  start(emulator: Emulator, home: string): Promise<SpawnedLspServer>;
}

/** `strange`: requests whose prompt shows lines that are not those of the text. */
type Sums = Omit<Tally, "isDone"> & { requests: number; strange: number; unfinished: number };

const nothing = (): Sums => ({ ...emptyTally(), requests: 0, strange: 0, unfinished: 0 });

/** `count` refactorings. Throws where GitHub's server is not. */
export async function benchAgainstOfficial(root: string, count: number): Promise<void> {
  const contenders = [ours(root), official(root)];
  const works = scriptedRefactorings(root, count * stride, 0).filter((_work, index) => index % stride === 0);
  const sums = contenders.map(nothing);
  const left = [...works.entries()];
  const lane = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [index, work] = next;
      // Both at the same time, so that whatever else the machine does falls on both.
      await Promise.all(contenders.map((contender, place) => play(contender, work, index + 1, sums[place])));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  printTable(`next edits over LSP in real time, ${works.length} refactorings of files, 5 % faults`, [
    ["", "offered right", "requests / right edit", "requests", "wrong / 100 keys", "undoing", "keys", "unfinished"],
    ...contenders.map(({ name }, place) => {
      const { right, derivable, requests, strange, wrong, keys, undoing, unfinished } = sums[place] ?? nothing();
      return [
        name,
        `${((100 * right) / derivable).toFixed(1)} % of ${derivable}`,
        (requests / right).toFixed(2),
        `${requests}, ${strange} not understood`,
        ((100 * wrong) / keys).toFixed(2),
        String(undoing),
        String(keys),
        String(unfinished),
      ];
    }),
  ]);
}

async function play(contender: Contender, work: Refactoring, seed: number, sums: Sums | undefined): Promise<void> {
  const emulator = await startEmulator({ approval: "at-once" });
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-bench-"));
  try {
    const player = startPlay(work);
    const texts: (readonly string[])[] = [];
    let asked: readonly string[] = work.before;
    const oracle = createOracle(createManualClock(), work, () => asked, { ...options, seed });
    emulator.setEditModels([
      { name: "oracle", kind: "edit", strategy: "xtab275" },
      { name: "oracle-jump", kind: "jump", strategy: "" },
    ]);
    emulator.setDelays({ firstByteDelayMs: options.firstByteMs, chunkDelayMs: pieceMs });
    emulator.setEditModel(({ kind, user, maxTokens }) => {
      // GitHub's server names files by their whole paths.
      const content = user.replaceAll(`${folder}/`, "");
      const messages = [{ role: "user", content }] as const;
      // A model answers about the text that it was asked about; a key may have been pressed since.
      const shown = readEditScene(content)?.file ?? [];
      asked = texts.findLast((lines) => holds(lines, shown)) ?? player.lines();
      return oracle.answerTo({ messages, maxTokens: kind === "jump" ? maxTokens : undefined }).text;
    });
    const server = await contender.start(emulator, home);
    const tally = await player.play(
      { advance: (ms) => pause(ms) },
      engineOver(server, uriOf, (lines) => texts.push(lines)),
      seed,
    );
    await server.kill();
    if (!sums) return;
    for (const key of ["keys", "derivable", "right", "rightBeyond", "offers", "atPlace", "wrong", "undoing"] as const)
      sums[key] += tally[key];
    sums.requests += emulator.callsTo("chat-completions").length;
    sums.strange += oracle.counts.strange;
    sums.unfinished += tally.isDone ? 0 : 1;
  } finally {
    await emulator.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function holds(lines: readonly string[], shown: readonly string[]): boolean {
  return lines.some((_line, at) => shown.every((line, index) => lines[at + index] === line));
}

const params = {
  processId: process.pid,
  clientInfo: { name: "bench", version: "1.0.0" },
  rootUri: `file://${folder}`,
  workspaceFolders: [{ uri: `file://${folder}`, name: "bench" }],
  capabilities: { workspace: { configuration: true, workspaceFolders: true } },
  initializationOptions: {
    editorInfo: { name: "bench", version: "1.0.0" },
    editorPluginInfo: { name: "bench-copilot", version: "1.0.0" },
  },
};

function ours(root: string): Contender {
  return {
    name: "copilot-lsp",
    async start(emulator, home) {
      const server = spawnLspServer([process.execPath, join(root, "dist/copilot-lsp.js"), "--stdio"], {
        env: {
          HOME: home,
          PATH: process.env["PATH"],
          GH_COPILOT_TOKEN: emulator.githubToken,
          COPILOT_LSP_GITHUB_URI: emulator.url,
          COPILOT_LSP_HTTP_PORT: "0",
        },
        cwd: home,
        patienceMs: 60_000,
      });
      server.handle("workspace/configuration", (asked) =>
        (asked as { items: readonly unknown[] }).items.map(() => null),
      );
      server.handle("client/registerCapability", () => null);
      await server.initialize(params);
      return server;
    },
  };
}

function official(root: string): Contender {
  const program = join(root, ".cache/official-server/node_modules/.bin/copilot-language-server");
  if (!existsSync(program)) throw new Error(`${program} is missing: run test/services/prepare-official-server.sh`);
  return {
    name: "GitHub's server",
    async start({ githubToken, url }, home) {
      const server = spawnLspServer([program, "--stdio"], {
        env: {
          HOME: home,
          PATH: process.env["PATH"],
          TMPDIR: home,
          GH_COPILOT_TOKEN: githubToken,
          GH_COPILOT_API_URL: url,
          GH_COPILOT_SERVER_URL: url,
          GITHUB_COPILOT_OVERRIDE_PROXY_URL: url,
          GITHUB_COPILOT_OVERRIDE_CAPI_URL: url,
        },
        cwd: home,
        patienceMs: 60_000,
      });
      const settings: Readonly<Record<string, unknown>> = {
        telemetry: { telemetryLevel: "off" },
        "github.copilot": {},
        // One request of its own goes to another host whatever is set: nobody listens there.
        http: { proxy: "http://127.0.0.1:9", proxyStrictSSL: false, noProxy: ["127.0.0.1"] },
      };
      server.handle("workspace/configuration", (asked) =>
        (asked as { items: readonly { section: string }[] }).items.map(({ section }) => settings[section] ?? null),
      );
      server.handle("client/registerCapability", () => null);
      await server.initialize(params);
      const { telemetry, http } = settings;
      server.notify("workspace/didChangeConfiguration", { settings: { telemetry, http, github: { copilot: {} } } });
      await server.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Normal");
      return server;
    },
  };
}
