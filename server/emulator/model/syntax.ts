// What the samples need to know of each language: how a block ends, how a value is returned, how a comment begins.

export interface Syntax {
  /** One level of indentation where the text itself does not show another. */
  readonly unit: string;
  readonly comment: string;
  /** Ends a statement. */
  readonly semicolon: string;
  /** Ends a block; absent where indentation does. */
  readonly closer?: "}" | "end";
  /** Stands before a field of the object that a method belongs to. */
  readonly self: string;
  /** The last expression of a function is its value. */
  readonly isImplicitReturn?: true;
  readonly conditional?: (condition: string, whenTrue: string, otherwise: string) => string;
}

const ternary = (condition: string, whenTrue: string, otherwise: string): string =>
  `${condition} ? ${whenTrue} : ${otherwise}`;
const cLike: Syntax = {
  unit: "    ",
  comment: "//",
  semicolon: ";",
  closer: "}",
  self: "this.",
  conditional: ternary,
};
const javascript: Syntax = { ...cLike, unit: "  " };
const python: Syntax = {
  unit: "    ",
  comment: "#",
  semicolon: "",
  self: "self.",
  conditional: (condition, whenTrue, otherwise) => `${whenTrue} if ${condition} else ${otherwise}`,
};
const { conditional: _, ...noConditional } = cLike;

const syntaxes: Readonly<Record<string, Syntax>> = {
  python,
  javascript,
  javascriptreact: javascript,
  typescript: javascript,
  typescriptreact: javascript,
  c: cLike,
  cpp: cLike,
  csharp: cLike,
  java: cLike,
  php: { ...cLike, self: "$this->" },
  go: { ...noConditional, unit: "\t", semicolon: "", self: "s." },
  kotlin: { ...noConditional, semicolon: "" },
  swift: { ...cLike, semicolon: "", self: "self." },
  rust: { ...noConditional, semicolon: "", self: "self.", isImplicitReturn: true },
  ruby: {
    unit: "  ",
    comment: "#",
    semicolon: "",
    closer: "end",
    self: "@",
    isImplicitReturn: true,
    conditional: ternary,
  },
  lua: { unit: "  ", comment: "--", semicolon: "", closer: "end", self: "self." },
};

/** The syntax of an LSP language id; of a language that is not known, the one that `text` looks like. */
export function syntaxOf(language: string, text: string): Syntax {
  return syntaxes[language] ?? (/^\s*(?:def|class)\b.*:$/m.test(text) ? python : cLike);
}
