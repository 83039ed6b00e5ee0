// Random texts and changes for the properties of next edits.

import { array, constantFrom, integer, nat, record, string, tuple, type Arbitrary } from "fast-check";

/** Lines that are alike, so that they meet again in many places. */
export const line: Arbitrary<string> = constantFrom(
  "",
  "}",
  "  }",
  "a",
  "b",
  "  return x;",
  "  return px;",
  "const a = f(x, y);",
  "const a = f(x, y, z);",
  "🙂 = '\u{1F600}';",
);

export const lines: Arbitrary<readonly string[]> = array(line, { maxLength: 12 });

export const anyText: Arbitrary<string> = string({ unit: "binary", maxLength: 200 });

/** A text of words, some of which are alike. */
export const words: Arbitrary<string> = array(
  constantFrom("x", "px", "foo", "foobar", " ", ".", "(", ",", "\n", "é", "🙂"),
  {
    maxLength: 14,
  },
).map((parts) => parts.join(""));

/** Where to cut a text into pieces, as shares of its length in thousandths. */
export const cuts: Arbitrary<readonly number[]> = array(integer({ min: 0, max: 1_000 }), { maxLength: 20 });

/** One change, as offsets in shares of the text's length and the new text. */
export const change = record({
  from: nat(1_000),
  to: nat(1_000),
  text: constantFrom("", "x", "p", "\n", "\r\n", "\r", "foo\nbar", "🙂", "\ud83d", "\ude42", "a\r"),
  isWhole: tuple(nat(9)).map(([n]) => n === 0),
});
