// How long a key waits before it makes a request.

import { describe, expect, it } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import type { Hold } from "../../server/emulator/types.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { type EngineOnEmulator, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest } from "./support/requests.ts";

const gapMs = 100;
const line = (typed: string, changes: Partial<DocumentRequest> = {}) =>
  documentRequest(`function greet(name) {\n  ${typed}▮\n}\n`, { languageId: "javascript", ...changes });
const askCount = ({ emulator }: EngineOnEmulator) => emulator.callsTo("completions").length;

/** Three quick keys that contradict what was offered, at a service that takes longer than a key. */
async function contradicting(): Promise<EngineOnEmulator> {
  const all = await engineOnEmulator();
  const { emulator, clock } = all;
  emulator.setModel(() => ["zzzz();"]);
  const ask = (typed: string) => all.engine.complete(createTestCtx(), line(typed));
  const answer = async (held: Hold, afterMs: number) => {
    await held.reached;
    await clock.advance(afterMs);
    held.release();
  };

  let held = emulator.hold("completions");
  const first = ask("a");
  await answer(held, 300);
  await first;
  await clock.advance(700);
  held = emulator.hold("completions");
  const superseded = Promise.allSettled([ask("ab"), (await clock.advance(gapMs), ask("abc"))]);
  await clock.advance(gapMs);
  const last = ask("abcd");
  await answer(held, gapMs);
  await superseded;
  held = emulator.hold("completions");
  await clock.advance(gapMs);
  await answer(held, 100);
  await last;
  return all;
}

describe("a typed key", () => {
  it("is asked for at once as long as the keys go the way of the answers", async () => {
    const all = await engineOnEmulator();
    all.emulator.setModel(() => ["zz"]);
    const held = all.emulator.hold("completions");
    const first = all.engine.complete(createTestCtx(), line("a"));
    await held.reached;
    await all.clock.advance(300);
    held.release();
    await first;
    await all.clock.advance(700);
    for (const typed of ["a", "az", "azz"]) {
      await all.clock.advance(gapMs);
      await all.engine.complete(createTestCtx(), line(typed));
    }
    expect(askCount(all)).toBe(2);
  });

  it("waits in a burst of contradictions; superseded there it never reaches the service", async () => {
    const all = await contradicting();
    const before = askCount(all);
    const older = all.engine.complete(createTestCtx(), line("abcde"));
    await all.clock.advance(gapMs);
    expect(askCount(all)).toBe(before);
    const newer = all.engine.complete(createTestCtx(), line("abcdef"));
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    await all.clock.advance(1_000);
    await newer;
    expect(askCount(all)).toBe(before + 1);
  });

  it("waits no longer than a little more than the usual time between keys", async () => {
    const all = await contradicting();
    const before = askCount(all);
    const answered = all.engine.complete(createTestCtx(), line("abcde"));
    await all.clock.advance(200);
    await answered;
    expect(askCount(all)).toBe(before + 1);
  });

  it("does not wait after a pause", async () => {
    const all = await contradicting();
    await all.clock.advance(5_000);
    await all.engine.complete(createTestCtx(), line("abcde"));
  });

  it("is answered at once when it is cancelled while it waits", async () => {
    const all = await contradicting();
    const ctx = createTestCtx();
    const answered = all.engine.complete(ctx, line("abcde"));
    const reason = new Error("Gone.");
    ctx.cancel(reason);
    await expect(answered).rejects.toBe(reason);
    expect(all.clock.pendingTimers()).toBe(0);
  });

  it("does not wait for what memory knows", async () => {
    const all = await contradicting();
    expect(await all.engine.complete(createTestCtx(), line("abcd"))).toMatchObject({ kind: "items" });
  });
});

it("a question by hand or by a program never waits", async () => {
  const all = await contradicting();
  await all.engine.complete(createTestCtx(), line("abcdef", { trigger: "invoked" }));
  await all.engine.complete(createTestCtx(), line("abcdefg", { trigger: "script" }));
  await all.engine.complete(createTestCtx(), promptRequest("x ="));
});
