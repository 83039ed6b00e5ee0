// A client as one of the fixtures shows it, past `initialize`, with a document that the test edits as the client would.
// Every suggestion goes through `take`, which does to the text what the client does to its buffer.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { LspPosition, LspRange, LspTextEdit } from "../../../shared/lsp.ts";
import { type ScriptedCore, items } from "./scripted-core.ts";
import { type LspSession, type LspSessionOptions, startLspSession } from "./session.ts";

/** How the client tells of a change: as edits, with the length they replace as older clients say it, or as the whole. */
export type Sync = "edits" | "edits with lengths" | "whole";

export interface Dialect extends LspSession {
  readonly uri: string;
  /** What `initialize` was answered with. */
  readonly initialized: { readonly serverInfo?: object; readonly capabilities: Record<string, unknown> };
  /** The document as the client has it. */
  text(): string;
  version(): number;
  /** Where the cursor is: behind what was typed or taken last. */
  cursor(): LspPosition;
  /** Types at the cursor: as an edit, or by sending the whole text under the same version. */
  type(text: string, how?: "edit" | "whole"): void;
  /** Replaces a range, as the client does when a suggestion is accepted. The server is told. */
  take(range: LspRange, text: string): void;
  /** Several edits in one message, each of the text that the ones before it left. */
  edit(...edits: readonly LspTextEdit[]): void;
  /** Names of the notifications that the server sent. */
  notifications(): ReadonlySet<string>;
}

/** `client`: the name of a fixture, or what it sends as `initialize`. */
export async function openDialect(
  client: string | object,
  options: {
    readonly initializedParams?: unknown;
    readonly languageId?: string;
    readonly sync?: Sync;
    /** What stands behind the cursor. */
    readonly below?: string;
    readonly settings?: LspSessionOptions["settings"];
  } = {},
): Promise<Dialect> {
  const { sync = "edits", below = "" } = options;
  const session = startLspSession({ settings: options.settings });
  const { client: speaker, fake } = session;
  answerAsUsual(fake);
  fake.setSession({
    expiresAtMs: 2,
    refreshAtMs: 1,
    quotas: { completions: { unlimited: false, percentRemaining: 50 } },
    endpoints: { api: "api.example.com", proxy: "proxy.example.com" },
  });
  const initialized = await speaker.request<Dialect["initialized"]>("initialize", paramsOf(client));
  speaker.notify("initialized", options.initializedParams === undefined ? {} : options.initializedParams);
  const uri = "file:///home/user/project/p/main.py";
  const written = "def add(left, right):\n    ";
  let text = written + below;
  let cursorOffset = written.length;
  let version = 1;
  speaker.open(uri, text, { languageId: options.languageId ?? "python", version });

  const offsetOf = ({ line, character }: LspPosition): number =>
    text
      .split("\n")
      .slice(0, line)
      .reduce((sum, before) => sum + before.length + 1, 0) + character;
  const cursor = (): LspPosition => {
    const lines = text.slice(0, cursorOffset).split("\n");
    return { line: lines.length - 1, character: (lines.at(-1) ?? "").length };
  };
  const edit = (...edits: readonly LspTextEdit[]): void => {
    version += 1;
    const changes = edits.map(({ range, newText }) => {
      const [start, end] = [offsetOf(range.start), offsetOf(range.end)];
      text = text.slice(0, start) + newText + text.slice(end);
      cursorOffset = start + newText.length;
      return sync === "edits" ? { range, text: newText } : { range, rangeLength: end - start, text: newText };
    });
    speaker.notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: sync === "whole" ? [{ text }] : changes,
    });
  };
  return {
    ...session,
    uri,
    initialized,
    text: () => text,
    version: () => version,
    cursor,
    type(more, how = "edit") {
      if (how === "edit") return edit({ range: { start: cursor(), end: cursor() }, newText: more });
      text = text.slice(0, cursorOffset) + more + text.slice(cursorOffset);
      cursorOffset += more.length;
      speaker.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
    },
    take: (range, newText) => edit({ range, newText }),
    edit,
    notifications: () =>
      new Set(speaker.received.flatMap(({ id, method }) => (method !== undefined && id === undefined ? [method] : []))),
  };
}

function paramsOf(client: string | object): object {
  if (typeof client !== "string") return client;
  const path = new URL(`../../fixtures/initialize/${client}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")) as object;
}

/** As many suggestions as are asked for, up to three. */
export function answerAsUsual(fake: ScriptedCore): void {
  fake.answerAll(({ n }) => items(...["left + right", "left - right", "left"].slice(0, n ?? 1)));
}

/** What LSP says of a range and a text that is to grow out of it: the text begins with what the range holds. */
export function expectGrowsFrom(dialect: Dialect, item: { insertText: string; range: LspRange }): void {
  const line = dialect.text().split("\n")[item.range.start.line] ?? "";
  expect(item.range.start.line).toBe(item.range.end.line);
  expect(item.insertText.startsWith(line.slice(item.range.start.character, item.range.end.character))).toBe(true);
}
