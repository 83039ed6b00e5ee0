// The words between a request and whatever carries it: what is sent, and what happens to it, in order.

/** Names, in lower case, and values in turn: copying an object of so many for each request would cost far more. */
export type HeaderList = readonly string[];

export function headerList(headers: Readonly<Record<string, string>>): HeaderList {
  return Object.entries(headers).flat();
}

export interface Dispatch {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly path: string;
  readonly headers: HeaderList;
  readonly body: string | undefined;
}

/** The headers of an answer. */
export interface AnswerHeaders {
  /** `name`: in lower case. Where it came more than once, what came first; HTTP/2 has most of them in one, with commas. */
  get(name: string): string | undefined;
}

/** Tells the connection: stop, hold back, go on. */
export interface Controller {
  readonly paused: boolean;
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

export interface Handler {
  /** Whether anybody still waits; asked before a connection is spent on it. */
  isWanted(): boolean;
  /** The request is about to go onto a connection; aborted here, it is not sent. */
  onRequestStart(controller: Controller): void;
  onResponseStart(controller: Controller, status: number, headers: AnswerHeaders): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  onResponseEnd(): void;
  /** Also before `onRequestStart`, when there is no connection. */
  onResponseError(controller: Controller | undefined, error: Error): void;
}
