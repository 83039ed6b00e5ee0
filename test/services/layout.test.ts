// The beginning of a prompt stays the same while a person types: the server has worked it out already.

import { afterEach, beforeEach, expect, test } from "vitest";
import { type Opened, openOne } from "./support/open.ts";
import { json, lines, type StandIn, startStandIn } from "./support/stand-in.ts";

let ollama: StandIn;
let service: Opened;

beforeEach(async () => {
  ollama = await startStandIn({
    "/role": json({}, 404),
    "/api/tags": json({ models: [{ name: "qwen2.5-coder" }] }),
    "/api/show": json({ capabilities: ["insert"], parameters: "num_ctx 2048" }),
    "/api/generate": (response, asked) =>
      (asked.body.prompt === undefined ? json({ done: true }) : lines({ response: "", done: true }))(response, asked),
  });
  service = openOne({ kind: "ollama", url: ollama.url });
});

afterEach(async () => {
  await service.close();
  await ollama.close();
});

const after = "\nprint(total)\n".repeat(20);
const typed = "total = 0\nfor item in items:\n    total += item.price * item.count\n";

/** The prompts of a person who types `text` behind `before`, key by key. */
async function promptsOf(before: string, text: string, files = [{ path: "b.py", text: "b = 1" }]): Promise<string[]> {
  for (let key = 0; key <= text.length; key += 1) await service.between(before + text.slice(0, key), after, { files });
  return ollama.to("/api/generate").flatMap(({ body }) => (body.prompt === undefined ? [] : [String(body.prompt)]));
}

/** How many characters of each prompt are not the beginning of the one before it. */
function newIn(prompts: readonly string[]): readonly number[] {
  return prompts.slice(1).map((prompt, index) => {
    const last = prompts[index] ?? "";
    let same = 0;
    while (same < prompt.length && prompt[same] === last[same]) same += 1;
    return prompt.length - same;
  });
}

test("a key costs itself, also the one that begins a line", async () => {
  const costs = newIn(await promptsOf("import shop\n\n", typed));
  expect(Math.max(...costs)).toBe(1);
});

test("a document longer than the context is cut once for many keys", async () => {
  const costs = newIn(await promptsOf("value = compute(value)\n".repeat(400), typed.repeat(2)));
  expect(costs.filter((cost) => cost > 1).length).toBeLessThanOrEqual(1);
});

test("other files that change meanwhile are shown as they were until the person goes elsewhere", async () => {
  const paths = async (files: { path: string; text: string }[], before: string): Promise<unknown> => {
    await service.between(before, after, { files });
    return String(ollama.to("/api/generate").at(-1)?.body.prompt).match(/(?<=<\|file_sep\|>)\w+\.py/g);
  };
  expect(await paths([{ path: "b.py", text: "b = 1" }], "x = ")).toContain("b.py");
  expect(await paths([{ path: "c.py", text: "c = 1" }], "x = 1")).toContain("b.py");
  const far = `${"value = compute(value)\n".repeat(90)}x = `;
  expect(await paths([{ path: "c.py", text: "c = 1" }], far)).toContain("c.py");
});

test("lines are typed behind the middle word up to a bound, and a step back begins anew", async () => {
  const [first = "", ...rest] = await promptsOf("import shop\n", "a = 1\n".repeat(110));
  const behind = (prompt: string): string => prompt.slice(prompt.indexOf("<|fim_middle|>"));
  expect(behind(first)).toBe("<|fim_middle|>");
  expect(Math.max(...rest.map((prompt) => behind(prompt).length))).toBeLessThanOrEqual(620);
  expect(newIn([first, ...rest]).filter((cost) => cost > 1).length).toBeLessThanOrEqual(2);
  await service.between("import ", after);
  expect(behind(String(ollama.to("/api/generate").at(-1)?.body.prompt))).toBe("<|fim_middle|>import ");
});
