// Code models that fill a hole, by family: the words of each, how a prompt is laid out with them, and the names that
// models of the family go by. Services that take raw text write prompts by this table; the HTTP front reads prompts of
// other clients by it. Sources: the model cards of the families; llama.cpp, src/llama-vocab.cpp; for Codestral's files,
// Continue, core/autocomplete/templating.

export interface FillWords {
  readonly prefix: string;
  readonly suffix: string;
  /** Stands where the model goes on; absent where the prompt just ends with the text before the cursor. */
  readonly middle: string | undefined;
}

export interface FileWords {
  /** Stands before the repository's name. */
  readonly repository: string | undefined;
  /** Stands before a file's path, which ends with its line. */
  readonly file: string;
  /** The repository's name has a line of its own. */
  readonly isRepositoryLine?: true;
  /**
   * Where files go, that with the cursor last: before the words of the hole; `split`: that too, but its own path behind
   * the word for the text before the cursor; `inside`: all of them behind that word.
   */
  readonly place: "before" | "split" | "inside";
  /** The path of the file with the cursor is said even where no other file is shown. */
  readonly always?: true;
}

export interface ModelFamily {
  /** Value of the setting that names it. */
  readonly id: string;
  /** Parts that a model's name in lower case holds, in this order. */
  readonly names: readonly (readonly string[])[];
  readonly fill: FillWords;
  /** The text after the cursor comes first, as the family was trained. */
  readonly suffixFirst?: true;
  /** Absent: other files are shown as comments before the text. */
  readonly files?: FileWords;
  /** Where nothing follows the cursor, plain text is sent: the model ends its answer at once in an empty hole. */
  readonly noEmptyHole?: true;
  /** Words that end an answer, besides those of the hole and of files. */
  readonly ends: readonly string[];
}

const pipes: FillWords = { prefix: "<|fim_prefix|>", suffix: "<|fim_suffix|>", middle: "<|fim_middle|>" };
const angles: FillWords = { prefix: "<fim_prefix>", suffix: "<fim_suffix>", middle: "<fim_middle>" };
const starCoderFiles: FileWords = { repository: "<reponame>", file: "<filename>", place: "before" };

export const modelFamilies: readonly ModelFamily[] = [
  {
    id: "qwen",
    names: [["qwen", "coder"]],
    fill: pipes,
    files: { repository: "<|repo_name|>", file: "<|file_sep|>", place: "before", isRepositoryLine: true },
    ends: ["<|endoftext|>", "<|fim_pad|>", "<|im_end|>"],
  },
  {
    id: "codegemma",
    names: [["codegemma"]],
    fill: pipes,
    files: { repository: undefined, file: "<|file_separator|>", place: "before" },
    ends: ["<end_of_turn>"],
  },
  {
    id: "starcoder2",
    names: [["starcoder2"]],
    fill: angles,
    files: { repository: "<repo_name>", file: "<file_sep>", place: "split" },
    ends: ["<|endoftext|>"],
  },
  // Refact and StableCode were trained with StarCoder's words.
  {
    id: "starcoder",
    names: [["starcoder"], ["stable-code"], ["stablecode"], ["refact"]],
    fill: angles,
    files: starCoderFiles,
    ends: ["<|endoftext|>"],
  },
  { id: "granite", names: [["granite"]], fill: angles, files: starCoderFiles, ends: ["<|endoftext|>"] },
  { id: "codeqwen", names: [["codeqwen"]], fill: angles, ends: ["<|endoftext|>"] },
  {
    id: "mellum",
    names: [["mellum"]],
    fill: angles,
    suffixFirst: true,
    files: { repository: undefined, file: "<filename>", place: "before", always: true },
    ends: ["<|endoftext|>"],
  },
  {
    id: "santacoder",
    names: [["santacoder"]],
    fill: { prefix: "<fim-prefix>", suffix: "<fim-suffix>", middle: "<fim-middle>" },
    ends: ["<|endoftext|>"],
  },
  {
    id: "deepseek",
    names: [["deepseek", "coder"]],
    fill: { prefix: "<｜fim▁begin｜>", suffix: "<｜fim▁hole｜>", middle: "<｜fim▁end｜>" },
    ends: ["<｜end▁of▁sentence｜>"],
  },
  {
    id: "codellama",
    names: [["codellama"], ["code-llama"]],
    // The spaces belong to the words.
    fill: { prefix: "<PRE> ", suffix: " <SUF>", middle: " <MID>" },
    noEmptyHole: true,
    ends: ["<EOT>"],
  },
  {
    id: "seed-coder",
    names: [["seed-coder"]],
    fill: { prefix: "<[fim-prefix]>", suffix: "<[fim-suffix]>", middle: "<[fim-middle]>" },
    suffixFirst: true,
    ends: ["<[end▁of▁sentence]>"],
  },
  {
    id: "glm",
    names: [["glm-4"], ["codegeex"]],
    fill: { prefix: "<|code_prefix|>", suffix: "<|code_suffix|>", middle: "<|code_middle|>" },
    ends: ["<|user|>", "<|endoftext|>"],
  },
  {
    id: "falcon",
    names: [["falcon-h1"]],
    fill: { prefix: "<|prefix|>", suffix: "<|suffix|>", middle: "<|middle|>" },
    ends: ["<|end_of_text|>"],
  },
  {
    id: "codestral",
    names: [["codestral"]],
    fill: { prefix: "[PREFIX]", suffix: "[SUFFIX]", middle: undefined },
    suffixFirst: true,
    files: { repository: undefined, file: "+++++ ", place: "inside" },
    ends: ["</s>"],
  },
];

/** The family with the longest match in `name`; undefined for a model that is none of them: nothing is guessed. */
export function familyOfModel(name: string): ModelFamily | undefined {
  const lower = name.toLowerCase();
  let best: { readonly family: ModelFamily; readonly length: number } | undefined;
  for (const family of modelFamilies) {
    for (const parts of family.names) {
      const length = parts.join("").length;
      if (holds(lower, parts) && length > (best?.length ?? 0)) best = { family, length };
    }
  }
  return best?.family;
}

export function familyById(id: string): ModelFamily | undefined {
  return modelFamilies.find((family) => family.id === id);
}

function holds(name: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
