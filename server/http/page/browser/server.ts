// Talks to the listener that served the page: requests with the page's key, and streams of events.

import { withAdvice } from "../../../../shared/errors.ts";
import type { ErrorReply } from "../../../../shared/http.ts";
import { pageKeyHeader } from "../../../../shared/page.ts";

/** A refusal, in the listener's words. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Server {
  /** The JSON that answers. Throws `Refusal`, and `TypeError` when nobody answers. */
  ask<T>(path: string, body?: object): Promise<T>;
  /** Calls `onEvent` with each event until the stream ends. Throws as `ask` does. */
  follow(
    path: string,
    options: { readonly post?: true; readonly signal?: AbortSignal; onEvent(name: string, data: unknown): void },
  ): Promise<void>;
}

export function createServer(key: string): Server {
  const send = async (path: string, init: Omit<RequestInit, "headers">): Promise<Response> => {
    const answer = await fetch(path, {
      ...init,
      headers: { Accept: "application/json", [pageKeyHeader]: key },
    });
    if (answer.ok) return answer;
    const reply = (await answer.json().catch(() => undefined)) as ErrorReply | undefined;
    const { message = `The listener answered ${answer.status}.`, advice } = reply?.error ?? {};
    throw new Refusal(answer.status, withAdvice({ message, advice }));
  };
  return {
    async ask(path, body) {
      const answer = await send(path, body ? { method: "POST", body: JSON.stringify(body) } : {});
      return answer.json();
    },
    async follow(path, { post, signal, onEvent }) {
      const answer = await send(path, { method: post ? "POST" : "GET", signal: signal ?? null });
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: "" };
        if (done) return;
        const events = (text + value).split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) {
          const name = /^event: (.*)$/m.exec(event)?.[1] ?? "";
          const data = /^data: (.*)$/m.exec(event)?.[1];
          if (data !== undefined) onEvent(name, JSON.parse(data));
        }
      }
    },
  };
}
