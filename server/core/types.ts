// The only thing a front may know of what lies below: plain data in, plain data out, one status to watch.

import type { CompletionRequest, CompletionResult, PartialSink } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { AccountState, ModelInfo, SignInStart, Status, StatusReport } from "../../shared/status.ts";

export interface Account {
  state(): AccountState;
  /**
   * Starts a device flow, or joins the one that is under way, or says who is signed in already. Polling goes on by
   * itself after it answers; `finishSignIn` waits for it. Throws `offline`, `tls`, `timeout`, `intercepted`,
   * `sign-in-failed`. `ctx` cancels only the asking for a code.
   */
  signIn(ctx: Ctx): Promise<SignInStart>;
  /**
   * Waits until the device flow that is under way has ended and answers who signed in. Throws `sign-in-denied`,
   * `sign-in-expired`, `sign-in-failed`, `not-authorized`; `bad-request` when no flow is under way. `ctx` cancels the
   * waiting only.
   */
  finishSignIn(ctx: Ctx): Promise<{ readonly user: string }>;
  /** Ends the device flow that is under way, if any; `finishSignIn` then throws `cancelled`. */
  cancelSignIn(): void;
  /** Forgets the stored token and the session, here and for every process that shares the store. */
  signOut(ctx: Ctx): Promise<{ readonly leftInEnvironment: boolean }>;
  /** Asks GitHub whether the token still works, unless `localOnly`. Never throws for an account that does not work. */
  check(ctx: Ctx, options: { readonly localOnly: boolean }): Promise<AccountState>;
}

/** Who drives us, from `initialize` or a flag; goes into the identity headers. */
export interface ClientIdentity {
  readonly editorName: string;
  readonly editorVersion: string;
  readonly pluginName?: string;
  readonly pluginVersion?: string;
}

/** A setting that was refused, in words for a person. The rest is in force. */
export interface SettingProblem {
  readonly key: string;
  readonly message: string;
}

export interface Core {
  /**
   * Answers one request. Throws a `CopilotError`: `cancelled` (the signal), `superseded` (document requests only),
   * and the codes of the account and of the service. An expected nothing is `{kind: "empty"}`.
   */
  complete(ctx: Ctx, request: CompletionRequest, onPartial?: PartialSink): Promise<CompletionResult>;
  readonly account: Account;
  status(): Status;
  /** Called on each change, never twice with the same value. Returns the way to stop. */
  onStatus(listener: (status: Status) => void): () => void;
  report(): StatusReport;
  /** Throws the codes of the account and of the service. */
  models(ctx: Ctx): Promise<readonly ModelInfo[]>;
  identify(client: ClientIdentity): void;
  /** Puts settings that the editor sent in force; keys that are unknown or ill-typed are left out and named. */
  configure(editorSettings: Readonly<Record<string, unknown>>): readonly SettingProblem[];
}
