// A request cancelled while the service is at it: when the client is answered, and when the service sees the stream
// stopped. Both from the moment the cancel is sent.

import { setTimeout as pause } from "node:timers/promises";
import { samples as texts } from "./documents.ts";
import type { BenchSetting } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

const upstreamMs = 1_500;
const cancelAfterMs = 100;

export async function benchCancel(setting: BenchSetting, rounds: number): Promise<void> {
  const { emulator } = setting;
  const rows: (readonly string[])[] = [["", "answered, median", "p95", "stopped, median", "p95", "stopped early"]];
  for (const contestant of setting.contestants) {
    for (const [name, delays] of [
      ["before the first byte", { firstByteDelayMs: upstreamMs, chunkDelayMs: 0 }],
      ["in the middle of the stream", { firstByteDelayMs: 10, chunkDelayMs: upstreamMs / 5 }],
    ] as const) {
      const answered: number[] = [];
      const stopped: number[] = [];
      let early = 0;
      const server = await contestant.ready();
      const { uri, text, positions } = texts(1, 120);
      server.open(uri, text, { languageId: "javascript" });
      await server.inlineCompletion(uri, positions.at(-1) ?? { line: 0, character: 0 }).answer;
      await emulator.tell({ do: "delays", ...delays });
      await emulator.take();
      for (let round = 0; round < rounds; round += 1) {
        const sent = server.inlineCompletion(uri, positions[round] ?? { line: 0, character: 0 });
        await pause(cancelAfterMs);
        const cancelledMs = performance.timeOrigin + performance.now();
        sent.cancel();
        await sent.answer.catch(() => undefined);
        answered.push(performance.timeOrigin + performance.now() - cancelledMs);
        for (let ended = (await emulator.take()).ended; ; ended = (await emulator.take()).ended) {
          const [first] = ended;
          if (first) {
            stopped.push(first.atMs - cancelledMs);
            if (first.how === "left") early += 1;
            break;
          }
          await pause(2);
        }
      }
      await emulator.tell({ do: "delays", firstByteDelayMs: 0, chunkDelayMs: 0 });
      await server.kill();
      rows.push([
        `${contestant.name}, ${name}`,
        milliseconds(median(answered)),
        milliseconds(percentile(answered, 0.95)),
        milliseconds(median(stopped)),
        milliseconds(percentile(stopped, 0.95)),
        `${early} of ${rounds}`,
      ]);
    }
  }
  printTable(`Cancelled ${cancelAfterMs} ms into a service of ${upstreamMs} ms, ${rounds} requests`, rows);
}
