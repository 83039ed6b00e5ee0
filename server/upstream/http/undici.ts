// The only importer of undici, which speaks HTTP/1.1 here, and by a private path: the package's entry also loads fetch,
// WebSocket, caches and mocks, which costs 7 MB of memory and 30 ms at start. A test asks whether the path still leads
// to the same thing. Knows nothing of proxies, deadlines or errors.

import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import type { AnswerHeaders, Controller, Dispatch, Handler } from "./dispatch.ts";

/** The HTTP/1.1 connections to one origin, each with one request at a time. */
export interface ConnectionPool {
  dispatch(dispatch: Dispatch, handler: Handler): void;
  /** Lets the requests under way finish, then closes every connection. */
  close(): Promise<void>;
  /** Ends every request with `error` and closes every connection. */
  destroy(error: Error): Promise<void>;
}

// Idle connections outlive a pause in typing; most balancers close theirs after 60 s.
const keepAliveMs = 55_000;

/**
 * `connect` opens one connection; `onHeard` is called with each part of an answer. Not undici's own pool: with pipelining it puts a request behind an answer that still
 * streams, without it opens a second connection for a request that comes right after an answer.
 */
export function createPool(origin: string, connect: () => Promise<Socket>, onHeard: () => void): ConnectionPool {
  const clients: Client[] = [];
  const free: Client[] = [];

  const openFor = async (callback: buildConnector.Callback): Promise<void> => {
    let socket: Socket;
    try {
      socket = await connect();
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
      return;
    }
    callback(null, socket);
  };

  const createClient = (): Client => {
    const client = new Client(origin, {
      connect: (_options, callback) => {
        void openFor(callback);
      },
      // Not to pipeline: a busy client gets no second request. But with 1, undici lets a request that comes as soon as
      // the answer before it has ended wait for a turn of the event loop.
      pipelining: 100,
      keepAliveTimeout: keepAliveMs,
      // The deadlines are ours: undici's are coarse and not on our clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    clients.push(client);
    return client;
  };

  return {
    dispatch({ method, path, headers, body }, handler) {
      // The one used last: the others may fall idle and be closed.
      const client = free.pop() ?? createClient();
      client.dispatch(
        { method, path, headers: headers as string[], body: body ?? null, idempotent: true },
        new OnePlace(handler, onHeard, client, free),
      );
    },
    close: async () => void (await Promise.all(clients.map((client) => client.close()))),
    destroy: async (error) => void (await Promise.all(clients.map((client) => client.destroy(error)))),
  };
}

/**
 * What undici tells of one request, and what it is told. Gives its client back as soon as it has its answer. By the
 * methods that undici itself calls: behind the newer ones it reads every header of every answer, and one or two are
 * asked for.
 */
class OnePlace implements Controller {
  readonly #handler: Handler;
  readonly #onHeard: () => void;
  readonly #free: Client[];
  /** Undefined once it was given back. */
  #client: Client | undefined;
  #abort: ((error: Error) => void) | undefined;
  #resume: (() => void) | undefined;
  paused = false;

  constructor(handler: Handler, onHeard: () => void, client: Client, free: Client[]) {
    this.#handler = handler;
    this.#onHeard = onHeard;
    this.#client = client;
    this.#free = free;
  }

  abort(reason: Error): void {
    const abort = this.#abort;
    this.#abort = undefined;
    abort?.(reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.#resume?.();
  }

  onConnect(abort: (error: Error) => void): void {
    this.#abort = abort;
    this.#handler.onRequestStart(this);
  }

  /** Answers, as `onData`, whether more is wanted now. */
  onHeaders(status: number, fields: readonly Buffer[], resume: () => void): boolean {
    this.#resume = resume;
    this.#onHeard();
    this.#handler.onResponseStart(this, status, new FieldsOfHttp1(fields));
    return !this.paused;
  }

  onData(chunk: Buffer): boolean {
    this.#onHeard();
    this.#handler.onResponseData(this, chunk);
    return !this.paused;
  }

  onComplete(): void {
    this.#release();
    this.#handler.onResponseEnd();
  }

  onError(error: Error): void {
    this.#release();
    this.#handler.onResponseError(this, error);
  }

  /** Before anybody hears of the end, for the next request comes at once. */
  #release(): void {
    if (this.#client) this.#free.push(this.#client);
    this.#client = undefined;
  }
}

/** Names and values in turn, as they came. */
class FieldsOfHttp1 implements AnswerHeaders {
  readonly #fields: readonly Buffer[];

  constructor(fields: readonly Buffer[]) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    for (let at = 0; at + 1 < this.#fields.length; at += 2) {
      const field = this.#fields[at];
      if (field?.length === name.length && field.toString("latin1").toLowerCase() === name) {
        return this.#fields[at + 1]?.toString("latin1");
      }
    }
    return undefined;
  }
}
