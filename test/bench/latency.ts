// What the bridge adds to a completion: the LSP request against the same question put to the emulator with undici, in
// turns, each position asked once.

import { request } from "undici";
import { samples as texts } from "./documents.ts";
import type { BenchSetting, Contestant } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

const warmUpRequests = 20;

export async function benchLatency(setting: BenchSetting, samples: number): Promise<void> {
  const rows: (readonly string[])[] = [["", "median", "p95", "added, median", "added, p95", "body"]];
  for (const [name, functions] of [
    ["small files, 40 lines", 4],
    ["one file, 1,100 lines", 120],
  ] as const) {
    for (const contestant of setting.contestants) {
      const { directMs, bridgeMs, bodyBytes, bridgeBytes, requests } = await measureLatency(
        setting,
        contestant,
        functions,
        samples,
      );
      const added = bridgeMs.map((value, index) => value - (directMs[index] ?? 0));
      rows.push(
        [
          `${name}: direct`,
          milliseconds(median(directMs)),
          milliseconds(percentile(directMs, 0.95)),
          "",
          "",
          `${bodyBytes} B`,
        ],
        [
          `${name}: ${contestant.name}`,
          milliseconds(median(bridgeMs)),
          milliseconds(percentile(bridgeMs, 0.95)),
          milliseconds(median(bridgeMs) - median(directMs)),
          milliseconds(percentile(added, 0.95)),
          `${bridgeBytes} B`,
        ],
      );
      if (requests !== samples + warmUpRequests) {
        console.log(
          `  ${contestant.name} asked the service ${requests} times for ${samples + warmUpRequests} positions: the comparison is unfair`,
        );
      }
    }
  }
  printTable(`Time of a completion, ${samples} positions, emulator without delay`, rows);
}

interface Direct {
  ask(prompt: string, suffix: string): Promise<number>;
  readonly bytes: number;
}

/** The least a client can do: one POST on a kept connection, the stream read to its end. */
async function directClient({ emulatorUrl, githubToken }: BenchSetting): Promise<Direct> {
  const { body } = await request(`${emulatorUrl}/copilot_internal/v2/token`, {
    headers: { authorization: `Bearer ${githubToken}`, "editor-version": "bench/1.0.0" },
  });
  const { token } = (await body.json()) as { token: string };
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    async ask(prompt, suffix) {
      const startMs = performance.now();
      const question = JSON.stringify({
        prompt,
        suffix,
        max_tokens: 500,
        temperature: 0,
        top_p: 1,
        n: 1,
        stop: ["\n"],
        stream: true,
        code_annotations: false,
        extra: {
          language: "javascript",
          next_indent: 2,
          trim_by_indentation: false,
          prompt_tokens: 0,
          suffix_tokens: 0,
        },
      });
      bytes = Buffer.byteLength(question);
      const answer = await request(`${emulatorUrl}/v1/engines/gpt-41-copilot/completions`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "editor-version": "bench/1.0.0",
          "openai-intent": "copilot-ghost",
        },
        body: question,
      });
      await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`the emulator answered ${answer.statusCode}`);
      return performance.now() - startMs;
    },
  };
}

/** The same positions asked directly and by the server, in turns. */
export async function measureLatency(
  setting: BenchSetting,
  contestant: Contestant,
  functions: number,
  samples: number,
) {
  const direct = await directClient(setting);
  const server = await contestant.ready();
  await setting.emulator.take();
  const directMs: number[] = [];
  const bridgeMs: number[] = [];
  let document = 0;
  let place = Number.POSITIVE_INFINITY;
  let open = texts(0, functions);
  for (let round = -warmUpRequests; round < samples; round += 1) {
    if (place >= open.positions.length) {
      server.notify("textDocument/didClose", { textDocument: { uri: open.uri } });
      open = texts((document += 1), functions);
      place = 0;
      server.open(open.uri, open.text, { languageId: "javascript" });
    }
    const position = open.positions[place] ?? { line: 0, character: 0 };
    place += 1;
    const [prompt, suffix] = around(open.text, position.line);
    const tookDirectMs = await direct.ask(prompt, suffix);
    const startMs = performance.now();
    const answer = await server.inlineCompletion<{ items: readonly unknown[] }>(open.uri, position).answer;
    const tookMs = performance.now() - startMs;
    if (answer.items.length === 0) throw new Error("a completion came back empty: the comparison would be unfair");
    if (round < 0) continue;
    directMs.push(tookDirectMs);
    bridgeMs.push(tookMs);
  }
  await server.kill();
  const { bodyBytes: all } = await setting.emulator.take();
  // They take turns: direct first.
  const bridgeBytes = Math.round(median(all.filter((_, index) => index % 2 === 1)));
  return {
    directMs,
    bridgeMs,
    bodyBytes: direct.bytes,
    bridgeBytes,
    requests: all.length - directMs.length - warmUpRequests,
  };
}

/** Prompt and suffix as the bridge would send them: clipped, cursor line blank. */
function around(text: string, line: number): readonly [string, string] {
  const lines = text.split("\n");
  const before = `${lines.slice(0, line).join("\n")}\n`;
  return [
    before.slice(-26_000),
    lines
      .slice(line + 1)
      .join("\n")
      .trimStart()
      .slice(0, 4_600),
  ];
}
