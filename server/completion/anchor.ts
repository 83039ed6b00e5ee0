// What is kept of a position together with its answer: enough to find out later what has been typed since. Positions are
// told apart by the text around them, never by an offset: offsets move with every edit above, and the head of a large
// document is cut off at another spot each time.

import { detached } from "../runtime/detached-string.ts";
import type { PromptPosition } from "./prompt-position.ts";

export interface Anchor {
  /** The position's line up to the position. */
  readonly lineHead: string;
  /** The end of the text above that line: compared before the fingerprint, because it costs less. */
  readonly contextEnd: string;
  /** Fingerprints of the rest of what the prompt contains. */
  readonly textAbove: string;
  readonly surroundings: string;
}

const contextEndChars = 80;

/** Undefined where the line is so long that its start is out of sight. */
export function anchorOf(position: PromptPosition): Anchor | undefined {
  const [start] = position.lineStarts();
  if (start === undefined) return undefined;
  return {
    lineHead: detached(position.before.slice(start)),
    contextEnd: detached(contextEndAt(position, start)),
    textAbove: position.textAbove(start),
    surroundings: position.surroundings(),
  };
}

/** The end of the text above the line that begins at `start`. */
export function contextEndAt({ before }: PromptPosition, start: number): string {
  return before.slice(Math.max(0, start - contextEndChars), start);
}

/**
 * What was typed between the anchor and the position, if the anchor's line begins at `start` of the position's text and
 * nothing else that a prompt contains has changed.
 */
export function typedSince(
  anchor: Anchor,
  position: PromptPosition,
  start: number,
  surroundings: () => string | undefined = position.surroundings,
): string | undefined {
  const { before } = position;
  const { lineHead } = anchor;
  if (!before.startsWith(lineHead, start) || contextEndAt(position, start) !== anchor.contextEnd) return undefined;
  if (surroundings() !== anchor.surroundings || position.textAbove(start) !== anchor.textAbove) return undefined;
  return before.slice(start + lineHead.length);
}

/** As `typedSince`, whichever line the anchor's is. */
export function typedSinceAnchor(
  anchor: Anchor,
  position: PromptPosition,
  surroundings?: () => string | undefined,
): string | undefined {
  for (const start of position.lineStarts()) {
    const typed = typedSince(anchor, position, start, surroundings);
    if (typed !== undefined) return typed;
  }
  return undefined;
}
