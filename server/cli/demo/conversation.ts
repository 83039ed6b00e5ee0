// What an editor says to a language server to get ghost text and a next edit: LSP 3.18 from `initialize` to `exit`, in the order in
// which editors say it.

import type { Ctx } from "../../../shared/context.ts";
import { objectOf } from "../../runtime/json.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import type { ChildProgram, CliEnv } from "../env.ts";
import { createLanguageClient, type LanguageClient } from "./language-client.ts";
import type { EditSample, Sample } from "./samples.ts";

export interface GhostText {
  readonly sample: Sample;
  /** What would be put in at the cursor; empty when nothing was offered. */
  readonly text: string;
  readonly tookMs: number;
}

export interface NextEdit {
  /** Lines of the file once the person's own change is made. */
  readonly lines: readonly string[];
  /** Lines `[start, end)` of these give way to `now`; undefined when nothing was offered. */
  readonly change: { readonly start: number; readonly end: number; readonly now: readonly string[] } | undefined;
  readonly tookMs: number;
}

export interface Conversation {
  /** Opens the sample and asks for a completion at its cursor. */
  ghostText(sample: Sample): Promise<GhostText>;
  /** Opens the sample, makes its change, and asks what should change next. */
  nextEdit(sample: EditSample): Promise<NextEdit>;
  end(): Promise<void>;
}

/** One answer must not take longer; the first one pays for the start of the program. */
const limitMs = 15_000;
const invokedByHand = 1;

/** Says `initialize`. Each question rejects when the server fails or does not answer. */
export async function beginConversation(ctx: Ctx, env: CliEnv, server: ChildProgram): Promise<Conversation> {
  const client = createLanguageClient(server);
  const ask = (method: string, params: unknown): Promise<unknown> =>
    withDeadline(ctx, env.clock, limitMs, (limited) => client.request(limited, method, params));
  const timed = async (question: Promise<unknown>): Promise<{ readonly answer: unknown; readonly tookMs: number }> => {
    const startedMs = env.clock.monotonicMs();
    const answer = await question;
    return { answer, tookMs: Math.round(env.clock.monotonicMs() - startedMs) };
  };

  await ask("initialize", {
    processId: null,
    clientInfo: { name: "copilot-lsp demo", version: env.version },
    rootUri: null,
    workspaceFolders: null,
    capabilities: { textDocument: { inlineCompletion: {} }, general: { positionEncodings: ["utf-16"] } },
  });
  client.notify("initialized", {});

  return {
    async ghostText(sample) {
      open(client, sample, sample.before + sample.after);
      const { answer, tookMs } = await timed(
        ask("textDocument/inlineCompletion", {
          textDocument: { uri: uriOf(sample), version: 1 },
          position: endOf(sample.before),
          context: { triggerKind: 1 },
          formattingOptions: { tabSize: sample.languageId === "python" ? 4 : 2, insertSpaces: true },
        }),
      );
      return { sample, text: insertedText(sample, answer), tookMs };
    },
    async nextEdit(sample) {
      const { text, old, now } = sample;
      open(client, sample, text);
      const start = text.indexOf(old);
      const range = { start: endOf(text.slice(0, start)), end: endOf(text.slice(0, start + old.length)) };
      const textDocument = { uri: uriOf(sample), version: 2 };
      client.notify("textDocument/didChange", { textDocument, contentChanges: [{ range, text: now }] });
      const changed = text.slice(0, start) + now + text.slice(start + old.length);
      const position = endOf(changed.slice(0, start + now.length));
      const context = { triggerKind: invokedByHand };
      const question = ask("textDocument/copilotInlineEdit", { textDocument, position, context });
      const { answer, tookMs } = await timed(question);
      const lines = changed.trimEnd().split("\n");
      return { lines, change: changeOf(answer), tookMs };
    },
    async end() {
      await ask("shutdown", null);
      client.notify("exit", null);
    },
  };
}

function open(client: LanguageClient, sample: Sample | EditSample, text: string): void {
  const { languageId } = sample;
  client.notify("textDocument/didOpen", { textDocument: { uri: uriOf(sample), languageId, version: 1, text } });
}

function uriOf(sample: Sample | EditSample): string {
  return `file:///demo/${sample.fileName}`;
}

function endOf(text: string): { readonly line: number; readonly character: number } {
  const lines = text.split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

/** The first item's text without the part of its range that stands before the cursor already. */
function insertedText(sample: Sample, answer: unknown): string {
  const { insertText, range } = objectOf(firstOf(Array.isArray(answer) ? answer : objectOf(answer)["items"]));
  if (typeof insertText !== "string") return "";
  const lineBefore = sample.before.slice(sample.before.lastIndexOf("\n") + 1);
  const { character } = objectOf(objectOf(range)["start"]);
  const replaced = lineBefore.slice(typeof character === "number" ? character : lineBefore.length);
  return insertText.startsWith(replaced) ? insertText.slice(replaced.length) : insertText;
}

/** The first edit, of whole lines as the server makes them. */
function changeOf(answer: unknown): NextEdit["change"] {
  const { text, range } = objectOf(firstOf(objectOf(answer)["edits"]));
  const { start: from, end: to } = objectOf(range);
  const [start, end] = [from, to].map((place) => objectOf(place)["line"]);
  if (typeof text !== "string" || typeof start !== "number" || typeof end !== "number") return undefined;
  return { start, end: end + 1, now: text.split("\n") };
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}
