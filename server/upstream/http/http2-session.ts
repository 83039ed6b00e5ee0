// One HTTP/2 connection. By Node's own client and not by undici's: version 7 of that ends the whole process when a
// server goes away at the wrong moment, breaks the streams that GOAWAY allows to finish, and aborts with a code that
// means success. Knows nothing of other connections.

import { type ClientHttp2Stream, connect, constants } from "node:http2";
import type { Socket } from "node:net";
import { requestCancelled, ResponseBody, responseHeaders, type Transport } from "./transport.ts";

export interface Http2Session extends Transport {
  /** Whether new requests may go onto it; false for ever once the server goes away. */
  isUsable(): boolean;
  /** Asks for a sign of life, which comes as bytes on the socket. */
  ping(): void;
  /** Takes no more requests and closes when those under way have ended. */
  close(): Promise<void>;
  /** Ends every request with `error`. */
  destroy(error: Error): void;
}

/** The stream ended before its response was complete. */
export class StreamBroken extends Error {
  override readonly name = "StreamBroken";
  readonly code: "STREAM_BROKEN" | "STREAM_NOT_PROCESSED" | "ENHANCE_YOUR_CALM";

  /** `STREAM_NOT_PROCESSED`: the server says that it did not look at the request (RFC 9113, section 8.7). */
  constructor(code: StreamBroken["code"], cause: unknown) {
    super("the HTTP/2 stream was closed before its response was complete", { cause });
    this.code = code;
  }
}

// Slow readers hold back their own stream; the window of the connection must not fill up with a few of them.
const connectionWindowBytes = 1024 * 1024;

const { NGHTTP2_CANCEL, NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** `socket` is connected to `origin`, with `h2` agreed on. */
export function createHttp2Session(origin: string, socket: Socket): Http2Session {
  const session = connect(origin, { createConnection: () => socket, settings: { enablePush: false } });
  const { host } = new URL(origin);
  let openStreams = 0;
  let isClosing = false;
  let lastError: Error | undefined;
  let goaway: { readonly code: number; readonly lastStreamId: number } | undefined;
  const closed = new Promise<void>((resolve) => {
    session.once("close", resolve);
  });
  session.once("connect", () => session.setLocalWindowSize(connectionWindowBytes));
  session.on("goaway", (code, lastStreamId) => {
    goaway = { code, lastStreamId };
  });
  // Each stream is told for itself; unheard, it would end the process.
  session.on("error", (error) => {
    lastError = error;
  });
  // An idle connection does not keep the process alive.
  session.unref();

  /** By force: a polite end waits for an answer that a dead network never gives. */
  const destroyWhenIdle = (): void => {
    if (isClosing && openStreams === 0 && !session.destroyed) session.destroy();
  };

  const failureOf = (stream: ClientHttp2Stream, error: Error | undefined): Error => {
    const { id = 0, rstCode } = stream;
    if (rstCode === NGHTTP2_ENHANCE_YOUR_CALM || goaway?.code === NGHTTP2_ENHANCE_YOUR_CALM) {
      return new StreamBroken("ENHANCE_YOUR_CALM", error);
    }
    if (rstCode === NGHTTP2_REFUSED_STREAM || (goaway && id > goaway.lastStreamId)) {
      return new StreamBroken("STREAM_NOT_PROCESSED", error);
    }
    return error ?? lastError ?? new StreamBroken("STREAM_BROKEN", undefined);
  };

  return {
    request: ({ method, path, headers, body, signal, onSent }) =>
      new Promise((resolve, reject) => {
        const stream = session.request(
          { ":method": method, ":path": path, ":authority": host, ...headers },
          { endStream: body === undefined },
        );
        openStreams += 1;
        session.ref();
        onSent();
        let response: ResponseBody | undefined;
        let streamError: Error | undefined;
        const cancel = (): void => {
          reject(signal.reason ?? requestCancelled());
          if (!stream.closed) stream.close(NGHTTP2_CANCEL);
          stream.destroy();
          response?.destroy();
        };
        signal.addEventListener("abort", cancel, { once: true });
        stream.on("response", ({ ":status": status = 0, ...fields }) => {
          response = new ResponseBody({ resume: () => stream.resume(), cancel });
          resolve({ status, headers: responseHeaders(fields), body: response });
        });
        stream.on("data", (chunk: Buffer) => {
          if (!response?.push(chunk)) stream.pause();
        });
        stream.on("end", () => {
          // A reset of the stream looks like an end as well.
          if ((stream.rstCode ?? NGHTTP2_NO_ERROR) === NGHTTP2_NO_ERROR) response?.complete();
        });
        stream.on("error", (error) => {
          streamError = error;
        });
        stream.on("close", () => {
          signal.removeEventListener("abort", cancel);
          openStreams -= 1;
          if (openStreams === 0 && !session.destroyed) session.unref();
          const failure = failureOf(stream, streamError);
          response?.complete(failure);
          reject(failure);
          destroyWhenIdle();
        });
        if (body !== undefined) stream.end(body);
      }),
    isUsable: () => !isClosing && !session.closed && !session.destroyed && !socket.destroyed,
    ping() {
      if (!session.destroyed && !socket.destroyed) session.ping(() => undefined);
    },
    close() {
      isClosing = true;
      destroyWhenIdle();
      return closed;
    },
    destroy(error) {
      lastError = error;
      session.destroy(error);
    },
  };
}
