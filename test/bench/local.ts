// A model of one's own. Typing over real files, asked of a real llama-server at each key: how many tokens of the prompt it
// has to work through anew, with our layout and with the usual one, `/infill` as llama.vim sends it. The answers do not
// matter, and are one token long; every key makes a request, as if nothing were in the cache. How many requests are made
// is told by the replay, whose answers are those of a good model: the tiny one knows none of these files. What the built
// program adds to a request is told by a relay in front of the server, which notes when each has come and is answered.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnLspServer } from "../support/lsp-client.ts";
import { samples as texts } from "./documents.ts";
import { benchLocalRequests } from "./replay/replay.ts";

import { openOne } from "../services/support/open.ts";
import { missingLlamaServer, startLlamaServer } from "../services/support/llama-server.ts";
import { readCorpus } from "./replay/corpus.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

// The model's own context is 256 tokens; a real one has this and more. Its tokens are bytes.
const contextArgs = ["-np", "1", "-c", "8192", "--override-kv", "llama.context_length=int:8192"];
const lines = 20;

interface Tally {
  readonly tokens: number[];
  readonly tookMs: number[];
}

/** `keys`: typed in each file. */
export async function benchLocal(root: string, keys: number): Promise<void> {
  if (missingLlamaServer !== undefined) return;
  const rows: (readonly string[])[] = [["", "median", "total", "of /infill", "layout, median"]];
  for (const { name, languageId, head, body, tail } of readCorpus(root, lines).filter((_, index) => index % 3 === 0)) {
    const ours = await typed(async (url) => {
      const service = openOne({ kind: "llama.cpp", url, template: "qwen" });
      return {
        async ask(text) {
          const before = head + text;
          const lineStart = before.lastIndexOf("\n") + 1;
          const isBlank = before.slice(lineStart).trim() === "";
          const request = {
            documentId: name,
            path: name,
            languageId,
            prompt: isBlank ? before.slice(0, lineStart) : before,
            indentation: isBlank ? before.slice(lineStart) : "",
            suffix: tail,
            maxTokens: 1,
            stop: ["\n"],
          };
          await service.text(request);
          const startedMs = performance.now();
          service.preview(request);
          return performance.now() - startedMs;
        },
        close: () => service.close(),
      };
    });
    const usual = await typed(async (url) => ({
      async ask(text) {
        const before = head + text;
        const lineStart = before.lastIndexOf("\n") + 1;
        const question = {
          input_prefix: before.slice(0, lineStart).slice(-8_000),
          prompt: before.slice(lineStart),
          input_suffix: tail,
          n_predict: 1,
          cache_prompt: true,
        };
        const answer = await fetch(`${url}/infill`, { method: "POST", body: JSON.stringify(question) });
        await answer.text();
        return 0;
      },
      close: () => Promise.resolve(),
    }));
    rows.push(
      [
        `${name}, ours`,
        ...figures(ours),
        percent(sum(ours.tokens) / sum(usual.tokens)),
        milliseconds(median(ours.tookMs)),
      ],
      [`${name}, /infill`, ...figures(usual), "", ""],
    );

    async function typed(
      open: (url: string) => Promise<{ ask(text: string): Promise<number>; close(): Promise<void> }>,
    ): Promise<Tally> {
      const server = await startLlamaServer({ args: contextArgs });
      const asker = await open(server.url);
      const tally: Tally = { tokens: [], tookMs: [] };
      let before = 0;
      for (let key = 0; key <= Math.min(keys, body.length); key += 1) {
        const tookMs = await asker.ask(body.slice(0, key));
        const now = (await server.metrics()).get("llamacpp:prompt_tokens_total") ?? 0;
        // The first brings the whole file in either way.
        if (key > 0) {
          tally.tokens.push(now - before);
          tally.tookMs.push(tookMs);
        }
        before = now;
      }
      await asker.close();
      await server.kill();
      return tally;
    }
  }
  printTable(`New prompt tokens for each of ${keys} keys, a real llama-server`, rows);
  await benchLocalRequests(root, lines);
  await benchMiss(root, keys);
}

const warmUpRequests = 10;

/** Each position in a document of its own: nothing of it is known, and its rules are to be looked up as well. */
async function benchMiss(root: string, count: number): Promise<void> {
  const server = await startLlamaServer({ args: contextArgs });
  const relay = await startRelay(server.url);
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
  const askedMs: number[] = [];
  const serverMs: number[] = [];
  const shownMs: number[] = [];
  for (let round = -warmUpRequests; round < count; round += 1) {
    const { uri, text, positions } = texts(round + warmUpRequests, 4);
    const [position = { line: 0, character: 0 }] = positions;
    editor.open(uri, text, { languageId: "javascript" });
    // It has been read when something later is answered.
    await editor.request("copilot/models", {});
    const startedMs = performance.now();
    // By hand: nothing waits for a pause in the typing.
    await editor.inlineCompletion(uri, position, { context: { triggerKind: 1 } }).answer;
    const endedMs = performance.now();
    const { receivedMs, answeredMs } = relay.last();
    if (round < 0) continue;
    askedMs.push(receivedMs - startedMs);
    serverMs.push(answeredMs - receivedMs);
    shownMs.push(endedMs - answeredMs);
  }
  await editor.kill();
  await relay.close();
  await server.kill();
  rmSync(home, { recursive: true, force: true });
  const added = askedMs.map((value, index) => value + (shownMs[index] ?? 0));
  const row = (name: string, values: readonly number[]): readonly string[] => [
    name,
    milliseconds(median(values)),
    milliseconds(percentile(values, 0.95)),
  ];
  printTable(`Time of a completion that no memory has, ${count} documents, one token`, [
    ["", "median", "p95"],
    row("from the key until the server has the request", askedMs),
    row("from the last of its answer until the editor has it", shownMs),
    row("added", added),
    row("the server's own", serverMs),
  ]);
}

interface Relay {
  readonly url: string;
  /** Of the last completion: when it had come as a whole, and when the last of its answer was passed on. */
  last(): { readonly receivedMs: number; readonly answeredMs: number };
  close(): Promise<void>;
}

async function startRelay(to: string): Promise<Relay> {
  let receivedMs = 0;
  let answeredMs = 0;
  const relay = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const now = performance.now();
      const isCompletion = request.url === "/completion";
      if (isCompletion) receivedMs = now;
      const body = request.method === "POST" ? { body: Buffer.concat(chunks) } : {};
      void fetch(`${to}${request.url}`, { method: request.method ?? "GET", ...body }).then(async (answer) => {
        const bytes = Buffer.from(await answer.arrayBuffer());
        if (isCompletion) answeredMs = performance.now();
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
        response.end(bytes);
      });
    });
  });
  await new Promise<void>((settle) => relay.listen(0, "127.0.0.1", settle));
  const address = relay.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    last: () => ({ receivedMs, answeredMs }),
    close: () => new Promise((settle) => relay.close(() => settle())),
  };
}

function figures({ tokens }: Tally): readonly string[] {
  return [median(tokens).toFixed(0), String(sum(tokens))];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
