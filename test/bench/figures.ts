// The figures of the README: this program beside GitHub's own server, on the same emulator and the same Node. With
// `--official` that server is there, and with `--readme` the table is written into README.md.

import { execFile } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { table, withSection } from "../house/support/markdown.ts";
import { samples as texts } from "./documents.ts";
import { keystrokesAt } from "./keystrokes.ts";
import { measureLatency } from "./latency.ts";
import { type BenchSetting, type Contestant, type Rival, residentMb } from "./setting.ts";
import { bareNode } from "./start-up.ts";
import { median } from "./statistics.ts";

const run = promisify(execFile);
const official = "@github/copilot-language-server";
const typed = "result.push(entry.tr";
const idleMs = 3_000;

/** Installs GitHub's own server for once, and says how it is pointed at the emulator: as it comes, and without its delay. */
export async function officialServer(root: string): Promise<readonly [Rival, Rival]> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 13)) {
    throw new Error(`${official} takes Node 22.13 or newer; this is ${process.versions.node}`);
  }
  const folder = officialFolder(root);
  if (!existsSync(join(folder, "node_modules"))) await install(folder, official);
  const rival = {
    command: `${process.execPath} ${folder}/node_modules/${official}/dist/language-server.js --stdio`,
    environment: {
      GH_COPILOT_TOKEN: "{token}",
      GH_COPILOT_API_URL: "{url}",
      GH_COPILOT_SERVER_URL: "{url}",
      GITHUB_COPILOT_OVERRIDE_PROXY_URL: "{url}",
      GITHUB_COPILOT_OVERRIDE_CAPI_URL: "{url}",
    },
  };
  const settings = (copilot: object): string =>
    JSON.stringify({
      telemetry: { telemetryLevel: "off" },
      github: { copilot },
      // One request of its own goes to another host whatever is set: nobody listens there.
      http: { proxy: "http://127.0.0.1:9", proxyStrictSSL: false, noProxy: ["127.0.0.1"] },
    });
  return [
    { name: "GitHub's server", ...rival, settings: settings({}) },
    { name: "GitHub's server, no delay", ...rival, settings: settings({ completionsDelay: 0 }) },
  ];
}

// Not the one that the tests prepare, which has not all that npm brings: it is measured here.
const officialFolder = (root: string): string => join(root, ".cache/official-server-as-it-comes");

export async function benchFigures(
  setting: BenchSetting,
  rounds: number,
  root: string,
  writesReadme: boolean,
): Promise<void> {
  const [ours, asItComes, withoutDelay] = setting.contestants;
  const compared = [ours, asItComes].filter((contestant) => contestant !== undefined);
  const floor: number[] = [];
  const starts = new Map<Contestant, number[]>(compared.map((contestant) => [contestant, []]));
  const memory = new Map<Contestant, number[]>(compared.map((contestant) => [contestant, []]));
  // In turns, so that whatever else the machine does falls on both.
  for (let round = -1; round < rounds; round += 1) {
    floor.push(await bareNode());
    for (const contestant of compared) {
      const startMs = await startOf(contestant);
      if (round >= 0) starts.get(contestant)?.push(startMs);
    }
  }
  for (let round = 0; round < 3; round += 1) {
    for (const contestant of compared) memory.get(contestant)?.push(await memoryOf(contestant));
  }
  const latency = [];
  for (const contestant of [...compared, ...(withoutDelay ? [withoutDelay] : [])]) {
    latency.push(await measureLatency(setting, contestant, 120, 100));
  }
  const added = latency.map(({ bridgeMs, directMs }) => `${(median(bridgeMs) - median(directMs)).toFixed(1)} ms`);
  const requests = [];
  for (const contestant of compared) requests.push(await requestsOf(setting, contestant));
  const sizes = [await installedSize(await packed(root)), ...(asItComes ? [sizeOf(officialFolder(root))] : [])];
  const row = (name: string, values: Map<Contestant, number[]>, unit: string): readonly string[] => [
    name,
    ...compared.map((contestant) => `${Math.round(median(values.get(contestant) ?? []))} ${unit}`),
  ];
  const noDelay = added[2] === undefined ? "" : `, ${added[2]} with that turned off`;
  const [ourAdded = "", theirAdded] = added;
  const markdown = table(
    ["", "copilot-lsp", ...(asItComes ? ["GitHub's server"] : [])],
    [
      row("Start, until `initialize` is answered", starts, "ms"),
      row("Memory, signed in, after a completion", memory, "MB"),
      ["Installed, with all that npm brings", ...sizes.map(({ mb, files }) => `${mb} MB, ${files} files`)],
      [
        "Added to the service's own time, file of 1,100 lines",
        ourAdded,
        ...(theirAdded === undefined ? [] : [`${theirAdded}: it waits 200 ms on purpose${noDelay}`]),
      ],
      ["Requests while a suggestion of 20 characters is typed", ...requests.map(String)],
    ],
  );
  const where = `Node ${process.versions.node}, ${availableParallelism()} core${availableParallelism() === 1 ? "" : "s"} of ${cpus()[0]?.model.trim()}, ${process.platform}`;
  const versions = asItComes ? `, against ${official} ${versionOf(root)}` : "";
  const text = `${markdown}\n\nMedians of ${rounds} starts, 3 processes and 100 completions on ${where}, ${today()}${versions}; Node alone took ${Math.round(median(floor))} ms to start and end meanwhile. The service is the built-in stand-in for GitHub. \`npm run bench -- --only figures --official\` measures this on your machine.`;
  console.log(`\n${text}`);
  if (!writesReadme) return;
  const readme = join(root, "README.md");
  writeFileSync(readme, withSection(readFileSync(readme, "utf8"), "figures", text));
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

function versionOf(root: string): string {
  const path = join(officialFolder(root), "node_modules", official, "package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

async function startOf(contestant: Contestant): Promise<number> {
  const startMs = performance.now();
  const server = await contestant.initialized();
  const tookMs = performance.now() - startMs;
  await server.kill();
  return tookMs;
}

async function memoryOf(contestant: Contestant): Promise<number> {
  const server = await contestant.ready();
  const { uri, text, positions } = texts(1, 200);
  server.open(uri, text, { languageId: "javascript" });
  await server.inlineCompletion(uri, positions[0] ?? { line: 0, character: 0 }).answer;
  await pause(idleMs);
  const mb = residentMb(server.process.pid);
  await server.kill();
  return mb;
}

/** Requests to the service for one suggestion that is asked for and then typed, one key after another. */
async function requestsOf(setting: BenchSetting, contestant: Contestant): Promise<number> {
  const server = await contestant.ready();
  const counts: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const { uri, text, positions } = texts(5_000 + round, 4);
    const here = positions.at(-1) ?? { line: 0, character: 0 };
    await setting.emulator.take();
    server.open(uri, text, { languageId: "javascript" });
    await server.inlineCompletion(uri, here).answer;
    const keys = keystrokesAt(server, uri, here);
    for (const character of typed) await keys.type(character);
    counts.push((await setting.emulator.take()).bodyBytes.length);
  }
  await server.kill();
  return median(counts);
}

interface Size {
  readonly mb: string;
  readonly files: number;
}

async function packed(root: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-figures-"));
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
  });
  const [archive] = JSON.parse(stdout) as readonly { filename: string }[];
  return join(folder, archive?.filename ?? "");
}

async function installedSize(archive: string): Promise<Size> {
  const folder = join(archive, "../installed");
  await install(folder, archive);
  const size = sizeOf(folder);
  rmSync(join(archive, ".."), { recursive: true, force: true });
  return size;
}

async function install(folder: string, what: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private": true}\n');
  await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", what], { cwd: folder });
}

function sizeOf(folder: string): Size {
  const files = readdirSync(join(folder, "node_modules"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => lstatSync(join(entry.parentPath, entry.name)).size);
  const mb = files.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
  return { mb: mb.toFixed(mb < 10 ? 1 : 0), files: files.length };
}
