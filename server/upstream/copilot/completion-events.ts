// What the events of a completion's stream say. The events of one alternative are alike to the letter but for their
// words, a dozen of them in an answer of one line; so most are not taken apart as JSON, which would be what costs most of
// all that is done with an answer.

import type { Secret } from "../../runtime/secret.ts";
import type { CompletionPiece } from "../types.ts";
import { clean, readWords } from "../error-text.ts";

export type CompletionEvent =
  | { readonly kind: "pieces"; readonly pieces: readonly CompletionPiece[] }
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "done" }
  | { readonly kind: "nonsense" };

/** An event of one alternative that goes on, in two parts: before its words and after them. */
interface Mould {
  readonly before: string;
  readonly after: string;
  readonly index: number;
}

/** Reads the events of one stream, in their order. */
export class CompletionEvents {
  readonly #secrets: readonly Secret[];
  /** One for each alternative. */
  readonly #moulds: Mould[] = [];

  /** `secrets`: no error of the service is told with one of them in it. */
  constructor(secrets: readonly Secret[]) {
    this.#secrets = secrets;
  }

  read(data: string): CompletionEvent {
    for (const mould of this.#moulds) {
      const text = wordsIn(mould, data);
      if (text !== undefined) return { kind: "pieces", pieces: [{ index: mould.index, text, finishReason: null }] };
    }
    const event = readEvent(data, this.#secrets);
    const mould = event.kind === "pieces" ? mouldOf(data, event.pieces) : undefined;
    if (mould) this.#learn(mould);
    return event;
  }

  #learn(mould: Mould): void {
    const known = this.#moulds.findIndex(({ index }) => index === mould.index);
    if (known >= 0) this.#moulds[known] = mould;
    else if (this.#moulds.length < maxMoulds) this.#moulds.push(mould);
  }
}

// As many alternatives as are ever asked for.
const maxMoulds = 10;

const key = '"text"';
// The rule `unescaped` of RFC 8259, section 7.
const nothingEscaped = /^[\x20\x21\x23-\x5b\x5d-\uffff]*$/;

/**
 * Undefined where it is not certain that the words of the event stand where they seem to. They do if nothing else in it is
 * called so: then a `text` that is not empty can have come from nowhere else.
 */
function mouldOf(data: string, pieces: readonly CompletionPiece[]): Mould | undefined {
  const [piece] = pieces;
  if (!piece || pieces.length > 1 || piece.finishReason !== null || piece.text === "") return undefined;
  const opening = `${key}:"`;
  // Written with other escapes than ours, it shows nothing; the next one will.
  const written = `${key}:${JSON.stringify(piece.text)}`;
  const at = data.indexOf(key);
  if (at < 0 || !data.startsWith(written, at)) return undefined;
  const before = data.slice(0, at + opening.length);
  const after = data.slice(at + written.length - 1);
  // A name may be written with escapes.
  const isCertain = !before.includes("\\") && !after.includes("\\") && !after.includes(key);
  return isCertain ? { before, after, index: piece.index } : undefined;
}

/**
 * What stands between the two parts, if they are the event's and it is the inside of a JSON string. A slice, which keeps
 * its packet alive until it is joined to the words before it; there are some, in the event that the parts are of.
 */
function wordsIn({ before, after }: Mould, data: string): string | undefined {
  const end = data.length - after.length;
  // A search is made by the machine's words, `startsWith` character by character: six times as long.
  if (end < before.length || data.indexOf(before) !== 0 || !data.endsWith(after)) return undefined;
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
