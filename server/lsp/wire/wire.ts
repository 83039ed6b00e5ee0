// One JSON-RPC connection over two streams: framing and checks on the way in, one write per message on the way out, and
// the library's bookkeeping of requests between them. Knows nothing of LSP methods and ends no process: that the editor
// is gone is told to whoever built it.

import {
  type CancellationToken,
  createMessageConnection,
  Disposable,
  Emitter,
  ErrorCodes,
  type Message,
  type MessageReader,
  type MessageWriter,
  type NotificationMessage,
  ResponseError,
  type ResponseMessage,
} from "./library.ts";
import type { Log } from "../../../shared/context.ts";
import { createComplaints } from "../session/warn-once.ts";
import { type Envelope, type MessageId, readEnvelope } from "./envelope.ts";
import { createFrameReader } from "./frame-reader.ts";
import { installPlatform } from "./platform.ts";

export interface WireDeps {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly log: Log;
  /** Answers or throws a `ResponseError`. `cancelled` is called back at most once. */
  readonly onRequest: (method: string, params: unknown, cancelled: CancellationToken) => Promise<unknown>;
  readonly onNotification: (method: string, params: unknown) => void;
  /** The editor has closed its end, and everything it sent before has been handed out. */
  readonly onEnd: () => void;
}

export interface Wire {
  listen(): void;
  notify(method: string, params: unknown): Promise<void>;
  /** Rejects with the editor's error answer. */
  request(method: string, params: unknown): Promise<unknown>;
  /** Stops reading; resolves when what was written has left. */
  close(): Promise<void>;
}

const maxMessageBytes = 64 * 1024 * 1024;
// Goes through the library's queue behind everything that was read, so that nothing sent before the end is lost.
const endMark = "$/copilot-lsp/inputEnded";

export function createWire(deps: WireDeps): Wire {
  const { input, output, log } = deps;
  installPlatform();
  const complain = createComplaints(log);
  const unanswered = new Set<string>();
  const awaited = new Set<MessageId>();
  let lastWrite: Promise<void> = Promise.resolve();
  let closing = false;
  let closed = false;

  const write = (message: Message): Promise<void> => {
    if (closed || !output.writable) return Promise.resolve();
    note(message);
    const body = Buffer.from(JSON.stringify(message), "utf8");
    const bytes = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "latin1"), body]);
    // An editor that has gone shows as the end of the input; there is nobody to tell of a write that failed.
    lastWrite = new Promise((resolve) => output.write(bytes, () => resolve()));
    return lastWrite;
  };
  const note = (message: Message): void => {
    if (!("id" in message)) return;
    const { id } = message;
    if (!isMessageId(id)) return;
    if ("method" in message) awaited.add(id);
    else unanswered.delete(String(id));
  };
  const refuse = (id: MessageId | null, code: number, reason: string): void => {
    complain(reason, "a message was refused", { reason });
    const answer: ResponseMessage = { ...envelopeHead, id, error: new ResponseError(code, reason).toJson() };
    void write(answer);
  };

  const take = (envelope: Envelope, deliver: (message: Message) => void): void => {
    switch (envelope.kind) {
      case "refused":
        for (const { id, code, reason } of envelope.refusals) {
          // A second answer to one request is worse than none to a broken message.
          refuse(id !== null && unanswered.has(String(id)) ? null : id, code, reason);
        }
        return;
      case "request":
        if (unanswered.has(String(envelope.id))) {
          return refuse(null, ErrorCodes.InvalidRequest, `The request id ${envelope.id} is already in use.`);
        }
        unanswered.add(String(envelope.id));
        break;
      case "response":
        awaited.delete(envelope.id);
        break;
      case "notification":
        if (envelope.damaged) complain("utf-8", "a notification was not valid UTF-8; the bad bytes were replaced");
        break;
      case "nonsense":
        return complain(envelope.reason, "a notification was ignored", { reason: envelope.reason });
    }
    deliver(envelope.message);
  };

  const reader = createReader((deliver) => {
    const frames = createFrameReader(maxMessageBytes, {
      onBody(body) {
        const envelope = readEnvelope(body, (id) => awaited.has(id));
        take(envelope, deliver);
        return envelope.kind !== "refused" || envelope.isJson;
      },
      onFault: (reason) => refuse(null, ErrorCodes.ParseError, reason),
    });
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      const mark: NotificationMessage = { ...envelopeHead, method: endMark };
      deliver(mark);
    };
    input.on("data", (chunk: Buffer | string) => {
      frames.push(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk);
    });
    for (const event of ["end", "close", "error"]) input.on(event, end);
    for (const event of ["close", "error"]) output.on(event, end);
  });
  const connection = createMessageConnection(reader, createWriter(write), {
    error: (message) => log.error(message),
    warn: (message) => log.warn(message),
    info: (message) => log.info(message),
    log: (message) => log.debug(message),
  });
  connection.onRequest((method, params, token) => deps.onRequest(method, named(params), token));
  connection.onNotification((method, params) => {
    if (method === endMark) deps.onEnd();
    else deps.onNotification(method, named(params));
  });

  return {
    listen: () => connection.listen(),
    notify: (method, params) => (closed ? Promise.resolve() : connection.sendNotification(method, params)),
    request: (method, params) =>
      closed ? Promise.reject(new Error("The connection is closed.")) : connection.sendRequest(method, params),
    async close() {
      if (closing) return;
      closing = true;
      input.pause();
      // Handlers that were just aborted get their answers out.
      await new Promise((resolve) => setImmediate(resolve));
      closed = true;
      await lastWrite;
      connection.dispose();
    },
  };
}

const envelopeHead = { jsonrpc: "2.0" } as const;

/** Some clients send the one object of named params as the only positional one. */
function named(params: unknown): unknown {
  return Array.isArray(params) && params.length <= 1 ? params[0] : params;
}

function isMessageId(id: unknown): id is MessageId {
  return typeof id === "string" || typeof id === "number";
}

function createReader(listen: (deliver: (message: Message) => void) => void): MessageReader {
  const errors = new Emitter<Error>();
  const closes = new Emitter<void>();
  const partials = new Emitter<{ messageToken: number; waitingTime: number }>();
  return {
    onError: errors.event,
    onClose: closes.event,
    onPartialMessage: partials.event,
    listen(deliver) {
      listen(deliver);
      return Disposable.create(() => undefined);
    },
    dispose() {},
  };
}

function createWriter(write: (message: Message) => Promise<void>): MessageWriter {
  const errors = new Emitter<[Error, Message | undefined, number | undefined]>();
  const closes = new Emitter<void>();
  return { onError: errors.event, onClose: closes.event, write, end() {}, dispose() {} };
}
