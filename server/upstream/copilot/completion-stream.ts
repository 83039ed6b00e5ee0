// Opens a completion as a stream of its pieces, until each choice has ended, `[DONE]` has come or the stream is over. Leaving
// the loop early closes the request at once. Knows nothing of what makes a good completion.

import type { Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { parseJson } from "../../runtime/json.ts";
import type { Secret } from "../../runtime/secret.ts";
import { readErrorText } from "../error-text.ts";
import type { HttpRequest } from "../http/http-client.ts";
import type { HttpResponse } from "../http/http-response.ts";
import { refusalOf, refused } from "../http/json-response.ts";
import type { CompletionPiece, CompletionStream, SessionToken } from "../types.ts";
import type { Endpoints } from "./endpoints.ts";

interface Limits {
  /** How many alternatives were asked for; when each has ended, `[DONE]` is not waited for. */
  readonly choices: number;
  /** Most tokens of one alternative, as asked for. */
  readonly maxTokens: number;
}

interface Facts extends Limits {
  readonly secrets: readonly Secret[];
  readonly log: Log;
  readonly id: string;
  /** The failure that a body is which is no event stream. */
  refusal(body: string): CopilotError;
}

// Far above what the service needs: an event of one token has about 200 bytes.
const bytesPerToken = 1024;
const spareBytes = 64 * 1024;
/** A token may come in several pieces, where it holds a part of a character. */
const piecesPerToken = 4;

interface GrowingPiece {
  readonly index: number;
  text: string;
  finishReason: string | null;
}

/** Sends the request. Rejects as `HttpClient.request`, and with what the service says instead of a stream. */
export async function openCompletionStream(
  endpoints: Endpoints,
  ctx: Ctx,
  session: SessionToken,
  request: HttpRequest,
  limits: Limits,
): Promise<CompletionStream> {
  const response = await endpoints.http.request(ctx, request);
  const { status, headers } = response;
  endpoints.readQuotas(session, headers);
  if (status !== 200 || /html|json/i.test(headers["content-type"] ?? "")) {
    throw forSession(await refused(endpoints.clock, response, request));
  }
  const refusal = (text: string): CopilotError => refusalOf(endpoints.clock, response, request, text);
  return {
    pieces: completionPieces(response, { ...limits, secrets: request.secrets, log: ctx.log, id: ctx.id, refusal }),
  };
}

/** Here 401 speaks of the session token, which is renewed without the person. */
function forSession(error: CopilotError): CopilotError {
  if (error.code !== "signed-out") return error;
  return new CopilotError("signed-out", error.message, {
    advice: "The session is renewed by itself; if it stays so, sign in again.",
    httpStatus: error.httpStatus,
  });
}

export function completionPieces(response: HttpResponse, facts: Facts): AsyncIterable<readonly CompletionPiece[]> {
  const pieces = readPieces(response, facts);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => pieces.next(),
      // By itself, a generator would return only after the read that it waits for.
      return() {
        response.destroy();
        return pieces.return(undefined);
      },
    }),
  };
}

async function* readPieces(
  response: HttpResponse,
  facts: Facts,
): AsyncGenerator<readonly CompletionPiece[], undefined> {
  const { choices, maxTokens, secrets, log, id } = facts;
  const counts = new Map<number, number>();
  const ended = new Set<number>();
  let hasEvent = false;

  for await (const events of readEvents(response, facts)) {
    const pieces = new Map<number, GrowingPiece>();
    let isOver = false;
    let failure: CopilotError | undefined;
    for (const data of events) {
      const event = readEvent(data, secrets);
      hasEvent ||= event.kind !== "nonsense";
      if (event.kind === "nonsense") {
        log.debug("an event of the completion makes no sense and is skipped", { id, characters: data.length });
      } else if (event.kind === "error") {
        const words = `${response.host} failed in the middle of the completion${event.words}`;
        failure = event.isRateLimit
          ? new CopilotError("limited", words, { advice: "Wait a while." })
          : new CopilotError("upstream-failed", words, { advice: "Try again." });
      } else if (event.kind === "pieces") {
        for (const { index, text, finishReason } of event.pieces) {
          if (index >= choices || ended.has(index)) continue;
          const known = pieces.get(index) ?? { index, text: "", finishReason: null };
          const count = (counts.get(index) ?? 0) + (text === "" ? 0 : 1);
          const isTooMuch = count > maxTokens * piecesPerToken;
          counts.set(index, count);
          if (!isTooMuch) known.text += text;
          known.finishReason = isTooMuch ? "length" : finishReason;
          if (known.finishReason !== null) ended.add(index);
          pieces.set(index, known);
        }
      }
      // The connection may never bring the farewell of a complete answer.
      isOver = event.kind === "done" || ended.size === choices;
      if (isOver || failure) break;
    }
    if (isOver) response.drain();
    if (pieces.size > 0) yield [...pieces.values()];
    if (failure) throw failure;
    if (isOver) return;
  }
  if (!hasEvent) throw new CopilotError("upstream-failed", `${response.host} sent no event that is a completion.`);
}

/**
 * The data of all events that came together. Each `data` line is an event of its own, as for the official client: some
 * services part events by a single line break, and no JSON of theirs goes over a line.
 */
async function* readEvents(
  response: HttpResponse,
  { choices, maxTokens, refusal }: Facts,
): AsyncGenerator<readonly string[], undefined> {
  const maxBytes = spareBytes + choices * maxTokens * bytesPerToken;
  // Leaves a byte order mark out, and keeps a character that is cut.
  const decoder = new TextDecoder();
  let bytes = 0;
  let isEventStream = false;
  let rest = "";
  for await (const chunk of response.chunks()) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new CopilotError("upstream-failed", `${response.host} sent more events than the completion can have.`);
    }
    let text = decoder.decode(chunk, { stream: true });
    // The first character that is no white space decides. It is looked for in what is new: the whole may come in small
    // pieces.
    if (rest === "" && !isEventStream) {
      text = text.trimStart();
      isEventStream = /^[^{[<]/.test(text);
    }
    if (isEventStream) {
      // Only what is new is searched for line ends.
      const lines = text.split(/[\r\n]/);
      lines[0] = rest + (lines[0] ?? "");
      rest = lines.pop() ?? "";
      yield dataOf(lines);
    } else {
      rest += text;
    }
  }
  rest += decoder.decode();
  if (!isEventStream) throw refusal(rest);
  yield dataOf([rest]);
}

function dataOf(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith("data:")).map((line) => line.slice("data:".length).trim());
}

type CompletionEvent =
  | { readonly kind: "pieces"; readonly pieces: readonly CompletionPiece[] }
  | { readonly kind: "error"; readonly words: string; readonly isRateLimit: boolean }
  | { readonly kind: "done" }
  | { readonly kind: "nonsense" };

function readEvent(data: string, secrets: readonly Secret[]): CompletionEvent {
  if (data === "[DONE]") return { kind: "done" };
  const json = parseJson(data);
  if (!isRaw(json)) return { kind: "nonsense" };
  const { choices, error } = json;
  if (error !== undefined && error !== null) {
    const { message, isRateLimit } = readErrorText(data, secrets);
    return { kind: "error", words: message === "" ? "." : `: ${message}`, isRateLimit };
  }
  if (!Array.isArray(choices) || !choices.every(isRaw)) return { kind: "pieces", pieces: [] };
  return { kind: "pieces", pieces: choices.map(pieceOf) };
}

/** The fields that an event, or one of its choices, may have. */
interface Raw {
  readonly choices?: unknown;
  readonly error?: unknown;
  readonly index?: unknown;
  readonly text?: unknown;
  /** Of chat completions. */
  readonly delta?: unknown;
  readonly content?: unknown;
  readonly finish_reason?: unknown;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null;
}

function pieceOf({ index, text: own, delta, finish_reason: reason }: Raw): CompletionPiece {
  const text = isRaw(delta) ? delta.content : own;
  return {
    index: typeof index === "number" && Number.isInteger(index) && index >= 0 ? index : 0,
    text: typeof text === "string" ? text : "",
    finishReason: typeof reason === "string" ? reason : null,
  };
}
