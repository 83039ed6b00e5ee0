// Two parts of an editor that ask for the same key, and answers that find another text than they were asked for.

import { describe, expect, it } from "vitest";
import { plainText } from "../../shared/documents.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, textsOf } from "./support/requests.ts";

describe("ghost text and menu for the same key", () => {
  const request = documentRequest("int main() {\n  go▮\n}\n");

  it("share one request, and both are answered", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["(1);"]);
    const held = emulator.hold("completions");
    const ghost = engine.complete(createTestCtx(), request);
    const menu = engine.complete(createTestCtx(), { ...request, trigger: "invoked" });
    await held.reached;
    const late = engine.complete(createTestCtx(), request);
    held.release();
    for (const answer of [ghost, menu, late]) expect(textsOf(await answer)).toEqual(["(1);"]);
    expect(emulator.callsTo("completions")).toHaveLength(1);
  });

  it("are both superseded by the next key", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["(1);"]);
    const held = emulator.hold("completions");
    const both = [engine.complete(createTestCtx(), request), engine.complete(createTestCtx(), request)];
    await held.reached;
    const next = engine.complete(createTestCtx(), documentRequest("int main() {\n  gone▮\n}\n"));
    for (const older of both) await expect(older).rejects.toMatchObject({ code: "superseded" });
    held.release();
    expect(textsOf(await next)).toEqual(["(1);"]);
  });

  it("leave the other one alone when one is cancelled", async () => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["(1);"]);
    const held = emulator.hold("completions");
    const ctx = createTestCtx();
    const ghost = engine.complete(ctx, request);
    const menu = engine.complete(createTestCtx(), request);
    await held.reached;
    ctx.cancel(new Error("Gone."));
    await expect(ghost).rejects.toThrow("Gone.");
    held.release();
    expect(textsOf(await menu)).toEqual(["(1);"]);
  });

  it("may each have its item accepted", async () => {
    const { engine, emulator } = await engineOnEmulator({ speculation: "on" });
    emulator.setModel(() => ["(1);"]);
    const [ghost] = await Promise.all([
      engine.complete(createTestCtx(), request),
      engine.complete(createTestCtx(), request),
    ]);
    const [item] = ghost.kind === "items" ? ghost.items : [];
    engine.accepted(item?.id ?? "");
    await expect.poll(() => emulator.callsTo("completions").length).toBe(2);
  });
});

describe("an answer that finds another text below", () => {
  const before = "one = 1\ntwo = 2\n";
  const ask = async (now: string) => {
    const { engine, emulator } = await engineOnEmulator();
    emulator.setModel(() => ["three = 3"]);
    let text = `${before}\n`;
    engine.documents.opened({
      id: "file:///a",
      languageId: "python",
      path: "a.py",
      file: "/w/a.py",
      text: () => plainText(text),
    });
    const held = emulator.hold("completions");
    const answer = engine.complete(createTestCtx(), documentRequest(`${before}▮\n`, { languageId: "python" }));
    await held.reached;
    text = now;
    held.release();
    return answer;
  };

  it("is fitted to the text as it is now", async () => {
    expect(textsOf(await ask(`${before}\n`))).toEqual(["three = 3"]);
    expect(await ask(`${before}\nthree = 3\n`)).toMatchObject({ kind: "empty", reason: "filtered" });
  });
});

describe("blanks right of the cursor", () => {
  it("cost the same, however many there are", async () => {
    const { engine } = await engineOnEmulator();
    const startMs = performance.now();
    for (let count = 0; count < 20; count += 1) {
      const request = documentRequest(`int value = ▮${" ".repeat(16_000)}x`);
      expect(await engine.complete(createTestCtx(), request)).toMatchObject({ reason: "mid-line" });
    }
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});
