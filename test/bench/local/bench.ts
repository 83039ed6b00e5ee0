// A model of one's own. Typing over real files, asked of a real llama-server at each key: how many tokens of the prompt it
// has to work through anew, with our layout and with the usual one, `/infill` as llama.vim sends it. The answers do not
// matter, and are one token long; every key makes a request, as if nothing were in the cache. How many requests are made
// is told by the replay, whose answers are those of a good model: the tiny one knows none of these files.

import { openOne } from "../../services/support/open.ts";
import { missingLlamaServer, startLlamaServer } from "../../services/support/llama-server.ts";
import { readCorpus } from "../replay/corpus.ts";
import { benchLocalRequests } from "../replay/replay.ts";
import { median, milliseconds, printTable } from "../statistics.ts";
import { contextArgs } from "./context.ts";
import { benchLocalMiss } from "./miss.ts";

const lines = 20;

interface Tally {
  readonly tokens: number[];
  readonly tookMs: number[];
}

/** `keys`: typed in each file. */
export async function benchLocal(root: string, outdir: string, keys: number): Promise<void> {
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
  await benchLocalMiss(root, outdir, keys);
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
