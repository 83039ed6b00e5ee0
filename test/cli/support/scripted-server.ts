// A program on three pipes that speaks as much of the language server protocol as the demo needs, answering what a test
// says. Written against the framing of the protocol alone, so that it shares no code with the client it is there to
// check.

import { PassThrough } from "node:stream";
import type { ChildProgram } from "../../../server/cli/env.ts";

export interface Received {
  readonly id?: number;
  readonly method: string;
  readonly params: Record<string, never>;
}

export interface ScriptedServer {
  readonly program: ChildProgram;
  readonly received: readonly Received[];
  wasKilled(): boolean;
  /** Sends a request of the server's own. */
  ask(method: string): void;
  /** Ends the program. */
  end(code: number, lastWords?: string): void;
}

/** `answer` gives the result of a request; undefined leaves it unanswered. */
export function createScriptedServer(
  answer: (request: Received, server: ScriptedServer) => unknown,
  options: { readonly bytesPerWrite?: number } = {},
): ScriptedServer {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const received: Received[] = [];
  let killed = false;
  let exit: (code: number | null) => void = () => undefined;
  const exited = new Promise<number | null>((resolve) => {
    exit = resolve;
  });

  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    const bytes = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
    const step = options.bytesPerWrite ?? bytes.length;
    for (let at = 0; at < bytes.length; at += step) stdout.write(bytes.subarray(at, at + step));
  };

  let text = "";
  stdin.setEncoding("latin1");
  stdin.on("data", (chunk: string) => {
    text += chunk;
    for (
      let match = /^Content-Length: (\d+)\r\n\r\n/.exec(text);
      match;
      match = /^Content-Length: (\d+)\r\n\r\n/.exec(text)
    ) {
      const end = match[0].length + Number(match[1]);
      if (text.length < end) return;
      const message = JSON.parse(Buffer.from(text.slice(match[0].length, end), "latin1").toString("utf8"));
      text = text.slice(end);
      received.push(message);
      if (message.method === "exit") exit(0);
      if (message.id === undefined || message.method === undefined) continue;
      const result = answer(message, server);
      if (result instanceof Error) send({ id: message.id, error: { code: -32603, message: result.message } });
      else if (result !== undefined) send({ id: message.id, result });
    }
  });

  const server: ScriptedServer = {
    program: {
      stdin,
      stdout,
      stderr,
      exited,
      kill: () => {
        killed = true;
        exit(null);
      },
    },
    received,
    wasKilled: () => killed,
    ask: (method) => send({ id: 900, method, params: {} }),
    end: (code, lastWords = "") => {
      stderr.write(lastWords);
      setImmediate(() => exit(code));
    },
  };
  return server;
}
