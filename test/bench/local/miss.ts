// What the built program adds to a completion of a model of one's own that no memory has, against the least that a client
// can do: one POST on a kept connection, the answer read to its end. Both ask through one relay, in turns and about the
// same text, so that both come out of about as long a rest: a process that has rested is slower than one at work.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { startLlamaServer } from "../../services/support/llama-server.ts";
import { spawnLspServer } from "../../support/lsp-client.ts";
import { samples as texts } from "../documents.ts";
import { median, milliseconds, percentile, printTable } from "../statistics.ts";
import { contextArgs } from "./context.ts";
import type { RelayedMs } from "./relay-process.ts";

const warmUpRequests = 20;
/** Nobody types sooner into a file that was just opened. */
const firstKeyMs = 200;

interface Took {
  readonly askedMs: number[];
  readonly serverMs: number[];
  readonly answeredMs: number[];
}

export async function benchLocalMiss(root: string, outdir: string, count: number): Promise<void> {
  const server = await startLlamaServer({ args: contextArgs });
  const relay = await startRelay(outdir, server.url);
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-bench-"));
  const editor = spawnLspServer([process.execPath, join(root, "dist/copilot-lsp.js"), "--stdio"], {
    env: {
      HOME: home,
      PATH: process.env["PATH"],
      COPILOT_LSP_SERVICE_KIND: "llama.cpp",
      COPILOT_LSP_SERVICE_URL: relay.url,
      COPILOT_LSP_SERVICE_TEMPLATE: "qwen",
      COPILOT_LSP_COMPLETION_MAX_TOKENS: "1",
      COPILOT_LSP_COMPLETION_SPECULATION: "off",
      COPILOT_LSP_GOVERNOR_TYPING_BURST: "0",
      COPILOT_LSP_HTTP_ENABLED: "false",
    },
    cwd: home,
    patienceMs: 30_000,
  });
  await editor.initialize({ processId: null, rootUri: "file:///bench", capabilities: {} });
  const direct: Took = { askedMs: [], serverMs: [], answeredMs: [] };
  const ours: Took = { askedMs: [], serverMs: [], answeredMs: [] };
  let open = texts(0, 4);
  let place = Number.POSITIVE_INFINITY;
  let opened = 0;
  for (let round = -warmUpRequests; round < count; round += 1) {
    if (place >= open.positions.length) {
      if (opened > 0) editor.notify("textDocument/didClose", { textDocument: { uri: open.uri } });
      open = texts((opened += 1), 4);
      place = 0;
      editor.open(open.uri, open.text, { languageId: "javascript" });
      await delay(firstKeyMs);
    }
    const { uri, text, positions } = open;
    const position = positions[place] ?? { line: 0, character: 0 };
    place += 1;
    const take = async (ask: () => Promise<unknown>, took: Took): Promise<void> => {
      const startedMs = performance.now();
      await ask();
      const endedMs = performance.now();
      const { receivedMs, answeredMs } = await relay.next();
      if (round < 0) return;
      took.askedMs.push(receivedMs - performance.timeOrigin - startedMs);
      took.serverMs.push(answeredMs - receivedMs);
      took.answeredMs.push(endedMs - (answeredMs - performance.timeOrigin));
    };
    const lines = text.split("\n");
    const head = lines.slice(0, position.line + 1).join("\n");
    const tail = lines.slice(position.line + 1).join("\n");
    await take(() => askDirectly(relay.url, head, tail), direct);
    // By hand: nothing waits for a pause in the typing.
    await take(() => editor.inlineCompletion(uri, position, { context: { triggerKind: 1 } }).answer, ours);
  }
  await editor.kill();
  await relay.close();
  await server.kill();
  rmSync(home, { recursive: true, force: true });
  const row = (name: string, ask: (took: Took) => readonly number[]): readonly string[] => [
    name,
    milliseconds(median(ask(direct))),
    milliseconds(median(ask(ours))),
    milliseconds(median(ask(ours)) - median(ask(direct))),
    milliseconds(percentile(ask(ours), 0.95) - percentile(ask(direct), 0.95)),
  ];
  printTable(`Time of a completion that no memory has, ${count} positions, one token, a real llama-server`, [
    ["", "direct", "ours", "added, median", "added, p95"],
    row("until the server has the request", ({ askedMs }) => askedMs),
    row("from the last of its answer on", ({ answeredMs }) => answeredMs),
    row("both", ({ askedMs, answeredMs }) => askedMs.map((value, index) => value + (answeredMs[index] ?? 0))),
    row("the server's own", ({ serverMs }) => serverMs),
  ]);
}

async function askDirectly(url: string, head: string, tail: string): Promise<void> {
  const answer = await request(`${url}/completion`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      prompt: `<|fim_prefix|>${head}<|fim_suffix|>${tail}<|fim_middle|>`,
      n_predict: 1,
      stop: ["\n"],
      stream: true,
      cache_prompt: true,
    }),
  });
  await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`the model's server answered ${answer.statusCode}`);
}

interface Relay {
  readonly url: string;
  /** The times of the next completion that nobody has read yet. */
  next(): Promise<RelayedMs>;
  close(): Promise<void>;
}

async function startRelay(outdir: string, to: string): Promise<Relay> {
  const child = spawn(process.execPath, [join(outdir, "local-relay.mjs"), to], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done) throw new Error("the relay has ended");
    return JSON.parse(line.value);
  };
  const { url } = (await read()) as { url: string };
  return {
    url,
    next: async () => (await read()) as RelayedMs,
    async close() {
      child.stdin.end();
      await once(child, "exit");
    },
  };
}
