// What an editor says to a language server to get ghost text: LSP 3.18 from `initialize` to `exit`, in the order in
// which editors say it.

import type { Ctx } from "../../../shared/context.ts";
import { withDeadline } from "../deadline.ts";
import type { ChildProgram, CliEnv } from "../env.ts";
import { createLanguageClient, type LanguageClient } from "./language-client.ts";
import type { Sample } from "./samples.ts";

export interface GhostText {
  readonly sample: Sample;
  /** What would be put in at the cursor; empty when nothing was offered. */
  readonly text: string;
  readonly tookMs: number;
}

/** One answer must not take longer; the first one pays for the start of the program. */
const limitMs = 15_000;

/** Opens each sample and asks for a completion at its cursor. Rejects when the server fails or does not answer. */
export async function* askForGhostText(
  ctx: Ctx,
  env: CliEnv,
  server: ChildProgram,
  samples: readonly Sample[],
): AsyncGenerator<GhostText> {
  const client = createLanguageClient(server);
  const ask = (method: string, params: unknown): Promise<unknown> =>
    withDeadline(ctx, env.clock, limitMs, (limited) => client.request(limited, method, params));

  await ask("initialize", {
    processId: null,
    clientInfo: { name: "copilot-lsp demo", version: env.version },
    rootUri: null,
    workspaceFolders: null,
    capabilities: { textDocument: { inlineCompletion: {} }, general: { positionEncodings: ["utf-16"] } },
  });
  client.notify("initialized", {});
  for (const sample of samples) {
    open(client, sample);
    const startedMs = env.clock.monotonicMs();
    const answer = await ask("textDocument/inlineCompletion", {
      textDocument: { uri: uriOf(sample), version: 1 },
      position: endOf(sample.before),
      context: { triggerKind: 1 },
      formattingOptions: { tabSize: sample.languageId === "python" ? 4 : 2, insertSpaces: true },
    });
    yield { sample, text: insertedText(sample, answer), tookMs: Math.round(env.clock.monotonicMs() - startedMs) };
  }
  await ask("shutdown", null);
  client.notify("exit", null);
}

function open(client: LanguageClient, sample: Sample): void {
  const { languageId, before, after } = sample;
  client.notify("textDocument/didOpen", {
    textDocument: { uri: uriOf(sample), languageId, version: 1, text: before + after },
  });
}

function uriOf(sample: Sample): string {
  return `file:///demo/${sample.fileName}`;
}

function endOf(text: string): { readonly line: number; readonly character: number } {
  const lines = text.split("\n");
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

/** The first item's text without the part of its range that stands before the cursor already. */
function insertedText(sample: Sample, answer: unknown): string {
  const [item] = itemsOf(answer);
  if (typeof item !== "object" || item === null || !("insertText" in item)) return "";
  const { insertText } = item;
  if (typeof insertText !== "string") return "";
  const lineBefore = sample.before.slice(sample.before.lastIndexOf("\n") + 1);
  const start = startCharacter(item) ?? lineBefore.length;
  const replaced = lineBefore.slice(start);
  return insertText.startsWith(replaced) ? insertText.slice(replaced.length) : insertText;
}

function itemsOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  return typeof answer === "object" && answer !== null && "items" in answer && Array.isArray(answer.items)
    ? answer.items
    : [];
}

function startCharacter(item: object): number | undefined {
  const range = "range" in item ? item.range : undefined;
  const start = typeof range === "object" && range !== null && "start" in range ? range.start : undefined;
  const character = typeof start === "object" && start !== null && "character" in start ? start.character : undefined;
  return typeof character === "number" ? character : undefined;
}
