// The prompt of each family, as a service that takes raw text gets it.

import { afterEach, beforeEach, expect, test } from "vitest";
import { familyOfModel, modelFamilies } from "../../shared/model-families.ts";
import { findHole } from "../../server/http/templates/find-hole.ts";
import { type Opened, openOne } from "./support/open.ts";
import { lines, type StandIn, startStandIn } from "./support/stand-in.ts";

let ollama: StandIn;
let service: Opened | undefined;

beforeEach(async () => {
  ollama = await startStandIn({
    "/role": lines({}),
    "/api/tags": lines({ models: [{ name: "m" }] }),
    "/api/show": lines({ capabilities: ["completion"] }),
    "/api/generate": lines({ response: "", done: true, done_reason: "stop" }),
  });
});

afterEach(async () => {
  await service?.close();
  await ollama.close();
});

async function promptOf(template: string, request: Parameters<Opened["text"]>[0]): Promise<string> {
  service = openOne({ kind: "ollama", url: ollama.url, template });
  await service.text({ prompt: "above\nbeg", suffix: "\nbelow\n", ...request });
  return String(ollama.to("/api/generate").at(-1)?.body.prompt);
}

const files = [{ path: "b.py", text: "b = 1" }];
const bare = { path: undefined, heading: "", repository: "acme/widgets" };
const shown = { path: "a.py", heading: "# Path: a.py\n", repository: "acme/widgets", files };

test.each([
  ["qwen", "<|fim_prefix|>above\n<|fim_suffix|>\nbelow\n<|fim_middle|>beg"],
  ["codegemma", "<|fim_prefix|>above\n<|fim_suffix|>\nbelow\n<|fim_middle|>beg"],
  ["starcoder", "<fim_prefix>above\n<fim_suffix>\nbelow\n<fim_middle>beg"],
  ["starcoder2", "<fim_prefix>above\n<fim_suffix>\nbelow\n<fim_middle>beg"],
  ["granite", "<fim_prefix>above\n<fim_suffix>\nbelow\n<fim_middle>beg"],
  ["codeqwen", "<fim_prefix>above\n<fim_suffix>\nbelow\n<fim_middle>beg"],
  ["santacoder", "<fim-prefix>above\n<fim-suffix>\nbelow\n<fim-middle>beg"],
  ["mellum", "<fim_suffix>\nbelow\n<fim_prefix>above\n<fim_middle>beg"],
  ["deepseek", "<｜fim▁begin｜>above\n<｜fim▁hole｜>\nbelow\n<｜fim▁end｜>beg"],
  ["codellama", "<PRE> above\n <SUF>\nbelow\n <MID>beg"],
  ["seed-coder", "<[fim-suffix]>\nbelow\n<[fim-prefix]>above\n<[fim-middle]>beg"],
  ["glm", "<|code_prefix|>above\n<|code_suffix|>\nbelow\n<|code_middle|>beg"],
  ["falcon", "<|prefix|>above\n<|suffix|>\nbelow\n<|middle|>beg"],
  ["codestral", "[SUFFIX]\nbelow\n[PREFIX]above\nbeg"],
])("%s has its own words, and the line up to the cursor last", async (template, prompt) => {
  expect(await promptOf(template, bare)).toBe(prompt);
});

test.each([
  [
    "qwen",
    "<|repo_name|>acme/widgets\n<|file_sep|>b.py\nb = 1\n<|file_sep|>a.py\n<|fim_prefix|>above\n<|fim_suffix|>\nbelow\n<|fim_middle|>beg",
  ],
  [
    "starcoder2",
    "<repo_name>acme/widgets<file_sep>b.py\nb = 1\n<file_sep><fim_prefix>a.py\nabove\n<fim_suffix>\nbelow\n<fim_middle>beg",
  ],
  [
    "starcoder",
    "<reponame>acme/widgets<filename>b.py\nb = 1\n<filename>a.py\n<fim_prefix>above\n<fim_suffix>\nbelow\n<fim_middle>beg",
  ],
  ["mellum", "<filename>b.py\nb = 1\n<filename>a.py\n<fim_suffix>\nbelow\n<fim_prefix>above\n<fim_middle>beg"],
  [
    "codegemma",
    "<|file_separator|>b.py\nb = 1\n<|file_separator|>a.py\n<|fim_prefix|>above\n<|fim_suffix|>\nbelow\n<|fim_middle|>beg",
  ],
  ["codestral", "[SUFFIX]\nbelow\n[PREFIX]+++++ b.py\nb = 1\n+++++ a.py\nabove\nbeg"],
  [
    "deepseek",
    "<｜fim▁begin｜># Compare this snippet from b.py:\n# b = 1\n# Path: a.py\nabove\n<｜fim▁hole｜>\nbelow\n<｜fim▁end｜>beg",
  ],
])("%s is shown other files in its own way", async (template, prompt) => {
  expect(await promptOf(template, shown)).toBe(prompt);
});

test("what is written for a family is read back by the reader of other clients' prompts", async () => {
  for (const { id, suffixFirst, fill } of modelFamilies) {
    const prompt = await promptOf(id, { ...bare, prompt: "above\n" });
    await service?.close();
    expect(findHole(prompt), id).toMatchObject({ before: "above\n", after: "\nbelow\n" });
    expect(prompt.indexOf(fill.suffix) < prompt.indexOf(fill.prefix), id).toBe(suffixFirst === true);
  }
});

test.each(modelFamilies)("words of $id in the text are broken up", async ({ id, fill, ends }) => {
  const words = [fill.prefix, fill.suffix, fill.middle ?? fill.prefix, ...ends].map((word) => word.trim());
  const prompt = await promptOf(id, { ...bare, prompt: `${words.join(" ")}\nbeg`, suffix: `\n${words.join(" ")}\n` });
  for (const word of [fill.prefix, fill.suffix, fill.middle].flatMap((one) => one?.trim() ?? [])) {
    expect(prompt.split(word), word).toHaveLength(2);
  }
  for (const word of ends) expect(prompt).not.toContain(word);
});

test("operators that look like the beginning of a word are left alone", async () => {
  expect(await promptOf("qwen", { ...bare, prompt: "f <| g |> h\nbeg" })).toContain("f <| g |> h\n");
});

test("CodeLlama gets plain text where nothing follows the cursor, the others an empty hole", async () => {
  expect(await promptOf("codellama", { ...bare, suffix: "" })).toBe("above\nbeg");
  await service?.close();
  expect(await promptOf("qwen", { ...bare, suffix: "" })).toBe("<|fim_prefix|>above\n<|fim_suffix|><|fim_middle|>beg");
});

test.each([
  ["qwen2.5-coder:1.5b-base", "qwen"],
  ["Qwen/Qwen3-Coder-30B-A3B", "qwen"],
  ["CodeQwen1.5-7B", "codeqwen"],
  ["bigcode/starcoder2-3b", "starcoder2"],
  ["starcoderbase-1b", "starcoder"],
  ["granite-8b-code-base", "granite"],
  ["DeepSeek-Coder-V2-Lite-Base", "deepseek"],
  ["code-llama-13b", "codellama"],
  ["Mellum-4b-base", "mellum"],
  ["qwen3:8b", undefined],
  ["deepseek-v3", undefined],
  ["gemma-3", undefined],
  ["gpt-oss", undefined],
])("a model named %s is of the family %s", (name, id) => {
  expect(familyOfModel(name)?.id).toBe(id);
});
