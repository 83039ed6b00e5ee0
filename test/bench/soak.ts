// A long day at once: completions with edits, cancels and faults, in one process. Its memory after the first part and at
// the end, what it holds when all is quiet, and whether it then ends by itself, which it cannot while anything is left.

import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { ScriptedAnswer } from "../../server/emulator/types.ts";
import { createChance } from "./replay/chance.ts";
import { samples as texts } from "./documents.ts";
import { endOf, heldBy, tellsWhatItHolds } from "./left-behind.ts";
import { type BenchSetting, residentMb } from "./setting.ts";
import { milliseconds, printTable } from "./statistics.ts";

const settlingCompletions = 5_000;
const documents = 20;
// Whatever is still coming has come.
const quietMs = 3_000;
const faults: readonly ScriptedAnswer[] = [
  { kind: "status", status: 500 },
  { kind: "reset" },
  { kind: "html" },
  { kind: "stream", choices: [["    result"]], end: "reset" },
  { kind: "stream", choices: [["    result"]], end: "no-done" },
];

export async function benchSoak(setting: BenchSetting, completions: number): Promise<void> {
  const { emulator } = setting;
  const [ours] = setting.contestants;
  if (!ours) return;
  const chance = createChance(7);
  const server = await ours.ready(tellsWhatItHolds);
  const open = Array.from({ length: documents }, (_, number) => texts(number, 60));
  for (const { uri, text } of open) server.open(uri, text, { languageId: "javascript" });
  const versions = open.map(() => 1);
  const outcome = { answered: 0, empty: 0, failed: 0 };
  let settledMb = Number.NaN;
  let settledHeld = "";
  let settledSockets = Number.NaN;
  let mostMb = 0;

  for (let done = 0; done < completions; done += 1) {
    if (done === settlingCompletions) {
      settledMb = residentMb(server.process.pid);
      await pause(quietMs);
      settledHeld = await heldBy(server);
      settledSockets = socketsOf(server.process.pid);
    }
    if (done % 1_000 === 0) {
      mostMb = Math.max(mostMb, residentMb(server.process.pid));
      (server.received as unknown[]).length = 0;
    }
    const which = Math.floor(chance.next() * documents);
    const document = open[which];
    const position = document?.positions[Math.floor(chance.next() * document.positions.length)];
    if (!document || !position) continue;
    const { uri } = document;
    const { line } = position;
    let { character } = position;
    const change = (range: object, text: string): void => {
      const version = (versions[which] ?? 1) + 1;
      versions[which] = version;
      server.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ range, text }] });
    };
    const kind = chance.next();
    if (kind < 0.02)
      await emulator.tell({ do: "script", answers: [faults[done % faults.length] ?? { kind: "reset" }] });
    // What is typed is right, or something that nobody has ever asked, and is taken away again.
    const typed = kind < 0.5 ? "result.push(".slice(0, Math.floor(chance.next() * 13)) : `v${done}`;
    if (typed !== "") change({ start: position, end: position }, typed);
    character += typed.length;
    const sent = server.inlineCompletion<{ items: readonly { command: { arguments: readonly unknown[] } }[] }>(uri, {
      line,
      character,
    });
    if (kind > 0.9) sent.cancel();
    try {
      const { items } = await sent.answer;
      const [item] = items;
      outcome[item ? "answered" : "empty"] += 1;
      if (item) server.notify("textDocument/didShowCompletion", { item });
      if (item && kind > 0.6 && kind < 0.7)
        await server.request("workspace/executeCommand", {
          command: "github.copilot.didAcceptCompletionItem",
          arguments: item.command.arguments,
        });
    } catch {
      outcome.failed += 1;
    }
    if (typed !== "") change({ start: position, end: { line, character } }, "");
  }
  await pause(quietMs);
  const { inFlight } = await emulator.take();
  const endHeld = await heldBy(server);
  const endMb = residentMb(server.process.pid);
  printTable(`Soak: ${completions} completions in ${documents} documents, with edits, cancels and faults`, [
    ["", `after ${settlingCompletions}`, "at the end", "most", "difference"],
    [
      "resident memory",
      `${settledMb.toFixed(1)} MB`,
      `${endMb.toFixed(1)} MB`,
      `${mostMb.toFixed(1)} MB`,
      `${(endMb - settledMb).toFixed(1)} MB`,
    ],
    ["sockets, idle ones too", String(settledSockets), String(socketsOf(server.process.pid)), "", ""],
    ["in flight at the service", "", String(inFlight), "", ""],
    ["answered / empty / failed or cancelled", "", Object.values(outcome).join(" / "), "", ""],
  ]);
  const { held, endedAfterMs } = await endOf(server);
  printTable("What the process holds: handles, timers and requests by kind, and listeners on the process", [
    ["", "held"],
    [`after ${settlingCompletions}, quiet`, settledHeld],
    ["at the end, quiet", endHeld],
    ["after shutdown", held],
    ["ends by itself", endedAfterMs === undefined ? "no" : `after ${milliseconds(endedAfterMs)}`],
  ]);
  await server.kill();
}

function socketsOf(pid: number | undefined): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  }).length;
}
