// A language client of the smallest kind, for a server on two pipes: framed JSON-RPC (LSP 3.18, base protocol), requests
// and notifications. Knows no method; answers every question of the server with null.

import { untilAborted } from "../../runtime/cancel.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodes } from "../../../shared/errors.ts";
import type { ChildProgram } from "../env.ts";
import { plain } from "../output/output.ts";

export interface LanguageClient {
  /** Rejects with the server's error message, when the server ends, and with the signal's reason. */
  request(ctx: Ctx, method: string, params: unknown): Promise<unknown>;
  notify(method: string, params: unknown): void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface RefusalBody {
  readonly message?: string;
  /** As `LspErrorData`, from this program's own server. */
  readonly data?: { readonly code?: string; readonly advice?: string };
}

interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: RefusalBody;
}

const keptErrorLength = 500;

function refusalOf({ message = "The language server refused.", data = {} }: RefusalBody): Error {
  const code = errorCodes.find((one) => one === data.code);
  if (code === undefined) return new Error(plain(message));
  return new CopilotError(code, plain(message), data.advice === undefined ? {} : { advice: plain(data.advice) });
}

export function createLanguageClient(server: ChildProgram): LanguageClient {
  const waiting = new Map<number | string, Waiting>();
  let lastId = 0;
  let lastWords = "";
  let ended: Error | undefined;

  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const receive = ({ id, method, result, error }: Message): void => {
    if (id === undefined || id === null) return;
    if (method !== undefined) return send({ id, result: null });
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error) asker?.reject(refusalOf(error));
    else asker?.resolve(result);
  };

  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };

  // A server that is gone is told by `exited`; the broken pipe itself says nothing more.
  server.stdin.on("error", () => undefined);
  const readFrames = createFrameReader(receive);
  server.stdout.on("data", (chunk: Buffer) => {
    try {
      if (!ended) readFrames(chunk);
    } catch {
      end(new Error("The language server wrote something that is not the protocol."));
    }
  });
  server.stderr.on("data", (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString("utf8")).slice(-keptErrorLength);
  });
  void server.exited.then((code) => {
    const words = plain(lastWords).trim();
    end(new Error(`The language server ended (${code ?? "by a signal"})${words === "" ? "." : `: ${words}`}`));
  });

  return {
    request(ctx, method, params) {
      if (ended) return Promise.reject(ended);
      lastId += 1;
      const id = lastId;
      const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
      send({ id, method, params });
      return untilAborted(ctx.signal, answer);
    },
    notify(method, params) {
      send({ method, params });
    },
  };
}

/** Takes bytes as they come and hands on whole messages. Throws at what is no message: there is no way on from there. */
function createFrameReader(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const headEnd = pending.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(pending.toString("latin1", 0, headEnd))?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) throw new Error("A message has no length.");
      const bodyEnd = headEnd + 4 + length;
      if (pending.length < bodyEnd) return;
      const body = pending.toString("utf8", headEnd + 4, bodyEnd);
      pending = pending.subarray(bodyEnd);
      onMessage(JSON.parse(body) as Message);
    }
  };
}
