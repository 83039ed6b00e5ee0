// The LSP front with the engine behind it, and an editor before it that puts suggestions into its text as real ones do,
// by every method. The service says what the test says.

import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import type { Indentation, LineMode } from "../../../shared/completion.ts";
import type { Clock } from "../../../shared/context.ts";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { createEngine } from "../../../server/completion/engine.ts";
import type { Core } from "../../../server/core/types.ts";
import { createLspServer } from "../../../server/lsp/lsp-server.ts";
import { clientProfiles } from "../../../server/lsp/session/client-profiles.ts";
import { usualSettings } from "../../completion/support/requests.ts";
import { onCopilot } from "../../completion/support/on-copilot.ts";
import { oneSession, scriptedCopilot } from "../../completion/support/scripted-copilot.ts";
import { createFakeCore } from "../../support/fake-core.ts";
import { connectLspClient, type LspClient } from "../../support/lsp-client.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { createRecordingLog } from "../../support/test-ctx.ts";

/** A text and the cursor in it. */
export interface Text {
  readonly before: string;
  readonly after: string;
}

export interface Scene extends Text {
  readonly languageId: string;
  readonly indentation?: Indentation | undefined;
  readonly lines?: LineMode;
}

/** The ways to ask for suggestions, and the way in which an editor takes them. */
export type Way = "inlineCompletion" | "inlineCompletion cursor" | "getCompletions" | "copilot/complete" | "menu";

export interface EditingSession {
  readonly client: LspClient;
  /** How often the service was asked. */
  asked(): number;
  /** What the service says from now on. */
  say(...answers: readonly string[]): void;
  /** Opens the text under a new name; the cursor is the test's to keep. */
  open(scene: Scene): OpenText;
}

export interface OpenText {
  /** Types or deletes: what the editor has is another text now. */
  become(text: Text): void;
  /** The text after the first suggestion was taken, asked for by `way`; undefined when there is none. */
  accept(way: Way): Promise<Text | undefined>;
  close(): void;
}

/** What the editors of the profiles say of their menus; the others say nothing of it. */
const insertTextModes: Readonly<Record<string, readonly number[]>> = { sublime: [2], vscode: [1, 2] };

export async function openEditingSession(profile: string): Promise<EditingSession> {
  const clock = createHastyClock();
  const log = createRecordingLog();
  let answers: readonly string[] = [];
  let lines: LineMode = "auto";
  let rangeStyle: "line" | "cursor" = "line";
  let lastId = 0;
  const newId = (): string => {
    lastId += 1;
    return `id-${lastId}`;
  };
  const copilot = scriptedCopilot(() => answers);
  const settings = { ...usualSettings, languages: {} };
  const deps = { clock, log, copilot, sessions: oneSession(), newId, findRemotes: async () => [] };
  const engine = createEngine(onCopilot(deps), () => settings);
  const fake = createFakeCore();
  const core: Core = { ...fake, complete: engine.complete, documents: engine.documents };
  const toServer = new PassThrough();
  const fromServer = new PassThrough();
  const server = createLspServer(
    {
      input: toServer,
      output: fromServer,
      applyEditorSettings: () => [],
      identify: () => undefined,
      openCore: () => Promise.resolve(core),
      clock,
      log,
      newId,
      version: "1.2.3",
      onExit: () => undefined,
    },
    () => ({
      announceSignIn: false,
      rangeStyle,
      lines,
      menu: "always",
      menuPosition: "last",
      menuInComments: true,
      nextEditMenu: "auto",
      profile,
    }),
  );
  server.start();
  const client = connectLspClient({ toServer, fromServer });
  const modes = insertTextModes[profile];
  const completionItem = modes ? { insertTextModeSupport: { valueSet: modes } } : {};
  await client.initialize({
    processId: null,
    rootUri: null,
    capabilities: { textDocument: { completion: { completionItem }, inlineCompletion: {} } },
  });
  onTestFinished(async () => {
    await server.close();
    await engine.close();
  });

  return {
    client,
    asked: () => copilot.bodies.length,
    say: (...texts) => void (answers = texts),
    open(scene) {
      lastId += 1;
      const uri = `file:///w/file-${lastId}`;
      let text: Text = scene;
      let version = 1;
      client.open(uri, scene.before + scene.after, { languageId: scene.languageId });
      lines = scene.lines ?? "auto";
      return {
        become(next) {
          version += 1;
          text = next;
          client.change(uri, version, next.before + next.after);
        },
        async accept(way) {
          rangeStyle = way === "inlineCompletion cursor" ? "cursor" : "line";
          lines = scene.lines ?? "auto";
          const edits = await editsBy(client, way, uri, text, scene.indentation);
          return edits && applied(text, edits, profile);
        },
        close: () => client.notify("textDocument/didClose", { textDocument: { uri } }),
      };
    },
  };
}

/** Each look at it is a second after the last one, so that nothing looks like fast typing. */
function createHastyClock(): Clock {
  const clock = createManualClock();
  let looks = 0;
  return {
    ...clock,
    monotonicMs() {
      looks += 1;
      return clock.monotonicMs() + looks * 1_000;
    },
  };
}

const closerOf: ReadonlyMap<string, string> = new Map([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
  ['"', '"'],
  ["'", "'"],
  ["`", "`"],
]);

/** What becomes of the text by one key in an editor that pairs brackets and quotes, and types over those it has paired. */
export function typed({ before, after }: Text, key: string): Text {
  const closers = [...closerOf.values()];
  if (closers.includes(key) && after.startsWith(key)) return { before: before + key, after: after.slice(1) };
  const isQuote = closerOf.get(key) === key;
  const isFree = after === "" || /^[\s)\]}>"'`;,]/.test(after);
  const pairs = closerOf.has(key) && isFree && !(isQuote && /[\w"'`\\]$/.test(before));
  return { before: before + key, after: (pairs ? closerOf.get(key) : "") + after };
}

export function positionOf({ before }: Text): LspPosition {
  const lines = before.split(/\r\n|\r|\n/);
  return { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
}

interface Edit {
  readonly range: LspRange;
  readonly newText: string;
}

/** `main` is where the cursor goes. */
interface Edits {
  readonly main: Edit;
  readonly further: readonly Edit[];
  readonly isMenu: boolean;
}

interface InlineAnswer {
  readonly items: readonly { readonly insertText: string; readonly range: LspRange }[];
}
interface LegacyAnswer {
  readonly completions: readonly { readonly text: string; readonly range: LspRange }[];
}
interface CompleteAnswer {
  readonly items: readonly { readonly text: string; readonly range: LspRange }[];
}
interface MenuAnswer {
  readonly items: readonly { readonly textEdit: Edit; readonly additionalTextEdits?: readonly Edit[] }[];
}

async function editsBy(
  client: LspClient,
  way: Way,
  uri: string,
  text: Text,
  indentation: Indentation | undefined,
): Promise<Edits | undefined> {
  const textDocument = { uri };
  const position = positionOf(text);
  const only = (range: LspRange, newText: string): Edits => ({ main: { range, newText }, further: [], isMenu: false });
  switch (way) {
    case "inlineCompletion":
    case "inlineCompletion cursor": {
      const extra = indentation ? { formattingOptions: indentation } : {};
      const [item] = (await client.inlineCompletion<InlineAnswer>(uri, position, extra).answer).items;
      return item && only(item.range, item.insertText);
    }
    case "getCompletions": {
      const doc = { uri, position, version: undefined, ...indentation };
      const [item] = (await client.request<LegacyAnswer>("getCompletions", { doc })).completions;
      return item && only(item.range, item.text);
    }
    case "copilot/complete": {
      const [item] = (await client.request<CompleteAnswer>("copilot/complete", { textDocument, position })).items;
      return item && only(item.range, item.text);
    }
    case "menu": {
      const answer = await client.request<MenuAnswer>("textDocument/completion", { textDocument, position });
      const [item] = answer.items;
      return item && { main: item.textEdit, further: item.additionalTextEdits ?? [], isMenu: true };
    }
  }
}

/** All edits are of the text as it is, as LSP says; what some editors do otherwise is theirs. */
function applied(text: Text, { main, further, isMenu }: Edits, profile: string): Text {
  const whole = text.before + text.after;
  const splitsLines = clientProfiles.find(({ name }) => name === profile)?.menu.splitsLines;
  if (isMenu && splitsLines) return appliedByNeovim(text, main, further);
  const indentation = /^[ \t]*/.exec(/[^\r\n]*$/.exec(text.before)?.[0] ?? "")?.[0] ?? "";
  // The editor cannot leave it, and adds nothing to a blank line.
  const isAdjusted = isMenu && profile === "sublime";
  const newText = isAdjusted ? main.newText.replaceAll(/(\r?\n)(?=[^\r\n])/g, `$1${indentation}`) : main.newText;
  const edits = [{ ...main, newText }, ...further].map((edit) => ({
    start: offsetOf(whole, edit.range.start),
    end: offsetOf(whole, edit.range.end),
    newText: edit.newText,
  }));
  const [{ start, end } = { start: 0, end: 0 }] = edits;
  let after = whole.slice(end);
  for (const edit of edits.slice(1)) {
    if (edit.start < end || edit.end !== edit.start) throw new Error("An additional edit overlaps the entry's own.");
    after = whole.slice(end, edit.start) + edit.newText + whole.slice(edit.start);
  }
  return { before: whole.slice(0, start) + newText, after };
}

/** Its own popup inserts the first line of the text at the start of the range, leaves what is right of the cursor, and then
 * applies the additional edits to what that gave. Line ends of edits are those of the buffer. */
function appliedByNeovim({ before, after }: Text, main: Edit, further: readonly Edit[]): Text {
  const lineEnd = (before + after).includes("\r\n") ? "\r\n" : "\n";
  const start = offsetOf(before, main.range.start);
  const [word = ""] = main.newText.split(/\r?\n/);
  let whole = before.slice(0, start) + word + after;
  const cursor = start + word.length;
  const edits = [...further].sort((one, other) => other.range.start.line - one.range.start.line);
  for (const { range, newText } of edits) {
    const lines = whole.split(/\r\n|\n/);
    const put = newText.replaceAll(/\r\n?|\n/g, lineEnd);
    if (range.start.line >= lines.length) whole = `${whole}${lineEnd}${put.replace(/\r?\n$/, "")}`;
    else whole = whole.slice(0, offsetOf(whole, range.start)) + put + whole.slice(offsetOf(whole, range.end));
  }
  return { before: whole.slice(0, cursor), after: whole.slice(cursor) };
}

/** Beyond the last line: the end. */
function offsetOf(text: string, { line, character }: LspPosition): number {
  let start = 0;
  for (let at = 0; at < line; at += 1) {
    const end = /\r\n|\r|\n/.exec(text.slice(start));
    if (!end) return text.length;
    start += end.index + end[0].length;
  }
  const rest = text.slice(start).search(/[\r\n]/);
  return start + Math.min(character, rest < 0 ? text.length - start : rest);
}
