// One JSON-RPC 2.0 connection over two streams: framing and checks on the way in, one write per message on the way out,
// and the requests of both sides that have no answer yet. Knows no LSP method but `$/cancelRequest`, and ends no process:
// it reports the end of the input.

import type { Log } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { createWarnOnce } from "../runtime/warn-once.ts";
import { type Envelope, type MessageId, readEnvelope } from "./envelope.ts";
import { createFrameReader } from "./frame-reader.ts";
import { rpcCodes, RpcError, type RpcErrorBody } from "./rpc-error.ts";

export interface ConnectionDeps {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly log: Log;
  /** Answers or throws. `signal` is aborted with `cancelled` when the other side cancels the request. */
  readonly onRequest: (method: string, params: unknown, signal: AbortSignal) => Promise<unknown>;
  /** The error answer to what `onRequest` threw. */
  readonly errorBodyOf: (error: unknown) => RpcErrorBody;
  readonly onNotification: (method: string, params: unknown) => void;
  /** The other side has closed its end, and every message before that has been handed out. */
  readonly onEnd: () => void;
}

export interface Connection {
  listen(): void;
  /** Resolves when the message has left. */
  notify(method: string, params: unknown): Promise<void>;
  /**
   * Rejects with the other side's error answer, an `RpcError`, or when it closes its end. Aborting `signal` sends
   * `$/cancelRequest` and rejects with its reason.
   */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Stops reading; resolves when what was written has left. */
  close(): Promise<void>;
}

interface Outgoing {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

const maxMessageBytes = 64 * 1024 * 1024;

export function createConnection(deps: ConnectionDeps): Connection {
  const { input, output, log } = deps;
  const warnOnce = createWarnOnce(log);
  // A map tells the id 7 from the id "7"; both may be in use at once.
  const incoming = new Map<MessageId, AbortController>();
  const outgoing = new Map<MessageId, Outgoing>();
  let lastId = 0;
  let lastWrite: Promise<void> = Promise.resolve();
  let state: "open" | "closing" | "closed" = "open";
  let hasEnded = false;

  const write = (message: object): Promise<void> => {
    if (state === "closed" || !output.writable) return Promise.resolve();
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }), "utf8");
    const bytes = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, "latin1"), body]);
    // A write fails only when the other side has gone, which shows as the end of the input.
    lastWrite = new Promise((resolve) => output.write(bytes, () => resolve()));
    return lastWrite;
  };
  const refuse = (id: MessageId | null, code: number, reason: string): void => {
    warnOnce(reason, "a message was refused", { reason });
    void write({ id, error: new RpcError(code, reason).body });
  };

  const answer = async (id: MessageId, method: string, params: unknown): Promise<void> => {
    const controller = new AbortController();
    incoming.set(id, controller);
    const response = await deps.onRequest(method, params, controller.signal).then(
      (result) => ({ id, result: result ?? null }),
      (error: unknown) => ({ id, error: deps.errorBodyOf(error) }),
    );
    incoming.delete(id);
    void write(response);
  };
  const settle = (id: MessageId, settleRequest: (request: Outgoing) => void): void => {
    const request = outgoing.get(id);
    outgoing.delete(id);
    if (request) settleRequest(request);
  };

  const receive = (envelope: Envelope): void => {
    switch (envelope.kind) {
      case "refused":
        for (const { id, code, reason } of envelope.refusals) {
          // A second answer to one request is worse than none to a broken message.
          refuse(id !== null && incoming.has(id) ? null : id, code, reason);
        }
        return;
      case "request": {
        const { id, method, params } = envelope;
        if (incoming.has(id)) return refuse(null, rpcCodes.invalidRequest, `The request id ${id} is already in use.`);
        return void answer(id, method, named(params));
      }
      case "response":
        return settle(envelope.id, ({ resolve, reject }) => {
          if (envelope.error) reject(envelope.error);
          else resolve(envelope.result);
        });
      case "cancel":
        return incoming.get(envelope.id)?.abort(new CopilotError("cancelled", "The client cancelled the request."));
      case "notification":
        if (envelope.damaged) warnOnce("utf-8", "a notification was not valid UTF-8; the bad bytes were replaced");
        return deps.onNotification(envelope.method, named(envelope.params));
      case "ignored":
        return warnOnce(envelope.reason, "a notification was ignored", { reason: envelope.reason });
    }
  };

  return {
    listen() {
      const frames = createFrameReader(maxMessageBytes, {
        onBody(body) {
          const envelope = readEnvelope(body, (id) => outgoing.has(id));
          receive(envelope);
          return envelope.kind !== "refused" || envelope.isJson;
        },
        onFault: (reason) => refuse(null, rpcCodes.parseError, reason),
      });
      const end = (): void => {
        if (hasEnded) return;
        hasEnded = true;
        for (const id of outgoing.keys()) settle(id, ({ reject }) => reject(closed()));
        deps.onEnd();
      };
      input.on("data", (chunk: Buffer | string) => {
        frames.push(typeof chunk === "string" ? Buffer.from(chunk, "utf8") : chunk);
      });
      for (const event of ["end", "close", "error"]) input.on(event, end);
      for (const event of ["close", "error"]) output.on(event, end);
    },
    notify: (method, params) => write({ method, params }),
    request(method, params, signal) {
      // Nobody would answer.
      if (state === "closed" || hasEnded) return Promise.reject(closed());
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        outgoing.set(id, { resolve, reject });
        void write({ id, method, params });
        const cancel = (): void =>
          settle(id, (request) => {
            void write({ method: "$/cancelRequest", params: { id } });
            request.reject(signal?.reason);
          });
        signal?.addEventListener("abort", cancel, { once: true });
      });
    },
    async close() {
      if (state !== "open") return;
      state = "closing";
      input.pause();
      // Handlers that were just aborted get their answers out.
      await new Promise((resolve) => setImmediate(resolve));
      state = "closed";
      await lastWrite;
    },
  };
}

function closed(): Error {
  return new Error("The connection is closed.");
}

/** Some clients send the one object of named params as the only positional one. */
function named(params: unknown): unknown {
  return Array.isArray(params) && params.length <= 1 ? params[0] : params;
}
