// What a model of one's own writes beyond the block that is shown answers the next keys.

import { afterEach, beforeEach, expect, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import { eventually } from "../support/eventually.ts";
import type { LspClient } from "../support/lsp-client.ts";
import { type Answer, json, type StandIn, startStandIn } from "./support/stand-in.ts";

const uri = "file:///project/total.py";
const head = "def total(items):\n    ";

let machine: Machine;
let model: StandIn;
let editor: LspClient;
let version = 1;

beforeEach(async () => {
  machine = await openMachine();
  model = await startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: "qwen2.5-coder" }] }),
    "/props": json({ total_slots: 1, default_generation_settings: { n_ctx: 8192 } }),
  });
  editor = machine.edit({
    env: {
      COPILOT_LSP_SERVICE_KIND: "llama.cpp",
      COPILOT_LSP_SERVICE_URL: model.url,
      COPILOT_LSP_COMPLETION_SPECULATION: "off",
      COPILOT_LSP_HTTP_ENABLED: "false",
    },
  });
  await editor.initialize({ processId: process.pid, rootUri: "file:///project", capabilities: {} });
  version = 1;
  editor.open(uri, head);
});

afterEach(async () => {
  await machine.close();
  await model.close();
});

/** Writes the pieces, and ends only where it says so. */
const writing =
  (pieces: readonly string[], ends: boolean, onClose: () => void = () => undefined): Answer =>
  (response) => {
    response.on("close", onClose);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of pieces) response.write(`data: ${JSON.stringify({ index: 0, content, stop: false })}\n\n`);
    if (ends) response.end(`data: ${JSON.stringify({ index: 0, content: "", stop: true, stop_type: "eos" })}\n\n`);
  };

/** What is suggested once `typed` stands behind the head. */
async function suggestedAfter(typed: string): Promise<string | undefined> {
  version += 1;
  editor.change(uri, version, head + typed);
  const lines = (head + typed).split("\n");
  const at = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const { items } = await editor.inlineCompletion<{ readonly items: readonly { readonly insertText: string }[] }>(
    uri,
    at,
    { context: { triggerKind: 2 } },
  ).answer;
  return items[0]?.insertText.trim();
}

test("the lines after a block are known when they are come to, and a block among them is whole", async () => {
  const lines = ["result = 0", "for item in items:", "    price = item.price", "    result += price", "return result"];
  const text = lines.join("\n    ");
  model.answer("/completion", writing([text.slice(2), "\n\n\n", "def never"], true));
  expect(await suggestedAfter("re")).toBe("result = 0");
  const loop = "result = 0\n    for i";
  expect(await suggestedAfter(loop)).toBe("for item in items:\n        price = item.price\n        result += price");
  for (let key = loop.length; key <= text.indexOf("ice\n    return"); key += 1)
    await suggestedAfter(text.slice(0, key));
  expect(model.to("/completion")).toHaveLength(1);
});

test("the block is shown at once, and the rest is left after a few lines however long the model goes on", async () => {
  let left = (): void => undefined;
  const hasLeft = new Promise<void>((settle) => (left = settle));
  const endless = Array.from({ length: 40 }, (_, line) => `\n    step(${line})`);
  model.answer(
    "/completion",
    writing(["sult = 0", ...endless], false, () => left()),
  );
  expect(await suggestedAfter("re")).toBe("result = 0");
  await hasLeft;
  expect(await suggestedAfter("result = 0\n    st")).toBe("step(0)");
  expect(model.to("/completion")).toHaveLength(1);
});

test("a key that goes another way ends what is still being written", async () => {
  let left = (): void => undefined;
  const hasLeft = new Promise<void>((settle) => (left = settle));
  model.answer(
    "/completion",
    writing(["sult = 0", "\n    st"], false, () => left()),
  );
  expect(await suggestedAfter("re")).toBe("result = 0");
  model.answer("/completion", writing(["urn items"], true));
  expect(await suggestedAfter("ret")).toBe("return items");
  await hasLeft;
  await eventually(() => expect(model.to("/completion")).toHaveLength(2));
});
