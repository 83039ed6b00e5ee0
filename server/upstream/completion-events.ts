// What the events of a completion's stream say. The events of one stream are alike to the letter but for their words, a
// dozen of them in an answer of one line; so most are not taken apart as JSON, which would be what costs most of all that
// is done with an answer.

import type { Secret } from "../runtime/secret.ts";
import type { CompletionPiece } from "./types.ts";
import { clean, readWords } from "./words.ts";

export type CompletionEvent =
  | { readonly kind: "pieces"; readonly pieces: readonly CompletionPiece[] }
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "done" }
  | { readonly kind: "nonsense" };

/** An event of one alternative that goes on, in two parts: before its words and after them. */
interface Mould {
  readonly before: string;
  readonly after: string;
  readonly piece: CompletionPiece;
  /** Another event of the same two parts was taken apart as JSON, and its words were other ones. */
  isProven: boolean;
}

/** Reads the events of one stream, in their order. */
export class CompletionEvents {
  readonly #secrets: readonly Secret[];
  #mould: Mould | undefined;

  /** `secrets`: no error of the service is told with one of them in it. */
  constructor(secrets: readonly Secret[]) {
    this.#secrets = secrets;
  }

  read(data: string): CompletionEvent {
    const mould = this.#mould;
    if (mould?.isProven) {
      const text = wordsIn(mould, data);
      if (text !== undefined)
        return { kind: "pieces", pieces: [{ index: mould.piece.index, text, finishReason: null }] };
    }
    const event = readEvent(data, this.#secrets);
    if (event.kind === "pieces") this.#learn(data, event.pieces);
    return event;
  }

  #learn(data: string, pieces: readonly CompletionPiece[]): void {
    const [piece] = pieces;
    if (!piece || pieces.length > 1 || piece.finishReason !== null) return;
    const mould = this.#mould;
    const fits = mould !== undefined && mould.piece.index === piece.index && wordsIn(mould, data) === piece.text;
    // Where the same words come twice, they may as well have come from elsewhere in the event.
    if (!fits) this.#mould = mouldOf(data, piece);
    else if (mould.piece.text !== piece.text) mould.isProven = true;
  }
}

const beginning = '"text":"';
// The rule `unescaped` of RFC 8259, section 7.
const nothingEscaped = /^[\x20\x21\x23-\x5b\x5d-\uffff]*$/;

function mouldOf(data: string, piece: CompletionPiece): Mould | undefined {
  const key = data.indexOf(beginning);
  if (key < 0) return undefined;
  const start = key + beginning.length;
  let end = data.indexOf('"', start);
  while (end > 0 && isEscaped(data, start, end)) end = data.indexOf('"', end + 1);
  return end < 0 ? undefined : { before: data.slice(0, start), after: data.slice(end), piece, isProven: false };
}

function isEscaped(data: string, start: number, at: number): boolean {
  let backslashes = 0;
  while (at - backslashes > start && data[at - backslashes - 1] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

/** What stands between the two parts, if they are the event's and it is the inside of a JSON string. */
function wordsIn({ before, after }: Mould, data: string): string | undefined {
  const end = data.length - after.length;
  if (end < before.length || !data.startsWith(before) || !data.endsWith(after)) return undefined;
  const written = data.slice(before.length, end);
  if (nothingEscaped.test(written)) return written;
  try {
    // Of one string and nothing else: a quotation mark that ends it early is an error here.
    return JSON.parse(`"${written}"`) as string;
  } catch {
    return undefined;
  }
}

function readEvent(data: string, secrets: readonly Secret[]): CompletionEvent {
  if (data.trim() === "[DONE]") return { kind: "done" };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { kind: "nonsense" };
  }
  if (!isRaw(json)) return { kind: "nonsense" };
  const { choices, error } = json;
  if (error !== undefined && error !== null) {
    const words = typeof error === "string" ? clean(error, secrets) : readWords(data, secrets).message;
    return { kind: "error", words: words === "" ? "." : `: ${words}` };
  }
  if (!Array.isArray(choices) || !choices.every(isRaw)) return { kind: "pieces", pieces: [] };
  return { kind: "pieces", pieces: choices.map(pieceOf) };
}

// By hand and not by a schema: this is done for every event of every answer, and takes a tenth of the time.
/** The fields that an event, or one of its choices, may have. */
interface Raw {
  readonly choices?: unknown;
  readonly error?: unknown;
  readonly index?: unknown;
  readonly text?: unknown;
  readonly finish_reason?: unknown;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null;
}

function pieceOf({ index, text, finish_reason: reason }: Raw): CompletionPiece {
  return {
    index: typeof index === "number" && Number.isInteger(index) && index >= 0 ? index : 0,
    text: typeof text === "string" ? text : "",
    finishReason: typeof reason === "string" ? reason : null,
  };
}
