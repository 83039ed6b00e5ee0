// What every answer comes down to, whatever its format: changes of whole lines, as they become known.

import type { LineRange, Place } from "../window.ts";

/** Lines `[start, end)` of the text that was asked about give way to `lines`. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** What a reader may know of the text that was asked about. */
export interface AnswerContext {
  readonly path: string;
  readonly cursor: Place;
  readonly window: LineRange;
  /** Of the window. */
  readonly windowLines: readonly string[];
  /** Lines `[start, end)` of the whole text. */
  readonly lines: (start: number, end: number) => readonly string[];
}

/** How an answer ended: by the mark that closes it, by itself, or cut off. Not every service says that it stopped early. */
export type AnswerEnd = "closed" | "whole" | "cut";

/** Takes an answer line by line. It never throws, whatever the lines hold. */
export interface AnswerReader {
  /** The next line, without its end. Answers the hunks that are certain now. */
  line(text: string): readonly Hunk[];
  /** The answer is over. */
  end(how: AnswerEnd): readonly Hunk[];
  /** What the model said of its own certainty. */
  intent?(): Intent | undefined;
}

export type Intent = "none" | "low" | "medium" | "high";

/** A file for each implementation. */
export interface AnswerFormat {
  /** What the answer would be if nothing changed; the service is told it. */
  prediction(context: AnswerContext): string;
  read(context: AnswerContext): AnswerReader;
}
