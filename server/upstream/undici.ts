// The only importer of undici, which speaks HTTP/1.1 here, and by a private path: the package's entry also loads fetch,
// WebSocket, caches and mocks, which costs 7 MB of memory and 30 ms at start. A test asks whether the path still leads
// to the same thing. Knows nothing of proxies, deadlines or errors.

import type { IncomingHttpHeaders } from "node:http";
import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import type { Controller, Dispatch, Handler } from "./dispatch.ts";

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

/** A handler that gives its client back as soon as it has its answer. */
class OnePlace implements Handler {
  readonly #handler: Handler;
  readonly #onHeard: () => void;
  readonly #free: Client[];
  /** Undefined once it was given back. */
  #client: Client | undefined;

  constructor(handler: Handler, onHeard: () => void, client: Client, free: Client[]) {
    this.#handler = handler;
    this.#onHeard = onHeard;
    this.#client = client;
    this.#free = free;
  }

  isWanted(): boolean {
    return this.#handler.isWanted();
  }

  onRequestStart(controller: Controller): void {
    this.#handler.onRequestStart(controller);
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    this.#onHeard();
    this.#handler.onResponseStart(controller, status, headers);
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    this.#onHeard();
    this.#handler.onResponseData(controller, chunk);
  }

  onResponseEnd(): void {
    this.#release();
    this.#handler.onResponseEnd();
  }

  onResponseError(controller: Controller | undefined, error: Error): void {
    this.#release();
    this.#handler.onResponseError(controller, error);
  }

  /** Before anybody hears of the end, for the next request comes at once. */
  #release(): void {
    if (this.#client) this.#free.push(this.#client);
    this.#client = undefined;
  }
}
