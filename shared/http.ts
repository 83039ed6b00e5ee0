// JSON that the local HTTP listener takes and gives, and the state the listener can be in. Plain data: the conversions
// to and from the completion vocabulary live in `server/http/`.

import type { CompletionSource, EmptyReason, LineMode, ReasonCode } from "./completion.ts";
import type { ErrorCode } from "./errors.ts";
import type { AccountState, StatusKind, StatusReport } from "./status.ts";

/** Body of `POST /`, `/api` and `/complete`. Fields that are null count as absent; fields not named here are ignored. */
export interface CompleteBody {
  readonly prompt: string;
  /** LSP language identifier. Default `plaintext`. */
  readonly language?: string;
  /** Text after the cursor. */
  readonly suffix?: string;
  /** Path of the file, relative, `/` between parts. */
  readonly path?: string;
  /** Default `one`; with a `stop` of the caller's own it is `block`, so that the stop decides where the answer ends. */
  readonly lines?: LineMode;
  /** 1 to 10. Only JSON and events show more than the first. */
  readonly n?: number;
  readonly stop?: string | readonly string[];
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly model?: string;
}

/** One of several alternatives. */
export interface CompleteChoice {
  readonly index: number;
  readonly text: string;
}

/** Answer to `Accept: application/json`, and data of the closing `done` event. An empty `text` has a `reason`. */
export interface CompleteReply {
  readonly text: string;
  readonly model?: string;
  readonly source?: CompletionSource;
  readonly reason?: EmptyReason;
  /** All alternatives, when more than one was asked for. */
  readonly choices?: readonly CompleteChoice[];
}

/** What only HTTP can get wrong, beside the codes that every front shares. */
export type HttpErrorCode =
  /** The `Host`, the `Origin` or the page that asks is not allowed in. */
  | "forbidden"
  /** A bearer token is needed, or is not the right one. */
  | "unauthorized"
  | "not-found"
  | "method-not-allowed"
  /** The request did not arrive in time. */
  | "request-timeout"
  | "unsupported";

/** Body of every answer that is not 2xx, and data of an `error` event. */
export interface ErrorReply {
  readonly error: {
    readonly code: ErrorCode | HttpErrorCode;
    /** What happened, to what. */
    readonly message: string;
    /** What to do next. */
    readonly advice?: string;
  };
}

/** `GET /health`: 200 for as long as the process serves, signed in or not. Names nobody. */
export interface HealthReply {
  readonly status: "ok";
  readonly name: "copilot-lsp";
  readonly version: string;
  readonly pid: number;
  /** Since when this process has the port, milliseconds since the epoch. */
  readonly listeningSinceMs?: number;
  readonly account: AccountState["kind"];
  readonly state: StatusKind;
  readonly reason?: ReasonCode;
  readonly message?: string;
}

/** `GET /status`. */
export interface StatusReply extends StatusReport {
  readonly listener: ListenerState;
}

/** A copilot-lsp that answers on the port. `sinceMs`: since when, milliseconds since the epoch by its own clock. */
export interface RoleHolder {
  readonly pid: number;
  readonly version: string;
  readonly sinceMs: number;
}

/**
 * First line of `GET /role`. The answer then stays open, silent, for as long as its process has the port: its end is
 * the word to all who wait that they may try for it. `nonce` is what `POST /role/release` proves itself with.
 */
export interface RoleReply extends RoleHolder {
  readonly name: "copilot-lsp";
  readonly nonce: string;
  /** Answer to the `X-Copilot-Challenge` of the request, for systems that do not tell whose a process is. */
  readonly proof?: string;
}

export type ListenerState =
  /** Not started, or closed. */
  | { readonly kind: "off" }
  | {
      readonly kind: "listening";
      readonly address: string;
      readonly port: number;
      readonly url: string;
      readonly sinceMs: number;
      /** The Unix socket or named pipe that is served beside the port. */
      readonly socket?: string;
    }
  /** Another process of this person has the port; this one takes over as soon as that is gone. */
  | { readonly kind: "standby"; readonly port: number; readonly url: string; readonly holder: RoleHolder }
  /** Another program, or another person's copilot-lsp, has the port; it is tried again now and then. */
  | { readonly kind: "foreign"; readonly port: number; readonly sinceMs: number; readonly message: string }
  /** The port cannot be had (no permission, no such address), and it is not tried again. */
  | { readonly kind: "failed"; readonly port: number; readonly message: string };
