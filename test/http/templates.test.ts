import { describe, expect, test } from "vitest";
import { findHole } from "../../server/http/templates/find-hole.ts";
import { items } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

const before = "def f(x):\n    ";
const after = "\n    return y\n";

describe("a template in the prompt", () => {
  test.each([
    ["Qwen", `<|fim_prefix|>${before}<|fim_suffix|>${after}<|fim_middle|>`],
    ["StarCoder", `<fim_prefix>${before}<fim_suffix>${after}<fim_middle>`],
    ["StarCoder, suffix first", `<fim_suffix>${after}<fim_prefix>${before}<fim_middle>`],
    ["DeepSeek", `<｜fim▁begin｜>${before}<｜fim▁hole｜>${after}<｜fim▁end｜>`],
    ["CodeLlama", `<PRE> ${before} <SUF>${after} <MID>`],
    ["CodeLlama, suffix first", `<PRE> <SUF>${after} <MID> ${before}`],
    ["Codestral", `[SUFFIX]${after}[PREFIX]${before}`],
    ["Codestral, with its first word", `<s>[SUFFIX]${after}[PREFIX]${before}`],
    ["Seed-Coder", `<[fim-suffix]>${after}<[fim-prefix]>${before}<[fim-middle]>`],
    ["GLM", `<|code_prefix|>${before}<|code_suffix|>${after}<|code_middle|>`],
  ])("of %s becomes text before and after", (_name, prompt) => {
    expect(findHole(prompt)).toEqual({ before, after });
  });

  const other = { path: "src/b.py", text: "import os" };
  test.each([
    [
      "Qwen, with a repository",
      `<|repo_name|>r\n<|file_sep|>src/b.py\nimport os\n<|file_sep|>a.py\n<|fim_prefix|>${before}<|fim_suffix|>${after}<|fim_middle|>`,
      { before, after, path: "a.py", files: [other] },
    ],
    [
      "Qwen, with other files and no name of its own",
      `<|file_sep|>src/b.py\nimport os\n<|fim_prefix|>${before}<|fim_suffix|>${after}<|fim_middle|>`,
      { before, after, files: [other] },
    ],
    [
      "StarCoder2",
      `<repo_name>r<file_sep>src/b.py\nimport os\n<file_sep><fim_prefix>a.py\n${before}<fim_suffix>${after}<fim_middle>`,
      { before, after, path: "a.py", files: [other] },
    ],
    [
      "StarCoder, with how well it is liked",
      `<fim_prefix><reponame>r<filename>a.py<gh_stars>100\n${before}<fim_suffix>${after}<fim_middle>`,
      { before, after, path: "a.py" },
    ],
    [
      "CodeGemma",
      `<|file_separator|>src/b.py\nimport os\n<|file_separator|>a.py\n<|fim_prefix|>${before}<|fim_suffix|>${after}<|fim_middle|>`,
      { before, after, path: "a.py", files: [other] },
    ],
    [
      "Codestral, with files",
      `[SUFFIX]${after}[PREFIX]+++++ src/b.py\nimport os\n\n+++++ a.py\n${before}`,
      { before, after, path: "a.py", files: [other] },
    ],
    [
      "Qwen, files alone, with the last to go on with",
      `<|repo_name|>r\n<|file_sep|>src/b.py\nimport os\n<|file_sep|>a.py\n${before}`,
      { before, after: "", path: "a.py", files: [other] },
    ],
  ])("of %s says which files it is about", (_name, prompt, hole) => {
    expect(findHole(prompt)).toEqual(hole);
  });

  test.each([
    "plain text",
    "x = '<fim_prefix>' # and <fim_suffix> and <fim_middle> in a string",
    "<fim_prefix>only half",
    "see [PREFIX] and [SUFFIX]",
    "<fim_middle><fim_prefix>a<fim_suffix>b",
    "<filename>a.txt</filename>\n<size>1</size>\n",
    "<repo_name>",
    "+++++ a line of plus signs\ntext",
    "the word <|user_cursor_is_here|> alone",
    "a = '<|editable_region_start|>\\n' + '<|user_cursor_is_here|>'\n<|editable_region_start|>\n<|user_cursor_is_here|>\n<|editable_region_end|>",
  ])("is not seen in %j", (prompt) => {
    expect(findHole(prompt)).toBeUndefined();
  });

  test("may be about source that holds an edit prompt", () => {
    const source = "### User Excerpt:\n<|editable_region_start|>\n<|user_cursor_is_here|>\n<|editable_region_end|>\n";
    for (const text of [source, source.slice(source.indexOf("<"))]) {
      const prompt = `<|fim_prefix|>${text}<|fim_suffix|>${after}<|fim_middle|>`;
      expect(findHole(prompt)).toEqual({ before: text, after });
    }
  });

  test("leaves source alone that begins like a template", () => {
    const source = "<filename>\nan element\n</filename>\n";
    expect(findHole(`<|fim_prefix|>${source}<|fim_suffix|>${after}<|fim_middle|>`)).toEqual({ before: source, after });
  });

  test("reaches the core taken apart, unless there is a suffix", async () => {
    const { core, post } = await serve();
    const prompt = "<fim_prefix>a<fim_suffix>b<fim_middle>";
    await post("/v1/completions", { prompt });
    await post("/v1/completions", { prompt, suffix: "c" });
    expect(core.asked).toMatchObject([
      { before: "a", after: "b" },
      { before: prompt, after: "c" },
    ]);
  });

  test("names the language by the path in it", async () => {
    const { core, post } = await serve();
    const hole = "<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>";
    await post("/v1/completions", { prompt: `<|repo_name|>r\n<|file_sep|>lib/a.go\n${hole}` });
    await post("/completion", { prompt: `<|file_sep|>lib/b.rs\nfn b() {}\n${hole}` });
    await post("/v1/completions", { prompt: `<|file_sep|>b.rs\nfn b() {}\n<|file_sep|>c.py\nc = 1\n${hole}` });
    await post("/v1/completions", { prompt: hole, language: "lua" });
    await post("/v1/completions", { prompt: hole });
    expect(core.asked.map(({ languageId, path }) => [languageId, path])).toEqual([
      ["go", "lib/a.go"],
      ["rust", undefined],
      ["", undefined],
      ["lua", undefined],
      ["", undefined],
    ]);
  });
});

describe("a prompt of an edit model", () => {
  // As the model cards say, with an excerpt of its own.
  const zeta = [
    "### Instruction:",
    "You are a code completion assistant and your task is to analyze user edits and then rewrite an excerpt that the",
    "user provides, suggesting the appropriate edits within the excerpt, taking into account the cursor location.",
    "",
    "### User Edits:",
    "",
    'User edited "src/area.py":',
    "```diff",
    "@@ -1 +1,2 @@",
    "+def area(w, h):",
    "```",
    "",
    "### User Excerpt:",
    "",
    "```src/area.py",
    "<|start_of_file|>",
    "import math",
    "<|editable_region_start|>",
    "def area(w, h):",
    "    return <|user_cursor_is_here|>",
    "",
    "print(area(1, 2))",
    "<|editable_region_end|>",
    "print(3)",
    "```",
    "",
    "### Response:",
    "",
  ].join("\n");
  const zeta2 = [
    "<[fim-suffix]>",
    "print(3)",
    "<[fim-prefix]><filename>src/shape.py",
    "class Shape: ...",
    "<filename>edit_history",
    "--- a/src/area.py",
    "+++ b/src/area.py",
    "@@ -1 +1,2 @@",
    "+def area(w, h):",
    "<filename>src/area.py",
    "import math",
    "<<<<<<< CURRENT",
    "def area(w, h):",
    "    return <|user_cursor|>",
    "",
    "print(area(1, 2))",
    "=======",
    "<[fim-middle]>",
  ].join("\n");
  const head = "def area(w, h):\n    return ";
  const tail = "\n\nprint(area(1, 2))";

  test("is asked for what is missing at the cursor, with its path and the files it shows", async () => {
    const { core, post } = await serve();
    await post("/v1/completions", { prompt: zeta });
    await post("/v1/completions", { prompt: zeta2 });
    const place = { before: `import math\n${head}`, path: "src/area.py", languageId: "python" };
    expect(core.asked[0]).toMatchObject({ ...place, after: `${tail}\nprint(3)` });
    expect(core.asked[1]).toMatchObject({
      ...place,
      after: `${tail}\nprint(3)\n`,
    });
    const [, second] = core.asked;
    expect(second?.kind === "prompt" && second.files).toEqual([{ path: "src/shape.py", text: "class Shape: ..." }]);
  });

  test("may be about a text with fences of its own", () => {
    const fenced = "Look:\n```sh\nls\n```\n";
    const prompt = zeta.replaceAll("src/area.py", "doc/area.md").replace("import math\n", fenced);
    expect(findHole(prompt)).toMatchObject({ before: `${fenced}${head}`, path: "doc/area.md" });
  });

  const rewritten = {
    zeta: (text: string) => `<|editable_region_start|>\n${head}${text}${tail}\n<|editable_region_end|>`,
    zeta2: (text: string) => `${head}${text}${tail}`,
  };
  const stop = [">>>>>>> UPDATED\n"];

  test("is answered with the whole region, for that is what its client puts in", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => items("w * h"));
    const textOf = async (body: unknown): Promise<string> =>
      JSON.parse((await post("/v1/completions", body)).text).choices[0].text;
    expect(await textOf({ prompt: zeta })).toBe(rewritten.zeta("w * h"));
    expect(await textOf({ prompt: zeta2 })).toBe(`${rewritten.zeta2("w * h")}\n>>>>>>> UPDATED\n`);
    expect(await textOf({ prompt: zeta2, stop })).toBe(`${rewritten.zeta2("w * h")}\n`);
  });

  test("gets its region back as it was when there is nothing to offer, so that nothing is deleted", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => ({ kind: "empty", reason: "upstream-empty" }));
    const reply = await post("/v1/completions", { prompt: zeta });
    expect(JSON.parse(reply.text).choices[0].text).toBe(rewritten.zeta(""));
  });

  test("is streamed to in the same way", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      for (const text of ["w ", "* h"]) await onPartial?.({ index: 0, text });
      return items("w * h");
    });
    const { text } = await post("/v1/completions", { prompt: zeta, stream: true });
    const pieces = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = ""]) => JSON.parse(json).choices[0].text);
    expect(pieces.join("")).toBe(rewritten.zeta("w * h"));
    expect(pieces.length).toBeGreaterThan(2);
  });
});
