// Real files typed key by key: how often there is something right to see, and what it costs the service. The engine
// itself against a naive one, on the same keys, the same service and the same chance.

import { randomUUID } from "node:crypto";
import { createEngine } from "../../../server/completion/engine.ts";
import type { CompletionSettings } from "../../../server/completion/settings.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import type { CopilotApi, SessionToken } from "../../../server/upstream/types.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { onCopilot } from "../../completion/support/on-copilot.ts";
import { printTable } from "../statistics.ts";
import { readCorpus, type Stretch } from "./corpus.ts";
import { createLocalEngine } from "./local-service.ts";
import { createNaiveEngine } from "./naive.ts";
import { createOracle } from "./oracle.ts";
import { type Tally, type TypedEngine, typeStretch } from "./typist.ts";

const settings: CompletionSettings = {
  enabled: true,
  languages: {},
  model: "oracle",
  lines: "auto",
  maxTokens: 500,
  speculation: "auto",
  neighbours: true,
  recentEdits: true,
  contextStyle: "comments",
  secrets: "redact",
  serverHost: undefined,
};

const session = (completionsRemaining: number | undefined): SessionToken => ({
  token: new Secret("tid=replay"),
  expiresAtSeconds: 2_000_000_000,
  refreshInSeconds: 1_500,
  serverNowMs: undefined,
  endpoints: { api: "", proxy: "" },
  sku: undefined,
  hasExclusionRules: false,
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
    return createEngine(onCopilot({ clock, log, copilot, sessions, newId: randomUUID, findRemotes }), () => settings);
  };
const local: MakeEngine = (clock, copilot) => {
  const quiet = () => undefined;
  const log = { error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet };
  const deps = { clock, log, newId: randomUUID, findRemotes: async () => [] };
  return createLocalEngine(deps, copilot, session(undefined), () => settings);
};
const naive: MakeEngine = (clock, copilot) => createNaiveEngine(clock, copilot, session(undefined));

interface Outcome extends Tally {
  requests: number;
  ahead: number;
  aborted: number;
  written: number;
}

/** The person and the service. */
interface Conditions {
  readonly keyMs: number;
  readonly firstByteMs: number;
  readonly wrongShare: number;
  readonly seed: number;
}

const usual: Conditions = { keyMs: 120, firstByteMs: 250, wrongShare: 0.15, seed: 1 };
// A rule that only fits the usual ones is worth nothing.
const others: readonly (readonly [name: string, conditions: Conditions])[] = [
  ["another chance", { ...usual, seed: 2 }],
  ["quick fingers, 80 ms", { ...usual, keyMs: 80 }],
  ["slow fingers, 220 ms", { ...usual, keyMs: 220 }],
  ["near service, 120 ms", { ...usual, firstByteMs: 120 }],
  ["slow service, 600 ms", { ...usual, firstByteMs: 600 }],
  ["a third of lines wrong", { ...usual, wrongShare: 0.33 }],
];

/** `lines`: of each file. */
export async function benchReplay(root: string, lines: number): Promise<void> {
  const corpus = readCorpus(root, lines);
  const heading = ["right in 50 ms", "before next key", "wrong then", "requests / 100 keys"];
  const rows: string[][] = [
    [
      "",
      ...heading,
      "of them ahead",
      "aborted / 100 keys",
      "written / key",
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
    const typing = await run(corpus, make, usual, { accepts: false, tells });
    const accepting = await run(corpus, make, usual, { accepts: true, tells });
    rows.push([
      name,
      ...keysOf(typing),
      per100(typing.ahead, typing.keys),
      per100(typing.aborted, typing.keys),
      (typing.written / typing.keys).toFixed(2),
      percent(accepting.saved, accepting.characters),
      per100(accepting.requests, accepting.characters),
    ]);
    if (rows.length === 2)
      console.log(`\n${corpus.length} files, ${typing.keys} keys:`, corpus.map((c) => c.name).join(", "));
  }
  printTable("Replay: typed at a median of 120 ms, first byte after a median of 250 ms, 15 % of lines wrong", rows);

  const elsewhere: string[][] = [["", ...heading]];
  for (const [name, conditions] of others) {
    for (const [which, make] of [
      ["", ours(undefined)],
      [", plan that counts", ours(2_000)],
      [", naive", naive],
    ] as const) {
      elsewhere.push([
        `${name}${which}`,
        ...keysOf(await run(corpus, make, conditions, { accepts: false, tells: true })),
      ]);
    }
  }
  printTable("The same with other people and services", elsewhere);
}

/** How many requests a model of one's own gets for the same keys; `lines`: of each file. */
export async function benchLocalRequests(root: string, lines: number): Promise<void> {
  const corpus = readCorpus(root, lines);
  const heading = [
    "right in 50 ms",
    "before next key",
    "wrong then",
    "requests / 100 keys",
    "of them ahead",
    "written / key",
  ];
  const rows: string[][] = [["", ...heading]];
  for (const [name, make, tells] of [
    ["on a local model, editor tells what it shows", local, true],
    ["on a local model, editor tells nothing", local, false],
    ["on Copilot, editor tells what it shows", ours(undefined), true],
    ["naive", naive, false],
  ] as const) {
    const outcome = await run(corpus, make, usual, { accepts: false, tells });
    const { ahead, written, keys } = outcome;
    rows.push([name, ...keysOf(outcome), per100(ahead, keys), (written / keys).toFixed(2)]);
  }
  printTable("Requests for the keys of the replay, answered by a model that is right as often as there", rows);
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
const per100 = (part: number, whole: number): string => ((100 * part) / whole).toFixed(2);

function keysOf({ keys, within50Ms, beforeNextKey, wrong, requests }: Outcome): readonly string[] {
  return [percent(within50Ms, keys), percent(beforeNextKey, keys), percent(wrong, keys), per100(requests, keys)];
}

async function run(
  corpus: readonly Stretch[],
  make: MakeEngine,
  conditions: Conditions,
  editor: { readonly accepts: boolean; readonly tells: boolean },
): Promise<Outcome> {
  const sum: Outcome = {
    keys: 0,
    within50Ms: 0,
    beforeNextKey: 0,
    wrong: 0,
    saved: 0,
    characters: 0,
    requests: 0,
    ahead: 0,
    aborted: 0,
    written: 0,
  };
  for (const [index, stretch] of corpus.entries()) {
    const clock = createManualClock();
    const seed = conditions.seed * 1_000 + index;
    const oracle = createOracle(clock, stretch, { ...conditions, seed });
    const engine = make(clock, oracle);
    const tally = await typeStretch(clock, engine, stretch, { ...conditions, ...editor, seed });
    await clock.advance(5_000);
    await engine.close?.();
    for (const key of ["keys", "within50Ms", "beforeNextKey", "wrong", "saved", "characters"] as const) {
      sum[key] += tally[key];
    }
    for (const key of ["requests", "ahead", "aborted", "written"] as const) sum[key] += oracle.counts[key];
  }
  return sum;
}
