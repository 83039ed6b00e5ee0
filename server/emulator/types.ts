// How a demo, a test or a benchmark drives the stand-in for GitHub and the Copilot API.

import type { Clock } from "../../shared/context.ts";
import type { ExclusionRuleReply, QuotaSnapshot, TokenEndpoints } from "../../shared/upstream.ts";

/** One name per endpoint; `unknown` for everything else, which is answered 404. */
export type RouteName =
  | "device-code"
  | "access-token"
  | "device-page"
  | "login"
  | "session-token"
  | "content-exclusion"
  | "copilot-user"
  | "models"
  | "completions"
  | "chat-completions"
  | "ping"
  | "telemetry"
  | "embeddings-models"
  | "unknown";

/** A request that arrived. */
export interface Call {
  readonly route: RouteName;
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON or a form, else the text. */
  readonly body: unknown;
  readonly bodyBytes: number;
  /** Counts connections from 1; two calls with the same number shared one. */
  readonly connection: number;
  /** At arrival, by the monotonic clock: `performance.now()` unless `EmulatorOptions.clock` says otherwise. */
  readonly atMs: number;
  /** How it ended: `left` when the client closed the request before the answer was complete. Never rejects. */
  readonly ended: Promise<"answered" | "left" | "cut">;
}

/** What to answer instead of the usual. */
export type ScriptedAnswer =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object is sent as JSON. */
      readonly body?: unknown;
      /** Whether `x-github-request-id` is sent; a proxy that answers for GitHub lacks it. Default true. */
      readonly fromGitHub?: boolean;
    }
  /** A page of a proxy or a hotel. */
  | { readonly kind: "html"; readonly status?: number }
  /** The connection is reset before the head of the answer. */
  | { readonly kind: "reset" }
  /** Nothing is ever answered. */
  | { readonly kind: "hang" }
  /** Words of the model, for the `completions` and the `chat-completions` route. */
  | {
      readonly kind: "stream";
      /** Pieces of each choice, in order. */
      readonly choices: readonly (readonly string[])[];
      readonly finishReason?: "stop" | "length" | "content_filter";
      readonly firstByteDelayMs?: number;
      readonly chunkDelayMs?: number;
      /** Bytes per write, so that events are cut anywhere, also inside a character; default: one event per write. */
      readonly bytesPerWrite?: number;
      /**
       * `done`: properly; `no-done`: closed cleanly without `[DONE]`; `reset` after the last piece; `stall` for ever.
       * Other than with `done`, the choices get a finish reason only if `finishReason` names it.
       */
      readonly end?: "done" | "no-done" | "reset" | "stall";
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The usual answer about the next edit, made wrong; for the `chat-completions` route. */
  | { readonly kind: "faulty-edit"; readonly fault: EditFault }
  /** Raw bytes as an event stream, then a clean end. */
  | { readonly kind: "raw-stream"; readonly bytes: string | Uint8Array };

export interface Hold {
  /** Resolves when a request has been caught. */
  readonly reached: Promise<Call>;
  /** Lets it go on to its usual or scripted answer. */
  release(): void;
}

/** What the "model" sees. */
export interface ModelQuestion {
  readonly model: string;
  readonly prompt: string;
  readonly suffix: string;
  /** Blocks of `extra.context`, without comment signs. */
  readonly context: readonly string[];
  readonly language: string;
  readonly n: number;
  readonly stop: readonly string[];
  readonly maxTokens: number;
}

/** An entry of the proxy host's list. */
export interface EditModel {
  readonly name: string;
  /** `edit`: predicts changed lines; `jump`: names a line. */
  readonly kind: "edit" | "jump";
  /** How its prompt is laid out and its answer written; empty for `jump`. */
  readonly strategy: string;
}

/** What the "model" of next edits sees. */
export interface EditQuestion {
  readonly model: string;
  readonly kind: EditModel["kind"];
  readonly strategy: string;
  readonly system: string;
  readonly user: string;
  /** What the answer would be if nothing changed, by the client. */
  readonly prediction: string | undefined;
  readonly maxTokens: number;
}

/** What is wrong with an answer about the next edit. */
export type EditFault =
  /** The sentence with which a model declines. */
  | "refusal"
  /** Nothing changes. */
  | "unchanged"
  /** The first half, and the service says that it is cut. */
  | "cut"
  /** The first half, as if it were all. */
  | "ends-early"
  /** Takes the newest edit back. */
  | "undo"
  /** Goes on with the lines below the window. */
  | "repeats-below"
  /** Each changed line stands twice. */
  | "repeats-line"
  /** The last name of each changed line is another. */
  | "wrong-word"
  /** Two thirds of the window are missing. */
  | "deletes-rest"
  /** A tag of the prompt in the text. */
  | "markup"
  /** Sentences around the code. */
  | "prose"
  /** The format of another strategy. */
  | "other-format"
  /** What closes the code is missing. */
  | "no-end"
  /** Patches only: other line numbers, other removed lines, another file. */
  | "wrong-anchor"
  | "wrong-removed"
  | "wrong-path";

export interface EmulatorOptions {
  /** Default: a free one. */
  readonly port?: number;
  /**
   * All of the service's time: expiry, the least time between polls, delays. Default: the machine's. A test that moves
   * the client's clock passes the same one here, else polls that are apart by the client's clock come too fast by this
   * one, and are told to slow down.
   */
  readonly clock?: Clock;
  /** `at-once`: the first poll finds the sign-in approved. Default `when-told`. */
  readonly approval?: "at-once" | "when-told";
  /** Serve TLS, with HTTP/2 offered or not. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly http2: boolean };
  /** Usual delays of a completion. Default 0. */
  readonly firstByteDelayMs?: number;
  readonly chunkDelayMs?: number;
  /** Forget `calls` beyond this many; default 10,000. */
  readonly maxCalls?: number;
}

export interface Emulator {
  /** `http://127.0.0.1:PORT`, also the `endpoints` of every session token. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly calls: readonly Call[];
  callsTo(route: RouteName): readonly Call[];
  /** Resolves with the next request to `route` that has not arrived yet. */
  nextCall(route: RouteName): Promise<Call>;

  /** An OAuth token that is accepted from the start, for user `octocat`. */
  readonly githubToken: string;
  /**
   * The person enters the code: the next poll gets a token. Said while no code is open, this and `denySignIn` hold for
   * the next code that is handed out.
   */
  approveSignIn(): void;
  denySignIn(): void;
  /** Device codes handed out so far are void. */
  expireDeviceCodes(): void;
  /** The next `times` polls are told to slow down; `namesInterval` decides whether the reply carries the new one. */
  slowDownPolls(times: number, options: { readonly namesInterval: boolean }): void;
  /** OAuth tokens handed out so far answer 401 from now on. */
  revokeGitHubTokens(): void;
  /** Session tokens handed out so far answer 401 on completions and models from now on. */
  expireSessions(): void;
  /** Fields of the session tokens handed out from now on. */
  setSession(fields: {
    readonly refreshInSeconds?: number;
    readonly lifetimeSeconds?: number;
    /** Added to the service's clock: `Date` headers and `expires_at`. */
    readonly clockSkewSeconds?: number;
    readonly sku?: string;
    /** `copilotignore_enabled`. */
    readonly hasExclusionRules?: boolean;
    /** Exactly these instead of the emulator's own; an empty object, or `undefined` named as such: none at all. */
    readonly endpoints?: Partial<TokenEndpoints> | undefined;
    /** Makes the plan a limited one: each completion takes one away, and at 0 the answer is 402. */
    readonly completionsRemaining?: number;
  }): void;
  setDeviceFlow(fields: { readonly intervalSeconds?: number; readonly expiresInSeconds?: number }): void;
  /** Rules by remote address; `all`: for files outside of any repository. Undefined: the route answers 404. */
  setExclusionRules(rules: Readonly<Record<string, readonly ExclusionRuleReply[]>> | undefined): void;
  /** What is left of one allowance of the plan, any name. */
  setQuota(name: string, snapshot: Partial<QuotaSnapshot>): void;
  /**
   * Laid over what `copilot-user` answers: any shape of it, also one that makes no sense; `undefined` takes a field
   * away.
   */
  setUser(fields: Readonly<Record<string, unknown>>): void;
  /**
   * Laid over the headers of completions and next edits, and of what refuses them for want of quota, such as
   * `x-quota-snapshot-premium_models` and `x-usage-ratelimit-weekly`.
   */
  setQuotaHeaders(headers: Readonly<Record<string, string>>): void;
  /** The completion models that `GET /models` lists, best first. */
  setCompletionModels(ids: readonly string[]): void;
  /** Replaces the model: answers the text of each of the `n` alternatives. */
  setModel(model: ((question: ModelQuestion) => readonly string[]) | undefined): void;
  /** The models that the proxy host lists, best first. */
  setEditModels(models: readonly EditModel[]): void;
  /** Replaces the model of next edits. */
  setEditModel(model: ((question: EditQuestion) => string) | undefined): void;
  setDelays(delays: { readonly firstByteDelayMs?: number; readonly chunkDelayMs?: number }): void;

  /**
   * The next `times` (default 1) requests to `route` to arrive get this instead of the usual: neither tokens nor bodies
   * are looked at. First scripted, first used.
   */
  script(route: RouteName, answer: ScriptedAnswer, options?: { readonly times?: number }): void;
  /** Catches the next request to `route` before it is answered. */
  hold(route: RouteName): Hold;
  /** Cuts every open connection, as a network that goes away does. */
  dropConnections(): void;
  /** Requests that are being answered now. */
  inFlight(): number;
  /** Every token and device code handed out or accepted, so that a test can look for them where they must not be. */
  readonly tokens: readonly string[];
  close(): Promise<void>;
}
