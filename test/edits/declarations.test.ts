// Where a name is declared, and in which lines it is known from there: both told by the layout of a text and the words of its
// language. `old` between « and » is left without a meaning when the one declaration is called `now`.

import { expect, test } from "vitest";
import { languageOf } from "../../shared/languages.ts";
import { placesLeft } from "../../server/edits/repeat/word-places.ts";

/** `text` with `old` between the signs where it is left without a meaning. */
function found(language: string, text: string): string {
  const lines = text.replaceAll(/[«»]/g, "").split("\n");
  const { dangling } = placesLeft(lines, languageOf(language), { from: "old", to: "now" });
  for (const { line, start, end } of dangling.toReversed()) {
    const own = lines[line] ?? "";
    lines[line] = `${own.slice(0, start)}«${own.slice(start, end)}»${own.slice(end)}`;
  }
  return lines.join("\n");
}

test.each<[string, string, string]>([
  ["a variable", "typescript", "let now = 1;\nuse(«old»);\n«old» = 2;\nmore(«old», «old»);"],
  ["one of several", "typescript", "let a, now;\nuse(«old»);"],
  ["one that has a type", "typescript", "const now: Map<string, X> = x;\nuse(«old»);"],
  ["a pattern", "typescript", "const { a, now } = x;\nuse(«old»);"],
  ["a pattern in a pattern, renamed", "typescript", "const [a, { b: now }] = x;\nuse(«old»);"],
  ["a pattern on several lines", "typescript", "const {\n  a,\n  now,\n} = x;\nuse(«old»);"],
  ["a loop", "typescript", "for (const now of x) {\n  use(«old»);\n}\nuse(old);"],
  ["a counter", "typescript", "for (let now = 0; «old» < 9; «old»++) {\n  use(«old»);\n}\nuse(old);"],
  ["what is caught", "typescript", "try {\n} catch (now) {\n  use(«old»);\n}\nuse(old);"],
  ["an import", "typescript", 'import now from "x";\nuse(«old»);'],
  ["an import under another name", "typescript", 'import { a as now, b } from "x";\nuse(«old»);'],
  ["an import of all", "typescript", 'import * as now from "x";\n«old».use();'],
  ["an import on several lines", "typescript", 'import {\n  a as now,\n  b,\n} from "x";\nuse(«old»);'],
  ["a function", "typescript", "export async function now(a) {}\n«old»(1);\nuse(«old»);"],
  ["a class", "typescript", "export class now {}\nconst a: «old» = new «old»();\nclass B extends «old» {}"],
  ["a type", "typescript", "type now<T> = T;\nlet a: «old»<string>;\ncall<«old»[]>();"],
  ["a parameter", "typescript", "function a(b, now) {\n  use(«old»);\n}\nuse(old);"],
  ["a parameter with a default", "typescript", "function a(b = 1, now = {}) {\n  use(«old»);\n}\nuse(old);"],
  [
    "a parameter of a method",
    "typescript",
    "class A {\n  b(now: X): Y {\n    use(«old»);\n  }\n  c() {\n    use(old);\n  }\n}",
  ],
  ["a parameter in a pattern", "typescript", "class A {\n  b(x, { now, y }) {\n    use(«old»);\n  }\n}"],
  [
    "a parameter on a line of its own",
    "typescript",
    "function a(\n  b: X,\n  now: Y,\n): Z {\n  use(«old»);\n}\nuse(old);",
  ],
  ["the rest of the parameters", "typescript", "function a(...now) {\n  use(«old»);\n}\nuse(old);"],
  ["a parameter of an arrow", "typescript", "a((b, now) => {\n  use(«old»);\n});\nuse(old);"],
  ["a parameter of an arrow without parentheses", "typescript", "a(now => use(«old»));\nuse(old);"],
  [
    "not in another function of its own",
    "typescript",
    "let now;\nfunction a(old) {\n  use(old);\n}\nfunction b() {\n  const old = 1;\n  use(old);\n}\nuse(«old»);",
  ],
  [
    "not a member, a key or a method",
    "typescript",
    "let now;\na.old = 1;\nb = { old: «old» };\na({ old });\nclass B {\n  old = 1;\n  old() {\n    this.old();\n    use(«old»);\n  }\n}\ninterface C {\n  old: X;\n  old(): void;\n}",
  ],
  ["no key of a type on one line", "typescript", "let now: { a: X; old: Y; readonly old: Z };\nuse(«old»);"],
  ["no key of a type on a line of its own", "typescript", "let now: {\n  readonly old: Y;\n};\nuse(«old»);"],
  [
    "not where an arrow on one line has it for its own",
    "typescript",
    "let now = 1;\nconst a = (old: X): Y => use(old);\nuse(«old»);",
  ],
  [
    "a pattern of parameters on several lines",
    "javascript",
    "class A {\n  constructor (a, {\n    b = 1,\n    now,\n    c\n  } = {}) {\n    use(«old»);\n  }\n}\nuse(old);",
  ],
  [
    "parameters on several lines",
    "javascript",
    "a(function (\n  now,\n  b\n) {\n  use(«old»);\n});\nb((\n  old\n) =>\n  use(old)\n);",
  ],
  [
    "no text, no comment",
    "typescript",
    'let now;\nsay("old", `old ${«old»} old`); // old\nif (/old|x/.test(a)) use(«old»);',
  ],
  [
    "no text of markup",
    "typescriptreact",
    "const now = 1;\nconst a = (\n  <p title={«old»}>\n    the old one\n    <b>old</b>{«old»}\n  </p>\n);",
  ],
  [
    "tags",
    "typescriptreact",
    "import { a as now } from 'x';\nconst b = <«old» c={1}><d /></«old»>;\nconst e = <«old»/>;",
  ],
  [
    "Swift, not in a block of its own",
    "swift",
    "let now = 1\nuse(«old»)\na.map { old in use(old) }\na.reduce { b, old in use(old) }",
  ],
  ["Kotlin, not in a block of its own", "kotlin", "val now = 1\nuse(«old»)\na.map { old -> use(old) }"],
  [
    "Java, not in an arrow of its own",
    "java",
    "int now = 1;\nuse(«old»);\na.map(old -> use(old));\na.map((b, old) -> use(old));",
  ],
  [
    "Python, a function's parameter",
    "python",
    "def a(b, now=1):\n    use(«old»)\n    x(old=«old»)\n\ndef c():\n    use(old)",
  ],
  ["Python, a method", "python", "class A:\n    def now(self):\n        x = self.«old»()\n        return old(x)\n"],
  [
    "Python, a field",
    "python",
    "class A:\n    def __init__(self):\n        self.now = 1\n\n    def b(self):\n        return self.«old» + c.old",
  ],
  [
    "Java, a field, with and without `this`",
    "java",
    "class A {\n  private int now = 1;\n  int a() {\n    return «old» + this.«old»;\n  }\n}",
  ],
  ["Python, a loop", "python", "def a():\n    for b, now in c:\n        use(«old»)\n    use(old)"],
  ["Python, an import", "python", "import a.b as now\nuse(«old».c)"],
  [
    "Python, a function",
    "python",
    "def now():\n    pass\n\nclass A:\n    def a(self):\n        self.old()\n        return «old»()",
  ],
  [
    "Python, what is assigned once",
    "python",
    "def a():\n    now = 1\n    use(«old»)\n    «old» += 1\n\ndef b():\n    use(old)",
  ],
  [
    "Python, not where it is a parameter",
    "python",
    "now = 1\nuse(«old»)\na = lambda old: old\ndef b(old):\n    use(old)\ndef c():\n    with x as old:\n        use(old)\n    use([old for old in x])",
  ],
  ["Python, no named argument", "python", "now = 1\nuse(\n    old=«old»,\n)"],
  ["Go, a variable", "go", "func a() {\n\tnow := 1\n\tuse(«old»)\n}\nfunc b() {\n\tuse(old)\n}"],
  [
    "Go, not where two are declared",
    "go",
    "func a(now int) {\n\tuse(«old»)\n\tif b {\n\t\told, c := d()\n\t\tuse(old, c)\n\t}\n}",
  ],
  ["Go, a variable with a type", "go", "var now map[string]int\n\nfunc a() {\n\tuse(«old»)\n}"],
  ["Rust, a variable", "rust", "fn a() {\n    let mut now = 1;\n    «old» += 1;\n}\nfn b() {\n    use(old);\n}"],
  ["Rust, a parameter", "rust", "fn a(now: u32) {\n    use(«old»);\n}\nfn b(old: u32) {\n    use(old);\n}"],
  [
    "C, a variable and a parameter of this name",
    "c",
    "static int now;\nvoid a(void)\n{\n    use(«old»);\n}\nvoid b(int old)\n{\n    use(old);\n}",
  ],
  [
    "Java, a list",
    "java",
    "class A {\n  void a() {\n    final List<String> now = b();\n    use(«old»);\n  }\n  void c() {\n    use(old);\n  }\n}",
  ],
  ["Ruby, a method's parameter", "ruby", "def a(now)\n  use(«old»)\nend\ndef b\n  use(old)\nend"],
  ["Lua, a local variable", "lua", "local now = 1\nuse(«old»)"],
])("where a declaration gave way, its uses: %s", (_, language, text) => {
  expect(found(language, text)).toBe(text);
});

test.each<[string, string, string]>([
  ["a use gave way", "typescript", "use(now);\nuse(old);"],
  ["an argument gave way", "typescript", "a(now, () => {\n  use(old);\n});"],
  ["a condition gave way", "typescript", "if (now) {\n  use(old);\n}"],
  ["a type gave way that is used", "typescript", "let a: Map<string, now>;\nlet b: old;"],
  ["a default gave way", "typescript", "function a(b = now) {\n  use(old);\n}"],
  ["what is gone through gave way", "typescript", "for (const a of now) use(old);"],
  ["what is called in a loop gave way", "typescript", "for (const a of b(now)) use(old);"],
  ["an assignment gave way", "typescript", "now = 1;\nuse(old);"],
  ["a key of a pattern gave way", "typescript", "const { now: a } = b;\nconst { old: c } = d;\nuse(old);"],
  [
    "a key of a parameter's type gave way",
    "typescript",
    "function a(\n  { b, old }: { b: X; now: Y },\n) {\n  use(old);\n}",
  ],
  ["an argument of a conditional call gave way", "typescript", "const a = b ? use(now) : c => {\n  use(old);\n};"],
  ["an entry of an argument gave way", "typescript", "a({\n  now,\n});\nuse(old);"],
  [
    "an entry of an argument gave way, and a function follows",
    "typescript",
    "a({\n  now,\n}).b(() => {\n  use(old);\n});\nc({\n  old,\n}, () => {\n  use(old);\n});",
  ],
  ["an argument on a line of its own gave way", "typescript", "a(\n  now,\n  () => {\n    use(old);\n  },\n);"],
  ["a member gave way", "typescript", "const a = b.now;\nuse(old);"],
  ["it is declared twice", "typescript", "function now(a: string): void;\nfunction old(a: number): void;\nold(1);"],
  ["it is declared around", "typescript", "const old = 1;\nfunction a() {\n  const now = 2;\n  use(old);\n}"],
  ["its declaration was put elsewhere", "typescript", "const now = 1;\nuse(old);\nconst old = 2;"],
  ["it is declared in a list elsewhere", "typescript", "const now = 1;\nuse(old);\nimport {\n  old,\n} from 'x';"],
  ["the new name stands outside of it", "typescript", "function a(now) {\n  use(old);\n}\nuse(now);"],
  [
    "it is one of many in a block that was adapted",
    "typescript",
    "const a = 1;\nconst now = a;\nconst old = b;\nuse(old);",
  ],
  ["Python, it is assigned again", "python", "now = load()\nold = parse(old)\nuse(old)"],
  ["Python, it is used above", "python", "def a():\n    use(old)\n    now = 1\n    use(old)"],
  ["Python, it is one of the module's", "python", "def a():\n    global old\n    now = 1\n    use(old)"],
  ["Python, it is the name of an argument", "python", "use(\n    now=1,\n)\nuse(old)"],
  ["Rust, it is made anew below", "rust", "let now = 1;\nlet old = old + 1;\nuse(old);"],
  ["C, a struct is used", "c", "struct now a;\nstruct old b;"],
  [
    "a member is declared twice",
    "typescript",
    "class A {\n  get now() {\n    return 1;\n  }\n  set old(a) {\n    this.old = a;\n  }\n}",
  ],
  ["a class may inherit the member", "typescript", "class A extends B {\n  now() {\n    this.old();\n  }\n}"],
  [
    "a class is in the class",
    "typescript",
    "class A {\n  now = 1;\n  b() {\n    return class {\n      c = this.old;\n    };\n  }\n}",
  ],
  [
    "a member of an interface gave way",
    "typescript",
    "interface A {\n  now: X;\n}\nfunction a(b: A) {\n  use(b.old, this.old);\n}",
  ],
  [
    "a member is set outside of the constructor",
    "javascript",
    "class A {\n  b() {\n    this.now = 1;\n    use(this.old);\n  }\n}",
  ],
  [
    "Python, a method of the name of a function",
    "python",
    "class A:\n    def now(self):\n        pass\n\n    def b(self):\n        return old(1)",
  ],
  [
    "Python, an attribute of the name of a function",
    "python",
    "class A:\n    now = 1\n\n    def b(self):\n        return old(1)",
  ],
  ["Rust, a method of the name of a function", "rust", "impl A {\n    fn now(&self) {\n        old();\n    }\n}"],
  ["nobody knows the language", "", "let now = 1;\nuse(old);"],
  ["the language is not known here", "brainfuck", "let now = 1;\nuse(old);"],
  ["it is prose", "markdown", "let now be\nthe old"],
])("nowhere: %s", (_, language, text) => {
  expect(found(language, text)).toBe(text);
});
