// An editor at one place of one document: types, deletes, and asks after each key.

import type { Position, SpawnedLspServer } from "../support/lsp-client.ts";

export interface Items {
  readonly items: readonly { readonly insertText: string; readonly command: unknown }[];
}

export interface Keystrokes {
  /** Types one character and asks; the time of both together in ms, and what is offered. */
  type(character: string): Promise<{ readonly tookMs: number; readonly items: Items["items"] }>;
  /** Deletes the last character and asks. */
  deleteBack(): Promise<{ readonly tookMs: number; readonly items: Items["items"] }>;
}

export function keystrokesAt(server: SpawnedLspServer, uri: string, start: Position): Keystrokes {
  const { line } = start;
  let { character } = start;
  let version = 1;
  const change = (from: number, to: number, text: string): void => {
    version += 1;
    const range = { start: { line, character: from }, end: { line, character: to } };
    const textDocument = { uri, version };
    server.notify("textDocument/didChange", { textDocument, contentChanges: [{ range, text }] });
  };
  const ask = async (startMs: number) => {
    const { items } = await server.inlineCompletion<Items>(uri, { line, character }).answer;
    return { tookMs: performance.now() - startMs, items };
  };
  return {
    type(text) {
      const startMs = performance.now();
      change(character, character, text);
      character += text.length;
      return ask(startMs);
    },
    deleteBack() {
      const startMs = performance.now();
      change(character - 1, character, "");
      character -= 1;
      return ask(startMs);
    },
  };
}
