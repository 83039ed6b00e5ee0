// HTTP/1.1 over undici, of which this is the only importer. By a private path: the package's entry also loads fetch,
// WebSocket, caches and mocks, which costs 7 MB of memory and 30 ms at start. Knows nothing of proxies and deadlines.

import type { Socket } from "node:net";
import type { buildConnector } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import { requestCancelled, ResponseBody, responseHeaders, type Transport } from "./transport.ts";

export { Client };

export interface Http1Client extends Transport {
  /** Lets the requests under way finish, then closes every connection. */
  close(): Promise<void>;
  /** Ends every request with `error` and closes every connection. */
  destroy(error: Error): Promise<void>;
}

// Idle connections outlive a pause in typing; most load balancers close theirs after 60 s.
const keepAliveMs = 55_000;

/**
 * As many connections as there are requests at a time; `connect` opens one. undici's own `Pool` would open a second
 * connection for a request that comes right after a response: it takes its client for busy until the next turn of the
 * event loop.
 */
export function createHttp1Client(origin: string, connect: () => Promise<Socket>): Http1Client {
  const clients = new Set<Client>();
  const idle = new Set<Client>();

  const openSocket = async (callback: buildConnector.Callback): Promise<void> => {
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
      connect: (_options, callback) => void openSocket(callback),
      keepAliveTimeout: keepAliveMs,
      // The deadlines are ours: undici's are coarse and not on our clock.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    clients.add(client);
    client.on("disconnect", () => {
      if (!idle.delete(client)) return;
      clients.delete(client);
      if (!client.closed && !client.destroyed) void client.close();
    });
    return client;
  };

  return {
    request({ method, path, headers, body, signal, onSent }) {
      // The one used last: the others may fall idle and be closed.
      const client = [...idle].at(-1) ?? createClient();
      idle.delete(client);
      return new Promise((resolve, reject) => {
        let abort: (() => void) | undefined;
        let response: ResponseBody | undefined;
        const cancel = (): void => {
          reject(signal.reason);
          response?.destroy();
          abort?.();
        };
        const release = (): void => {
          signal.removeEventListener("abort", cancel);
          idle.add(client);
        };
        signal.addEventListener("abort", cancel, { once: true });
        client.dispatch(
          { method, path, headers, body: body ?? null },
          {
            onRequestStart(controller) {
              abort = () => controller.abort(requestCancelled());
              if (signal.aborted) abort();
              else onSent();
            },
            onResponseStart(controller, status, fields) {
              if (status < 200) return;
              response = new ResponseBody({
                resume: () => controller.resume(),
                cancel: () => controller.abort(requestCancelled()),
              });
              resolve({ status, headers: responseHeaders(fields), body: response });
            },
            onResponseData(controller, chunk) {
              if (!response?.push(chunk)) controller.pause();
            },
            onResponseEnd() {
              release();
              response?.complete();
            },
            onResponseError(_controller, error) {
              release();
              response?.complete(error);
              reject(error);
            },
          },
        );
      });
    },
    close: async () => void (await Promise.all([...clients].map((client) => client.close()))),
    destroy: async (error) => void (await Promise.all([...clients].map((client) => client.destroy(error)))),
  };
}
