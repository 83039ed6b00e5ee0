// The files that the demo opens: two that are cut where its cursor stands, on a blank line, so that what is offered stands
// out, and one in which something is changed.

export interface Sample {
  readonly fileName: string;
  readonly languageId: string;
  readonly before: string;
  readonly after: string;
}

/** For a model, which may be a small one: each is what its name says. */
export const modelSamples: readonly Sample[] = [
  {
    fileName: "numbers.py",
    languageId: "python",
    before: "import sys\n\n\ndef add(a, b):\n    ",
    after: "\n\n\nprint(add(1, 2))\n",
  },
  {
    fileName: "numbers.js",
    languageId: "javascript",
    before: '"use strict";\n\nfunction add(a, b) {\n  ',
    after: "\n",
  },
];

export const samples: readonly Sample[] = [
  {
    fileName: "rectangle.py",
    languageId: "python",
    before: `class Rectangle:
    """Four right angles."""

    def __init__(self, width, height):
        `,
    after: "\n",
  },
  {
    fileName: "arithmetic.js",
    languageId: "javascript",
    before: `export function add(first, second) {
  return first + second;
}

export function multiply(first, second) {
  `,
    after: "\n}\n",
  },
];

export interface EditSample {
  readonly fileName: string;
  readonly languageId: string;
  readonly text: string;
  /** Stands in the text; the first one gives way to `now`. */
  readonly old: string;
  readonly now: string;
}

export const editSample: EditSample = {
  fileName: "average.py",
  languageId: "python",
  text: `def average(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)
`,
  old: "total = 0",
  now: "amount = 0",
};
