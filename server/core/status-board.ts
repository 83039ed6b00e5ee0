// Turns what happens (account, answers, failures) into the one status that people see, and tells of each change once.
// Knows nothing of who shows it.

import type { ReasonCode } from "../../shared/completion.ts";
import type { Clock, Log, Timer } from "../../shared/context.ts";
import { type CopilotError, describeError, type ErrorCode, errorCodeOf } from "../../shared/errors.ts";
import type { AccountState, Status, StatusKind } from "../../shared/status.ts";
import { createEmitter } from "../runtime/emitter.ts";

/** How a failure shows. Absent: it is nobody's trouble but the asker's. */
const kindOfFailure: Readonly<Record<ErrorCode, StatusKind | undefined>> = {
  cancelled: undefined,
  superseded: undefined,
  "content-modified": undefined,
  "signed-out": "Error",
  "not-authorized": "Error",
  "key-refused": "Error",
  "sign-in-denied": undefined,
  "sign-in-expired": undefined,
  "sign-in-failed": undefined,
  "keychain-locked": "Error",
  "keychain-unavailable": "Error",
  quota: "Error",
  limited: "Warning",
  offline: "Warning",
  tls: "Error",
  timeout: "Warning",
  intercepted: "Warning",
  "upstream-failed": "Warning",
  "upstream-rejected": "Warning",
  "client-rejected": "Error",
  "bad-request": undefined,
  "unknown-document": undefined,
  "too-large": undefined,
  closing: undefined,
  internal: "Warning",
};

// Where nobody knows more.
const signedOutMessage = "You are not signed into GitHub.";
// An answer that comes sooner needs no sign that it is awaited.
const busyAfterMs = 100;

interface Failure {
  readonly kind: StatusKind;
  readonly reason: ReasonCode;
  readonly message: string;
}

function failureOf(error: unknown): Failure | undefined {
  const code = errorCodeOf(error);
  const kind = kindOfFailure[code];
  return kind && { kind, reason: code, message: describeError(error) };
}

/** Without an asker a wrong request is a wrong setting, such as an address that is none: nothing works until it is right. */
function settingsFault(error: CopilotError): Failure | undefined {
  return error.code === "bad-request"
    ? { kind: "Error", reason: error.code, message: describeError(error) }
    : undefined;
}

export interface StatusBoard {
  current(): Status;
  onChange(listener: (status: Status) => void): () => void;
  setAccount(state: AccountState): void;
  setEnabled(enabled: boolean): void;
  /** Why the file that an editor asked for last is kept from being sent; undefined: it is not. */
  setExcluded(message: string | undefined): void;
  /** Why no session can be had just now, as sign-in sees it; undefined when it can. */
  setTrouble(error: CopilotError | undefined): void;
  /** Another service answers in place of the one that was chosen, and why; undefined: that one again. */
  setFallback(fallback: { readonly name: string; readonly error: CopilotError } | undefined): void;
  /** A request is under way; call the result when it has ended. */
  begin(): () => void;
  /** A request was answered, with text or without: the service works. */
  succeeded(): void;
  failed(error: unknown): void;
  close(): void;
}

export function createStatusBoard(deps: {
  readonly clock: Clock;
  readonly log: Log;
  /** What to say while all is well; undefined: nothing. */
  readonly wellMessage?: string | undefined;
}): StatusBoard {
  const changes = createEmitter<Status>(deps.log);
  let account: AccountState = { kind: "unknown" };
  let enabled = true;
  let excluded: string | undefined;
  let failure: Failure | undefined;
  let trouble: Failure | undefined;
  let fallback: Pick<Failure, "kind" | "message"> | undefined;
  let underWay = 0;
  let busy = false;
  let busyTimer: Timer | undefined;
  let underWaySinceMs = 0;
  let shown: Status = { kind: "Normal", busy: false };

  const compute = (): Status => {
    const isOff = !enabled || excluded !== undefined;
    if (fallback && !isOff) return { ...fallback, busy };
    if (account.kind === "signed-out") {
      return {
        kind: "Error",
        busy,
        reason: account.reason ?? "signed-out",
        message: account.message ?? signedOutMessage,
      };
    }
    if (account.kind === "not-authorized") {
      const message = account.url ? `${account.message} ${account.url}` : account.message;
      return { kind: "Error", busy, reason: "not-authorized", message };
    }
    if (!enabled) return { kind: "Inactive", busy, reason: "disabled", message: "Completions are turned off." };
    if (excluded !== undefined) return { kind: "Inactive", busy, reason: "excluded", message: excluded };
    const shownFailure = trouble ?? failure;
    if (shownFailure) return { ...shownFailure, busy };
    return { kind: "Normal", busy, ...(deps.wellMessage !== undefined && { message: deps.wellMessage }) };
  };

  const update = (): void => {
    const next = compute();
    const same = next.kind === shown.kind && next.busy === shown.busy && next.message === shown.message;
    if (same) return;
    shown = next;
    changes.emit(next);
  };

  // Set once for many requests, most of which are answered before it is due.
  const lookAfter = (delayMs: number): void => {
    busyTimer = deps.clock.after(delayMs, () => {
      busyTimer = undefined;
      if (underWay === 0) return;
      const leftMs = busyAfterMs - (deps.clock.monotonicMs() - underWaySinceMs);
      if (leftMs > 0) return lookAfter(leftMs);
      busy = true;
      update();
    });
  };

  return {
    current: () => shown,
    onChange: changes.on,
    setAccount(state) {
      // What a former account was refused says nothing about this one.
      if (state.kind !== account.kind) failure = undefined;
      account = state;
      update();
    },
    setEnabled(value) {
      enabled = value;
      update();
    },
    setExcluded(value) {
      excluded = value;
      update();
    },
    setTrouble(error) {
      trouble = error && (failureOf(error) ?? settingsFault(error));
      update();
    },
    setFallback(next) {
      fallback = next && {
        kind: "Warning",
        message: `${next.name} answers meanwhile: ${next.error.message}`,
      };
      update();
    },
    begin() {
      underWay += 1;
      if (underWay === 1) underWaySinceMs = deps.clock.monotonicMs();
      if (!busyTimer && !busy) lookAfter(busyAfterMs);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        underWay -= 1;
        if (underWay > 0) return;
        busy = false;
        update();
      };
    },
    succeeded() {
      failure = undefined;
      update();
    },
    failed(error) {
      const found = failureOf(error);
      if (!found) return;
      failure = found;
      update();
    },
    close() {
      busyTimer?.cancel();
    },
  };
}
