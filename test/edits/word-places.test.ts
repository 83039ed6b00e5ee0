// Where a name is the same one as where it was replaced, told by the layout of the text alone: the places in question are
// between « and », and those that are not stay as they are.

import { expect, test } from "vitest";
import { languageOf } from "../../shared/languages.ts";
import { placesLeft } from "../../server/edits/repeat/word-places.ts";

/** `text` with `old` replaced by `now` in the places that are found, between the signs. */
function found(language: string, text: string): string {
  const lines = text.replaceAll(/[«»]/g, "").split("\n");
  const { alike } = placesLeft(lines, languageOf(language), { from: "old", to: "now" });
  for (const { line, start, end } of alike.toReversed()) {
    const own = lines[line] ?? "";
    lines[line] = `${own.slice(0, start)}«${own.slice(start, end)}»${own.slice(end)}`;
  }
  return lines.join("\n");
}

test.each<[string, string, string]>([
  ["all of a text without blocks", "typescript", "let now = 1;\nuse(now);\nuse(«old»);\nmore(«old», «old»);"],
  ["nothing without the new name", "typescript", "use(old);"],
  ["whole words alone", "typescript", "use(now);\nuse(older, $old, old1, _old, «old»);"],
  [
    "no text of a comment or string",
    "typescript",
    "use(now);\n// old\n/* old\n old */ use(«old»);\nsay(\"old\", 'old');",
  ],
  ["code in a template", "typescript", "use(now);\nsay(`old ${«old»} old`);\nsay(`\nold\n`);"],
  [
    "code in a template in a template, and on several lines of one",
    "typescript",
    "use(now);\nsay(`old ${a(`${«old»} old`)} old`, «old»);\nsay(`old ${\n  a(«old»)\n} old`, «old»);",
  ],
  ["comments where it was replaced in one", "typescript", "// now\nuse(old);\n// «old»"],
  ["members of the same alone", "typescript", "this.now = 1;\nuse(this.«old», other.old);\nuse(old);"],
  ["neither where both stand on a line", "typescript", "this.now = 1;\nthis.old = old;\nuse(this.«old»);"],
  ["no member when it is none", "typescript", "use(now);\nuse(this.old, a?.old, b::old, p->old);"],
  ["keys where it was a key", "typescript", "a({ now: 1 });\na({ «old»: 1, b: old });"],
  ["no key and no named argument when it is neither", "python", "use(now)\nuse({old: 1}, old=2)\nuse(«old»)"],
  ["no entry that is also a key", "typescript", "use(now);\nconst a = { old };\nconst { old: b } = c;\nuse(«old»);"],
  ["no part of a name with hyphens", "css", "a { b: now }\na { b: old-x }\na { b: x-old }"],
  ["no name behind a sign", "typescript", "use(now);\n@old use(#old, «old»);"],
  [
    "a parameter's function alone",
    "typescript",
    "function a(now) {\n  use(now);\n  if («old») {\n    use(«old»);\n  } else {\n    use(«old»);\n  }\n}\nuse(old);",
  ],
  [
    "the function of an arrow alone",
    "typescript",
    "const a = (now: X) => {\n  use(now, «old»);\n};\nconst b = (old: X) => {\n  use(old);\n};",
  ],
  [
    "a block's own name there alone",
    "typescript",
    "function a() {\n  let now;\n  use(«old»);\n}\nfunction b() {\n  use(old);\n}",
  ],
  [
    "not where it is another one",
    "typescript",
    "let now;\nfunction a(old) {\n  use(old);\n}\nfunction b() {\n  const old = 1;\n  use(old);\n}\nfunction c() {\n  use(«old»);\n}",
  ],
  [
    "also where it is another one, once two of these were replaced",
    "typescript",
    "function a(now) {\n  use(now);\n}\nconst b = (now) => {\n  use(«old»);\n};\nfunction c(«old») {\n  use(«old»);\n}\nuse(old);",
  ],
  [
    "not where it is another one when one was replaced in two places",
    "typescript",
    "function a(now) {\n  use(now);\n}\nfunction c(old) {\n  use(old);\n}",
  ],
  [
    "not in a loop over it",
    "typescript",
    "use(now);\nfor (const old of x) {\n  use(old);\n}\nfor (const a of «old») use(«old»);",
  ],
  [
    "where the declaration itself is left",
    "typescript",
    "function a() {\n  let «old» = 1;\n  use(now);\n  use(«old»);\n}",
  ],
  ["a function of Python alone", "python", "def a(now):\n    use(now)\n    return «old»\n\ndef b(x):\n    use(old)"],
  [
    "not where Python makes it anew",
    "python",
    "now = 1\ndef a():\n    use(«old»)\ndef b():\n    old = 2\n    use(old)\ndef c():\n    for old in x:\n        use(old)",
  ],
  ["not in a block of Ruby with its own", "ruby", "now = 1\neach do |old|\n  use(old)\nend\nuse(«old»)"],
  [
    "parameters on lines of their own",
    "typescript",
    "function a(\n  now: X,\n): Y {\n  use(now, «old»);\n}\nfunction b(\n  old: X,\n): Y {\n  use(old);\n}",
  ],
  [
    "a bracket on a line of its own",
    "c",
    "void a(int now)\n{\n  use(now, «old»);\n}\nvoid b(int old)\n{\n  use(old);\n}",
  ],
  ["a type that is inherited from", "typescript", "class now {}\nclass B extends «old» {\n  a: «old»;\n}"],
  [
    "a type parameter's function alone",
    "typescript",
    "function a<now>(x: now) {\n  return x as «old»;\n}\nfunction b<old>(x: old) {\n  return x;\n}",
  ],
])("%s", (_, language, text) => {
  expect(found(language, text)).toBe(text);
});
