// What both HTTP versions offer to the client above them: one request, and a response whose body is a Node stream.

import { Readable } from "node:stream";

export interface TransportRequest {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Rejects the request with its reason, or destroys the body. A request that is not on a connection yet is never sent. */
  readonly signal: AbortSignal;
  /** The request is on a connection: from now on the service may see it. */
  onSent(): void;
}

/** Names in lower case; a header that came several times is joined with commas. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface TransportResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly body: ResponseBody;
}

export interface Transport {
  /** Resolves with the head. Rejects with `signal.reason` or with the error of the connection. */
  request(request: TransportRequest): Promise<TransportResponse>;
}

// Bytes that may wait for a slow reader before the connection is told to hold back.
const highWaterMark = 64 * 1024;

/** The body of one response. Destroying it before its end cancels the request on the connection. */
export class ResponseBody extends Readable {
  /**
   * What the connection broke with before the body was complete. The stream then ends normally, because `destroy(error)`
   * would drop what had come before the error; whoever reads to the end has to look here.
   */
  failure: Error | undefined;
  readonly #connection: { resume(): void; cancel(): void };
  #isComplete = false;

  constructor(connection: { resume(): void; cancel(): void }) {
    super({ highWaterMark });
    this.#connection = connection;
  }

  /** Whether nothing more comes from the connection. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  complete(failure?: Error): void {
    if (this.#isComplete || this.destroyed) return;
    this.#isComplete = true;
    this.failure = failure;
    this.push(null);
  }

  override _read(): void {
    this.#connection.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#isComplete) this.#connection.cancel();
    callback(error);
  }
}

/** The headers of either HTTP library as one record. */
export function responseHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): ResponseHeaders {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return result;
}

/** For the libraries, which want an error; the caller gets the signal's reason. */
export function requestCancelled(): Error {
  return new Error("the request was cancelled");
}
