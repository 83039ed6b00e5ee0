// Plays one answer on one exchange: the usual answers of the routes and the scripted ones speak the same language.
// Knows nothing of what the words mean.

import type { Clock } from "../../shared/context.ts";
import type { ChatCompletionsChunk, CompletionsChunk } from "../../shared/upstream.ts";
import type { Exchange } from "./exchange.ts";
import type { ScriptedAnswer } from "./types.ts";

/** What a model says: pieces and end of each choice, told apart by their index. */
export interface WordsAnswer {
  readonly kind: "words";
  readonly choices: readonly { readonly pieces: readonly string[]; readonly finishReason: "stop" | "length" }[];
  readonly headers?: Readonly<Record<string, string>>;
}

export type Answer = Exclude<ScriptedAnswer, { kind: "faulty-edit" }> | WordsAnswer;

export interface AnswerDeps {
  readonly clock: Clock;
  /** Headers that every answer of the service carries. */
  serviceHeaders(exchange: Exchange): Readonly<Record<string, string>>;
  usualDelays(): { readonly firstByteDelayMs: number; readonly chunkDelayMs: number };
}

interface Playing {
  readonly writes: readonly Uint8Array[];
  readonly firstByteDelayMs: number;
  readonly chunkDelayMs: number;
  /** Each write reaches the client as one, as far as the kernel lets it; otherwise they may go out together. */
  readonly apart: boolean;
  readonly end: "done" | "no-done" | "reset" | "stall";
  readonly headers?: Readonly<Record<string, string>>;
}

const interceptedPage = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body></body></html>\n";

/** Resolves when the answer is complete or nobody reads it any more. */
export async function playAnswer(deps: AnswerDeps, exchange: Exchange, answer: Answer): Promise<void> {
  switch (answer.kind) {
    case "status": {
      const { bytes, contentType } = bodyOf(answer.body);
      const service = answer.fromGitHub === false ? {} : deps.serviceHeaders(exchange);
      exchange.head(answer.status, {
        ...service,
        ...(bytes.length > 0 ? { "content-type": contentType } : {}),
        "content-length": String(bytes.length),
        ...lowerCaseNames(answer.headers ?? {}),
      });
      exchange.end(bytes);
      return;
    }
    case "html": {
      const bytes = Buffer.from(interceptedPage);
      exchange.head(answer.status ?? 200, {
        "content-type": "text/html; charset=utf-8",
        "content-length": String(bytes.length),
      });
      exchange.end(bytes);
      return;
    }
    case "reset":
      exchange.cut();
      return;
    case "hang":
      return;
    case "raw-stream":
      return playStream(deps, exchange, {
        writes: [Buffer.from(answer.bytes)],
        firstByteDelayMs: 0,
        chunkDelayMs: 0,
        apart: false,
        end: "no-done",
      });
    case "stream": {
      const end = answer.end ?? "done";
      const finishReason = answer.finishReason ?? (end === "done" ? "stop" : undefined);
      const events = eventsOf(
        answer.choices.map((pieces) => ({ pieces, finishReason })),
        eventFor(exchange),
      );
      if (end === "done") events.push(doneEvent);
      const usual = deps.usualDelays();
      return playStream(deps, exchange, {
        writes: answer.bytesPerWrite === undefined ? events : sliced(events, answer.bytesPerWrite),
        firstByteDelayMs: answer.firstByteDelayMs ?? usual.firstByteDelayMs,
        chunkDelayMs: answer.chunkDelayMs ?? usual.chunkDelayMs,
        apart: true,
        end,
        ...(answer.headers ? { headers: lowerCaseNames(answer.headers) } : {}),
      });
    }
    case "words": {
      // The service opens with a chunk that has no text yet.
      const eventOf = eventFor(exchange);
      const opening = answer.choices.map((_, index) => eventOf(index, undefined, null));
      return playStream(deps, exchange, {
        writes: [...opening, ...eventsOf(answer.choices, eventOf), doneEvent],
        ...deps.usualDelays(),
        apart: false,
        end: "done",
        ...(answer.headers ? { headers: answer.headers } : {}),
      });
    }
  }
}

async function playStream(deps: AnswerDeps, exchange: Exchange, playing: Playing): Promise<void> {
  const { gone } = exchange;
  if (playing.firstByteDelayMs > 0) await pause(deps.clock, gone, playing.firstByteDelayMs);
  if (gone.aborted) return;
  exchange.head(200, { ...deps.serviceHeaders(exchange), "content-type": "text/event-stream", ...playing.headers });
  for (const [index, bytes] of playing.writes.entries()) {
    if (index > 0 && playing.chunkDelayMs > 0) await pause(deps.clock, gone, playing.chunkDelayMs);
    if (gone.aborted) return;
    await exchange.write(bytes);
    if (playing.apart) await new Promise((resolve) => setImmediate(resolve));
  }
  if (playing.end === "stall") return;
  // Every piece has had its turn of the loop: a reset throws away what was not sent yet.
  if (playing.end === "reset") exchange.cut();
  else exchange.end();
}

/** Resolves after the delay, or as soon as nobody reads the answer any more. */
function pause(clock: Clock, gone: AbortSignal, delayMs: number): Promise<void> {
  if (gone.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = clock.after(delayMs, () => {
      gone.removeEventListener("abort", leave);
      resolve();
    });
    const leave = (): void => {
      timer.cancel();
      resolve();
    };
    gone.addEventListener("abort", leave, { once: true });
  });
}

const doneEvent = Buffer.from("data: [DONE]\n\n");

type EventOf = (index: number, text: string | undefined, finishReason: string | null) => Buffer;

/** Text stands in another place of a chunk where the route is that of chats. */
function eventFor({ call }: Exchange): EventOf {
  return (index, text, finish_reason) => {
    const chunk: CompletionsChunk | ChatCompletionsChunk =
      call.route === "chat-completions"
        ? { choices: [{ index, delta: text === undefined ? { role: "assistant" } : { content: text }, finish_reason }] }
        : { choices: [{ index, ...(text === undefined ? {} : { text }), finish_reason }] };
    return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
  };
}

/** The events of all choices, taking turns, each ended when its pieces are. */
function eventsOf(
  choices: readonly { readonly pieces: readonly string[]; readonly finishReason: string | undefined }[],
  eventOf: EventOf,
): Buffer[] {
  const events: Buffer[] = [];
  const longest = Math.max(0, ...choices.map(({ pieces }) => pieces.length));
  for (let turn = 0; turn <= longest; turn += 1) {
    for (const [index, { pieces, finishReason }] of choices.entries()) {
      const text = pieces[turn];
      if (text !== undefined) events.push(eventOf(index, text, null));
      else if (turn === pieces.length && finishReason !== undefined) events.push(eventOf(index, "", finishReason));
    }
  }
  return events;
}

function sliced(events: readonly Uint8Array[], bytesPerWrite: number): Uint8Array[] {
  const all = Buffer.concat(events);
  const slices: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += bytesPerWrite) slices.push(all.subarray(at, at + bytesPerWrite));
  return slices;
}

function bodyOf(body: unknown): { readonly bytes: Uint8Array; readonly contentType: string } {
  if (body === undefined) return { bytes: new Uint8Array(), contentType: "" };
  if (typeof body === "string") return { bytes: Buffer.from(body), contentType: "text/plain; charset=utf-8" };
  return { bytes: Buffer.from(JSON.stringify(body)), contentType: "application/json; charset=utf-8" };
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
