// The dependencies of the LSP front, and the session that its methods use. Types only.

import type { Clock, Ctx, Log, LogLevel } from "../../shared/context.ts";
import type { ClientIdentity, Core, SettingProblem } from "../core/types.ts";
import type { Acceptance } from "./suggestions/acceptance.ts";
import type { Client } from "./session/client.ts";
import type { Documents } from "./documents/documents.ts";
import type { Editor } from "./session/editor.ts";
import type { EditorSettings } from "./session/editor-settings.ts";
import type { Lifecycle } from "./session/lifecycle.ts";
import type { Offers } from "./suggestions/offers.ts";
import type { LastChange } from "./next-edits/last-change.ts";
import type { LspSettings } from "./settings.ts";
import type { SignInGuide } from "./account/sign-in-guide.ts";
import type { SuggestionFeedback } from "./suggestions/suggestion-feedback.ts";
import type { Workspace } from "./session/workspace.ts";

export interface LspServerDeps {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /**
   * Puts the editor's settings in force in place of those that it sent before; keys that are unknown or ill-typed are
   * left out and returned. First called for `initialize`, before the core is open, so that its answer can go by them.
   */
  readonly applyEditorSettings: (json: Readonly<Record<string, unknown>>) => readonly SettingProblem[];
  /** Says who drives the program: at `initialize`, and again when `setEditorInfo` says otherwise. */
  readonly identify: (client: ClientIdentity) => void;
  /** Called once, after `initialize` has been answered. `folder`: the workspace folder, if there is one. */
  readonly openCore: (folder: string | undefined) => Promise<Core>;
  readonly clock: Clock;
  readonly log: Log;
  /** A UUID. Not called before `initialize` has been answered. */
  readonly newId: () => string;
  readonly version: string;
  /**
   * The session is over and the process should end with this code; called once. 0 after `shutdown` and `exit`, and
   * when the editor is simply gone; 1 for `exit` without `shutdown`. Clean-up is the caller's, `close` included.
   */
  readonly onExit: (exitCode: number) => void;
}

export interface LspServer {
  /** Listens. Nothing is written before the client speaks. */
  start(): void;
  /** Ends everything under way with `closing`, lets what was written leave, stops listening. Idempotent. */
  close(): Promise<void>;
  /** A place for log lines: `window/logMessage`. Lines written before `initialize` is answered wait for it. */
  readonly logSink: (level: LogLevel, message: string) => void;
}

/** The parts of one session, as its methods and commands see them. */
export interface Session {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly lifecycle: Lifecycle;
  readonly documents: Documents;
  /** This document has the focus now, or none. */
  readonly focus: (uri: string | undefined) => void;
  /** Where a document was changed last; undefined before the first change. */
  readonly lastChange: () => LastChange | undefined;
  readonly workspace: Workspace;
  readonly offers: Offers;
  readonly acceptance: Acceptance;
  readonly feedback: SuggestionFeedback;
  readonly editor: Editor;
  readonly editorSettings: EditorSettings;
  readonly signInGuide: SignInGuide;
  settings(): LspSettings;
  /** Who is at the other end; a client that has said nothing before `initialize`. */
  client(): Client;
  /** `initialize` has come: knows the client from now on and opens the core once the answer is out. */
  begin(params: Readonly<Record<string, unknown>>): void;
  /** The client is ready for requests of ours: `initialized`, or its first message for those that never send it. */
  ready(): void;
  /** Waits until the core is there. `ctx` cancels the waiting. */
  core(ctx: Ctx): Promise<Core>;
  readonly identify: (client: ClientIdentity) => void;
  /** Puts the editor's settings in force, and tells the editor what was refused of them. */
  applySettings(): void;
  /** Asks the editor for its settings, if it answers such questions, and puts them in force. */
  pullConfiguration(): void;
}

/**
 * Answers one request or takes one notification. A plain result is the answer at once; a promise is raced against
 * `ctx.signal`.
 */
export type Handler = (ctx: Ctx, params: unknown) => unknown;

/** One method of the protocol, or one command, made for a session. */
export type Method = (session: Session) => Handler;
