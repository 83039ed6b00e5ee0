// Fits an answer into its document: the rules in their order, then the items without doubles. Each rule is one file.

import type { CompletionItem } from "../../../shared/completion.ts";
import type { Choice } from "../query.ts";
import { blank } from "./trim-trailing-space.ts";
import { cursorIndentation } from "./fit-cursor-indentation.ts";
import { documentIndentation } from "./use-document-indentation.ts";
import { documentLineEnds } from "./use-document-line-ends.ts";
import { linesBelow } from "./cut-repeated-lines-below.ts";
import { nextLine } from "./drop-repeat-of-next-line.ts";
import { repetition } from "./drop-repetition.ts";
import { restOfLine } from "./replace-rest-of-line.ts";
import type { Draft, Rule } from "./rule.ts";
import type { Scene } from "./cursor-context.ts";

// These only reshape, and do the same to a text that still grows as to the finished one.
const shaping: readonly Rule[] = [documentIndentation, cursorIndentation];
const judging: readonly Rule[] = [blank, repetition, nextLine, linesBelow, restOfLine];
const finishing: readonly Rule[] = [documentLineEnds];

const everyRule: readonly Rule[] = [...shaping, ...judging, ...finishing];
const everyLook: readonly Rule[] = [...shaping, ...finishing];

/** The item that an alternative becomes; undefined when it is not worth offering, or says what another one said. */
export type Fitting = (choice: Choice) => CompletionItem | undefined;

/** Fits the alternatives of one answer, in whatever order they come; the same one twice is the same item. */
export function createFitting(scene: Scene | undefined, newId: () => string): Fitting {
  // By the number of the alternative.
  const fitted: (CompletionItem | undefined)[] = [];
  const seen: string[] = [];
  const fitOne = (choice: Choice): CompletionItem | undefined => {
    const { index, text, finish } = choice;
    if (!scene) return { id: newId(), index, text, finish, replaceBefore: 0, replaceAfter: 0 };
    const draft = apply(everyRule, text, scene);
    const words = draft?.text.trim() ?? "";
    if (!draft || seen.includes(words)) return undefined;
    seen.push(words);
    const { replaceBefore, replaceAfter } = draft;
    return { id: newId(), text: draft.text, replaceBefore, replaceAfter };
  };
  return (choice) => {
    const { index } = choice;
    if (!(index in fitted)) fitted[index] = fitOne(choice);
    return fitted[index];
  };
}

/** A growing alternative as it will look if no rule cuts it. */
export function preview(text: string, scene: Scene): string {
  return apply(everyLook, text, scene)?.text ?? "";
}

function apply(rules: readonly Rule[], text: string, scene: Scene): Draft | undefined {
  let draft: Draft | undefined = { text, replaceBefore: 0, replaceAfter: 0 };
  for (const rule of rules) {
    if (draft) draft = rule(draft, scene);
  }
  return draft;
}
