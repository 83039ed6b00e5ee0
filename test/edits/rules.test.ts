// What is never offered, and why: the text, the model's lines, and the rule that drops them.

import { describe, expect, test } from "vitest";
import type { Hunk } from "../../server/edits/answer/hunk.ts";
import type { HistoryHunk } from "../../server/edits/history/hunks.ts";
import { check } from "../../server/edits/rules/rules.ts";

const text = ["import { a } from './a';", "", "function f(x) {", "  if (x) {", "    return a(x);", "  }", "}", "f(1);"];

const textLines = (start: number, end: number): readonly string[] => text.slice(start, end);

function checked(
  hunk: Hunk,
  recent: readonly HistoryHunk[] = [],
  at = { line: 0, character: 0, hasCompletions: false },
) {
  const { hasCompletions, ...cursor } = at;
  return check(hunk, { lines: textLines, cursor, recent, hasCompletions });
}

const replace = (line: number, ...lines: readonly string[]): Hunk => ({ start: line, end: line + 1, lines });
const insert = (line: number, ...lines: readonly string[]): Hunk => ({ start: line, end: line, lines });
const past = (removed: readonly string[], added: readonly string[], newStart = 4): HistoryHunk => ({
  oldStart: newStart,
  newStart,
  removed,
  added,
});

describe("dropped", () => {
  test.each<[string, Hunk, readonly HistoryHunk[], string]>([
    ["a tag of the prompt", replace(4, "    return a(x);<|cursor|>"), [], "markup"],
    ["a fence", insert(5, "```"), [], "markup"],
    ["an apology", replace(4, "Sorry, I can't assist with that."), [], "markup"],
    ["what was replaced instead of a secret", replace(7, "f('ghp_xxxxxxxxxxxxxxxxxxxx');"), [], "markup"],
    ["the same lines", replace(4, "    return a(x);"), [], "no-op"],
    ["white space", replace(4, "  return a(x);"), [], "white-space"],
    ["a blank line", insert(5, ""), [], "white-space"],
    ["the line below again", insert(7, "f(1);"), [], "duplicate"],
    ["the line above again", insert(5, "    return a(x);"), [], "duplicate"],
    ["closers that are there", insert(5, "  }"), [], "duplicate"],
    [
      "the word that was there before",
      replace(4, "    return b(x);"),
      [past(["    return b(x);"], ["    return a(x);"])],
      "undo",
    ],
    ["a line that was just deleted", insert(5, "    log(x);"), [past(["    log(x);"], [], 5)], "undo"],
    [
      "the deletion of a line that was just added",
      { start: 4, end: 5, lines: [] },
      [past([], ["    return a(x);"])],
      "undo",
    ],
    ["the deletion of a bracket that was just added", { start: 5, end: 6, lines: [] }, [past([], ["  }"], 5)], "undo"],
    [
      "the deletion of a blank line, when white space was changed last",
      { start: 1, end: 2, lines: [] },
      [past(["    f();"], ["  f();"], 0)],
      "white-space",
    ],
    ["half of a word back", replace(4, "    return (x);"), [past(["    return (x);"], ["    return a(x);"])], "undo"],
    [
      "a third name, where another was put in the place of the old one",
      replace(4, "    return bb(x);"),
      [past(["a(2);"], ["b(2);"], 0)],
      "contrary",
    ],
    ["an import more", insert(1, "import { b } from './b';"), [], "imports"],
    ["most of a function gone", { start: 2, end: 7, lines: [] }, [], "size"],
    ["a line again and again", insert(5, "    log(1);", "    log(1);", "    log(1);", "    log(1);"), [], "repetition"],
  ])("%s", (_, hunk, recent, rule) => {
    expect(checked(hunk, recent)).toEqual({ kind: "dropped", rule });
  });

  test("a line as it was, though its words can be paired with the others in more than one way", () => {
    const removed = ['import { defineConfig } from "vitest/config";'];
    const added = ['import { realProgramsConfig } from "../support/real-programs-config.ts";'];
    const facts = { lines: () => added, cursor: { line: 0, character: 70 }, recent: [past(removed, added, 0)] };
    expect(check(replace(0, ...removed), { ...facts, hasCompletions: false })).toMatchObject({ rule: "undo" });
  });

  test("text at the cursor alone, where the client shows completions", () => {
    const hunk = replace(7, "f(1); f(2);");
    expect(checked(hunk, [], { line: 7, character: 5, hasCompletions: true })).toMatchObject({ rule: "at-cursor" });
    expect(checked(hunk, [], { line: 7, character: 5, hasCompletions: false })).toMatchObject({ kind: "hunk" });
    expect(checked(hunk, [], { line: 2, character: 0, hasCompletions: true })).toMatchObject({ kind: "hunk" });
  });
});

describe("away from the cursor, when a use of `f` got another argument,", () => {
  const recent = [past(["f(1);"], ["f(1, more);"], 7)];
  const elsewhere = {
    diagnostics: [{ severity: "error", message: "Cannot find 'x'.", startLine: 3, endLine: 3 }],
    recent,
  } as const;
  const facts = { lines: textLines, cursor: { line: 4, character: 0 }, recent, hasCompletions: false };

  test.each<[string, string]>([
    ["a name in the place of another", "    return b(x);"],
    ["such a name beside what follows from the change", "    return b(x, more);"],
  ])("%s is dropped, and kept at the cursor", (_, line) => {
    expect(check(replace(4, line), { ...facts, elsewhere })).toEqual({ kind: "dropped", rule: "unrelated" });
    expect(check(replace(4, line), facts)).toMatchObject({ kind: "hunk" });
  });

  test.each<[string, string]>([
    ["what follows from the change", "    return a(x, more);"],
    ["a name that the change brought, in the place of another", "    return a(more);"],
    ["a name in the place of one that an error is about", "    return a(y);"],
    ["a name where there was none", "    return a(x, b);"],
  ])("%s is kept", (_, line) => {
    const other = { ...facts, elsewhere: line.includes("y") ? elsewhere : { diagnostics: [], recent } };
    expect(check(replace(4, line), other)).toMatchObject({ kind: "hunk" });
  });

  test("a name that was changed in another document is kept", () => {
    const inAll = [...recent, past(["let a = 1;"], ["let total = 1;"], 0)];
    const other = { ...facts, elsewhere: { diagnostics: [], recent: inAll } };
    expect(check(replace(4, "    return total(x);"), other)).toMatchObject({ kind: "hunk" });
  });
});

describe("kept", () => {
  test.each<[string, Hunk, readonly HistoryHunk[], Hunk]>([
    [
      "a rename that goes on",
      replace(4, "    return b(x);"),
      [past(["a(2);"], ["b(2);"], 0)],
      replace(4, "    return b(x);"),
    ],
    [
      "a name that is in use, where another was put in the place of the old one",
      replace(4, "    return f(x);"),
      [past(["a(2);"], ["b(2);"], 0)],
      replace(4, "    return f(x);"),
    ],
    [
      "only the lines that change",
      { start: 3, end: 6, lines: ["  if (x) {", "    return b(x);", "  }"] },
      [],
      replace(4, "    return b(x);"),
    ],
    ["a new line without the one that is there", insert(7, "g(1);", "f(1);"), [], insert(7, "g(1);")],
    ["an import that is changed", replace(0, "import { b } from './a';"), [], replace(0, "import { b } from './a';")],
    [
      "white space, when the person is at just that",
      replace(4, "  return a(x);"),
      [past(["    f();"], ["  f();"], 0)],
      replace(4, "  return a(x);"),
    ],
    ["the same word elsewhere", replace(7, "f(2);"), [past(["  g(2);"], ["  g(1);"], 3)], replace(7, "f(2);")],
  ])("%s", (_, hunk, recent, expected) => {
    expect(checked(hunk, recent)).toEqual({ kind: "hunk", hunk: expected });
  });
});
