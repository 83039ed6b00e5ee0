// One HTTP/2 connection. By Node's own client and not by undici's: version 7 of that ends the whole process when a
// server goes away at the wrong moment, breaks the streams that GOAWAY allows to finish, and aborts with a code that
// means success. Knows nothing of other connections.

import { type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import type { AnswerHeaders, Controller, Dispatch, Handler, HeaderList } from "./dispatch.ts";

export interface Http2Session {
  dispatch(dispatch: Dispatch, handler: Handler): void;
  /** Whether new requests may go onto it; false for ever once the server goes away. */
  isUsable(): boolean;
  /** Asks for a sign of life, which comes as bytes on the socket. */
  ping(): void;
  /** Takes no more requests and closes when those under way have ended. */
  drain(): Promise<void>;
  /** Ends every request with `error`. */
  destroy(error: Error): void;
}

/** The stream ended without its answer being complete; asking again is right when nothing of it was seen. */
export class StreamBroken extends Error {
  override readonly name = "StreamBroken";
  readonly code = "STREAM_BROKEN";
}

// Slow readers hold back their own stream; the window of the connection must not fill up with a few of them.
const connectionWindowBytes = 1024 * 1024;

/** `socket` is connected to `origin`, with `h2` agreed on. */
export function createHttp2Session(origin: string, socket: Socket): Http2Session {
  const session = connect(origin, { createConnection: () => socket, settings: { enablePush: false } });
  const { host } = new URL(origin);
  let openStreams = 0;
  let isDraining = false;
  let lastError: Error | undefined;
  const closed = new Promise<void>((resolve) => {
    session.once("close", resolve);
  });
  session.once("connect", () => session.setLocalWindowSize(connectionWindowBytes));
  // Each stream is told for itself; unheard, it would end the process.
  session.on("error", (error) => {
    lastError = error;
  });
  // An idle connection does not keep the process alive.
  session.unref();

  /** By force: a polite end waits for an answer that a dead network never gives. */
  const endIfDrained = (): void => {
    if (isDraining && openStreams === 0 && !session.destroyed) session.destroy();
  };

  return {
    dispatch(dispatch, handler) {
      let stream: ClientHttp2Stream | undefined;
      let isOver = false;
      let paused = false;
      const controller: Controller = {
        get paused() {
          return paused;
        },
        abort() {
          if (isOver) return;
          isOver = true;
          stream?.close(constants.NGHTTP2_CANCEL);
          stream?.destroy();
        },
        pause() {
          paused = true;
          stream?.pause();
        },
        resume() {
          paused = false;
          stream?.resume();
        },
      };
      const fail = (error: Error | undefined): void => {
        if (isOver) return;
        isOver = true;
        handler.onResponseError(controller, error ?? lastError ?? new StreamBroken("the stream was closed"));
      };

      handler.onRequestStart(controller);
      if (isOver) return;
      let opened: ClientHttp2Stream;
      try {
        opened = session.request(
          { ":method": dispatch.method, ":path": dispatch.path, ":authority": host, ...named(dispatch.headers) },
          { endStream: dispatch.body === undefined },
        );
      } catch (error) {
        fail(error instanceof Error ? error : undefined);
        return;
      }
      stream = opened;
      openStreams += 1;
      session.ref();
      let hasHead = false;
      opened.on("response", (headers) => {
        hasHead = true;
        if (!isOver) handler.onResponseStart(controller, headers[":status"] ?? 0, new FieldsOfHttp2(headers));
      });
      opened.on("data", (chunk: Buffer) => {
        if (!isOver) handler.onResponseData(controller, chunk);
      });
      opened.on("end", () => {
        // A reset of the stream looks like an end as well.
        if (isOver || !hasHead || (opened.rstCode ?? constants.NGHTTP2_NO_ERROR) !== constants.NGHTTP2_NO_ERROR) return;
        isOver = true;
        handler.onResponseEnd();
      });
      opened.on("error", fail);
      opened.on("close", () => {
        openStreams -= 1;
        if (openStreams === 0 && !session.destroyed) session.unref();
        fail(undefined);
        endIfDrained();
      });
      if (dispatch.body !== undefined) opened.end(dispatch.body);
    },
    isUsable: () => !isDraining && !session.closed && !session.destroyed && !socket.destroyed,
    ping() {
      if (!session.destroyed && !socket.destroyed) session.ping(() => undefined);
    },
    drain() {
      isDraining = true;
      endIfDrained();
      return closed;
    },
    destroy(error) {
      lastError = error;
      session.destroy(error);
    },
  };
}

function named(headers: HeaderList): Record<string, string> {
  const result: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) result[headers[at] ?? ""] = headers[at + 1] ?? "";
  return result;
}

/** Names that begin with a colon are HTTP/2's own; nobody asks for these. */
class FieldsOfHttp2 implements AnswerHeaders {
  readonly #fields: IncomingHttpHeaders;

  constructor(fields: IncomingHttpHeaders) {
    this.#fields = fields;
  }

  get(name: string): string | undefined {
    const value = this.#fields[name];
    return Array.isArray(value) ? value[0] : value;
  }
}
