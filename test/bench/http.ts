// What the bridge adds over HTTP to requests that come at a rate, beside the least that could stand in its place
// (`node:http` in front, undici behind, nothing between), in turns on the same emulator, which is asked in plain text, over
// TLS, and over TLS and HTTP/2; and whether memory grows with use.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Agent, Pool, request } from "undici";
import { openEmulator } from "./emulator-link.ts";
import { residentMb } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

/** What of the benchmarks' setting is used here. */
interface HttpBenchSetting {
  readonly emulatorUrl: string;
  readonly githubToken: string;
}

interface Server {
  readonly url: string;
  readonly process: ChildProcess;
}

const modes = ["plain", "streaming"] as const;
type Mode = (typeof modes)[number];

/** One of each, which are measured in turns. */
interface Pair {
  readonly bare: Server;
  readonly ours: Server;
}

// One process of a program is a tenth quicker than the next one, for as long as it lives: where its memory came to lie,
// and what was compiled when. So each is there several times.
const pairsOfEach = 2;
const rateRounds = 3;
// Far below what either can do, and more than any program of a person's asks for.
const perSecond = 200;
// Until the code of both is compiled: one of them has much more of it.
const warmUpRequests = 1_000;
const memoryPoints = 10;
const memoryConnections = 10;

/** `samples`: requests of each process in each round and mode. `root`: where the built program is. */
export async function benchHttp(
  setting: HttpBenchSetting,
  samples: number,
  root: string,
  outdir: string,
): Promise<void> {
  await benchRate("plain upstream", setting, samples, root);
  for (const protocol of ["HTTP/1.1", "HTTP/2"] as const) {
    const emulator = await openEmulator(outdir, { folder: join(root, "test/fixtures/tls"), protocol });
    const { url: emulatorUrl, githubToken } = emulator;
    try {
      await benchRate(`TLS and ${protocol} upstream`, { emulatorUrl, githubToken }, samples, root);
    } finally {
      await emulator.close();
    }
  }
}

/** What slows the machine down for a while meets both, and neither always first. */
async function inTurns<T>(
  pairs: readonly Pair[],
  rounds: number,
  measure: (server: Server) => Promise<T>,
): Promise<readonly { readonly bare: T; readonly ours: T }[]> {
  const measured: { bare: T; ours: T }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { bare, ours } of pairs) {
      if (measured.length % 2 === 0) measured.push({ bare: await measure(bare), ours: await measure(ours) });
      else measured.push({ ours: await measure(ours), bare: await measure(bare) });
    }
  }
  return measured;
}

async function benchRate(name: string, setting: HttpBenchSetting, samples: number, root: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-bench-http-"));
  const pairs: Pair[] = [];
  let number = 0;
  const nextPrompt = (): string => promptNumbered((number += 1));
  try {
    while (pairs.length < pairsOfEach) {
      pairs.push({ bare: await startBare(setting, root), ours: await startOurs(setting, root, home) });
    }
    const rows: (readonly string[])[] = [
      ["", "bare: p50", "p99", "copilot-lsp: p50", "p99", "added, p50", "added, p99"],
    ];
    for (const mode of modes) {
      for (const { bare, ours } of pairs) {
        for (const server of [bare, ours]) await load(server, mode, memoryConnections, warmUpRequests, nextPrompt);
      }
      const took = await inTurns(pairs, rateRounds, (server) => offer(server, mode, samples, nextPrompt));
      const of = (whose: keyof Pair, share: number): number =>
        median(took.map((turn) => percentile(turn[whose], share)));
      const [floor50, floor99, own50, own99] = [of("bare", 0.5), of("bare", 0.99), of("ours", 0.5), of("ours", 0.99)];
      const figures = [floor50, floor99, own50, own99, own50 - floor50, own99 - floor99];
      rows.push([mode, ...figures.map(milliseconds)]);
    }
    const each = `${pairsOfEach} processes of each, ${rateRounds} rounds of ${samples} requests`;
    printTable(`HTTP at ${perSecond} requests a second, ${name}, ${each}`, rows);
  } finally {
    for (const { bare, ours } of pairs) {
      await end(ours);
      await end(bare);
    }
    rmSync(home, { recursive: true, force: true });
  }
}

/** `samples`: requests in all. Memory is read at ten points; the first fill V8's heap and the cache. */
export async function benchHttpMemory(setting: HttpBenchSetting, samples: number, root: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-bench-http-"));
  const server = await startOurs(setting, root, home);
  let number = 0;
  const nextPrompt = (): string => promptNumbered((number += 1));
  try {
    const step = Math.ceil(samples / memoryPoints);
    const rows: (readonly string[])[] = [["requests", "resident"]];
    for (let point = 1; point <= memoryPoints; point += 1) {
      await load(server, "plain", memoryConnections, step, nextPrompt);
      rows.push([String(point * step), `${residentMb(server.process.pid).toFixed(1)} MB`]);
    }
    printTable("Resident memory of `serve` by requests over HTTP", rows);
  } finally {
    await end(server);
    rmSync(home, { recursive: true, force: true });
  }
}

/** Who signed the certificate of the emulator that is asked over TLS. */
const authorityFile = (root: string): string => join(root, "test/fixtures/tls/ca.pem");

// No prompt comes twice, so that none is answered from memory.
const promptNumbered = (number: number): string => `# number ${number}\nresult = `;

async function startOurs({ emulatorUrl, githubToken }: HttpBenchSetting, root: string, home: string): Promise<Server> {
  const child = spawn(process.execPath, [join(root, "dist/copilot-lsp.js"), "serve", "0", "--json"], {
    env: {
      HOME: home,
      PATH: process.env["PATH"],
      GH_COPILOT_TOKEN: githubToken,
      COPILOT_LSP_GITHUB_URI: emulatorUrl,
      COPILOT_LSP_UPSTREAM_CA_FILE: authorityFile(root),
      // The benchmark asks faster than anybody.
      COPILOT_LSP_GOVERNOR_SCRIPTS_BURST: "0",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  return { url, process: child };
}

/**
 * Written for this alone: takes the prompt, asks as clients of the service ask it (the same headers and fields as here),
 * gives back what comes.
 */
const bareProgram = `
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Pool } from "undici";
const [origin, token] = process.argv.slice(1);
const pool = new Pool(origin, { allowH2: origin.startsWith("https:") });
const headers = Object.entries({
  "user-agent": "bench/1.0.0",
  "editor-version": "bench/1.0.0",
  "editor-plugin-version": "bench/1.0.0",
  "accept-encoding": "identity",
  accept: "text/event-stream",
  "content-type": "application/json",
  "openai-organization": "github-copilot",
  "openai-intent": "copilot-ghost",
  "x-github-api-version": "2026-01-09",
  "x-copilot-async": "true",
  "x-copilot-speculative": "false",
  "vscode-sessionid": randomUUID() + Date.now(),
  "vscode-machineid": "0".repeat(64),
  authorization: "Bearer " + token,
}).flat();
const extra = { next_indent: 0, trim_by_indentation: false, prompt_tokens: 9, suffix_tokens: 1 };
const server = createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on("data", (chunk) => chunks.push(chunk));
  incoming.on("end", async () => {
    const { prompt, suffix, stream } = JSON.parse(Buffer.concat(chunks).toString());
    const answer = await pool.request({
      path: "/v1/engines/gpt-41-copilot/completions",
      method: "POST",
      headers: headers.concat("x-request-id", randomUUID()),
      body: JSON.stringify({
        prompt, suffix, max_tokens: 500, temperature: 0, top_p: 1, n: 1, stop: ["\\n"], stream: true, extra,
        code_annotations: false,
      }),
    });
    outgoing.writeHead(answer.statusCode, { "Content-Type": stream ? "text/event-stream" : "text/plain" });
    if (stream) answer.body.pipe(outgoing);
    else outgoing.end(await answer.body.text());
  });
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: "http://127.0.0.1:" + server.address().port })));
`;

async function startBare({ emulatorUrl, githubToken }: HttpBenchSetting, root: string): Promise<Server> {
  const { body } = await request(`${emulatorUrl}/copilot_internal/v2/token`, {
    headers: { authorization: `Bearer ${githubToken}`, "editor-version": "bench/1.0.0" },
    dispatcher: new Agent({ connect: { ca: readFileSync(authorityFile(root)) } }),
  });
  const { token } = (await body.json()) as { token: string };
  const child = spawn(process.execPath, ["--input-type=module", "-e", bareProgram, emulatorUrl, token], {
    cwd: root,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authorityFile(root) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { url } = JSON.parse(await firstLine(child)) as { url: string };
  return { url, process: child };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error("the process has no output");
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error("the process ended without a word");
}

async function end({ process: child }: Server): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** Asks at a rate, whether the ones before were answered or not; answers how long each took from its due time, in ms. */
async function offer(
  { url }: Server,
  mode: Mode,
  requests: number,
  nextPrompt: () => string,
): Promise<readonly number[]> {
  const pool = new Pool(url, { connections: 50, pipelining: 1 });
  const tookMs: number[] = [];
  const askMany = async (count: number): Promise<void> => {
    const startMs = performance.now();
    const asked: Promise<void>[] = [];
    for (let index = 0; index < count; index += 1) {
      const dueMs = startMs + (index * 1000) / perSecond;
      // A timer is late by up to a millisecond, and would be late for both.
      while (performance.now() < dueMs) await new Promise((resolve) => setImmediate(resolve));
      asked.push(askOne(pool, mode, nextPrompt()).then(() => void tookMs.push(performance.now() - dueMs)));
    }
    await Promise.all(asked);
  };
  // Half a second of it.
  await askMany(perSecond / 2);
  tookMs.length = 0;
  await askMany(requests);
  await pool.close();
  return tookMs;
}

async function askOne(pool: Pool, mode: Mode, prompt: string): Promise<void> {
  const question = { prompt, suffix: "\n", max_tokens: 500, stop: ["\n"] };
  const { statusCode, body } = await pool.request({
    path: mode === "plain" ? "/" : "/v1/completions",
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(mode === "plain" ? question : { ...question, stream: true }),
  });
  const text = await body.text();
  if (statusCode !== 200 || text === "") throw new Error(`a request was answered with ${statusCode}: ${text}`);
}

/** Each connection asks again as soon as it is answered. */
async function load(
  { url }: Server,
  mode: Mode,
  connections: number,
  requests: number,
  nextPrompt: () => string,
): Promise<void> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  let left = requests;
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await askOne(pool, mode, nextPrompt());
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
  await pool.close();
}
