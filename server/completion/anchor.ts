// What is kept of a place when its answer is: enough to find out later what has been typed since. Places are told apart
// by their line and the text around it, never by an offset: offsets move with every edit above, and the head of a large
// document is cut off at another spot each time.

import type { Place } from "./prompt-position.ts";

export interface Origin {
  readonly shape: string;
  /** Text before the place's line. */
  readonly context: string;
  /** The context reaches to the start of the text. */
  readonly isWhole: boolean;
  /** The place's line up to the place. */
  readonly lineHead: string;
  readonly suffix: string;
}

const contextChars = 1_024;
// The lines that an answer may have.
const maxLines = 40;

/** Ask the place for it, which remembers. */
export function originOf(
  place: Pick<Place, "shape" | "window" | "isWhole" | "suffix" | "lineStarts">,
): Origin | undefined {
  const { window } = place;
  const [start] = place.lineStarts;
  if (start === undefined) return undefined;
  const contextStart = Math.max(0, start - contextChars);
  const known = copyOf(window.slice(contextStart));
  return {
    shape: place.shape,
    context: known.slice(0, start - contextStart),
    isWhole: place.isWhole && contextStart === 0,
    lineHead: known.slice(start - contextStart),
    suffix: copyOf(place.suffix),
  };
}

/** Ask the place for them, which remembers. */
export function lineStartsIn({ window, isWhole }: Pick<Place, "window" | "isWhole">): readonly number[] {
  const starts: number[] = [];
  for (let end = window.length; starts.length < maxLines; ) {
    const lineBreak = end === 0 ? -1 : window.lastIndexOf("\n", end - 1);
    if (lineBreak < 0 && !isWhole) break;
    starts.push(lineBreak + 1);
    if (lineBreak < 0) break;
    end = lineBreak;
  }
  return starts;
}

/** What was typed between the origin and the place, if the origin's line begins at `start` of the place's window. */
export function typedSince(origin: Origin, place: Place, start: number): string | undefined {
  const { window } = place;
  const { context, lineHead } = origin;
  const isFarEnough = origin.isWhole ? place.isWhole && start === context.length : start >= context.length;
  if (!isFarEnough) return undefined;
  // The last character of the line above tells most places apart, for less than comparing texts takes.
  const last = context.length - 2;
  if (last >= 0 && context.charCodeAt(last) !== window.charCodeAt(start - 2)) return undefined;
  if (!window.startsWith(lineHead, start)) return undefined;
  if (origin.suffix !== place.suffix || origin.shape !== place.shape || !window.endsWith(context, start)) {
    return undefined;
  }
  return window.slice(start + lineHead.length);
}

/** As `typedSince`, wherever the origin's line is. */
export function typedSinceOrigin(origin: Origin, place: Place): string | undefined {
  for (const start of place.lineStarts) {
    const typed = typedSince(origin, place, start);
    if (typed !== undefined) return typed;
  }
  return undefined;
}

// V8 copies what is shorter when it is cut out.
const shortChars = 13;

/** A slice keeps the whole string that it was cut from alive: here, every version of a document. */
export function copyOf(text: string): string {
  return text.length < shortChars ? text : Buffer.from(text, "utf16le").toString("utf16le");
}
