// The only importer of undici, which speaks HTTP/1.1 here, and by a private path: the package's entry also loads fetch,
// WebSocket, caches and mocks, which costs 7 MB of memory and 30 ms at start. A test asks whether the path still leads
// to the same thing. Knows nothing of proxies, deadlines or errors.

import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import Pool from "undici/lib/dispatcher/pool.js";
import type { Dispatch, Handler } from "./dispatch.ts";

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

/** `connect` opens one connection. */
export function createPool(origin: string, connect: () => Promise<Socket>): ConnectionPool {
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
  const pool = new Pool(origin, {
    connect: (_options, callback) => {
      void openFor(callback);
    },
    // Not to pipeline: requests are `blocking`, each has its connection for itself. But with 1, undici takes a connection
    // for busy until a moment after its answer has ended, and opens a second one for a request that comes at once.
    pipelining: 100,
    keepAliveTimeout: keepAliveMs,
    // The deadlines are ours: undici's are coarse and not on our clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    dispatch({ method, path, headers, body }, handler) {
      pool.dispatch({ method, path, headers: { ...headers }, body: body ?? null, idempotent: true }, handler);
    },
    close: () => pool.close(),
    destroy: (error) => pool.destroy(error),
  };
}
