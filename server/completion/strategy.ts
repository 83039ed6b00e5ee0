// How to ask: how many alternatives, how long, what ends one. A table of decisions about the request; knows nothing of
// prompts or connections.
//
// A bare prompt that wants one line is a case of its own. Programs append the answer to their prompt and ask again
// until it is empty. Their prompt then ends where a line ends, and the model's next word is a line break: a stop at
// line breaks would end the loop after one line. So line breaks are no stop for the service; the answer is the rest of
// the prompt's own line or, when the model has nothing to add to it, the line breaks and the next line with text. Each
// round adds one line of text, also when a shell strips the line break at an answer's end, for there is none. It
// is empty, and the loop ends, when the model leaves off, writes nothing but white space, or leaves two blank lines.

import type { CompletionRequest, LineMode } from "../../shared/completion.ts";
import { gapStops, languageOf } from "../../shared/languages.ts";
import { type Ending, andMore, blockByIndentation, fewLines, lineOrBlock, lineWithText, wholeText } from "./endings.ts";
import { asClosingPunctuation, lineAfterCursor, lineBeforeCursor } from "./text/lines.ts";
import type { ServiceCapabilities } from "./service.ts";
import type { CompletionSettings } from "./settings.ts";
import { isBlank, leadingWhiteSpace } from "./text/white-space.ts";

/** How far an answer goes, narrowest first. */
export type Extent = "line" | "next-line" | "few-lines" | "block" | "block-and-more";
const widths: Readonly<Record<Extent, number>> = {
  line: 1,
  "next-line": 2,
  "few-lines": 3,
  block: 4,
  "block-and-more": 5,
};

export interface Plan {
  readonly n: number;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  /** What the service is told to stop at. */
  readonly stop: readonly string[];
  /** What ends the answer for us, whether the service stopped there or not. */
  readonly cutAt: readonly string[];
  readonly trimByIndentation: boolean;
  readonly ending: Ending;
  readonly extent: Extent;
}

/** Whether an answer that goes as far as `one` holds what one that goes as far as `other` would. */
export function isAsWide(one: Extent, other: Extent): boolean {
  return widths[one] >= widths[other];
}

const maxN = 10;
// Above this many lines a block is too likely to go astray.
const longDocumentLines = 8000;
const lookedAtBelow = 2_048;

export interface PlanInputs {
  readonly settings: CompletionSettings;
  readonly capabilities: Pick<ServiceCapabilities, "maxStops" | "trimsByIndentation">;
  /** The cursor stands where a suggestion that was just taken whole ended. */
  readonly afterAccept: boolean;
}

export function planFor(request: CompletionRequest, { settings, capabilities, afterAccept }: PlanInputs): Plan {
  const n = request.trigger === "typed" ? 1 : Math.min(Math.max(1, Math.trunc(request.n ?? 1)), maxN);
  const shape =
    (afterAccept && shapeAfterAccept(request, settings)) || shapeOf(request, settings, capabilities.trimsByIndentation);
  const cutAt = stopsOf(request, shape);
  const mostTokens = Math.min(settings.maxTokens, shape.maxTokens ?? settings.maxTokens);
  return {
    n,
    temperature: request.temperature ?? temperatureFor(n),
    topP: request.topP ?? 1,
    maxTokens: Math.max(1, Math.min(request.maxTokens ?? mostTokens, mostTokens)),
    stop: cutAt.slice(0, capabilities.maxStops),
    cutAt,
    trimByIndentation: shape.trimByIndentation,
    ending: shape.ending,
    extent: shape.extent,
  };
}

/**
 * What the service is asked for by a query that wants `plan`, where that is more. What is wanted is there as soon as it
 * stands; the stream brings what comes after it, for the cache. It is one request where each line would have been up to
 * three: for what is left of it, at its end, where nothing is left, and on the next. Not where the service ends a block.
 */
export function prefetchFor(request: CompletionRequest, inputs: PlanInputs, plan: Plan): Plan | undefined {
  if (request.kind === "prompt" || request.trigger === "script" || plan.n > 1) return undefined;
  if (request.stop !== undefined || request.maxTokens !== undefined) return undefined;
  const isLine = plan.extent === "line" && languageOf(request.languageId).isOneLiner;
  const wide = isLine ? planFor(request, { ...inputs, afterAccept: true }) : plan;
  if (wide.trimByIndentation || (wide.extent !== "few-lines" && wide.extent !== "block")) return undefined;
  return { ...wide, ending: andMore(wide.ending, request.before), extent: "block-and-more" };
}

function stopsOf({ stop = [] }: CompletionRequest, shape: Shape): readonly string[] {
  if (stop.length === 0) return shape.stop;
  const distinct: string[] = [];
  for (const words of [stop, shape.stop]) {
    for (const word of words) if (word !== "" && !distinct.includes(word)) distinct.push(word);
  }
  return distinct;
}

interface Shape extends Pick<Plan, "stop" | "trimByIndentation" | "ending" | "extent"> {
  readonly maxTokens?: number;
}

function shapeOf(request: CompletionRequest, settings: CompletionSettings, trimsByIndentation: boolean): Shape {
  const { languageId, before } = request;
  if (isOneLine(request, settings)) {
    if (request.kind === "prompt")
      return { stop: gapStops, trimByIndentation: false, ending: lineWithText, extent: "next-line" };
    if (mayOpenBlock(request, settings)) {
      const ending = lineOrBlock(lineWithText, blockByIndentation(before));
      return { stop: languageOf(languageId).blockStops, trimByIndentation: false, ending, extent: "line" };
    }
    return { stop: ["\n"], trimByIndentation: false, ending: wholeText, extent: "line" };
  }
  const stop = languageOf(languageId).blockStops;
  // The service cuts a block of most languages by itself; of these it does not.
  if (languageOf(languageId).isOneLiner || !trimsByIndentation) {
    return { stop, trimByIndentation: false, ending: blockByIndentation(before), extent: "block" };
  }
  return { stop, trimByIndentation: true, ending: wholeText, extent: "block" };
}

// After a suggestion was taken, more is offered at the end of it: with the next few lines where one line is the rule,
// and with one more, soon, where a block is.
function shapeAfterAccept(request: CompletionRequest, settings: CompletionSettings): Shape | undefined {
  if (request.kind === "prompt" || request.trigger === "script") return undefined;
  if (lineMode(request, settings) !== "auto") return undefined;
  if (request.lineCount >= longDocumentLines || !isBlank(lineAfterCursor(request.after))) return undefined;
  const { languageId } = request;
  if (!languageOf(languageId).isOneLiner) {
    return { stop: ["\n\n"], trimByIndentation: false, ending: lineWithText, extent: "next-line", maxTokens: 20 };
  }
  const stop = languageOf(languageId).blockStops;
  const ending = mayOpenBlock(request, settings) ? lineOrBlock(fewLines, blockByIndentation(request.before)) : fewLines;
  return { stop, trimByIndentation: false, ending, extent: "few-lines", maxTokens: 200 };
}

function isOneLine(request: CompletionRequest, settings: CompletionSettings): boolean {
  const mode = lineMode(request, settings);
  if (mode !== "auto") return mode === "one";
  if (languageOf(request.languageId).isOneLiner) return !isBeforeEmptyBlock(request, opensBlock);
  if (request.kind === "prompt") return false;
  // What leads up to the rest of a line is seldom more than a line.
  return request.lineCount >= longDocumentLines || !asClosingPunctuation(lineAfterCursor(request.after));
}

function lineMode(request: CompletionRequest, settings: CompletionSettings): LineMode {
  return request.kind === "document" && request.lines === "auto" ? settings.lines : request.lines;
}

// The rest of such a line is a line break, nearly always: nothing would be left of it.
const opensBlock = /(?:\{|^\s*(?:case\b.*|default\s*):)\s*$/;
// Seldom (of 1,000 such places in public JavaScript 10 to 140), so the answer decides.
const mightOpenBlock = /(?:[([]|=>|<(?:[\w.]+(?:\s[^<>]*)?)?>)\s*$/;

/** In a language where one line is the rule, the answer may still have to be a block. */
function mayOpenBlock(request: CompletionRequest, settings: CompletionSettings): boolean {
  if (lineMode(request, settings) !== "auto" || !languageOf(request.languageId).isOneLiner) return false;
  return isBeforeEmptyBlock(request, mightOpenBlock);
}

/** The cursor's line ends as `opener` says, and nothing deeper stands below it. */
function isBeforeEmptyBlock({ kind, before, after }: CompletionRequest, opener: RegExp): boolean {
  const line = lineBeforeCursor(before);
  if (kind === "prompt" || !opener.test(line) || !asClosingPunctuation(lineAfterCursor(after))) return false;
  const next =
    after
      .slice(0, lookedAtBelow)
      .split(/\r\n|\r|\n/)
      .slice(1)
      .find((one) => !isBlank(one)) ?? "";
  return leadingWhiteSpace(next).length <= leadingWhiteSpace(line).length;
}

// Alternatives that are to differ need chance; a single one should be the likeliest.
function temperatureFor(n: number): number {
  return n <= 1 ? 0 : n < 10 ? 0.2 : 0.4;
}
