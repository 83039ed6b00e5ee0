// What windows cost that share one process of GitHub's own server, beside windows that do not and that server itself: memory
// of two, and the time of a completion in the window that has it, in the one that asks it there, and in the server itself.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { samples as texts } from "./documents.ts";
import { measureLatency } from "./latency.ts";
import { type BenchSetting, type Contestant, residentMb } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

const idleMs = 3_000;
const memoryRounds = 3;

export async function benchWindows(setting: BenchSetting, samples: number, root: string): Promise<void> {
  const { emulatorUrl: url, githubToken } = setting;
  const command = binaryIn(join(root, ".cache/official-server/node_modules/@github"));
  const pointed = {
    GH_COPILOT_TOKEN: githubToken,
    GH_COPILOT_API_URL: url,
    GH_COPILOT_SERVER_URL: url,
    GITHUB_COPILOT_OVERRIDE_PROXY_URL: url,
    GITHUB_COPILOT_OVERRIDE_CAPI_URL: url,
  };
  // One request of its own goes to another host whatever is set: nobody listens there.
  const proxy = "http://127.0.0.1:9";
  const direct = setting.rival({
    name: "GitHub's server itself",
    command: `${command} --stdio`,
    environment: pointed,
    settings: JSON.stringify({
      telemetry: { telemetryLevel: "off" },
      github: { copilot: { completionsDelay: 0 } },
      http: { proxy, proxyStrictSSL: true, noProxy: ["127.0.0.1"] },
    }),
  });
  const [ours] = setting.contestants;
  if (!ours) return;
  const window = (more: Readonly<Record<string, string>>): Promise<SpawnedLspServer> =>
    ours.ready({
      ...pointed,
      COPILOT_LSP_SERVICE_KIND: "official",
      COPILOT_LSP_SERVICE_COMMAND: command,
      COPILOT_LSP_UPSTREAM_PROXY: proxy,
      COPILOT_LSP_UPSTREAM_NO_PROXY: "127.0.0.1",
      COPILOT_LSP_COMPLETION_SPECULATION: "off",
      ...more,
    });
  const shared = { COPILOT_LSP_HTTP_PORT: String(await setting.freePort()) };
  const alone = { COPILOT_LSP_HTTP_ENABLED: "false" };

  const ways: readonly (readonly [string, () => Promise<SpawnedLspServer>])[] = [
    ["two windows that share one", () => window(shared)],
    ["two windows with one each", () => window(alone)],
    ["two of GitHub's servers, used directly", () => direct.ready()],
  ];
  const memory = new Map<string, number[]>(ways.map(([name]) => [name, []]));
  for (let round = 0; round < memoryRounds; round += 1)
    for (const [name, open] of ways) memory.get(name)?.push(await memoryOfTwo(open));
  printTable(`Memory after a completion in each, medians of ${memoryRounds}`, [
    ["", "all processes together"],
    ...[...memory].map(([name, mb]) => [name, `${Math.round(median(mb))} MB`]),
  ]);

  const beside: Contestant = {
    ...ours,
    async ready() {
      const holder = await window(shared);
      await complete(holder, 0);
      const server = await window(shared);
      return { ...server, kill: async () => void (await Promise.all([server.kill(), holder.kill()])) };
    },
  };
  const rows: (readonly string[])[] = [["", "median", "p95", "added to the service's own, median"]];
  for (const [name, contestant] of [
    ["a window that has it", { ...ours, ready: () => window(shared) }],
    ["a window that asks it there", beside],
    [direct.name, direct],
  ] as const) {
    const { directMs, bridgeMs } = await measureLatency(setting, contestant, 120, samples);
    const added = median(bridgeMs) - median(directMs);
    rows.push([name, milliseconds(median(bridgeMs)), milliseconds(percentile(bridgeMs, 0.95)), milliseconds(added)]);
  }
  printTable(`Time of a completion by GitHub's server, file of 1,100 lines, ${samples} positions`, rows);
}

function binaryIn(folder: string): string {
  const name = "copilot-language-server";
  const native = existsSync(folder) ? readdirSync(folder).find((entry) => entry.startsWith(`${name}-`)) : undefined;
  if (native === undefined) throw new Error(`run test/services/prepare-official-server.sh: nothing is in ${folder}`);
  return join(folder, native, name);
}

async function complete(server: SpawnedLspServer, number: number): Promise<void> {
  const { uri, text, positions } = texts(number, 200);
  server.open(uri, text, { languageId: "javascript" });
  const asked = server.inlineCompletion<{ items: readonly unknown[] }>(uri, positions[0] ?? { line: 0, character: 0 });
  if ((await asked.answer).items.length === 0) throw new Error("a completion came back empty");
}

async function memoryOfTwo(open: () => Promise<SpawnedLspServer>): Promise<number> {
  const servers = [await open(), await open()];
  for (const [index, server] of servers.entries()) await complete(server, index + 1);
  await pause(idleMs);
  const started = servers.map(({ process }) => process.pid ?? 0);
  const all = new Set([...started, ...(await Promise.all(servers.map(childOf))).flat()]);
  let mb = 0;
  for (const id of all) mb += residentMb(id);
  for (const server of servers) await server.kill();
  return mb;
}

/** Of the window's own or of another one's; none where the server is spoken to directly. */
async function childOf(server: SpawnedLspServer): Promise<readonly number[]> {
  try {
    const params = { command: "copilot.status", arguments: [] };
    const report = await server.request<{ service?: { processId?: number } }>("workspace/executeCommand", params);
    return report.service?.processId === undefined ? [] : [report.service.processId];
  } catch {
    return [];
  }
}
