// The recorded scenarios, played through the LSP front of the built program against the emulator: the request that leaves
// must be the recorded one, but for the sentences that instruct the model, and the edit that is offered the recorded one.

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { InlineEditResult } from "../../shared/lsp.ts";
import type { ChatCompletionsBody } from "../../shared/upstream.ts";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";

interface Step {
  readonly method: string;
  readonly uri: string;
  readonly version?: number;
  readonly text?: string;
  readonly range?: object;
  readonly position?: { readonly line: number; readonly character: number };
}

interface Recorded {
  readonly name: string;
  readonly scenario: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ChatCompletionsBody;
  readonly answer: string;
  readonly lsp?: { readonly result: { readonly edits: readonly object[] } };
}

const recordings = JSON.parse(
  readFileSync(new URL("../fixtures/official-nes-requests.json", import.meta.url), "utf8"),
) as {
  readonly scenarios: Readonly<Record<string, readonly Step[]>>;
  readonly requests: readonly Recorded[];
};
const folder = "/project";

/** The official server sends absolute paths; this one sends them relative to the folder. */
const relative = (text: string): string => text.replaceAll(`${folder}/`, "");
const named = (name: string): Recorded => {
  const found = recordings.requests.find((request) => request.name === name);
  if (!found) throw new Error(`no recording ${name}`);
  return found;
};

let machine: Machine;
let editor: SpawnedLspServer;

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
});

afterEach(() => machine.close());

async function begin(strategy: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  machine.emulator.setEditModels([
    { name: "edit-model", kind: "edit", strategy },
    { name: "cursor-jump", kind: "jump", strategy: "" },
  ]);
  editor = machine.edit({ env: { COPILOT_LSP_EDITS_ENABLED: "on", ...environment } });
  await editor.initialize({ processId: null, rootUri: `file://${folder}`, capabilities: {} });
}

/** Six characters an event, as the recordings were made. */
function answerWith(text: string): void {
  machine.emulator.script("chat-completions", { kind: "stream", choices: [text.match(/[\s\S]{1,6}/g) ?? [""]] });
}

/** Plays a scenario up to its last question, whose answer it returns. */
async function play(scenario: string, beforeLast: () => void): Promise<unknown> {
  const steps = recordings.scenarios[scenario] ?? [];
  let answer: unknown;
  for (const [index, step] of steps.entries()) {
    const { method, uri, version, text, range, position } = step;
    const textDocument = { uri, version };
    if (method === "textDocument/didOpen")
      editor.open(uri, text ?? "", { languageId: "typescript", version: version ?? 1 });
    else if (method === "textDocument/didFocus") editor.notify(method, { textDocument: { uri } });
    else if (method === "textDocument/didChange")
      editor.notify(method, { textDocument, contentChanges: [{ range, text }] });
    else {
      // Before anything was changed nobody is asked.
      if (index === steps.length - 1) beforeLast();
      else if (steps.slice(0, index).some((earlier) => earlier.method === "textDocument/didChange")) answerWith("");
      answer = await editor.request(method, { textDocument, position });
    }
  }
  return answer;
}

function lastBody(): ChatCompletionsBody {
  const body = machine.emulator.callsTo("chat-completions").at(-1)?.body;
  return body as ChatCompletionsBody;
}

/** The message without its instructions, which stand behind the sections, but for a tag of the recorded kind. */
function withoutClosing(content: string): string {
  const end = Math.max(
    content.lastIndexOf("\n```\n"),
    content.lastIndexOf("<|/area_around_code_to_edit|>"),
    content.lastIndexOf("<|/cursor_location|>"),
    content.lastIndexOf("<|/edit_diff_history|>"),
  );
  const sections = content.slice(0, content.indexOf("\n", end + 1) < 0 ? undefined : content.indexOf("\n", end + 1));
  const isPlain = sections.length === content.length;
  const tag = /<\|aggressive\|>\w+<\|\/aggressive\|>$/.exec(content)?.[0] ?? "";
  return isPlain ? content : `${sections} ... ${tag}`;
}

/** The tags that a recorded placeholder says the instructions name. */
function tagsOf(placeholder: string): readonly string[] {
  return (
    / names (.*)>/s
      .exec(placeholder)?.[1]
      ?.split(" ")
      .filter((tag) => tag.startsWith("<")) ?? []
  );
}

function expectSameRequest(recorded: Recorded): void {
  const sent = lastBody();
  const [system, user] = sent.messages;
  const [recordedSystem, recordedUser] = recorded.body.messages;
  expect(withoutClosing(user?.content ?? "")).toBe(withoutClosing(relative(recordedUser?.content ?? "")));
  const { messages: _sent, model: _model, ...fields } = sent;
  const { messages: _recorded, model: _recordedModel, ...recordedFields } = recorded.body;
  const prediction = recordedFields.prediction;
  expect(fields).toEqual({
    ...recordedFields,
    ...(prediction && { prediction: { ...prediction, content: relative(prediction.content) } }),
  });
  expect(sent.messages.map(({ role }) => role)).toEqual(["system", "user"]);
  for (const tag of tagsOf(recordedSystem?.content ?? "")) expect(system?.content).toContain(tag);
  const closing = recordedUser?.content.split("\n").findLast((line) => line.startsWith("<closing instructions")) ?? "";
  for (const tag of tagsOf(closing)) expect(user?.content.slice(-1200)).toContain(tag);
  expectSameHeaders(recorded);
}

/** Ours has the editor's headers beside, as completions do; names and ids are our own. */
function expectSameHeaders(recorded: Recorded): void {
  const headers = machine.emulator.callsTo("chat-completions").at(-1)?.headers ?? {};
  const own = [
    "host",
    "connection",
    "accept-language",
    "sec-fetch-mode",
    "content-length",
    "user-agent",
    "accept",
    "accept-encoding",
  ];
  for (const [name, value] of Object.entries(recorded.headers)) {
    const lower = name.toLowerCase();
    if (own.includes(lower)) continue;
    if (value.includes("<")) expect(headers[lower], name).toMatch(/\S/);
    else expect(headers[lower], name).toBe(value);
  }
}

function edited(result: unknown): object {
  const { edits } = result as {
    edits: readonly { readonly text: string; readonly range: object; readonly textDocument: object }[];
  };
  const [edit] = edits;
  return { text: edit?.text, range: edit?.range, textDocument: edit?.textDocument };
}

function recordedEdit({ lsp }: Recorded): object {
  return edited(lsp?.result);
}

describe("each recorded layout", () => {
  const names = recordings.requests
    .filter(({ scenario, name }) => scenario === "near" && name !== "models")
    .map(({ name }) => name);

  test("is one of sixteen", () => {
    expect(names).toHaveLength(16);
  });

  test.each(names)("%s: the same request, the same edit", async (name) => {
    const recorded = named(name);
    await begin(name);
    const result = await play("near", () => answerWith(relative(recorded.answer)));
    expectSameRequest(recorded);
    expect(edited(result)).toEqual(recordedEdit(recorded));
  });
});

test("the cursor jump: the same question, and the same request around the line that is answered", async () => {
  const jump = named("cursorJump");
  const after = named("xtab275-after-jump");
  await begin("xtab275", { COPILOT_LSP_EDITS_JUMP: "model" });
  const result = await play("far", () => {
    machine.emulator.script("chat-completions", { kind: "stream", choices: [[""]] });
    answerWith(jump.answer);
    answerWith(after.answer);
  });
  expect(edited(result)).toEqual(recordedEdit(after));
  expectSameRequest(after);
  const bodies = machine.emulator.callsTo("chat-completions").map(({ body }) => body as ChatCompletionsBody);
  const question = bodies.at(-2);
  expect(question?.messages[1]?.content).toBe(relative(jump.body.messages[1]?.content ?? ""));
  expect(question).toMatchObject({ model: "cursor-jump", temperature: 0.1, max_tokens: 40, n: 1 });
  expect(question).not.toHaveProperty("prediction");
});

test("an edit that was accepted: the same request around it, with more below, and the next edit", async () => {
  const recorded = named("xtab275-after-acceptance");
  await begin("xtab275");
  const uri = `file://${folder}/src/point.ts`;
  const opened = (recordings.scenarios["far"] ?? []).find((step) => step.uri === uri)?.text ?? "";
  const withBoth = opened.replace("readonly x:", "readonly px:").replace("readonly y:", "readonly py:");
  const first = (await play("far", () => answerWith(withBoth.split("\n").slice(0, 7).join("\n")))) as InlineEditResult;
  const [edit] = first.edits;
  expect(edit?.range.start.line).toBe(1);
  // As a client does that tells nobody of it.
  editor.notify("textDocument/didChange", {
    textDocument: { uri, version: 3 },
    contentChanges: [{ range: edit?.range, text: edit?.text }],
  });
  answerWith(relative(recorded.answer));
  const character = (withBoth.split("\n")[1] ?? "").indexOf("py:");
  const next = await editor.request("textDocument/copilotInlineEdit", {
    textDocument: { uri, version: 3 },
    position: { line: 1, character },
  });
  expectSameRequest(recorded);
  expect(edited(next)).toEqual(recordedEdit(recorded));
});
