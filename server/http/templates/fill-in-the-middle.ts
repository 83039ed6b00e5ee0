// Prompts of models that fill a hole: the text before and after it between three words, in either order. Sources: the
// model cards of the families named below.

import type { Hole } from "./hole.ts";
import { readFiles } from "./repository.ts";

interface Template {
  readonly prefix: string;
  readonly suffix: string;
  /** Stands where the model goes on; absent where the prompt just ends. */
  readonly middle: string | undefined;
}

const templates: readonly Template[] = [
  // Qwen Coder, CodeGemma.
  { prefix: "<|fim_prefix|>", suffix: "<|fim_suffix|>", middle: "<|fim_middle|>" },
  // StarCoder, SantaCoder (with hyphens), StableCode, Granite, Refact.
  { prefix: "<fim_prefix>", suffix: "<fim_suffix>", middle: "<fim_middle>" },
  { prefix: "<fim-prefix>", suffix: "<fim-suffix>", middle: "<fim-middle>" },
  // DeepSeek Coder.
  { prefix: "<｜fim▁begin｜>", suffix: "<｜fim▁hole｜>", middle: "<｜fim▁end｜>" },
  // CodeLlama; the spaces belong to the words.
  { prefix: "<PRE> ", suffix: " <SUF>", middle: " <MID>" },
  // The same, suffix first: the prompt ends with the text before the cursor.
  { prefix: " <MID> ", suffix: "<PRE> <SUF>", middle: undefined },
  // Seed-Coder.
  { prefix: "<[fim-prefix]>", suffix: "<[fim-suffix]>", middle: "<[fim-middle]>" },
  // GLM.
  { prefix: "<|code_prefix|>", suffix: "<|code_suffix|>", middle: "<|code_middle|>" },
  // Codestral.
  { prefix: "[PREFIX]", suffix: "[SUFFIX]", middle: undefined },
];

// Some clients put the word that begins every text themselves.
const isStart = /^\s*(?:<s>)?\s*$/;

function takeApart(prompt: string, { prefix, suffix, middle }: Template): Hole | undefined {
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
