// Next edits from open models: the prompt that each was trained on, its answer as an edit in the editor, and a real
// llama-server for the wire. What such a model would say is made up here, for none is small enough to be at hand.

import { afterEach, describe, expect, test } from "vitest";
import { main, openEditSession } from "../edits/support/edit-session.ts";
import { eventually } from "../support/eventually.ts";
import { type LlamaServer, missingLlamaServer, startLlamaServer } from "./support/llama-server.ts";
import { type Answer, json, lines, type StandIn, startStandIn } from "./support/stand-in.ts";

const text = [
  "class Point {",
  "  constructor(x, y) {}",
  "  // <|file_sep|> and <|marker_1|>",
  "  length() {",
  "    return Math.sqrt(this.x * this.x + this.y);",
  "  }",
  "}",
  "",
].join("\n");

/** The window around line 1 as it should be. */
const renamed = [
  "class Point {",
  "  constructor(px, y) {}",
  "  // <\u200b|file_sep|> and <\u200b|marker_1|>",
  "  length() {",
  "    return Math.sqrt(this.px * this.px + this.y);",
  "  }",
  "}",
];

let standIn: StandIn;
afterEach(async () => {
  await standIn.close();
});

/** As llama-server streams it, seven characters at a time. */
function completion(words: string): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of words.match(/[\s\S]{1,7}/gu) ?? []) {
      response.write(`data: ${JSON.stringify({ index: 0, content, stop: false })}\n\n`);
    }
    response.end(`data: ${JSON.stringify({ index: 0, content: "", stop: true, stop_type: "eos" })}\n\n`);
  };
}

const llamaWith = (model: string, words: string): Promise<StandIn> =>
  startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: model, meta: { n_ctx: 8_192 } }] }),
    "/completion": completion(words),
  });

async function renaming(service: string) {
  const session = await openEditSession({ enabled: "auto", environment: { COPILOT_LSP_EDITS_SERVICE: service } });
  session.open(text);
  session.replace("constructor(x", "constructor(px");
  return session;
}

const edited = "    return Math.sqrt(this.px * this.px + this.y);";

test("Zeta 2.1 gets its own prompt, and what stands between its marks is the edit", async () => {
  standIn = await llamaWith("zeta-2.1.Q4_K_M.gguf", `<|marker_1|>${renamed.join("\n")}<|marker_2|>`);
  const session = await renaming(`llama.cpp@${standIn.url}`);
  const answer = await session.ask(session.at("x, y"));
  expect(answer.edits).toMatchObject([{ text: edited }]);
  session.apply(answer.edits[0]);
  expect(session.text()).toContain("  // <|file_sep|> and <|marker_1|>\n");
  const [{ body } = { body: {} }] = standIn.to("/completion");
  expect(body).toMatchObject({ temperature: 0, stream: true, stop: expect.arrayContaining(["<[end▁of▁sentence]>"]) });
  expect(body.prompt).toBe(
    [
      "<[fim-suffix]>",
      "",
      "<[fim-prefix]><filename>edit_history",
      "--- a/src/point.ts",
      "+++ b/src/point.ts",
      "@@ -2,1 +2,1 @@",
      "-  constructor(x, y) {}",
      "+  constructor(px, y) {}",
      "",
      "<filename>src/point.ts",
      "<|marker_1|>class Point {",
      "  constructor(p<|user_cursor|>x, y) {}",
      ...renamed.slice(2, 4),
      "    return Math.sqrt(this.x * this.x + this.y);",
      "  }",
      "}<|marker_2|>",
      "<[fim-middle]>",
    ].join("\n"),
  );
  expect(session.asked()).toEqual([]);
});

test("Sweep gets the window before the last edit and now, and its answer is the window as it will be", async () => {
  standIn = await llamaWith("sweep-next-edit-1.5b.q8_0.v2.gguf", `${renamed.join("\n")}\n\n<|file_sep|>more`);
  const session = await renaming(`llama.cpp@${standIn.url}`);
  expect((await session.ask(session.at("x, y"))).edits).toMatchObject([{ text: edited }]);
  const [{ body } = { body: {} }] = standIn.to("/completion");
  const now = [...renamed.slice(0, 4), "    return Math.sqrt(this.x * this.x + this.y);", "  }", "}", "", ""];
  expect(body.prompt).toBe(
    [
      "<|file_sep|>src/point.ts.diff",
      "original:",
      "  constructor(x, y) {}",
      "updated:",
      "  constructor(px, y) {}",
      "<|file_sep|>original/src/point.ts",
      now[0],
      "  constructor(x, y) {}",
      ...now.slice(2, -1),
      "<|file_sep|>current/src/point.ts",
      ...now.slice(0, -1),
      "<|file_sep|>updated/src/point.ts",
      "",
    ].join("\n"),
  );
  expect(body.stop).toEqual(["<|file_sep|>", "<|endoftext|>"]);
});

test("Ollama gets the same, as raw text", async () => {
  standIn = await startStandIn({
    "/role": json({}, 404),
    "/api/tags": json({ models: [{ name: "qwen2.5-coder:1.5b-base" }, { name: "zeta-2.1:8b" }] }),
    "/api/generate": lines(
      { response: "<|marker_1|><|marker_1|>", done: false },
      { response: "", done: true, done_reason: "stop" },
    ),
  });
  const session = await renaming(`ollama@${standIn.url}`);
  const answer = await session.ask(session.at("x, y"));
  // The same mark twice: nothing has to change.
  expect(answer).toMatchObject({ edits: [], reason: "upstream-empty" });
  expect(standIn.to("/api/generate")[0]?.body).toMatchObject({ model: "zeta-2.1:8b", raw: true, think: false });
});

test.each([
  ["zeta-2.1", "NO_EDITS"],
  ["zeta-2.1", "<|marker_1|>class Point {"],
  ["sweep-next-edit-0.5b", "class Point {"],
])("%s changes nothing where it answers %s", async (model, words) => {
  standIn = await llamaWith(model, words);
  const session = await renaming(`llama.cpp@${standIn.url}`);
  expect((await session.ask(session.at("x, y"))).edits).toEqual([]);
});

test("a model that predicts no edits is not asked for any, and the person is told which do", async () => {
  standIn = await llamaWith("qwen2.5-coder-1.5b.gguf", "nonsense");
  const session = await renaming(`llama.cpp@${standIn.url}`);
  expect(await session.ask(session.at("x, y"))).toMatchObject({ edits: [], reason: "bad-request" });
  const body = JSON.stringify({
    path: "src/point.ts",
    languageId: "typescript",
    text,
    cursor: { line: 1, character: 4 },
    edits: [{ path: "src/point.ts", before: text, after: text.replace("(x", "(px") }],
  });
  await eventually(async () => {
    const said = await (await fetch(`${session.machine.url}/next-edit`, { method: "POST", body })).text();
    expect(said).toContain("No model of llama.cpp at");
    expect(said).toContain("zeta-2.1");
  });
  expect(standIn.to("/completion")).toEqual([]);
});

describe.skipIf(missingLlamaServer !== undefined)("a real llama-server", () => {
  let server: LlamaServer;

  test("works on the prompt, and stops when the question is dropped", async () => {
    // It has a model's name and not its knowledge.
    server = await startLlamaServer({
      args: [
        "-np",
        "1",
        "-c",
        "8192",
        "--override-kv",
        "llama.context_length=int:8192",
        "--ignore-eos",
        "-a",
        "zeta-2.1",
      ],
    });
    standIn = await startStandIn({});
    try {
      const session = await renaming(`llama.cpp@${server.url}`);
      const isBusy = async (): Promise<boolean> => (await server.slots()).some((slot) => slot.is_processing);
      const asked = session.send(session.at("x, y"), { byHand: true });
      await eventually(async () => expect(await isBusy()).toBe(true));
      session.editor.notify("textDocument/didClose", { textDocument: { uri: main } });
      asked.cancel();
      await asked.answer.catch(() => undefined);
      await eventually(async () => expect(await isBusy()).toBe(false));
    } finally {
      await server.kill();
    }
  });
});
