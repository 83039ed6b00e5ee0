// What the offline model says: useful in a demo, and always the same.

import { describe, expect, test } from "vitest";
import { continueText } from "../../server/emulator/model/model.ts";
import type { ModelQuestion } from "../../server/emulator/types.ts";

const cursor = "│";

/** The question at the cursor of `text`; as clients do, blank lines and indentation at the head of the suffix are cut. */
function questionAt(language: string, text: string, fields: Partial<ModelQuestion> = {}): ModelQuestion {
  const [prompt = "", suffix = ""] = text.split(cursor);
  return {
    model: "gpt-41-copilot",
    prompt,
    suffix: suffix.trimStart(),
    context: [],
    language,
    n: 1,
    stop: [],
    maxTokens: 500,
    ...fields,
  };
}

const best = (language: string, text: string, fields: Partial<ModelQuestion> = {}): string | undefined =>
  continueText(questionAt(language, text, fields))[0];

describe("the body of a function is written in", () => {
  test.each([
    ["python", "def add(a, b):\n│", "    return a + b"],
    ["python", "def fib(n):\n│\nprint(fib(3))\n", "    return n if n < 2 else fib(n - 1) + fib(n - 2)"],
    ["javascript", "function add(alpha, beta, gamma) {\n│}\n", "  return alpha + beta + gamma;"],
    ["javascript", "const mul = (a, b) => {\n│};\n", "  return a * b;"],
    ["go", "func add(a, b int) int {\n│}\n", "\treturn a + b"],
    ["python", "class P:\n    def __init__(self, x, y):\n│", "        self.x = x\n        self.y = y"],
    ["rust", "fn add(a: i32, b: i32) -> i32 {\n│}\n", "    a + b"],
    ["c", "int add(int a, int b) {\n│}\n", "    return a + b;"],
    ["java", "public int add(int a, int b) {\n│}\n", "    return a + b;"],
    ["csharp", "public int Add(int a, int b) {\n│}\n", "    return a + b;"],
    ["php", "function add($a, $b) {\n│}\n", "    return $a + $b;"],
    ["kotlin", "fun add(a: Int, b: Int): Int {\n│}\n", "    return a + b"],
    ["swift", "func add(a: Int, b: Int) -> Int {\n│}\n", "    return a + b"],
    ["ruby", "def add(a, b)\n│end\n", "  a + b"],
    ["lua", "local function add(a, b)\n│end\n", "  return a + b"],
  ])("%s: %j", (language, text, expected) => {
    expect(best(language, text)).toBe(expected);
  });
});

describe("a begun line is finished", () => {
  test.each([
    ["python", "def add(a, b):\n    return │", "a + b"],
    [
      "javascript",
      "function half(x) {\n  return x / 2;\n}\n\nfunction fact(n) {\n  return│",
      " n < 2 ? 1 : n * fact(n - 1);",
    ],
    ["python", "result = combine(first, second)\nlog(result)\nresult = comb│", "ine(first, second)"],
  ])("%s: %j", (language, text, expected) => {
    expect(best(language, text)).toBe(expected);
  });
});

describe("nothing is said", () => {
  const multiply =
    "def add(left, right):\n    return left + right\n\n\ndef multiply(left, right):\n    return left * right";

  test.each([
    ["behind a statement that is whole", `${multiply}│`],
    ["below a function that is whole", `${multiply}\n│`],
    ["one level in, below a function that is whole", `${multiply}\n    │`],
    ["in a function whose name tells nothing", "def handle(event):\n│"],
    ["in an empty file", "│"],
  ])("%s", (_, text) => {
    expect(continueText(questionAt("python", text, { n: 3 }))).toEqual([""]);
  });
});

describe("what the text says elsewhere is said again", () => {
  const twoLoops = `function one(list) {
  for (const entry of list) {
    handle(entry, 1);
    log(entry);
  }
}

function two(list) {
    for (const entry of list) {
│
    }
}
`;

  test("with the indentation of the new place, to the end of the block", () => {
    expect(best("javascript", twoLoops)).toBe("      handle(entry, 1);\n      log(entry);");
  });

  test("from below the cursor as well", () => {
    const text = "def load(path):\n│\n\n\ndef other(path):\n    pass\n\n\ndef load(path):\n    return read(path)\n";
    expect(best("python", text)).toBe("    return read(path)");
  });

  test("from another document that stands above as a comment", () => {
    const text =
      "# Path: a.py\n# Compare this snippet from b.py:\n# def load(path):\n#     with open(path) as f:\n#         return f.read()\nimport os\n\ndef load(path):\n│";
    expect(best("python", text)).toBe("    with open(path) as f:\n        return f.read()");
  });

  test("from blocks of context", () => {
    const context = ["def load(path):\n    return parse(path)\n"];
    expect(best("python", "def load(path):\n│", { context })).toBe("    return parse(path)");
  });

  test("where more lines agree, and of equal places from the nearer one", () => {
    const text = "open(file);\nfirst(line);\nfar(1);\n\nseek(file);\nfirst(line);\nnear(1);\n\n";
    expect(best("javascript", `${text}other(file);\nfirst(line);\n│`)).toBe("near(1);");
    expect(best("javascript", `${text}open(file);\nfirst(line);\n│`)).toBe("far(1);");
  });

  test("but not when it stands right below the cursor", () => {
    const text = "open(file);\nread(file);\n\nopen(file);\n│read(file);\n";
    expect(best("javascript", text)).toBe("");
  });

  test("up to what stands below the cursor already", () => {
    const text = "open(file);\nread(file);\nclose(file);\n\nopen(file);\n│close(file);\n";
    expect(best("javascript", text)).toBe("read(file);");
  });
});

describe("a block that was opened", () => {
  test("is closed when nothing below closes it", () => {
    expect(best("javascript", "function add(a, b) {\n│")).toBe("  return a + b;\n}");
    expect(best("lua", "local function add(a, b)\n│")).toBe("  return a + b\nend");
  });

  test("keeps the document's own indentation", () => {
    expect(best("javascript", "class A {\n\tadd(a, b) {\n│\t}\n}\n")).toBe("\t\treturn a + b;");
    expect(best("python", "if x:\n  y = 1\n\ndef add(a, b):\n│")).toBe("  return a + b");
  });

  test("gets what its line does not have yet when the indentation is there", () => {
    expect(best("python", "def add(a, b):\n    │")).toBe("return a + b");
  });

  test("is written on the same line when one line is all that is asked for", () => {
    const stop = ["\n"];
    expect(best("python", "def add(a, b):│", { stop })).toBe(" return a + b");
    expect(best("javascript", "function add(a, b) {│", { stop })).toBe(" return a + b; }");
    expect(best("python", "def add(a, b):│")).toBe("\n    return a + b");
  });
});

describe("the model", () => {
  const texts = [
    "def add(a, b):\n│",
    "function f(list) {\n│",
    "x = 1\n│",
    "│",
    "for (const a of b) {│",
    "words and words│",
  ];

  test.each(texts)("says the same each time: %j", (text) => {
    for (const language of ["python", "javascript", "plaintext", ""]) {
      const question = questionAt(language, text, { n: 4 });
      expect(continueText(question)).toEqual(continueText(question));
    }
  });

  test.each(texts)("says nothing twice, and at least something or nothing once: %j", (text) => {
    const alternatives = continueText(questionAt("javascript", text, { n: 10 }));
    expect(alternatives.length).toBeGreaterThan(0);
    expect(new Set(alternatives).size).toBe(alternatives.length);
  });

  test("has several things to say where it can", () => {
    const [first, second, third] = continueText(questionAt("python", "def add(a, b):\n│", { n: 3 }));
    expect(first).toBe("    return a + b");
    expect(second).toBe("    result = a + b\n    return result");
    expect(third).toBeDefined();
  });

  test("reads the language off the text when nobody names it", () => {
    expect(best("", "def add(a, b):\n│")).toBe("    return a + b");
    expect(best("", "int add(int a, int b) {\n│}\n")).toBe("    return a + b;");
  });

  test("comes to an end when each answer is appended and it is asked again", () => {
    const stop = ["\n"];
    for (const text of [
      "def add(a, b):\n",
      "def add(a, b):",
      "# multiply\n",
      "first(line)\nsecond(line)\nfirst(line)\n",
      "for i in x:\n",
    ]) {
      for (const suffix of ["", "\n"]) {
        let prompt = text;
        let asked = 0;
        for (let answer = " "; answer !== "" && asked < 40; asked += 1) {
          answer = continueText(questionAt("python", prompt + cursor, { stop }))[0]?.split("\n")[0] ?? "";
          prompt += answer === "" ? "" : answer + suffix;
        }
        expect(asked, JSON.stringify(prompt)).toBeLessThan(40);
      }
    }
  });

  test("does not read lines that no person wrote", () => {
    expect(continueText(questionAt("javascript", `x(${"a,".repeat(15_000)}│`))).toEqual([""]);
    expect(continueText(questionAt("cpp", `x(${"a,".repeat(15_000)}\n│`))).toEqual([""]);
  });
});
