// The lines after the one that is wanted: they come with its stream, and are there when they are come to.

import { describe, expect, it } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { askedOf, type EngineOnEmulator, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { documentRequest, textsOf } from "./support/requests.ts";

const line = (typed: string, changes: Partial<DocumentRequest> = {}) =>
  documentRequest(`function greet(name) {\n  ${typed}▮\n}\n`, { languageId: "javascript", ...changes });
const askCount = ({ emulator }: EngineOnEmulator) => emulator.callsTo("completions").length;
const ask = ({ engine }: EngineOnEmulator, typed: string, changes: Partial<DocumentRequest> = {}) =>
  engine.complete(createTestCtx(), line(typed, changes));

/** The line is there, and the stream goes on. */
async function stalledAfterALine(): Promise<EngineOnEmulator> {
  const all = await engineOnEmulator();
  all.emulator.script("completions", { kind: "stream", choices: [["lert(name);\n", "  lo"]], end: "stall" });
  expect(textsOf(await ask(all, "a"))).toEqual(["lert(name);"]);
  return all;
}

describe("where one line is the rule", () => {
  it("what may open a block decides by the answer whether a line or the block is offered", async () => {
    const all = await engineOnEmulator();
    const call = { after: ");\n}\n" };
    all.emulator.setModel(() => ["\n    first,\n    second,\n  );\n  more();\n"]);
    expect(textsOf(await ask(all, "c(", call))).toEqual(["\n    first,\n    second,\n  );"]);
    all.emulator.setModel(() => ["first);\n  more();\n"]);
    expect(textsOf(await ask(all, "d(", call))).toEqual(["first);"]);
    expect(askCount(all)).toBe(2);
  });

  it("the lines after it are known when they are come to", async () => {
    const all = await engineOnEmulator();
    all.emulator.setModel(() => ["lert(name);\n  log(name);\n  leave();\n  never();"]);
    expect(textsOf(await ask(all, "a"))).toEqual(["lert(name);"]);
    await all.clock.advance(0);
    expect(await ask(all, "alert(name);")).toMatchObject({ reason: "upstream-empty" });
    expect(await ask(all, "alert(name);\n  ")).toMatchObject({ items: [{ text: "log(name);" }], source: "cache" });
    expect(textsOf(await ask(all, "alert(name);\n  log(name);\n  le"))).toEqual(["ave();"]);
    expect(askCount(all)).toBe(1);
  });

  it("a block that it opens is known as a whole when it is come to", async () => {
    const all = await engineOnEmulator();
    const block = "\n    one();\n    two();\n    three();\n    four();\n  }";
    all.emulator.setModel(() => [`f (name) {${block}\n  never();`]);
    expect(textsOf(await ask(all, "i"))).toEqual(["f (name) {"]);
    await all.clock.advance(0);
    const opened = await ask(all, "if (name) {");
    expect(opened).toMatchObject({ source: "cache" });
    expect(textsOf(opened)).toEqual([block]);
    expect(askCount(all)).toBe(1);
  });

  it("it is offered as soon as it stands, and does not wait for what comes after it", async () => {
    await stalledAfterALine();
  });

  it("a key on the next line shares what is still coming", async () => {
    const all = await stalledAfterALine();
    await all.clock.advance(100);
    const shared = ask(all, "alert(name);\n  l");
    shared.catch(() => undefined);
    await all.clock.advance(100);
    expect(askCount(all)).toBe(1);
  });

  it("a key that goes another way stops what is still coming at the socket", async () => {
    const all = await stalledAfterALine();
    all.emulator.setModel(() => ["ait all();"]);
    expect(textsOf(await ask(all, "aw"))).toEqual(["ait all();"]);
    expect(await all.emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  it("the end of the engine stops what is still coming", async () => {
    const all = await stalledAfterALine();
    await all.engine.close();
    expect(await all.emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  it("nothing more is asked for by a program, by whoever wants one line, or in the middle of a line", async () => {
    const all = await engineOnEmulator();
    all.emulator.setModel(() => ["x"]);
    await ask(all, "a", { trigger: "script" });
    await ask(all, "b", { lines: "one" });
    await ask(all, "c(d", { after: ");\n}\n" });
    for (const call of all.emulator.callsTo("completions")) expect(askedOf(call).stop).toEqual(["\n"]);
    expect(askCount(all)).toBe(3);
  });
});
