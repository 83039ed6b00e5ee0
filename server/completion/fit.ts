// Fits an answer into its document: the rules in their order, then the items without doubles. Each rule is one file.

import type { CompletionItem } from "../../shared/completion.ts";
import type { Choice } from "./question.ts";
import { blank } from "./rules/blank.ts";
import { cursorIndentation } from "./rules/cursor-indentation.ts";
import { documentIndentation } from "./rules/indentation.ts";
import { documentLineEnds } from "./rules/line-ends.ts";
import { linesBelow } from "./rules/lines-below.ts";
import { nextLine } from "./rules/next-line.ts";
import { repetition } from "./rules/repetition.ts";
import { restOfLine } from "./rules/rest-of-line.ts";
import type { Draft, Rule } from "./rules/rule.ts";
import type { Scene } from "./rules/scene.ts";

// These only reshape, and do the same to a text that still grows as to the finished one.
const shaping: readonly Rule[] = [documentIndentation, cursorIndentation];
const judging: readonly Rule[] = [blank, repetition, nextLine, linesBelow, restOfLine];
const finishing: readonly Rule[] = [documentLineEnds];

/** The items that are worth offering, best first. */
export function fit(choices: readonly Choice[], scene: Scene, newId: () => string): readonly CompletionItem[] {
  const seen = new Set<string>();
  const items: CompletionItem[] = [];
  for (const { text } of choices) {
    const draft = apply([...shaping, ...judging, ...finishing], text, scene);
    if (!draft || seen.has(draft.text.trim())) continue;
    seen.add(draft.text.trim());
    items.push({ id: newId(), ...draft });
  }
  return items;
}

/** A growing alternative as it will look if no rule cuts it. */
export function preview(text: string, scene: Scene): string {
  return apply([...shaping, ...finishing], text, scene)?.text ?? "";
}

function apply(rules: readonly Rule[], text: string, scene: Scene): Draft | undefined {
  let draft: Draft | undefined = { text, replaceBefore: 0, replaceAfter: 0 };
  for (const rule of rules) {
    if (draft) draft = rule(draft, scene);
  }
  return draft;
}
