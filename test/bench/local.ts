// A model of one's own. Typing over real files, asked of a real llama-server at each key: how many tokens of the prompt it
// has to work through anew, with our layout and with the usual one, `/infill` as llama.vim sends it. The answers do not
// matter, and are one token long; every key makes a request, as if nothing were in the cache. How many requests are made
// is told by the replay, and what the built program adds to one by the same question put to the server itself.

import { mkdtempSync, rmSync } from "node:fs";
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

/** The same body twice at a time, once from here and once through the program, when the server has worked through it. */
async function benchMiss(root: string, count: number): Promise<void> {
  const server = await startLlamaServer({ args: contextArgs });
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-bench-"));
  const editor = spawnLspServer([process.execPath, join(root, "dist/copilot-lsp.js"), "--stdio"], {
    env: {
      HOME: home,
      PATH: process.env["PATH"],
      COPILOT_LSP_SERVICE_KIND: "llama.cpp",
      COPILOT_LSP_SERVICE_URL: server.url,
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
  await editor.request("copilot/models", {});
  const directMs: number[] = [];
  const throughMs: number[] = [];
  const ask = async (body: string): Promise<void> => {
    const answer = await fetch(`${server.url}/completion`, { method: "POST", body });
    await answer.text();
  };
  for (let round = -warmUpRequests; round < count; round += 1) {
    const { uri, text, positions } = texts(round + warmUpRequests, 4);
    const [position = { line: 0, character: 0 }] = positions;
    editor.open(uri, text, { languageId: "javascript" });
    const at = { textDocument: { uri }, position };
    const { body } = await editor.request<{ body: object }>("copilot/prompt", at);
    const sent = JSON.stringify(body);
    await ask(sent);
    const startedMs = performance.now();
    await ask(sent);
    const answeredMs = performance.now();
    // By hand: nothing waits for a pause in the typing.
    await editor.inlineCompletion(uri, position, { context: { triggerKind: 1 } }).answer;
    const endedMs = performance.now();
    if (round < 0) continue;
    directMs.push(answeredMs - startedMs);
    throughMs.push(endedMs - answeredMs);
  }
  await editor.kill();
  await server.kill();
  rmSync(home, { recursive: true, force: true });
  const added = throughMs.map((value, index) => value - (directMs[index] ?? 0));
  printTable(`Time of a completion that no memory has, ${count} positions, one token`, [
    ["", "median", "p95"],
    ["asked directly", milliseconds(median(directMs)), milliseconds(percentile(directMs, 0.95))],
    ["through copilot-lsp", milliseconds(median(throughMs)), milliseconds(percentile(throughMs, 0.95))],
    ["added", milliseconds(median(added)), milliseconds(percentile(added, 0.95))],
  ]);
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
