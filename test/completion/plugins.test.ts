// How often the service is asked by plugins that cancel their request at each key and ask again a moment later.

import { describe, expect, it } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { createEngine } from "../../server/completion/engine.ts";
import { sleep } from "../../server/runtime/cancel.ts";
import type { CompletionPiece, CopilotApi } from "../../server/upstream/types.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { onCopilot } from "./support/on-copilot.ts";
import { documentRequest, usualSettings } from "./support/requests.ts";
import { oneSession, scriptedCopilot } from "./support/scripted-copilot.ts";

const head = "from os import path\n\n\n";
const line = "def total_of(values, start=0, limit=100000):";
const serviceMs = 150;

/** A service that knows the line, with all of its alternatives. */
function knowingService(clock: ManualClock): CopilotApi & { readonly asked: () => number } {
  let asked = 0;
  const { warm, fetchModels } = scriptedCopilot(() => []);
  return {
    warm,
    fetchModels,
    asked: () => asked,
    openCompletions(ctx, { body }) {
      asked += 1;
      async function* pieces(): AsyncGenerator<readonly CompletionPiece[]> {
        await sleep(ctx, clock, serviceMs);
        const typed = body.prompt.slice(body.prompt.lastIndexOf("\n") + 1);
        const text = line.slice(typed.length);
        for (let index = 0; index < body.n; index += 1) {
          yield [{ index, text: index === 0 ? text : `${text}  # ${index}`, finishReason: "stop" }];
        }
      }
      return Promise.resolve({ pieces: pieces() });
    },
  };
}

interface Plugin {
  readonly keyMs: number;
  /** From a key to the request. */
  readonly debounceMs: number;
  readonly request: Partial<DocumentRequest>;
}

/** Requests to the service while the line is typed. */
async function requestsOf({ keyMs, debounceMs, request }: Plugin): Promise<number> {
  const clock = createManualClock();
  const copilot = knowingService(clock);
  const deps = { clock, log: createRecordingLog(), copilot, sessions: oneSession(), newId: () => "id" };
  const engine = createEngine(onCopilot({ ...deps, findRemotes: async () => [] }), () => usualSettings);
  let cancel = (): void => undefined;
  for (let keys = 1; keys <= line.length; keys += 1) {
    cancel();
    await clock.advance(debounceMs);
    const ctx = createTestCtx();
    cancel = () => ctx.cancel(new Error("another key"));
    const text = `${head}${line.slice(0, keys)}▮\n`;
    engine
      .complete(ctx, documentRequest(text, { languageId: "python", path: "a.py", ...request }))
      .catch(() => undefined);
    await clock.advance(keyMs - debounceMs);
  }
  await engine.close();
  return copilot.asked();
}

describe("a plugin that cancels at each key and asks after a pause needs few requests", () => {
  it.each<[string, Plugin]>([
    ["by typing, 75 ms after a key", { keyMs: 120, debounceMs: 75, request: { trigger: "typed" } }],
    ["by typing, with quick fingers", { keyMs: 80, debounceMs: 75, request: { trigger: "typed" } }],
    ["by hand, 100 ms after a key", { keyMs: 140, debounceMs: 100, request: { trigger: "invoked" } }],
    ["for several, 60 ms after a key", { keyMs: 120, debounceMs: 60, request: { trigger: "invoked", n: 3 } }],
    ["for several, with slow fingers", { keyMs: 300, debounceMs: 200, request: { trigger: "invoked", n: 3 } }],
  ])("%s", async (_, plugin) => {
    expect(await requestsOf(plugin)).toBeLessThan(8);
  });
});
