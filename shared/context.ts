// What every function that can wait is handed first, and the two things it may ask of the outside world: time and a
// place to write. Types only; `server/runtime/` and `server/observe/` hold the real ones.

export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** Plain values that go beside a message. Never source text, never a token. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
}

/** Travels with one request from the edge to the socket. */
export interface Ctx {
  /** Aborted when nobody wants the answer any more; functions reject with exactly `signal.reason`. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Names the request in logs; unique within the process. */
  readonly id: string;
}

export interface Timer {
  /** Idempotent; after it the callback never runs. */
  cancel(): void;
}

/** Time as the process may use it. Injected, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch by the wall clock. Jumps when somebody sets it; goes on while the machine sleeps. */
  nowMs(): number;
  /** Milliseconds since some fixed moment. Never jumps; on some systems stands still while the machine sleeps. */
  monotonicMs(): number;
  /** Runs `callback` once after `delayMs`. The timer never keeps the process alive by itself. */
  after(delayMs: number, callback: () => void): Timer;
}
