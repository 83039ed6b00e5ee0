// How a prompt is laid out and its answer read, by the name that the service's list gives to the layout. A strategy is a
// row; what rows differ in has a file of its own.

import { sweepFormat } from "./answer/sweep-format.ts";
import { zetaFormat } from "./answer/zeta-format.ts";
import { fenceFormat } from "./answer/fence-format.ts";
import type { AnswerFormat } from "./answer/hunk.ts";
import { intentLetterFormat, intentTagFormat } from "./answer/intent-format.ts";
import { patchFormat } from "./answer/patch-format.ts";
import { xmlFormat } from "./answer/xml-format.ts";
import { windowFormat } from "./answer/window-format.ts";
import type { RawLayout } from "./prompt/raw-prompt.ts";
import { sweepLayout } from "./prompt/sweep.ts";
import { zetaLayout } from "./prompt/zeta.ts";
import type { ClosingText, SystemText } from "./prompt/instructions.ts";
import type { Numbering } from "./prompt/sections.ts";
import type { WindowReach } from "./window.ts";

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
  /** Whether the answer has all lines of the window, so that one with few was cut off. */
  readonly isWindow: boolean;
  /** The prompt of a model that gets text and no messages; all above but `format` and what the answer is does not concern it. */
  readonly raw?: RawLayout;
  /** Lines around the cursor's that the model was trained on; absent: the usual ones. */
  readonly reach?: WindowReach;
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
  isWindow: true,
};

const unfenced = { isFenced: false } as const;
const patches = { format: patchFormat, isWholeFile: true, isWindow: false } as const;
const patchBased02: Strategy = { ...xtab275, ...patches, ...unfenced, closing: "patch-in-order", place: "cursor" };

export const defaultStrategy = "xtab275";

const strategies: Readonly<Record<string, Strategy>> = {
  xtab275,
  xtabAggressiveness: { ...xtab275, closing: "none", aggressiveness: "always" },
  xtab275Aggressiveness: { ...xtab275, aggressiveness: "always" },
  xtab275AggressivenessHighLow: { ...xtab275, aggressiveness: "not-medium" },
  xtab275EditIntent: { ...xtab275, format: intentTagFormat },
  xtab275EditIntentShort: { ...xtab275, format: intentLetterFormat },
  copilotNesXtab: { ...xtab275, system: "fence", closing: "fence", isAreaMarkedInFile: true, format: fenceFormat },
  simplifiedSystemPrompt: { ...xtab275, system: "role", closing: "fence", format: fenceFormat },
  xtabUnifiedModel: { ...xtab275, system: "xml", closing: "xml", format: xmlFormat, isWindow: false },
  nes41miniv3: {
    ...xtab275,
    ...unfenced,
    system: "xml-without-insert",
    closing: "xml-without-insert",
    format: xmlFormat,
    isWindow: false,
  },
  codexv21nesUnified: { ...xtab275, ...unfenced, system: "role", closing: "none", format: xmlFormat, isWindow: false },
  patchBased: { ...xtab275, ...patches, closing: "patch" },
  patchBased01: { ...xtab275, ...patches, ...unfenced, closing: "none", place: "none" },
  patchBased02: patchBased02,
  patchBased02WithRecentLineNumbers: { ...patchBased02, recentNumbering: "bar", fileNumbering: "bar" },
  patchBased02WithoutRecentLineNumbers: { ...patchBased02, fileNumbering: "bar" },
  "zeta-2.1": { ...xtab275, raw: zetaLayout, format: zetaFormat },
  sweep: { ...xtab275, raw: sweepLayout, format: sweepFormat, reach: { above: 10, below: 10 } },
};

/** Undefined for a layout that this program does not know. */
export function strategyOf(name: string): Strategy | undefined {
  return Object.hasOwn(strategies, name) ? strategies[name] : undefined;
}

export const strategyNames: readonly string[] = Object.keys(strategies);
