// JSON that the local HTTP listener takes and gives, and the state the listener can be in. Plain data: the conversions
// to and from the completion vocabulary live in `server/http/`.

import type { CompletionSource, EmptyReason, LineMode, ReasonCode } from "./completion.ts";
import type { EditSource, NoEditReason } from "./edits.ts";
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
  /** Of `excluded`: whose rule it is, or why none is known, in a sentence for a person. */
  readonly detail?: string;
  /** All alternatives, when more than one was asked for. */
  readonly choices?: readonly CompleteChoice[];
}

/** Body of `POST /next-edit`. `cursor` or `offset` is there, and something of `edits`, `diff` and `before`. */
export interface NextEditBody {
  /** Relative, `/` between parts. */
  readonly path: string;
  /** LSP language identifier. Default: by the path. */
  readonly language?: string;
  /** The file as it is now. */
  readonly text: string;
  /** Both from 0, characters in UTF-16 units. */
  readonly cursor?: { readonly line: number; readonly character: number };
  /** In UTF-16 units of `text`. */
  readonly offset?: number;
  /** Oldest first. Without a path: of this file. `after` defaults to the text that the next edit of the file began with. */
  readonly edits?: readonly (
    | { readonly path?: string; readonly before: string; readonly after?: string }
    | { readonly path?: string; readonly diff: string }
  )[];
  /** A unified diff that led to the texts sent; newer than `edits`. */
  readonly diff?: string;
  /** This file as it was; newer than `diff`. */
  readonly before?: string;
  /** Other files, the one that matters least first. */
  readonly files?: readonly { readonly path: string; readonly text: string }[];
  readonly diagnostics?: readonly {
    readonly line: number;
    readonly message: string;
    /** Default `error`. */
    readonly severity?: "error" | "warning";
  }[];
  readonly model?: string;
}

/** Lines and characters as in `NextEditBody.cursor`. */
export interface TextEditReply {
  readonly range: { readonly start: TextPosition; readonly end: TextPosition };
  readonly newText: string;
}

interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** Answer of `POST /next-edit`, unless a diff is wanted. */
export interface NextEditReply {
  readonly edit: TextEditReply | null;
  /** Others of the same answer, apart from one another, and each of the same text as `edit`. */
  readonly others?: readonly TextEditReply[];
  readonly model?: string | undefined;
  readonly source?: EditSource;
  /** Why there is none. */
  readonly reason?: NoEditReason;
  /** Of `excluded`: whose rule it is, or why none is known, in a sentence for a person. */
  readonly detail?: string;
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
