// Questions under way: who may share them, and when they are stopped.

import { describe, expect, it } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, promptRequest, textsOf } from "./support/requests.ts";

const line = (typed: string, changes: Partial<DocumentRequest> = {}) =>
  documentRequest(`function greet(name) {\n  ${typed}▮\n}\n`, { languageId: "javascript", ...changes });

/** The first question, caught before it is answered. */
async function caught(text: string) {
  const all = await engineOnEmulator();
  all.emulator.setModel(() => [text]);
  const held = all.emulator.hold("completions");
  const ctx = createTestCtx();
  const older = all.engine.complete(ctx, line("a"));
  const call = await held.reached;
  const asked = () => all.emulator.callsTo("completions").length;
  return { ...all, held, ctx, older, call, asked };
}

describe("a key typed while a question is under way", () => {
  it("takes the question over, and gets the rest of its answer", async () => {
    const { engine, older, held, asked, clock } = await caught("lert(name);");
    const newer = engine.complete(createTestCtx(), line("al"));
    await expect(older).rejects.toMatchObject({ code: "superseded" });
    const newest = engine.complete(createTestCtx(), line("ale"));
    await expect(newer).rejects.toMatchObject({ code: "superseded" });
    await clock.advance(50);
    held.release();
    expect(await newest).toMatchObject({ items: [{ text: "rt(name);" }], source: "in-flight" });
    expect(asked()).toBe(1);
  });

  it("asks for itself as soon as what comes is something else", async () => {
    const { engine, emulator, older, held, asked } = await caught("lert(name);");
    older.catch(() => undefined);
    emulator.setModel(({ prompt }) => [prompt.endsWith("aw") ? "ait all();" : "lert(name);"]);
    const newer = engine.complete(createTestCtx(), line("aw"));
    held.release();
    expect(textsOf(await newer)).toEqual(["ait all();"]);
    expect(asked()).toBe(2);
  });

  it("does not wait for the end of an answer that contradicts it", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [["lert"]], end: "stall" });
    const held = emulator.hold("completions");
    const older = engine.complete(createTestCtx(), line("a"));
    older.catch(() => undefined);
    await held.reached;
    emulator.setModel(() => ["ait all();"]);
    const newer = engine.complete(createTestCtx(), line("aw"));
    held.release();
    expect(textsOf(await newer)).toEqual(["ait all();"]);
  });

  it("that contradicts what has come stops the question at the socket", async () => {
    const { engine, emulator, clock } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [["lert"]], end: "stall" });
    let resolve = (): void => undefined;
    const told = new Promise<void>((done) => {
      resolve = done;
    });
    const older = engine.complete(createTestCtx(), line("a"), () => resolve());
    older.catch(() => undefined);
    await told;
    emulator.setModel(() => ["ait all();"]);
    expect(textsOf(await engine.complete(createTestCtx(), line("aw")))).toEqual(["ait all();"]);
    // Not before it has had its grace: what is typed may be taken back.
    expect(emulator.inFlight()).toBe(1);
    await clock.advance(10);
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  it("in an answer that has come so far hears the rest of it grow", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "stream", choices: [["lert", "(name);"]] });
    const held = emulator.hold("completions");
    const older = engine.complete(createTestCtx(), line("a"));
    older.catch(() => undefined);
    await held.reached;
    const parts: string[] = [];
    const newer = engine.complete(createTestCtx(), line("al"), ({ text }) => {
      parts.push(text);
    });
    held.release();
    expect(textsOf(await newer)).toEqual(["ert(name);"]);
    expect(parts.join("")).toBe("ert(name);");
  });

  it("is answered as the question is: with its failure", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.script("completions", { kind: "status", status: 500 });
    const held = emulator.hold("completions");
    const older = engine.complete(createTestCtx(), line("a"));
    older.catch(() => undefined);
    await held.reached;
    const newer = engine.complete(createTestCtx(), line("al"));
    held.release();
    await expect(newer).rejects.toMatchObject({ code: "upstream-failed" });
    expect(emulator.callsTo("completions")).toHaveLength(1);
  });

  it("does not rely on a service that has said nothing for long", async () => {
    const { engine, older, clock, asked, held, emulator } = await caught("lert(name);");
    older.catch(() => undefined);
    await clock.advance(1_001);
    emulator.setModel(() => ["ert(name);"]);
    expect(await engine.complete(createTestCtx(), line("al"))).toMatchObject({ source: "upstream" });
    expect(asked()).toBe(2);
    held.release();
  });
});

describe("a key that shares a question of which nothing comes", () => {
  it("asks for itself after a while; the question is stopped when nobody else waits", async () => {
    const { engine, emulator, older, call, asked, clock } = await caught("lert(name);");
    older.catch(() => undefined);
    const newer = engine.complete(createTestCtx(), line("al"));
    await clock.advance(999);
    expect(asked()).toBe(1);
    emulator.setModel(() => ["ert(name);"]);
    await clock.advance(1);
    expect(await newer).toMatchObject({ items: [{ text: "ert(name);" }], source: "upstream" });
    expect(await call.ended).toBe("left");
    expect(asked()).toBe(2);
  });

  it("takes it from nobody who waits for it still", async () => {
    const { engine, emulator, clock } = await engineOnEmulator();
    emulator.setModel(({ prompt }) => [prompt.endsWith("al") ? "ert(name);" : "lert(name);"]);
    const held = emulator.hold("completions");
    const older = engine.complete(createTestCtx(), line("a", { documentId: "file:///copy" }));
    await held.reached;
    const newer = engine.complete(createTestCtx(), line("al"));
    await clock.advance(1_000);
    expect(await newer).toMatchObject({ items: [{ text: "ert(name);" }], source: "upstream" });
    held.release();
    expect(await older).toMatchObject({ items: [{ text: "lert(name);" }], source: "upstream" });
  });

  it("waits twice as long the next time, until the service speaks", async () => {
    const { engine, emulator, older, asked, clock } = await caught("lert(name);");
    older.catch(() => undefined);
    const second = emulator.hold("completions");
    const newer = engine.complete(createTestCtx(), line("al"));
    newer.catch(() => undefined);
    await clock.advance(1_000);
    await second.reached;
    const newest = engine.complete(createTestCtx(), line("ale"));
    await clock.advance(1_999);
    expect(asked()).toBe(2);
    emulator.setModel(() => ["rt(name);"]);
    await clock.advance(1);
    expect(textsOf(await newest)).toEqual(["rt(name);"]);
    expect(asked()).toBe(3);
  });
});

describe("an asker who leaves", () => {
  it("is answered at once; the stream is stopped when nobody takes its place", async () => {
    const { ctx, older, call, clock } = await caught("lert(name);");
    const reason = new CopilotError("cancelled", "The asker left.");
    ctx.cancel(reason);
    await expect(older).rejects.toBe(reason);
    await clock.advance(10);
    expect(await call.ended).toBe("left");
  });

  it("can be followed by the next key in the same breath", async () => {
    const { engine, ctx, older, held, asked, clock } = await caught("lert(name);");
    ctx.cancel(new CopilotError("cancelled", "The asker left."));
    await expect(older).rejects.toMatchObject({ code: "cancelled" });
    const newer = engine.complete(createTestCtx(), line("al"));
    await clock.advance(100);
    held.release();
    expect(textsOf(await newer)).toEqual(["ert(name);"]);
    expect(asked()).toBe(1);
  });

  it("does not stop what another one waits for", async () => {
    const { engine, ctx, older, held, asked, clock } = await caught("lert(name);");
    const other = engine.complete(createTestCtx(), line("a", { documentId: "file:///copy" }));
    ctx.cancel(new CopilotError("cancelled", "The asker left."));
    await expect(older).rejects.toMatchObject({ code: "cancelled" });
    await clock.advance(100);
    held.release();
    expect(await other).toMatchObject({ items: [{ text: "lert(name);" }], source: "in-flight" });
    expect(asked()).toBe(1);
  });

  it("of a bare prompt is waited for by nobody", async () => {
    const { engine, emulator } = await engineOnEmulator();
    const held = emulator.hold("completions");
    const ctx = createTestCtx();
    const answered = engine.complete(ctx, promptRequest("x ="));
    const call = await held.reached;
    ctx.cancel(new CopilotError("cancelled", "The asker left."));
    await expect(answered).rejects.toMatchObject({ code: "cancelled" });
    expect(await call.ended).toBe("left");
  });

  it("who cannot take what it is told fails alone", async () => {
    const { engine, older, held } = await caught("lert(name);");
    const broken = new Error("No room.");
    const other = engine.complete(createTestCtx(), line("a", { documentId: "file:///copy" }), () =>
      Promise.reject(broken),
    );
    const failed = expect(other).rejects.toBe(broken);
    held.release();
    await failed;
    expect(textsOf(await older)).toEqual(["lert(name);"]);
  });
});
