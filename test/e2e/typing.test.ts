// How often the service is asked while a person types a line in editors and plugins that ask in their own ways: the
// messages of each, at a person's pace, to the built program, with a service that takes 150 ms.

import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type TestContext, test } from "vitest";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { type Machine, openMachine } from "./bridge.ts";

const uri = "file:///home/user/project/totals.py";
const head = "from os import path\n\n\n";
const line = "def total_of(values, start=0, limit=100000):";
const serviceMs = 150;
const mostRequests = 7;

type OnFinished = TestContext["onTestFinished"];

interface Place {
  readonly version: number;
  readonly position: { readonly line: number; readonly character: number };
}

interface Way {
  readonly fixture: string;
  /** From one key to the next. */
  readonly keyMs: number;
  /** From a key to the request. */
  readonly pauseMs: number;
  /** Whether the request before is cancelled at each key. */
  readonly cancels: boolean;
  readonly method: string;
  params(place: Place): object;
  /** Requests at each pause, one after the other's answer. */
  readonly times?: number;
}

const formattingOptions = { tabSize: 4, insertSpaces: true };
/** Neovim's own client names no version. */
const byNeovim = ({ position }: Place) => ({ textDocument: { uri }, position, context: { triggerKind: 2 } });
const byCopilotLua = ({ version, position }: Place) => ({
  doc: { uri, version, position, relativePath: "totals.py", tabSize: 4, indentSize: 4, insertSpaces: true },
  textDocument: { uri, version, relativePath: "totals.py" },
  position,
});
const byBlink =
  (triggerKind: 1 | 2) =>
  ({ version, position }: Place) => ({
    textDocument: { uri, version },
    position,
    formattingOptions,
    context: { triggerKind },
  });

const nvim = { fixture: "nvim", method: "textDocument/inlineCompletion" } as const;
const lua = { fixture: "nvim-copilot.lua", params: byCopilotLua } as const;

const ways: readonly (readonly [string, Way])[] = [
  ["Neovim 0.12", { ...nvim, keyMs: 120, pauseMs: 0, cancels: false, params: byNeovim }],
  ["copilot.lua, which waits 75 ms", { ...lua, method: "getCompletions", keyMs: 120, pauseMs: 75, cancels: true }],
  ["copilot.lua, which waits 15 ms", { ...lua, method: "getCompletions", keyMs: 120, pauseMs: 15, cancels: true }],
  ["copilot-cmp", { ...lua, method: "getCompletionsCycling", keyMs: 120, pauseMs: 60, cancels: true }],
  ["blink-copilot", { ...nvim, keyMs: 120, pauseMs: 100, cancels: true, params: byBlink(1), times: 2 }],
  ["blink-copilot as if typed", { ...nvim, keyMs: 120, pauseMs: 100, cancels: false, params: byBlink(2) }],
];

/** Knows the line, and two other ends of it. */
function answer({ prompt, n }: { readonly prompt: string; readonly n: number }): readonly string[] {
  const typed = prompt.slice(prompt.lastIndexOf("\n") + 1);
  const rest = line.startsWith(typed) ? line.slice(typed.length) : "pass";
  return [rest, `${rest}  # a`, `${rest}  # b`].slice(0, n);
}

async function open(
  fixture: string,
  onTestFinished: OnFinished,
): Promise<{ readonly machine: Machine; readonly editor: SpawnedLspServer }> {
  const machine = await openMachine({ signedIn: true, environment: { COPILOT_LSP_HTTP_ENABLED: "no" } });
  onTestFinished(() => machine.close());
  machine.emulator.setModel(answer);
  machine.emulator.setDelays({ firstByteDelayMs: serviceMs });
  const editor = machine.edit();
  const path = new URL(`../fixtures/initialize/${fixture}.json`, import.meta.url);
  await editor.initialize({ ...JSON.parse(readFileSync(path, "utf8")), processId: process.pid });
  await editor.request("checkStatus", {});
  editor.open(uri, `${head}\n`, { languageId: "python", version: 0 });
  return { machine, editor };
}

async function typeLine(
  way: Way,
  onTestFinished: OnFinished,
): Promise<{ readonly requests: number; readonly shown: number }> {
  const { machine, editor } = await open(way.fixture, onTestFinished);
  let cancel = (): void => undefined;
  let shown = 0;
  for (let version = 1; version <= line.length; version += 1) {
    const character = version;
    if (way.cancels) cancel();
    const at = { line: 3, character: character - 1 };
    editor.change(uri, version, { at, insert: line.charAt(version - 1) });
    await wait(way.pauseMs);
    const ask = async (): Promise<void> => {
      for (let time = 0; time < (way.times ?? 1); time += 1) {
        const sent = editor.send(way.method, way.params({ version, position: { line: 3, character } }));
        cancel = sent.cancel;
        const { items, completions } = ((await sent.answer) ?? {}) as { items?: unknown[]; completions?: unknown[] };
        if (time === 0 && (items ?? completions ?? []).length > 0) shown += 1;
      }
    };
    void ask().catch(() => undefined);
    await wait(way.keyMs - way.pauseMs);
  }
  await wait(serviceMs * 2);
  return { requests: machine.emulator.callsTo("completions").length, shown };
}

test.concurrent.for(ways)(
  "while a line of 44 keys is typed with %s, the service is asked less than eight times, and suggestions are shown",
  { timeout: 60_000 },
  async ([, way], { expect: verify, onTestFinished }) => {
    const { requests, shown } = await typeLine(way, onTestFinished);
    verify(requests).toBeLessThanOrEqual(mostRequests);
    verify(shown).toBeGreaterThan(20);
  },
);
