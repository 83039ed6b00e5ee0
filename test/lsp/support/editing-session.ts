// The LSP front with the engine behind it, and an editor before it that puts suggestions into its text as real ones do,
// by every method. The service says what the test says.

import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import type { Indentation, LineMode } from "../../../shared/completion.ts";
import type { Clock } from "../../../shared/context.ts";
import { createEngine } from "../../../server/completion/engine.ts";
import type { Core } from "../../../server/core/types.ts";
import { createLspServer } from "../../../server/lsp/lsp-server.ts";
import { usualSettings } from "../../completion/support/requests.ts";
import { onCopilot } from "../../completion/support/on-copilot.ts";
import { oneSession, scriptedCopilot } from "../../completion/support/scripted-copilot.ts";
import { createFakeCore } from "../../support/fake-core.ts";
import { connectLspClient, type LspClient } from "../../support/lsp-client.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { createRecordingLog } from "../../support/test-ctx.ts";
import { type Text, textAfter, type Way } from "./take-suggestion.ts";

export interface Scene extends Text {
  readonly languageId: string;
  readonly indentation?: Indentation | undefined;
  readonly lines?: LineMode;
}

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
          return textAfter(client, { way, uri, text, indentation: scene.indentation, profile });
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
