// What the layers above may ask of GitHub and of the Copilot API: one typed function per endpoint. Every function
// rejects with `ctx.signal.reason` when cancelled and otherwise with a `CopilotError` (`offline`, `tls`, `timeout`,
// `intercepted`, `upstream-failed`, `upstream-rejected`, and what is named beside it). Nothing here keeps state between
// calls but the connections.

import type { Ctx } from "../../shared/context.ts";
import type { ModelInfo, Quota } from "../../shared/status.ts";
import type { ChatCompletionsBody, CompletionsBody } from "../../shared/upstream.ts";
import type { HttpClient } from "./http/http-client.ts";
import type { Secret } from "../runtime/secret.ts";

/** RFC 8628, section 3.2. Times in seconds, as the service says them. */
export interface DeviceCode {
  readonly deviceCode: Secret;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

/** RFC 8628, section 3.5. */
export type DevicePoll =
  | { readonly kind: "token"; readonly token: Secret }
  | { readonly kind: "pending" }
  /** `intervalSeconds` when the service named the new interval. */
  | { readonly kind: "slow-down"; readonly intervalSeconds: number | undefined }
  | { readonly kind: "expired" }
  | { readonly kind: "denied" }
  | { readonly kind: "failed"; readonly error: string; readonly description: string };

/** A Copilot session token and what came with it. */
export interface SessionToken {
  readonly token: Secret;
  /** Seconds since the epoch by the service's clock. */
  readonly expiresAtSeconds: number;
  readonly refreshInSeconds: number;
  /** The service's clock at the answer, from its `Date` header, milliseconds since the epoch; absent if it sent none. */
  readonly serverNowMs: number | undefined;
  readonly endpoints: { readonly api: string; readonly proxy: string };
  readonly sku: string | undefined;
  /** An organisation may have rules about files that must not be sent. */
  readonly hasExclusionRules: boolean;
  /** Completions left on a plan with limits; absent on plans without. */
  readonly completionsRemaining: number | undefined;
}

export interface CopilotUser {
  readonly login: string;
  readonly plan: string | undefined;
  readonly tokenBasedBilling: boolean | undefined;
  readonly quotaResetDate: string | undefined;
  readonly quotas: Readonly<Record<string, Quota>>;
}

/** What the headers of one answer said of the plan. */
export interface ToldQuotas {
  readonly quotas: Readonly<Record<string, Quota>>;
  readonly limits: Readonly<Record<string, Quota>>;
}

/** A rule of an organisation or repository about files that must not be sent. */
export interface ExclusionRule {
  /** Globs. */
  readonly paths: readonly string[];
  /** Regular expressions as the service writes them; undefined and empty mean none, here and in the next. */
  readonly ifAnyMatch: readonly string[] | undefined;
  readonly ifNoneMatch: readonly string[] | undefined;
  /** Whose rule it is, as `organization` and its name. */
  readonly source: { readonly type: string; readonly name: string };
}

export interface GitHubApi {
  /** The server that signs in, as a URL without a trailing slash. */
  serverUrl(): string;
  requestDeviceCode(ctx: Ctx): Promise<DeviceCode>;
  pollAccessToken(ctx: Ctx, deviceCode: Secret): Promise<DevicePoll>;
  /** `GET {api}/user`. Throws `signed-out` on 401. */
  fetchLogin(ctx: Ctx, githubToken: Secret): Promise<string>;
  /**
   * `GET {api}/copilot_internal/v2/token`. Throws `signed-out` (401), `not-authorized` (403 and 404, with the service's
   * `error_details` as message and url), `limited` (429, or 403 with a rate-limit message).
   */
  exchangeSession(ctx: Ctx, githubToken: Secret): Promise<SessionToken>;
  /**
   * `GET {api}/copilot_internal/content_exclusion`: the rules for each repository, in the order of `remotes`; `outside`: one
   * list, for files outside of any repository. No rules where the service has none for the account (404). Throws
   * `upstream-failed` for an answer with another number of lists.
   */
  fetchExclusionRules(
    ctx: Ctx,
    githubToken: Secret,
    remotes: readonly string[] | "outside",
  ): Promise<readonly (readonly ExclusionRule[])[]>;
  /** `GET {api}/copilot_internal/user`. Throws as `exchangeSession` does. */
  fetchCopilotUser(ctx: Ctx, githubToken: Secret): Promise<CopilotUser>;
}

/** One piece of one alternative. */
export interface CompletionPiece {
  readonly index: number;
  readonly text: string;
  /** `stop`, `length`, `content_filter`; null while it goes on. */
  readonly finishReason: string | null;
}

export interface CompletionStream {
  /**
   * All that came together at a time, one piece for each alternative. Ends after `[DONE]`. Throws `upstream-failed` when
   * the stream breaks off before it or says an error, `timeout` when it stalls. Leaving the loop early closes the
   * request at the socket.
   */
  readonly pieces: AsyncIterable<readonly CompletionPiece[]>;
}

export interface CompletionsCall {
  readonly session: SessionToken;
  readonly model: string;
  readonly body: CompletionsBody;
  /** UUID that the service logs; one per user-level request. */
  readonly requestId: string;
  readonly speculative: boolean;
}

/** An entry of the list of models that predict edits. */
export interface EditModelEntry {
  /** `NESChat`, `CursorJumpChat`, and others. */
  readonly serviceType: string;
  readonly name: string;
  readonly promptStrategy: string;
}

export interface ChatCall {
  readonly session: SessionToken;
  readonly body: ChatCompletionsBody;
  /** UUID that the service logs; one per request. */
  readonly requestId: string;
  /** Most tokens that the answer may have before it counts as endless. */
  readonly maxTokens: number;
}

export interface CopilotApi {
  /** Opens a connection to the host, so that the first completion does not pay for it. Never throws. */
  warm(session: SessionToken): void;
  /** `GET {api}/models`. Throws `signed-out` on 401. */
  fetchModels(ctx: Ctx, session: SessionToken): Promise<readonly ModelInfo[]>;
  /**
   * `POST {proxy}/v1/engines/{model}/completions`. Resolves with the first byte of the answer's head. Throws
   * `signed-out` on 401 (the session token, not the account), `not-authorized` (403), `quota` (402), `limited`
   * (429, 503 with Retry-After), `client-rejected` (466).
   */
  openCompletions(ctx: Ctx, call: CompletionsCall): Promise<CompletionStream>;
}

/** Deadlines of requests to one service, in milliseconds. */
export interface ServiceTimeouts {
  readonly headersTimeoutMs: number;
  /** To the first byte of the body. */
  readonly firstByteTimeoutMs: number;
}

/** What predicts edits. Loaded by the first call. */
export interface CopilotEditApi {
  /** `GET {proxy}/models`: the models that predict edits, the service's favourite first. Throws as `fetchModels`. */
  fetchEditModels(ctx: Ctx, session: SessionToken): Promise<readonly EditModelEntry[]>;
  /**
   * `POST {proxy}/chat/completions`. Resolves and throws as `openCompletions` does; `upstream-rejected` with status 404
   * for a model that the service does not have.
   */
  openChat(ctx: Ctx, call: ChatCall): Promise<CompletionStream>;
}

export interface Upstream {
  readonly github: GitHubApi;
  readonly copilot: CopilotApi;
  /** Over the same connections, for a service that takes its own time. Closed with the rest. */
  client(timeouts: ServiceTimeouts): HttpClient;
  readonly copilotEdits: CopilotEditApi;
  /** Called when an answer to `session`, also a refusal, says what is left of the plan. Returns the way to stop. */
  onQuotas(listener: (answer: { readonly session: SessionToken; readonly told: ToldQuotas }) => void): () => void;
  /** Destroys every connection; calls under way reject with `closing`. Idempotent. */
  close(): Promise<void>;
}
