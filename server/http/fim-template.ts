// Takes apart prompts that were written for a model with fill-in-the-middle words of its own: clients put text before
// and after the cursor into one string between such words. Sources: the model cards of the families named below.

export interface Hole {
  readonly before: string;
  readonly after: string;
}

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
  // Seed-Coder.
  { prefix: "<[fim-prefix]>", suffix: "<[fim-suffix]>", middle: "<[fim-middle]>" },
  // GLM.
  { prefix: "<|code_prefix|>", suffix: "<|code_suffix|>", middle: "<|code_middle|>" },
  // Codestral.
  { prefix: "[PREFIX]", suffix: "[SUFFIX]", middle: undefined },
];

function takeApart(prompt: string, { prefix, suffix, middle }: Template): Hole | undefined {
  const end = middle === undefined ? prompt.length : prompt.lastIndexOf(middle);
  const prefixAt = prompt.indexOf(prefix);
  const suffixAt = prompt.indexOf(suffix);
  // Source that only mentions these words has text after the last of them.
  if (end < 0 || prefixAt < 0 || suffixAt < 0) return undefined;
  if (middle !== undefined && prompt.slice(end + middle.length).trim() !== "") return undefined;
  const firstAt = Math.min(prefixAt, suffixAt);
  if (middle === undefined && firstAt !== 0) return undefined;
  if (Math.max(prefixAt, suffixAt) >= end) return undefined;
  const afterPrefix = prefixAt + prefix.length;
  const afterSuffix = suffixAt + suffix.length;
  return prefixAt < suffixAt
    ? { before: prompt.slice(afterPrefix, suffixAt), after: prompt.slice(afterSuffix, end) }
    : { before: prompt.slice(afterPrefix, end), after: prompt.slice(afterSuffix, prefixAt) };
}

/** The text around the cursor, or undefined for a prompt that is just text. */
export function findHole(prompt: string): Hole | undefined {
  for (const template of templates) {
    const hole = takeApart(prompt, template);
    if (hole) return hole;
  }
  return undefined;
}
