// A client as one of the fixtures shows it, past `initialize`, with a document that the test edits as the client would.
// Every suggestion goes through `take`, which does to the text what the client does to its buffer.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { type FakeCore, items } from "./fake-core.ts";
import { type LspSession, startLspSession } from "./session.ts";

export interface Dialect extends LspSession {
  readonly uri: string;
  /** What `initialize` was answered with. */
  readonly initialized: { readonly serverInfo?: object; readonly capabilities: Record<string, unknown> };
  /** The document as the client has it. */
  text(): string;
  version(): number;
  /** The end of the document, where the cursor is. */
  cursor(): LspPosition;
  /** Types at the end of the document: as an edit, or by sending the whole text under the same version. */
  type(text: string, how?: "edit" | "whole"): void;
  /** Replaces a range, as the client does when a suggestion is accepted. The server is told. */
  take(range: LspRange, text: string): void;
  /** Names of the notifications that the server sent. */
  notifications(): ReadonlySet<string>;
}

export async function openDialect(
  fixture: string,
  options: { readonly initializedParams?: unknown; readonly languageId?: string } = {},
): Promise<Dialect> {
  const session = startLspSession();
  const { client, fake } = session;
  answerAsUsual(fake);
  fake.setSession({
    expiresAtMs: 2,
    refreshAtMs: 1,
    quotas: { completions: { unlimited: false, percentRemaining: 50 } },
    endpoints: { api: "api.example.com", proxy: "proxy.example.com" },
  });
  const path = new URL(`../../fixtures/initialize/${fixture}.json`, import.meta.url);
  const initialized = await client.request<Dialect["initialized"]>(
    "initialize",
    JSON.parse(readFileSync(path, "utf8")),
  );
  client.notify("initialized", options.initializedParams === undefined ? {} : options.initializedParams);
  const uri = "file:///home/user/project/p/main.py";
  let text = "def add(left, right):\n    ";
  let version = 1;
  client.open(uri, text, { languageId: options.languageId ?? "python", version });

  const cursor = (): LspPosition => {
    const lines = text.split("\n");
    return { line: lines.length - 1, character: (lines.at(-1) ?? "").length };
  };
  const change = (range: LspRange, insert: string): void => {
    version += 1;
    client.notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range, text: insert }],
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
      const at = cursor();
      text += more;
      if (how === "edit") change({ start: at, end: at }, more);
      else client.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
    },
    take(range, insert) {
      const lines = text.split("\n");
      const offset = ({ line, character }: LspPosition): number =>
        lines.slice(0, line).reduce((sum, before) => sum + before.length + 1, 0) + character;
      text = text.slice(0, offset(range.start)) + insert + text.slice(offset(range.end));
      change(range, insert);
    },
    notifications: () =>
      new Set(client.received.flatMap(({ id, method }) => (method !== undefined && id === undefined ? [method] : []))),
  };
}

/** As many suggestions as are asked for, up to three. */
export function answerAsUsual(fake: FakeCore): void {
  fake.answerAll(({ n }) => items(...["left + right", "left - right", "left"].slice(0, n ?? 1)));
}

/** What LSP says of a range and a text that is to grow out of it: the text begins with what the range holds. */
export function expectGrowsFrom(dialect: Dialect, item: { insertText: string; range: LspRange }): void {
  const line = dialect.text().split("\n")[item.range.start.line] ?? "";
  expect(item.range.start.line).toBe(item.range.end.line);
  expect(item.insertText.startsWith(line.slice(item.range.start.character, item.range.end.character))).toBe(true);
}
