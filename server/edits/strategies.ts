// How a prompt is laid out and its answer read, by the name that the service's list gives to the layout. A strategy is a
// row; what rows differ in has a file of its own.

import type { AnswerFormat } from "./answer/hunk.ts";
import { windowFormat } from "./answer/window-format.ts";
import type { ClosingText, SystemText } from "./prompt/instructions.ts";
import type { Numbering } from "./prompt/sections.ts";

export interface Strategy {
  readonly system: SystemText;
  readonly closing: ClosingText;
  /** Whether the sections stand in a code block. */
  readonly isFenced: boolean;
  /** Whether the current file holds the area's tags. */
  readonly isAreaMarkedInFile: boolean;
  /** What stands below the history: the area with the window, the cursor's line, or nothing. */
  readonly place: "area" | "cursor" | "none";
  readonly recentNumbering: Numbering;
  readonly fileNumbering: Numbering;
  /** Whether the model is told how sure it shall be: always, only when that is not medium, or never. */
  readonly aggressiveness: "always" | "not-medium" | "never";
  readonly format: AnswerFormat;
  /** Whether the answer may lie anywhere in the file, so that there is nowhere else to look. */
  readonly isWholeFile: boolean;
}

const xtab275: Strategy = {
  system: "short",
  closing: "window",
  isFenced: true,
  isAreaMarkedInFile: false,
  place: "area",
  recentNumbering: "none",
  fileNumbering: "none",
  aggressiveness: "never",
  format: windowFormat,
  isWholeFile: false,
};

export const defaultStrategy = "xtab275";

const strategies: Readonly<Record<string, Strategy>> = {
  xtab275,
  xtabAggressiveness: { ...xtab275, closing: "none", aggressiveness: "always" },
  xtab275Aggressiveness: { ...xtab275, aggressiveness: "always" },
  xtab275AggressivenessHighLow: { ...xtab275, aggressiveness: "not-medium" },
};

/** Undefined for a layout that this program does not know. */
export function strategyOf(name: string): Strategy | undefined {
  return Object.hasOwn(strategies, name) ? strategies[name] : undefined;
}
