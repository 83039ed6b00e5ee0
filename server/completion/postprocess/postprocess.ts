// Fits an answer into its document: the rules in their order, then the items without doubles. Each rule is a pure function.

import type { CompletionItem } from "../../../shared/completion.ts";
import { commonSuffixLength } from "../../runtime/text-units.ts";
import type { Choice } from "../query.ts";
import { joinBlanks, stripCurrentLine, stripFences } from "./clean-answer.ts";
import type { CursorContext } from "./cursor-context.ts";
import { cutRepeatedLinesBelow } from "./cut-repeated-lines-below.ts";
import { dropRepetition } from "./drop-repetition.ts";
import { fitCursorIndentation } from "./fit-cursor-indentation.ts";
import { dropUnchanged, keepCloserOnOwnLine, replaceRestOfLine } from "./replace-rest-of-line.ts";
import type { Candidate, Rule } from "./rule.ts";
import { trimTrailingSpace } from "./trim-trailing-space.ts";
import { useDocumentIndentation } from "./use-document-indentation.ts";
import { useDocumentLineEnds } from "./use-document-line-ends.ts";

// These only reshape, and do the same to a text that still grows as to the finished one.
const shaping: readonly Rule[] = [useDocumentIndentation, fitCursorIndentation];
const cleaning: readonly Rule[] = [stripFences, stripCurrentLine, joinBlanks];
const judging: readonly Rule[] = [trimTrailingSpace, dropRepetition, cutRepeatedLinesBelow, replaceRestOfLine];
const finishing: readonly Rule[] = [keepCloserOnOwnLine, dropUnchanged, useDocumentLineEnds];

const everyRule: readonly Rule[] = [...cleaning, ...shaping, ...judging, ...finishing];
const previewRules: readonly Rule[] = [...shaping, useDocumentLineEnds];

/** The item that an alternative becomes; undefined when it is not worth offering, or says what another one said. */
export type Postprocess = (choice: Choice) => CompletionItem | undefined;

/** Fits the alternatives of one answer, in whatever order they come; the same one twice is the same item. */
export function createPostprocess(context: CursorContext | undefined, newId: () => string): Postprocess {
  // By the number of the alternative.
  const fitted: (CompletionItem | undefined)[] = [];
  const seen: string[] = [];
  const fitOne = (choice: Choice): CompletionItem | undefined => {
    const { index, text, kept, finish } = choice;
    if (!context) return { id: newId(), index, text, finish, replaceBefore: 0, replaceAfter: 0 };
    const candidate = kept === undefined ? apply(everyRule, text, context) : continued(text, kept, context);
    const words = candidate?.text.trim() ?? "";
    if (!candidate || seen.includes(words)) return undefined;
    seen.push(words);
    const { replaceBefore, replaceAfter } = candidate;
    return { id: newId(), text: candidate.text, replaceBefore, replaceAfter };
  };
  return (choice) => {
    const { index } = choice;
    if (!(index in fitted)) fitted[index] = fitOne(choice);
    return fitted[index];
  };
}

/** A growing alternative as it will look if no rule cuts it. */
export function preview(text: string, context: CursorContext): string {
  return apply(previewRules, text, context)?.text ?? "";
}

/** The rest of what was fitted already: the text comes to what it was to be, whatever the editor has paired or typed over. */
function continued(text: string, kept: string, context: CursorContext): Candidate | undefined {
  const { lineAfter } = context;
  const shaped = apply(shaping, text, context);
  if (!shaped) return undefined;
  const common = commonSuffixLength(kept, lineAfter);
  const candidate = {
    ...shaped,
    text: shaped.text + kept.slice(0, kept.length - common),
    replaceAfter: lineAfter.length - common,
  };
  const fitted = dropUnchanged(candidate, context);
  return fitted && useDocumentLineEnds(fitted, context);
}

function apply(rules: readonly Rule[], text: string, context: CursorContext): Candidate | undefined {
  let candidate: Candidate | undefined = { text, replaceBefore: 0, replaceAfter: 0 };
  for (const rule of rules) {
    if (candidate) candidate = rule(candidate, context);
  }
  return candidate;
}
