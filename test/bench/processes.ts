// Ten windows at once, each with a process of its own: what one of them costs. Resident memory counts the pages that the
// processes share in each of them; the proportional figure shares them out, so that its sum is what the machine gives.

import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { type SpawnedLspServer, spawnLspServer } from "../support/lsp-client.ts";
import { median, printTable } from "./statistics.ts";

interface Memory {
  readonly residentMb: number;
  readonly proportionalMb: number;
}

/** Linux only. `program` is the built program; `environment` signs it in to an emulator. */
export async function benchProcesses(
  setting: { readonly program: string; readonly environment: NodeJS.ProcessEnv },
  count: number,
): Promise<void> {
  const port = await freePort();
  const env = { ...setting.environment, COPILOT_LSP_HTTP_PORT: String(port) };
  const windows = Array.from({ length: count }, () =>
    spawnLspServer([process.execPath, setting.program, "--stdio"], { env }),
  );
  try {
    await Promise.all(windows.map(complete));
    const memories = windows.map(({ process: { pid } }) => memoryOf(pid));
    const response = await fetch(`http://127.0.0.1:${port}/health`);
    const { pid: holder } = (await response.json()) as { pid: number };
    const inMb = (values: readonly number[]): readonly string[] => [
      `${median(values).toFixed(1)} MB`,
      `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`,
      `${values.reduce((sum, value) => sum + value, 0).toFixed(0)} MB`,
    ];
    printTable(`Memory of ${count} processes after a completion each, Node ${process.versions.node}`, [
      ["", "median", "range", "together"],
      ["resident", ...inMb(memories.map(({ residentMb }) => residentMb))],
      ["proportional", ...inMb(memories.map(({ proportionalMb }) => proportionalMb))],
    ]);
    console.log(`  port ${port} is held by process ${windows.findIndex(({ process: { pid } }) => pid === holder) + 1}`);
  } finally {
    await Promise.all(windows.map((window) => window.kill()));
  }
}

async function complete(window: SpawnedLspServer, index: number): Promise<void> {
  await window.initialize({
    processId: process.pid,
    clientInfo: { name: "bench", version: "1.0.0" },
    rootUri: null,
    capabilities: {},
  });
  const uri = `file:///bench/window-${index}.js`;
  window.open(uri, "function collect(entries) {\n  const result = [];\n  \n", { languageId: "javascript" });
  await window.inlineCompletion(uri, { line: 2, character: 2 }).answer;
}

function memoryOf(pid: number | undefined): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1]) / 1024;
  return { residentMb: mb("Rss"), proportionalMb: mb("Pss") };
}

function freePort(): Promise<number> {
  return new Promise((settle) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => settle(port));
    });
  });
}
