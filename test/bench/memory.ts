// Resident memory of one process: at rest and after completions, beside a Node that does nothing.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { samples as texts } from "./documents.ts";
import { type BenchSetting, initializeParams, residentMb } from "./setting.ts";
import { median, printTable } from "./statistics.ts";

const afterMany = 500;

export async function benchMemory(setting: BenchSetting, rounds: number): Promise<void> {
  const floor: number[] = [];
  const first: number[] = [];
  const many: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await bareNode());
    const measured = await measure(setting);
    first.push(measured.firstMb);
    many.push(measured.manyMb);
  }
  const row = (name: string, values: readonly number[]): readonly string[] => [
    name,
    `${median(values).toFixed(1)} MB`,
    `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`,
  ];
  printTable(`Resident memory on Node ${process.versions.node}, ${rounds} processes`, [
    ["", "median", "range"],
    row("node, idle", floor),
    row("after the first completion", first),
    row(`after ${afterMany} completions`, many),
  ]);
}

async function bareNode(): Promise<number> {
  const child = spawn(process.execPath, ["-e", "process.stdout.write('up'); process.stdin.resume()"]);
  await once(child.stdout, "data");
  const mb = residentMb(child.pid);
  child.kill();
  await once(child, "exit");
  return mb;
}

async function measure(setting: BenchSetting): Promise<{ firstMb: number; manyMb: number }> {
  const server = setting.spawn();
  await server.initialize(initializeParams);
  const { uri, text, positions } = texts(1, 200);
  server.open(uri, text, { languageId: "javascript" });
  const [start = { line: 0, character: 0 }] = positions;
  await server.inlineCompletion(uri, start).answer;
  const firstMb = residentMb(server.process.pid);
  for (let count = 1; count < afterMany; count += 1) {
    await server.inlineCompletion(uri, positions[count % positions.length] ?? start).answer;
  }
  const manyMb = residentMb(server.process.pid);
  await server.kill();
  return { firstMb, manyMb };
}
