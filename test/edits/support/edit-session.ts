// An editor on the built program, with a service that answers as a test says.

import { expect, onTestFinished } from "vitest";
import type { Call, ScriptedAnswer } from "../../../server/emulator/types.ts";
import type { InlineEdit, InlineEditResult } from "../../../shared/lsp.ts";
import type { ChatCompletionsBody } from "../../../shared/upstream.ts";
import { type Machine, openMachine } from "../../e2e/bridge.ts";
import type { Position, Sent, SpawnedLspServer } from "../../support/lsp-client.ts";

export interface EditSession {
  readonly machine: Machine;
  readonly editor: SpawnedLspServer;
  /** The text as the editor has it. */
  text(uri?: string): string;
  open(text: string, uri?: string): void;
  /** Replaces the first `old` of the text, as typed by hand. */
  replace(old: string, now: string, uri?: string): void;
  /** The position of the first `text`. */
  at(text: string, uri?: string): Position;
  send(
    position: Position,
    options?: { readonly byHand?: boolean; readonly uri?: string; readonly version?: number },
  ): Sent<InlineEditResult>;
  /** Asks by hand, which nothing delays. */
  ask(position: Position, uri?: string): Promise<InlineEditResult>;
  /** Makes the edit in the text, as a client that says nothing of it. */
  apply(edit: InlineEdit | undefined, uri?: string): void;
  /** The next request is answered with these words, six units a piece. */
  answerWith(words: string, options?: Partial<Extract<ScriptedAnswer, { kind: "stream" }>>): void;
  asked(): readonly Call[];
  bodies(): readonly ChatCompletionsBody[];
}

export const main = "file:///project/src/point.ts";

export async function openEditSession(
  options: {
    readonly strategy?: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly enabled?: string;
    /** Of the plan. */
    readonly sku?: string;
  } = {},
): Promise<EditSession> {
  const machine = await openMachine({ signedIn: true });
  onTestFinished(() => machine.close());
  const { emulator } = machine;
  emulator.setEditModels([{ name: "edit-model", kind: "edit", strategy: options.strategy ?? "xtab275" }]);
  if (options.sku !== undefined) emulator.setSession({ sku: options.sku });
  const editor = machine.edit({
    env: { COPILOT_LSP_EDITS_ENABLED: options.enabled ?? "on", COPILOT_LSP_EDITS_BURST: "50", ...options.environment },
  });
  await editor.initialize({ processId: null, rootUri: "file:///project", capabilities: {} });
  const open = new Map<string, { text: string; version: number }>();

  const stateOf = (uri: string) => {
    const state = open.get(uri);
    if (!state) throw new Error(`${uri} is not open`);
    return state;
  };
  const positionOf = (text: string, offset: number): Position => {
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  };
  const offsetOf = (text: string, { line, character }: Position): number => {
    const ends = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
    return (ends[line] ?? text.length) + character;
  };
  const change = (uri: string, start: number, end: number, text: string): void => {
    const state = stateOf(uri);
    const range = { start: positionOf(state.text, start), end: positionOf(state.text, end) };
    state.text = state.text.slice(0, start) + text + state.text.slice(end);
    state.version += 1;
    editor.notify("textDocument/didChange", {
      textDocument: { uri, version: state.version },
      contentChanges: [{ range, text }],
    });
  };
  const session: EditSession = {
    machine,
    editor,
    text: (uri = main) => stateOf(uri).text,
    open(text, uri = main) {
      open.set(uri, { text, version: 1 });
      editor.open(uri, text, { languageId: "typescript", version: 1 });
    },
    replace(old, now, uri = main) {
      const at = stateOf(uri).text.indexOf(old);
      expect(at).toBeGreaterThanOrEqual(0);
      change(uri, at, at + old.length, now);
    },
    at(text, uri = main) {
      const at = stateOf(uri).text.indexOf(text);
      expect(at).toBeGreaterThanOrEqual(0);
      return positionOf(stateOf(uri).text, at);
    },
    send(position, { byHand = false, uri = main, version = stateOf(uri).version } = {}) {
      const params = { textDocument: { uri, version }, position, context: { triggerKind: byHand ? 1 : 2 } };
      return editor.send<InlineEditResult>("textDocument/copilotInlineEdit", params);
    },
    ask: (position, uri = main) => session.send(position, { byHand: true, uri }).answer,
    apply(edit, uri = main) {
      if (!edit) throw new Error("there is no edit");
      const { text } = stateOf(uri);
      expect(edit.textDocument).toEqual({ uri, version: stateOf(uri).version });
      change(uri, offsetOf(text, edit.range.start), offsetOf(text, edit.range.end), edit.text);
    },
    answerWith(words, more) {
      const pieces = words === "" ? [""] : (words.match(/[\s\S]{1,6}/g) ?? []);
      emulator.script("chat-completions", { kind: "stream", choices: [pieces], ...more });
    },
    asked: () => emulator.callsTo("chat-completions"),
    bodies: () => session.asked().map(({ body }) => body as ChatCompletionsBody),
  };
  return session;
}
