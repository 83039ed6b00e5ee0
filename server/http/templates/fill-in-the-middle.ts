// Prompts of models that fill a hole: the text before and after it between three words, in either order.

import { type FillWords, modelFamilies } from "../../../shared/model-families.ts";
import type { Hole } from "./hole.ts";
import { readFiles } from "./repository.ts";

const templates: readonly FillWords[] = distinct([
  ...modelFamilies.map(({ fill }) => fill),
  // CodeLlama's other order: the prompt ends with the text before the cursor.
  { prefix: " <MID> ", suffix: "<PRE> <SUF>", middle: undefined },
]);

function distinct(words: readonly FillWords[]): readonly FillWords[] {
  const byPrefix = new Map(words.map((one) => [one.prefix, one]));
  return [...byPrefix.values()];
}

// Some clients put the word that begins every text themselves.
const isStart = /^\s*(?:<s>\s*)?$/;

function takeApart(prompt: string, { prefix, suffix, middle }: FillWords): Hole | undefined {
  const end = middle === undefined ? prompt.length : prompt.lastIndexOf(middle);
  const prefixAt = prompt.indexOf(prefix);
  const suffixAt = prompt.indexOf(suffix);
  // Source that only mentions these words has text after the last of them.
  if (end < 0 || prefixAt < 0 || suffixAt < 0) return undefined;
  if (middle !== undefined && prompt.slice(end + middle.length).trim() !== "") return undefined;
  const firstAt = Math.min(prefixAt, suffixAt);
  if (middle === undefined && !isStart.test(prompt.slice(0, firstAt))) return undefined;
  if (Math.max(prefixAt, suffixAt) >= end) return undefined;
  const afterPrefix = prefixAt + prefix.length;
  const afterSuffix = suffixAt + suffix.length;
  const [before, after] =
    prefixAt < suffixAt
      ? [prompt.slice(afterPrefix, suffixAt), prompt.slice(afterSuffix, end)]
      : [prompt.slice(afterPrefix, end), prompt.slice(afterSuffix, prefixAt)];
  return { ...readFiles(prompt.slice(0, firstAt), before), after };
}

export function readFillInTheMiddle(prompt: string): Hole | undefined {
  for (const template of templates) {
    const hole = takeApart(prompt, template);
    if (hole) return hole;
  }
  return undefined;
}
