// Enter between brackets that the editor has paired: the suggestion that was on screen goes on, and nothing is asked again.

import { describe, expect, it } from "vitest";
import { openEditingSession } from "./support/editing-session.ts";
import type { Text } from "./support/take-suggestion.ts";

interface Case {
  readonly languageId: string;
  readonly line: string;
  readonly closer: string;
  readonly answer: string;
  /** What Enter puts into the text: the cursor's indentation, and whether the closing bracket goes to a line below. */
  readonly indentation: string;
  readonly moves: boolean;
  readonly below: string;
  readonly wanted: string;
}

const cases: readonly Case[] = [
  {
    languageId: "c",
    line: "int add(int a, int b) {",
    closer: "}",
    answer: "\n  int sum = a + b;\n  return sum;\n}",
    indentation: "  ",
    moves: true,
    below: "\nint z;\n",
    wanted: "int add(int a, int b) {\n  int sum = a + b;\n  return sum;\n}\nint z;\n",
  },
  {
    languageId: "java",
    line: "    void go() {",
    closer: "}",
    answer: "\n        first();\n        second();\n    }",
    indentation: "        ",
    moves: true,
    below: "\n}\n",
    wanted: "    void go() {\n        first();\n        second();\n    }\n}\n",
  },
  {
    languageId: "javascript",
    line: "on('a', () => {",
    closer: "})",
    answer: "\n  first();\n  second();\n})",
    indentation: "  ",
    moves: true,
    below: "\nlast();\n",
    wanted: "on('a', () => {\n  first();\n  second();\n})\nlast();\n",
  },
  {
    languageId: "python",
    line: "def add(a, b):",
    closer: "",
    answer: "\n    total = a + b\n    return total",
    indentation: "    ",
    moves: false,
    below: "\n\nz = 1\n",
    wanted: "def add(a, b):\n    total = a + b\n    return total\n\nz = 1\n",
  },
  {
    languageId: "json",
    line: '{"a": [',
    closer: "]}",
    answer: "\n  1,\n  2\n]}",
    indentation: "  ",
    moves: true,
    below: "\n",
    wanted: '{"a": [\n  1,\n  2\n]}\n',
  },
];

describe.each(["\n", "\r\n"])("Enter, where lines end in %j", (lineEnd) => {
  const real = (text: string): string => text.replaceAll("\n", lineEnd);

  it.each(cases)("in $languageId goes on with what was suggested", async (one) => {
    const session = await openEditingSession("plain");
    session.say(one.answer);
    const { line, closer, below, indentation, moves, languageId } = one;
    const top = real("\n\n");
    const open = session.open({ before: top + line, after: closer + real(below), languageId });
    const taken = await open.accept("inlineCompletion");
    expect(taken && taken.before + taken.after).toBe(top + real(one.wanted));

    // What comes from now on is not from the service.
    session.say("other()");
    const asked = session.asked();
    const own = /^ */.exec(line)?.[0] ?? "";
    const after = moves ? `${lineEnd}${own}${closer}${real(below)}` : closer + real(below);
    const [words = ""] = one.answer.trimStart().split("\n");
    for (const part of ["", words.slice(0, 1), words.slice(0, 3)]) {
      const text: Text = { before: `${top}${line}${lineEnd}${indentation}${part}`, after };
      open.become(text);
      const later = await open.accept("inlineCompletion");
      expect(later && later.before + later.after).toBe(top + real(one.wanted));
    }
    // The editor's own indentation is another one than was suggested.
    open.become({ before: `${top}${line}${lineEnd}${own}${"\t".repeat(2)}${words.slice(0, 1)}`, after });
    const other = await open.accept("inlineCompletion");
    expect(other?.before).toContain(words);
    expect(session.asked()).toBe(asked);
  });
});
