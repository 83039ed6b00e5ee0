// `npm run bench`: everything that this program claims about speed and memory, side by side with its floor, in one run.
// Figures, not a verdict: a machine that is busy is slow, so look at ratios and medians.

import { parseArgs } from "node:util";
import { benchAcceptance } from "./acceptance.ts";
import { benchCancel } from "./cancel.ts";
import { benchLocal } from "./local/bench.ts";
import { benchMemoryAnswers } from "./from-memory.ts";
import { benchFigures, officialServer } from "./figures.ts";
import { benchGrowth } from "./growth.ts";
import { benchHttp, benchHttpMemory } from "./http.ts";
import { benchLatency } from "./latency.ts";
import { benchMemory } from "./memory.ts";
import { benchOwnStyle } from "./own-style.ts";
import { benchBesideNextEdits } from "./next-edits/beside.ts";
import { benchNextEdits } from "./next-edits/bench.ts";
import { benchNextEditMemory } from "./next-edits/memory.ts";
import { benchAgainstOfficial } from "./next-edits/rival.ts";
import { benchProcesses } from "./processes.ts";
import { benchReplay } from "./replay/replay.ts";
import { benchSecrets } from "./secrets.ts";
import { openSetting, type Rival } from "./setting.ts";
import { benchSoak } from "./soak.ts";
import { benchStartUp } from "./start-up.ts";
import { benchWindows } from "./windows.ts";

// How many samples each takes when nothing is said.
const benchmarks = {
  acceptance: 1_500,
  "own-style": 400,
  replay: 60,
  "next-edits": 220,
  secrets: 1,
  local: 60,
  "start-up": 30,
  memory: 5,
  latency: 300,
  "beside-next-edits": 300,
  "next-edits-memory": 5,
  "next-edits-official": 24,
  "from-memory": 20,
  cancel: 30,
  growth: 10,
  processes: 10,
  http: 500,
  "http-memory": 100_000,
  figures: 15,
  windows: 100,
  soak: 100_000,
} as const;

/**
 * `--only NAME`, `--samples N`. `--against 'COMMAND'` runs the language-server benchmarks against another server as
 * well, on the same emulator: `--env NAME=VALUE` and `--settings JSON` say how it is pointed there (see `Rival`).
 * `--official` does so for GitHub's own server, which it installs from npm; `--readme` writes the figures into README.md.
 */
export async function main(args: readonly string[], root: string, outdir: string): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      samples: { type: "string" },
      against: { type: "string" },
      env: { type: "string", multiple: true },
      settings: { type: "string" },
      official: { type: "boolean", default: false },
      readme: { type: "boolean", default: false },
    },
  });
  if (values.only !== undefined && !Object.hasOwn(benchmarks, values.only)) {
    throw new Error(`There is no benchmark ${values.only}; there are ${Object.keys(benchmarks).join(", ")}.`);
  }
  const run = async (name: keyof typeof benchmarks, bench: (samples: number) => Promise<void>): Promise<void> => {
    if (values.only === undefined || values.only === name) await bench(Number(values.samples ?? benchmarks[name]));
  };
  const rivals = [
    ...(values.official ? await officialServer(root) : []),
    ...(values.against === undefined ? [] : [rivalOf(values.against, values.env ?? [], values.settings)]),
  ];
  // In virtual time, without a process.
  await run("acceptance", async (samples) => benchAcceptance(root, samples));
  await run("own-style", async (files) => benchOwnStyle(files));
  await run("replay", (samples) => benchReplay(root, samples));
  await run("next-edits", (scripts) => benchNextEdits(root, scripts));
  // It takes GitHub's own server, and minutes.
  if (values.only === "next-edits-official") await run(values.only, (count) => benchAgainstOfficial(root, count));
  await run("secrets", () => benchSecrets(root));
  await run("local", (keys) => benchLocal(root, outdir, keys));
  const setting = await openSetting(root, outdir, rivals);
  try {
    await run("start-up", (samples) => benchStartUp(setting, samples));
    await run("memory", (samples) => benchMemory(setting, samples));
    await run("latency", (samples) => benchLatency(setting, samples));
    await run("beside-next-edits", (keys) => benchBesideNextEdits(setting, keys));
    await run("next-edits-memory", (samples) => benchNextEditMemory(setting, samples));
    await run("from-memory", (samples) => benchMemoryAnswers(setting, samples));
    await run("cancel", (samples) => benchCancel(setting, samples));
    await run("growth", (samples) => benchGrowth(setting, samples));
    await run("processes", (count) => benchProcesses(setting, count));
    await run("http", (samples) => benchHttp(setting, samples, root, outdir));
    await run("http-memory", (samples) => benchHttpMemory(setting, samples, root));
    await run("figures", (rounds) => benchFigures(setting, rounds, root, values.readme));
    // Only when it is named: it takes GitHub's server, as the tests prepare it.
    if (values.only === "windows") await run("windows", (samples) => benchWindows(setting, samples, root));
    await run("soak", (samples) => benchSoak(setting, samples));
  } finally {
    await setting.close();
  }
}

function rivalOf(command: string, pairs: readonly string[], settings = "{}"): Rival {
  const environment: Record<string, string> = {};
  for (const pair of pairs) environment[pair.slice(0, pair.indexOf("="))] = pair.slice(pair.indexOf("=") + 1);
  return { name: "the other server", command, environment, settings };
}
