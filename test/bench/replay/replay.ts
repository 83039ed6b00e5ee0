// Real files typed key by key: how often there is something right to see, and what it costs the service. The engine
// itself against a naive one, on the same keys, the same service and the same chance.

import { randomUUID } from "node:crypto";
import { createEngine } from "../../../server/completion/engine.ts";
import type { CompletionSettings } from "../../../server/completion/settings.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import type { CopilotApi, SessionToken } from "../../../server/upstream/types.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { printTable } from "../statistics.ts";
import { readCorpus, type Stretch } from "./corpus.ts";
import { createNaiveEngine } from "./naive.ts";
import { createOracle } from "./oracle.ts";
import { type Tally, type TypedEngine, typeStretch, type TypingOptions } from "./typist.ts";

const wrongShare = 0.15;

const settings: CompletionSettings = {
  enabled: true,
  languages: {},
  model: "oracle",
  lines: "auto",
  maxTokens: 500,
  speculation: "auto",
  isExcluded: () => false,
  neighbours: true,
  recentEdits: true,
  contextStyle: "comments",
  serverHost: undefined,
  typing: { burst: 0, perMinute: 1 },
  scripts: { burst: 0, perMinute: 1 },
};

const session = (completionsRemaining: number | undefined): SessionToken => ({
  token: new Secret("tid=replay"),
  expiresAtSeconds: 2_000_000_000,
  refreshInSeconds: 1_500,
  serverNowMs: undefined,
  endpoints: { api: "", proxy: "" },
  sku: undefined,
  completionsRemaining,
});

type MakeEngine = (clock: ManualClock, copilot: CopilotApi) => TypedEngine & { close?(): Promise<void> };

const ours =
  (completionsRemaining: number | undefined): MakeEngine =>
  (clock, copilot) => {
    const only = session(completionsRemaining);
    const sessions = {
      get: () => Promise.resolve(only),
      peek: () => only,
      reject: () => undefined,
      onRenewed: () => () => undefined,
    };
    const quiet = () => undefined;
    const log = { error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet };
    const findRemotes = async () => [];
    return createEngine({ clock, log, copilot, sessions, newId: randomUUID, findRemotes }, () => settings);
  };
const naive: MakeEngine = (clock, copilot) => createNaiveEngine(clock, copilot, session(undefined));

interface Outcome extends Tally {
  requests: number;
  ahead: number;
  aborted: number;
}

/** `lines`: of each file. */
export async function benchReplay(root: string, lines: number): Promise<void> {
  const corpus = readCorpus(root, lines);
  const rows: (readonly string[])[] = [
    [
      "",
      "right in 50 ms",
      "before next key",
      "requests / 100 keys",
      "of them ahead",
      "aborted / 100 keys",
      "saved if accepted",
      "requests / 100 chars then",
    ],
  ];
  for (const [name, make, tells] of [
    ["this engine, editor tells what it shows", ours(undefined), true],
    ["this engine, editor tells nothing", ours(undefined), false],
    ["this engine, plan that counts completions", ours(2_000), true],
    ["naive: no memory, 75 ms debounce, latest wins", naive, false],
  ] as const) {
    const typing = await run(corpus, make, { seed: 1, accepts: false, tells });
    const accepting = await run(corpus, make, { seed: 1, accepts: true, tells });
    const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
    const per100 = (part: number, whole: number): string => ((100 * part) / whole).toFixed(2);
    rows.push([
      name,
      percent(typing.within50Ms, typing.keys),
      percent(typing.beforeNextKey, typing.keys),
      per100(typing.requests, typing.keys),
      per100(typing.ahead, typing.keys),
      per100(typing.aborted, typing.keys),
      percent(accepting.saved, accepting.characters),
      per100(accepting.requests, accepting.characters),
    ]);
    if (rows.length === 2)
      console.log(`\n${corpus.length} files, ${typing.keys} keys:`, corpus.map((c) => c.name).join(", "));
  }
  printTable("Replay: typed at a median of 120 ms, first byte after a median of 250 ms, 15 % of answers wrong", rows);
}

async function run(corpus: readonly Stretch[], make: MakeEngine, options: TypingOptions): Promise<Outcome> {
  const sum: Outcome = {
    keys: 0,
    within50Ms: 0,
    beforeNextKey: 0,
    saved: 0,
    characters: 0,
    requests: 0,
    ahead: 0,
    aborted: 0,
  };
  for (const [index, stretch] of corpus.entries()) {
    const clock = createManualClock();
    const seed = options.seed * 1_000 + index;
    const oracle = createOracle(clock, stretch, { wrongShare, seed });
    const engine = make(clock, oracle);
    const tally = await typeStretch(clock, engine, stretch, { ...options, seed });
    await clock.advance(5_000);
    await engine.close?.();
    for (const key of ["keys", "within50Ms", "beforeNextKey", "saved", "characters"] as const) sum[key] += tally[key];
    for (const key of ["requests", "ahead", "aborted"] as const) sum[key] += oracle.counts[key];
  }
  return sum;
}
