// `npm run bench -- --only next-edits`: how much of a piece of work is offered, and at what price. Real files and real
// commits, a service that is wrong at times, and the rules of the official server beside this program's, on the same work,
// the same keys and the same chance.

import { createManualClock } from "../../support/manual-clock.ts";
import { printTable } from "../statistics.ts";
import { committedWork } from "./commits.ts";
import { type MakeEngine, official, ours } from "./engines.ts";
import { createOracle } from "./oracle.ts";
import { emptyTally, startPlay, type Tally } from "./player.ts";
import type { Kind, Refactoring } from "./refactoring.ts";
import { scriptedRefactorings } from "./scripts.ts";

const commitCount = 60;
const noneCount = 20;
const firstByteMs = 350;
const betweenMs = 60_000;

interface Sums extends Omit<Tally, "isDone"> {
  works: number;
  unfinished: number;
  requests: number;
  strange: number;
}

interface Outcome extends Sums {
  readonly byKind: ReadonlyMap<Kind, Sums>;
}

/** `scripts`: how many refactorings of files, beside the commits. */
export async function benchNextEdits(root: string, scripts: number): Promise<void> {
  const made = scriptedRefactorings(root, scripts, noneCount);
  const committed = committedWork(root, commitCount);
  const kinds = new Map<string, number>();
  for (const { kind } of [...made, ...committed]) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  console.log(`\nnext edits: ${[...kinds].map(([kind, count]) => `${count} × ${kind}`).join(", ")}`);

  const rows: string[][] = [
    [
      "",
      "offered right",
      "at a place that changes",
      "requests / right edit",
      "undoing",
      "wrong / 100 keys",
      "chain, ms",
    ],
  ];
  const outcomes = new Map<string, Outcome>();
  for (const [name, works, make, faultShare] of [
    ["files, ours, 5 % faults", made, ours, 0.05],
    ["files, ours, 15 % faults", made, ours, 0.15],
    ["files, official rules, 5 % faults", made, official, 0.05],
    ["commits, ours, 5 % faults", committed, ours, 0.05],
    ["commits, ours, 15 % faults", committed, ours, 0.15],
  ] as const) {
    const outcome = await run(works, make, faultShare);
    outcomes.set(name, outcome);
    rows.push([name, ...figuresOf(outcome)]);
  }
  printTable("next edits, in virtual time", rows);
  for (const [kind, outcome] of outcomes.get("files, ours, 5 % faults")?.byKind ?? []) {
    console.log(`  ${kind}: ${figuresOf(outcome).join(", ")}; ${outcome.requests} requests, ${outcome.keys} keys`);
  }
  report(outcomes, made.length - noneCount, committed.length);
}

function report(outcomes: ReadonlyMap<string, Outcome>, scripts: number, commits: number): void {
  const of = (name: string): Sums => outcomes.get(name) ?? empty();
  const [mine, rules] = [of("files, ours, 5 % faults"), of("files, official rules, 5 % faults")];
  const faulty = of("files, ours, 15 % faults");
  const all = [...outcomes].filter(([name]) => name.includes("ours")).map(([, outcome]) => outcome);
  const chain = mine.chainMs.toSorted((one, other) => one - other);
  const slow = chain[Math.floor(chain.length * 0.95)] ?? Number.NaN;
  const bars: readonly (readonly [string, number, "at least" | "at most", number])[] = [
    ["refactorings of files", scripts, "at least", 200],
    ["commits", commits, "at least", 60],
    ["derivable follow-ups offered right", mine.right / mine.derivable, "at least", 0.75],
    ["offers at a place that has to change", mine.atPlace / mine.offers, "at least", 0.95],
    ["requests for each right edit", mine.requests / mine.right, "at most", 0.6],
    [
      "of the requests of the official rules",
      mine.requests / mine.right / (rules.requests / rules.right),
      "at most",
      0.5,
    ],
    ["offers that undo what was done", all.reduce((sum, { undoing }) => sum + undoing, 0), "at most", 0],
    ["wrong offers for 100 keys", (mine.wrong / mine.keys) * 100, "at most", 0.3],
    ["wrong offers for 100 keys at 15 % faults", (faulty.wrong / faulty.keys) * 100, "at most", 0.3],
    ["ms to the next edit of a chain, 95th percentile", slow, "at most", 5],
    [
      "texts that were not as they should be in the end",
      all.reduce((sum, { unfinished }) => sum + unfinished, 0),
      "at most",
      0,
    ],
  ];
  printTable("next edits, the bars", [
    ["bar", "measured", "wanted", ""],
    ...bars.map(([name, value, kind, bar]) => {
      const isMet = kind === "at least" ? value >= bar : value <= bar;
      return [name, value.toFixed(2), `${kind} ${bar}`, isMet ? "met" : "MISSED"];
    }),
  ]);
}

const figures = [
  "works",
  "unfinished",
  "requests",
  "strange",
  "keys",
  "derivable",
  "right",
  "rightBeyond",
  "offers",
  "atPlace",
  "wrong",
  "undoing",
] as const;

function empty(): Sums {
  return { ...emptyTally(), works: 0, unfinished: 0, requests: 0, strange: 0 };
}

async function run(works: readonly Refactoring[], make: MakeEngine, faultShare: number): Promise<Outcome> {
  const byKind = new Map<Kind, Sums>();
  const clock = createManualClock();
  for (const [index, work] of works.entries()) {
    const player = startPlay(work);
    const service = createOracle(clock, work, player.lines, { faultShare, firstByteMs, seed: index + 1 });
    const engine = make(clock, service);
    const tally = await player.play(clock, engine, index + 1);
    if (!tally.isDone) console.log(`  not as it should be in the end: ${work.name}`);
    await clock.advance(betweenMs);
    await engine.close();
    const { requests, strange } = service.counts;
    const sums = byKind.get(work.kind) ?? empty();
    byKind.set(work.kind, sums);
    add(sums, { ...tally, works: 1, unfinished: tally.isDone ? 0 : 1, requests, strange });
  }
  const sum: Sums = empty();
  for (const sums of byKind.values()) add(sum, sums);
  if (sum.strange > 0) console.log(`  ${sum.strange} prompts showed lines that are not the text's`);
  return { ...sum, byKind };
}

function add(sums: Sums, more: Sums): void {
  for (const key of figures) sums[key] += more[key];
  sums.chainMs.push(...more.chainMs);
}

function figuresOf({
  right,
  derivable,
  atPlace,
  offers,
  requests,
  undoing,
  wrong,
  keys,
  chainMs,
}: Sums): readonly string[] {
  const sorted = chainMs.toSorted((one, other) => one - other);
  return [
    `${((100 * right) / derivable).toFixed(1)} % of ${derivable}`,
    `${((100 * atPlace) / offers).toFixed(1)} % of ${offers}`,
    (requests / right).toFixed(2),
    String(undoing),
    ((wrong / keys) * 100).toFixed(2),
    (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(2),
  ];
}
