// Spawn to the answer of `initialize`, against the floor that no Node program can beat: `node -e 0`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type BenchSetting, initializeParams } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

export async function benchStartUp(setting: BenchSetting, samples: number): Promise<void> {
  const floor: number[] = [];
  const ours: number[] = [];
  // In turns, so that whatever else the machine does falls on both.
  for (let round = -2; round < samples; round += 1) {
    const bareMs = await bareNode();
    const initializeMs = await spawnToInitialize(setting);
    if (round < 0) continue;
    floor.push(bareMs);
    ours.push(initializeMs);
  }
  printTable(`Start-up, ${samples} rounds`, [
    ["", "median", "p95", "ratio"],
    ["node -e 0, to its end", milliseconds(median(floor)), milliseconds(percentile(floor, 0.95)), "1.00"],
    [
      "spawn to initialize",
      milliseconds(median(ours)),
      milliseconds(percentile(ours, 0.95)),
      (median(ours) / median(floor)).toFixed(2),
    ],
  ]);
}

export async function bareNode(): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, ["-e", "0"], { stdio: "ignore" });
  await once(child, "exit");
  return performance.now() - startMs;
}

async function spawnToInitialize(setting: BenchSetting): Promise<number> {
  const startMs = performance.now();
  const server = setting.spawn();
  await server.request("initialize", initializeParams);
  const tookMs = performance.now() - startMs;
  await server.kill();
  return tookMs;
}
