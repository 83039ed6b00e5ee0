// Order and waiting, with a service whose every step the test takes.

import { describe, expect, it } from "vitest";
import type { ModelInfo } from "../../shared/status.ts";
import { createEngine } from "../../server/completion/engine.ts";
import type { CompletionPiece } from "../../server/upstream/types.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { onCopilot } from "./support/on-copilot.ts";
import { documentRequest, promptRequest, textsOf, usualSettings } from "./support/requests.ts";
import { oneSession, scriptedCopilot } from "./support/scripted-copilot.ts";

const usualDeps = () => ({
  clock: createManualClock(),
  log: createRecordingLog(),
  copilot: scriptedCopilot(() => ["go();"]),
  sessions: oneSession(),
  newId: () => "id",
  findRemotes: async () => [],
});

/** Pieces that count how many were taken, and whether the last one was followed by another question. */
function countedPieces(pieces: readonly CompletionPiece[]) {
  const seen = { taken: 0, readOut: false };
  async function* each(): AsyncGenerator<readonly CompletionPiece[]> {
    for (const piece of pieces) {
      seen.taken += 1;
      yield await Promise.resolve([piece]);
    }
    seen.readOut = true;
  }
  return { seen, open: () => Promise.resolve({ pieces: each() }) };
}

const piece = (text: string, finishReason: string | null = null): CompletionPiece => ({ index: 0, text, finishReason });

describe("a stream", () => {
  it("is not read on while its asker takes what it was told", async () => {
    const deps = usualDeps();
    const { seen, open } = countedPieces([piece("a"), piece("b", "stop")]);
    const engine = createEngine(
      onCopilot({ ...deps, copilot: { ...deps.copilot, openCompletions: open } }),
      () => usualSettings,
    );
    let goOn: (() => void) | undefined;
    const answered = engine.complete(
      createTestCtx(),
      promptRequest("x = "),
      () =>
        new Promise((resolve) => {
          goOn = resolve;
        }),
    );
    await deps.clock.advance(0);
    expect(seen.taken).toBe(1);
    goOn?.();
    await deps.clock.advance(0);
    expect(seen.taken).toBe(2);
    goOn?.();
    expect(textsOf(await answered)).toEqual(["ab"]);
  });

  it("is read to its end once the service has ended every alternative", async () => {
    const deps = usualDeps();
    const { seen, open } = countedPieces([piece("go();"), piece("", "stop")]);
    const engine = createEngine(
      onCopilot({ ...deps, copilot: { ...deps.copilot, openCompletions: open } }),
      () => usualSettings,
    );
    await engine.complete(createTestCtx(), promptRequest("x = "));
    expect(seen.readOut).toBe(true);
  });

  it("is not read on once the answer is complete by its own rules", async () => {
    const deps = usualDeps();
    const { seen, open } = countedPieces([piece("go();\n"), piece("more"), piece("", "stop")]);
    const engine = createEngine(
      onCopilot({ ...deps, copilot: { ...deps.copilot, openCompletions: open } }),
      () => usualSettings,
    );
    await engine.complete(createTestCtx(), promptRequest("x = "));
    expect(seen).toEqual({ taken: 1, readOut: false });
  });

  it("whose asker cannot take what it is told ends with the asker's error", async () => {
    const engine = createEngine(onCopilot(usualDeps()), () => usualSettings);
    const broken = new Error("No room.");
    const answered = engine.complete(createTestCtx(), promptRequest("x = "), () => Promise.reject(broken));
    await expect(answered).rejects.toBe(broken);
  });
});

describe("a superseded request", () => {
  it("is answered at once, even if what it waits for never ends", async () => {
    const deps = usualDeps();
    const sessions = { ...oneSession(), get: () => new Promise<never>(() => undefined) };
    const engine = createEngine(onCopilot({ ...deps, sessions }), () => usualSettings);
    const older = engine.complete(createTestCtx(), documentRequest("int main() {▮"));
    const newer = engine.complete(createTestCtx(), documentRequest("a▮"));
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    expect(await newer).toMatchObject({ reason: "too-short" });
  });
});

describe("the account's engine", () => {
  const model = (id: string, kind: ModelInfo["kind"], preview: boolean): ModelInfo => ({
    id,
    name: id,
    vendor: "",
    kind,
    preview,
  });

  it.each([
    [
      "the first that completes and is no preview",
      [
        ["c", "chat"],
        ["p", "completion", true],
        ["d", "completion"],
      ],
      "d",
    ],
    [
      "a usual one when there is none",
      [
        ["c", "chat"],
        ["p", "completion", true],
      ],
      "gpt-41-copilot",
    ],
  ] as const)("is %s", async (_, listed, id) => {
    const deps = usualDeps();
    const models = listed.map(([name, kind, preview]) => model(name, kind, preview ?? false));
    const copilot = { ...deps.copilot, fetchModels: () => Promise.resolve(models) };
    const engine = createEngine(onCopilot({ ...deps, copilot }), () => usualSettings);
    expect(await engine.complete(createTestCtx(), promptRequest("x = "))).toMatchObject({ model: id });
  });
});

describe("a request", () => {
  it("leaves nothing behind on the signal of its asker, however it ends", async () => {
    const engine = createEngine(onCopilot(usualDeps()), () => usualSettings);
    const ctx = createTestCtx();
    const listeners = { added: 0, removed: 0 };
    const { signal } = ctx;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...rest: Parameters<typeof add>) => {
      listeners.added += 1;
      add(...rest);
    };
    signal.removeEventListener = (...rest: Parameters<typeof remove>) => {
      listeners.removed += 1;
      remove(...rest);
    };
    await engine.complete(ctx, promptRequest("x = "));
    await engine.complete(ctx, promptRequest(""));
    await engine
      .complete(ctx, promptRequest("x = "), () => Promise.reject(new Error("No room.")))
      .catch(() => undefined);
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(listeners.added).toBe(3);
    expect(listeners.removed).toBe(3);
  });
});
