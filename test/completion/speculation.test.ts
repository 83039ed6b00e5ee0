// Asking ahead: what is asked before it is wanted, when, and when not.

import { describe, expect, it } from "vitest";
import type { DocumentRequest } from "../../shared/completion.ts";
import { plainText } from "../../shared/documents.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { askedOf, type EngineOnEmulator, engineOnEmulator } from "./support/engine-on-emulator.ts";
import { accept, documentRequest, itemsOf } from "./support/requests.ts";

const js = (typed: string, changes: Partial<DocumentRequest> = {}) =>
  documentRequest(`function greet(name) {\n  ${typed}▮\n}\n`, { languageId: "javascript", ...changes });

const asked = ({ emulator }: EngineOnEmulator) =>
  emulator.callsTo("completions").map((call) => ({
    end: askedOf(call).prompt.split("\n").at(-1),
    ahead: call.headers["x-copilot-speculative"],
  }));

async function answering(speculation: "auto" | "on" | "off" = "on"): Promise<EngineOnEmulator> {
  const all = await engineOnEmulator({ speculation });
  all.emulator.setModel(({ prompt }) => [prompt.endsWith("alert(name);") ? "\n  return name;" : "lert(name);"]);
  return all;
}
const ask = ({ engine }: EngineOnEmulator, request: DocumentRequest) => engine.complete(createTestCtx(), request);
const first = async (all: EngineOnEmulator, request = js("a")) => itemsOf(await ask(all, request))[0];
const openIn = ({ engine }: EngineOnEmulator): DocumentRequest => {
  const request = js("a");
  const text = plainText(request.before + request.after);
  const { documentId: id, languageId } = request;
  engine.documents.opened({ id, languageId, path: "a", file: "/a", text: () => text });
  return request;
};
const aheadAnswered = async ({ emulator }: EngineOnEmulator, count = 2) => {
  await expect.poll(() => emulator.callsTo("completions").length).toBe(count);
  await emulator.callsTo("completions").at(-1)?.ended;
};

describe("what follows a suggestion", () => {
  it("is asked once it was accepted, and is there for the next question", async () => {
    const all = await answering();
    const request = js("a");
    const item = await first(all, request);
    all.engine.accepted(item?.id ?? "");
    await aheadAnswered(all);
    const after = { ...request, ...(item && accept(request, item)) };
    const result = await ask(all, after);
    expect(result).toMatchObject({ items: [{ text: "\n  return name;" }], source: "speculation" });
    expect(asked(all)).toEqual([
      { end: "  a", ahead: "false" },
      { end: "  alert(name);", ahead: "true" },
    ]);
  });

  it("is asked when it has been on screen for a moment, once", async () => {
    const all = await answering();
    const item = await first(all);
    all.engine.shown(item?.id ?? "");
    all.engine.shown(item?.id ?? "");
    await all.clock.advance(249);
    expect(asked(all)).toHaveLength(1);
    await all.clock.advance(1);
    await aheadAnswered(all);
    all.engine.accepted(item?.id ?? "");
    await all.clock.advance(1_000);
    expect(asked(all)).toHaveLength(2);
  });

  it("is asked while it is typed, in time for its end, and also answers the line's end and the next line", async () => {
    const all = await answering();
    const held = all.emulator.hold("completions");
    const answered = first(all);
    await held.reached;
    await all.clock.advance(200);
    held.release();
    await answered;
    for (const typed of ["al", "ale", "aler", "alert", "alert("]) {
      await all.clock.advance(100);
      await ask(all, js(typed));
    }
    // Two answers long is about three keys.
    expect(asked(all)).toHaveLength(1);
    await all.clock.advance(100);
    await ask(all, js("alert(name)"));
    await aheadAnswered(all);
    expect(await ask(all, js("alert(name);"))).toMatchObject({ kind: "empty", reason: "upstream-empty" });
    const below = await ask(all, js("alert(name);\n  "));
    expect(below).toMatchObject({ items: [{ text: "return name;" }], source: "speculation" });
    expect(asked(all)).toHaveLength(2);
  });

  it("is shared while it is on its way", async () => {
    const all = await answering();
    const request = js("a");
    const item = await first(all, request);
    const held = all.emulator.hold("completions");
    all.engine.accepted(item?.id ?? "");
    await held.reached;
    const answered = ask(all, { ...request, ...(item && accept(request, item)) });
    held.release();
    expect(await answered).toMatchObject({ items: [{ text: "\n  return name;" }], source: "speculation" });
    expect(asked(all)).toHaveLength(2);
  });

  it("is given up, at the socket, when the text goes another way", async () => {
    const all = await answering();
    const item = await first(all);
    const held = all.emulator.hold("completions");
    all.engine.accepted(item?.id ?? "");
    const call = await held.reached;
    await ask(all, js("aw"));
    await all.clock.advance(10);
    expect(await call.ended).toBe("left");
  });

  it("is given up when the suggestion is turned down before it was read", async () => {
    const all = await answering();
    const item = await first(all);
    all.engine.shown(item?.id ?? "");
    all.engine.rejected([item?.id ?? ""]);
    await all.clock.advance(1_000);
    expect(asked(all)).toHaveLength(1);
    expect(all.clock.pendingTimers()).toBe(0);
  });

  it("is not asked when it is known", async () => {
    const all = await answering();
    const request = js("a");
    const item = await first(all, request);
    all.engine.accepted(item?.id ?? "");
    await aheadAnswered(all);
    await ask(all, { ...request, ...(item && accept(request, item)) });
    const again = await first(all, request);
    all.engine.accepted(again?.id ?? "");
    await all.clock.advance(1_000);
    expect(asked(all)).toHaveLength(2);
  });

  it("is not asked any more once the document is closed, however long the suggestion was on screen", async () => {
    const all = await answering();
    const item = await first(all, openIn(all));
    all.engine.shown(item?.id ?? "");
    all.engine.documents.closed("file:///a");
    // Some clients tell of it late.
    all.engine.shown(item?.id ?? "");
    await all.clock.advance(1_000);
    expect(asked(all)).toHaveLength(1);
  });

  it("is stopped when the document is closed", async () => {
    const all = await answering();
    const item = await first(all, openIn(all));
    const held = all.emulator.hold("completions");
    all.engine.accepted(item?.id ?? "");
    const call = await held.reached;
    all.engine.documents.closed("file:///a");
    await all.clock.advance(10);
    expect(await call.ended).toBe("left");
  });

  it("is nobody's trouble when it fails", async () => {
    const all = await answering();
    const item = await first(all);
    all.emulator.script("completions", { kind: "status", status: 500 });
    all.engine.accepted(item?.id ?? "");
    await aheadAnswered(all);
    expect(itemsOf(await ask(all, js("b")))).toHaveLength(1);
  });

  it("is no business of items that nobody knows", async () => {
    const all = await answering();
    all.engine.shown("nobody's");
    all.engine.accepted("nobody's");
    all.engine.rejected(["nobody's"]);
    await all.clock.advance(1_000);
    expect(asked(all)).toHaveLength(0);
  });
});

describe("a plan that counts completions", () => {
  it.each<[string, { readonly sku?: string; readonly completionsRemaining?: number }, "auto" | "on" | "off", boolean]>([
    ["on a plan that does not count", { sku: "copilot_for_business_seat" }, "auto", true],
    ["on a plan with completions left", { completionsRemaining: 100 }, "auto", false],
    ["on a free plan", { sku: "free_limited_copilot" }, "auto", false],
    ["on a plan with a quota by name", { sku: "yearly_subscriber_quota" }, "auto", false],
    ["on a free plan, where the person says so", { sku: "free_limited_copilot" }, "on", true],
    ["on any plan, where the person says not to", { sku: "copilot_for_business_seat" }, "off", false],
  ])("%s", async (_, plan, speculation, isAsked) => {
    const all = await answering(speculation);
    all.emulator.setSession(plan);
    const item = await first(all);
    all.engine.accepted(item?.id ?? "");
    all.engine.shown(item?.id ?? "");
    if (isAsked) await aheadAnswered(all);
    await all.clock.advance(1_000);
    expect(asked(all)).toHaveLength(isAsked ? 2 : 1);
  });
});

it("closing the engine gives up what was asked ahead", async () => {
  const all = await answering();
  const item = await first(all);
  const held = all.emulator.hold("completions");
  all.engine.accepted(item?.id ?? "");
  const call = await held.reached;
  await all.engine.close();
  expect(await call.ended).toBe("left");
});
