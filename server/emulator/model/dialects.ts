// What a few words of code look like in each language: just enough to write a body of one or two lines. Knows nothing
// of where in a text they go. Lines are given without base indentation; a leading tab stands for one level.

/** How a language says where a block begins and ends. */
type BlockStyle = "braces" | "colon" | "end" | "markup" | "none";

export interface Dialect {
  readonly block: BlockStyle;
  /** What a comment line begins with. */
  readonly comment: string;
  /** One level of indentation where the text itself does not show another. */
  readonly unit: string;
  /** End of a statement. */
  readonly semicolon: string;
  readonly equals: string;
  readonly yes: string;
  readonly nothing: string;
  /** `two_words` rather than `twoWords`. */
  readonly isSnakeCase: boolean;
  /** Parameters have no names, as in a shell. */
  readonly hasNumberedParameters: boolean;
  returns(expression: string): string;
  /** Returns one of two values. */
  choose(condition: string, whenTrue: string, otherwise: string): readonly string[];
  declare(name: string, expression: string): string;
  /** How a variable is spoken of. */
  named(name: string): string;
  print(expression: string): string;
  hello(name: string): string;
  /** The field `name` of the object that a method belongs to. */
  own(name: string): string;
  /** First line of a function that takes and returns `type`. */
  header(name: string, parameters: readonly string[], type: ValueType, result: ValueType): string;
}

export type ValueType = "number" | "text" | "truth";

const braces = (semicolon: string, fields: Partial<Dialect> & Pick<Dialect, "print" | "header">): Dialect => ({
  block: "braces",
  comment: "//",
  unit: "    ",
  semicolon,
  equals: "==",
  yes: "true",
  nothing: "null",
  isSnakeCase: false,
  hasNumberedParameters: false,
  returns: (expression) => `return ${expression}${semicolon}`,
  choose: (condition, whenTrue, otherwise) => [`return ${condition} ? ${whenTrue} : ${otherwise}${semicolon}`],
  declare: (name, expression) => `${name} = ${expression}${semicolon}`,
  named: (name) => name,
  hello: (name) => `"Hello, " + ${name} + "!"`,
  own: (name) => `this.${name}`,
  ...fields,
});

const typed =
  (types: Record<ValueType, string>, prefix = "") =>
  (name: string, parameters: readonly string[], type: ValueType, result: ValueType): string =>
    `${prefix}${types[result]} ${name}(${parameters.map((each) => `${types[type]} ${each}`).join(", ")}) {`;

const python: Dialect = {
  block: "colon",
  comment: "#",
  unit: "    ",
  semicolon: "",
  equals: "==",
  yes: "True",
  nothing: "None",
  isSnakeCase: true,
  hasNumberedParameters: false,
  returns: (expression) => `return ${expression}`,
  choose: (condition, whenTrue, otherwise) => [`return ${whenTrue} if ${condition} else ${otherwise}`],
  declare: (name, expression) => `${name} = ${expression}`,
  named: (name) => name,
  print: (expression) => `print(${expression})`,
  hello: (name) => `f"Hello, {${name}}!"`,
  own: (name) => `self.${name}`,
  header: (name, parameters) => `def ${name}(${parameters.join(", ")}):`,
};

const javascriptPrint = "console.log";

const javascript = braces(";", {
  unit: "  ",
  equals: "===",
  declare: (name, expression) => `const ${name} = ${expression};`,
  print: (expression) => `${javascriptPrint}(${expression});`,
  hello: (name) => `\`Hello, \${${name}}!\``,
  header: (name, parameters) => `function ${name}(${parameters.join(", ")}) {`,
});

const typescriptTypes = { number: "number", text: "string", truth: "boolean" } as const;

const typescript: Dialect = {
  ...javascript,
  header: (name, parameters, type, result) =>
    `function ${name}(${parameters.map((each) => `${each}: ${typescriptTypes[type]}`).join(", ")}): ${typescriptTypes[result]} {`,
};

const goTypes = { number: "int", text: "string", truth: "bool" } as const;

const go = braces("", {
  unit: "\t",
  nothing: "nil",
  declare: (name, expression) => `${name} := ${expression}`,
  choose: (condition, whenTrue, otherwise) => [`if ${condition} {`, `\treturn ${whenTrue}`, "}", `return ${otherwise}`],
  print: (expression) => `fmt.Println(${expression})`,
  own: (name) => `s.${name}`,
  header: (name, parameters, type, result) =>
    `func ${name}(${parameters.length > 0 ? `${parameters.join(", ")} ${goTypes[type]}` : ""}) ${goTypes[result]} {`,
});

const rustTypes = { number: "i32", text: "&str", truth: "bool" } as const;

const rust = braces(";", {
  nothing: "None",
  isSnakeCase: true,
  declare: (name, expression) => `let ${name} = ${expression};`,
  // The last expression of a body is its value.
  returns: (expression) => expression,
  choose: (condition, whenTrue, otherwise) => [`if ${condition} { ${whenTrue} } else { ${otherwise} }`],
  print: (expression) => `println!("{}", ${expression});`,
  hello: (name) => `format!("Hello, {}!", ${name})`,
  own: (name) => `self.${name}`,
  header: (name, parameters, type, result) =>
    `fn ${name}(${parameters.map((each) => `${each}: ${rustTypes[type]}`).join(", ")}) -> ${result === "text" ? "String" : rustTypes[result]} {`,
});

const c = braces(";", {
  nothing: "NULL",
  isSnakeCase: true,
  declare: (name, expression) => `int ${name} = ${expression};`,
  print: (expression) => `printf("%d\\n", ${expression});`,
  hello: () => `"Hello!"`,
  header: typed({ number: "int", text: "const char *", truth: "bool" }),
});

const cpp = braces(";", {
  nothing: "nullptr",
  declare: (name, expression) => `auto ${name} = ${expression};`,
  print: (expression) => `std::cout << ${expression} << '\\n';`,
  own: (name) => `${name}_`,
  header: typed({ number: "int", text: "std::string", truth: "bool" }),
});

const java = braces(";", {
  declare: (name, expression) => `var ${name} = ${expression};`,
  print: (expression) => `System.out.println(${expression});`,
  header: typed({ number: "int", text: "String", truth: "boolean" }, "public static "),
});

const csharp = braces(";", {
  declare: (name, expression) => `var ${name} = ${expression};`,
  print: (expression) => `Console.WriteLine(${expression});`,
  hello: (name) => `$"Hello, {${name}}!"`,
  header: typed({ number: "int", text: "string", truth: "bool" }, "public static "),
});

const php = braces(";", {
  equals: "===",
  declare: (name, expression) => `$${name} = ${expression};`,
  named: (name) => `$${name}`,
  print: (expression) => `echo ${expression}, PHP_EOL;`,
  hello: (name) => `"Hello, {${name}}!"`,
  own: (name) => `$this->${name.replace("$", "")}`,
  header: (name, parameters) => `function ${name}(${parameters.map((each) => `$${each}`).join(", ")}) {`,
});

const kotlinTypes = { number: "Int", text: "String", truth: "Boolean" } as const;

const kotlin = braces("", {
  declare: (name, expression) => `val ${name} = ${expression}`,
  choose: (condition, whenTrue, otherwise) => [`return if (${condition}) ${whenTrue} else ${otherwise}`],
  print: (expression) => `println(${expression})`,
  hello: (name) => `"Hello, $${name}!"`,
  header: (name, parameters, type, result) =>
    `fun ${name}(${parameters.map((each) => `${each}: ${kotlinTypes[type]}`).join(", ")}): ${kotlinTypes[result]} {`,
});

const swiftTypes = { number: "Int", text: "String", truth: "Bool" } as const;

const swift = braces("", {
  nothing: "nil",
  declare: (name, expression) => `let ${name} = ${expression}`,
  print: (expression) => `print(${expression})`,
  hello: (name) => `"Hello, \\(${name})!"`,
  own: (name) => `self.${name}`,
  header: (name, parameters, type, result) =>
    `func ${name}(${parameters.map((each) => `_ ${each}: ${swiftTypes[type]}`).join(", ")}) -> ${swiftTypes[result]} {`,
});

const ruby: Dialect = {
  ...python,
  block: "end",
  unit: "  ",
  yes: "true",
  nothing: "nil",
  returns: (expression) => expression,
  choose: (condition, whenTrue, otherwise) => [`${condition} ? ${whenTrue} : ${otherwise}`],
  print: (expression) => `puts ${expression}`,
  hello: (name) => `"Hello, #{${name}}!"`,
  own: (name) => `@${name}`,
  header: (name, parameters) => `def ${name}(${parameters.join(", ")})`,
};

const lua: Dialect = {
  ...python,
  block: "end",
  comment: "--",
  unit: "  ",
  isSnakeCase: false,
  yes: "true",
  nothing: "nil",
  declare: (name, expression) => `local ${name} = ${expression}`,
  choose: (condition, whenTrue, otherwise) => [
    `if ${condition} then`,
    `\treturn ${whenTrue}`,
    "end",
    `return ${otherwise}`,
  ],
  hello: (name) => `"Hello, " .. ${name} .. "!"`,
  header: (name, parameters) => `local function ${name}(${parameters.join(", ")})`,
};

const shell: Dialect = {
  ...braces("", { print: (expression) => `echo ${expression}`, header: (name) => `${name}() {` }),
  comment: "#",
  unit: "  ",
  isSnakeCase: true,
  hasNumberedParameters: true,
  nothing: '""',
  declare: (name, expression) => `local ${name}=$((${expression}))`,
  named: (name) => `$${name}`,
  returns: (expression) => (/^\d|[-+*/%]/.test(expression) ? `echo $((${expression}))` : `echo "${expression}"`),
  choose: (condition, whenTrue, otherwise) => [
    `if (( ${condition} )); then`,
    `\techo $((${whenTrue}))`,
    "else",
    `\techo $((${otherwise}))`,
    "fi",
  ],
  hello: (name) => `Hello, ${name}!`,
};

const markup: Dialect = { ...javascript, block: "markup", comment: "<!--", unit: "  " };
const styles: Dialect = { ...javascript, comment: "/*", unit: "  " };
const sql: Dialect = { ...javascript, block: "none", comment: "--", unit: "  " };
const prose: Dialect = { ...python, block: "none", comment: "<!--", unit: "  " };
const yaml: Dialect = { ...python, block: "none", unit: "  " };

const table: ReadonlyMap<string, Dialect> = new Map([
  ["bash", shell],
  ["c", c],
  ["cpp", cpp],
  ["csharp", csharp],
  ["css", styles],
  ["go", go],
  ["html", markup],
  ["java", java],
  ["javascript", javascript],
  ["javascriptreact", javascript],
  ["kotlin", kotlin],
  ["less", styles],
  ["lua", lua],
  ["markdown", prose],
  ["php", php],
  ["plaintext", prose],
  ["python", python],
  ["ruby", ruby],
  ["rust", rust],
  ["scss", styles],
  ["sh", shell],
  ["shellscript", shell],
  ["sql", sql],
  ["swift", swift],
  ["typescript", typescript],
  ["typescriptreact", typescript],
  ["vue", markup],
  ["xml", markup],
  ["yaml", yaml],
  ["zsh", shell],
]);

/** Signs of a language in its text, for a question that names none. */
const signs: readonly (readonly [RegExp, string])[] = [
  [/^\s*(?:async\s+)?def\s+\w+\(.*\).*:|^\s*(?:elif\b.*:|from\s+\w+\s+import\b)/m, "python"],
  [/^package\s+\w+$|^func\s+.*\{/m, "go"],
  [/^\s*(?:pub\s+)?fn\s+\w+.*\{?|\blet\s+mut\b/m, "rust"],
  [/^\s*#include\s*</m, "c"],
  [/^<\?php/m, "php"],
  [/^#!.*\b(?:ba|z)?sh$/m, "shellscript"],
  [/^\s*local\s+function\b|\bthen$/m, "lua"],
  [/^\s*(?:def|module)\s+\w+/m, "ruby"],
  [/^\s*(?:public|private)\s+(?:static\s+)?\w+\s+\w+\(/m, "java"],
  [/^\s*(?:select|insert into|create table)\b/im, "sql"],
  [/^\s*<(?:!doctype|[a-z]+)[^>]*>/im, "html"],
  [/^#+ \w/m, "python"],
];

const mostCharactersRead = 4_000;

/** `language` when it is a known one, else the one that the end of `prompt` looks like. */
export function languageOf(language: string, prompt: string): string {
  if (table.has(language)) return language;
  const end = prompt.slice(-mostCharactersRead);
  return signs.find(([sign]) => sign.test(end))?.[1] ?? (language === "" ? "javascript" : "plaintext");
}

/** The dialect of an LSP language id. */
export function dialectOf(language: string): Dialect {
  return table.get(language) ?? prose;
}
