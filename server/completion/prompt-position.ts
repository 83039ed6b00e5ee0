// Where a question stands, in as few characters as tell places apart: what memory and sharing compare instead of
// documents. The cost is bounded by the window, whatever the document's length. What is found out about a place is found
// out once, when somebody wants to know, for memory, sharing and the requests under way all go by it.
//
// A place ends where the service's answer begins: at the cursor, or at the start of the cursor's line when nothing but
// white space stands before it. Line ends are `\n` in it, as they are in answers.

import { createHash } from "node:crypto";
import type { CompletionRequest, ContextFile } from "../../shared/completion.ts";
import { toLf } from "./text/line-ends.ts";
import { lineBeforeCursor } from "./text/lines.ts";
import { suffixOf } from "./prompt/suffix.ts";
import { isBlank } from "./text/white-space.ts";
import { copyOf, lineStartsIn, type Origin, originOf } from "./anchor.ts";

export class Place {
  /** Everything but text that must be equal for two questions to have the same answer. */
  readonly shape: string;
  /** The text up to the place, or the end of it. */
  readonly window: string;
  /** The window begins where the text does. */
  readonly isWhole: boolean;
  /** The start of the text after it. */
  readonly suffix: string;
  #lineStarts: readonly number[] | undefined;
  #origin: { readonly found: Origin | undefined } | undefined;

  constructor(facts: Pick<Place, "shape" | "window" | "isWhole" | "suffix">) {
    this.shape = facts.shape;
    this.window = facts.window;
    this.isWhole = facts.isWhole;
    this.suffix = facts.suffix;
  }

  /** Where its line begins in the window, then the line above, as far up as an answer's first line may be. */
  get lineStarts(): readonly number[] {
    this.#lineStarts ??= lineStartsIn(this);
    return this.#lineStarts;
  }

  /** What is kept of it; undefined where the line is so long that its start is out of sight. */
  get origin(): Origin | undefined {
    this.#origin ??= { found: originOf(this) };
    return this.#origin.found;
  }
}

// Room for the context that is compared and for the longest answer that may have been typed since.
const windowChars = 6_144;
const suffixChars = 512;

/** `model`: the engine that is asked for by name. */
export function placeOf(request: CompletionRequest, model: string | undefined): Place {
  const { kind, before } = request;
  const line = kind === "document" ? lineBeforeCursor(before.slice(-windowChars)) : "";
  const end = before.length - (isBlank(line) ? line.length : 0);
  const start = Math.max(0, end - windowChars);
  return new Place({
    shape: shapeOf(request, model),
    window: toLf(before.slice(start, end)),
    isWhole: start === 0 && (kind === "prompt" || request.beforeOffset === 0),
    suffix: toLf(suffixOf(request).slice(0, suffixChars)),
  });
}

function shapeOf(request: CompletionRequest, model = ""): string {
  const { kind, languageId, path = "", stop, maxTokens, topP } = request;
  const files = kind === "prompt" && request.files ? digestOf(request.files) : "";
  let stops = "";
  for (const word of stop ?? []) stops += `${word.length} ${word}`;
  // Lengths first, so that no two shapes are written alike. By hand: as JSON it would take three times as long.
  const lengths = `${languageId.length} ${path.length} ${model.length} ${stops.length}`;
  return sameString(`${kind} ${lengths} ${languageId}${path}${model}${stops}${maxTokens ?? ""} ${topP ?? ""} ${files}`);
}

let lastShape = "";

/**
 * One string for one shape as long as nothing of another shape is asked: there is one in every answer that is remembered.
 * A copy and nothing besides, which is why not by `keepLast`: a path may have been cut out of a prompt, which it would
 * keep alive.
 */
function sameString(shape: string): string {
  if (shape !== lastShape) lastShape = copyOf(shape);
  return lastShape;
}

// Who shows other files wants another answer; the files themselves are too long to be kept.
function digestOf(files: readonly ContextFile[]): string {
  const hash = createHash("sha1");
  for (const { path = "", text } of files) hash.update(`${path.length} ${text.length} ${path}${text}`);
  return hash.digest("base64");
}
