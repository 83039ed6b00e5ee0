// What the program knows about languages: one row each. Identifiers are those of LSP 3.18, TextDocumentItem, and where it
// names none, those of Visual Studio Code. Every other name that an editor has for the language is an alias.

/** A text literal, or a run of text that brackets outside of it have nothing to do with. */
export interface StringSyntax {
  readonly open: string;
  readonly close: string;
  /** May go on over line breaks. */
  readonly isMultiline?: boolean;
  /** A backslash is a character like any other. */
  readonly isRaw?: boolean;
}

/**
 * What `'` is besides a string: `character` encloses one character, and elsewhere belongs to names, lifetimes and
 * numbers; `transpose` is an operator behind a value; `none` encloses nothing.
 */
export type Apostrophe = "string" | "character" | "transpose" | "none";

export interface Language {
  readonly id: string;
  readonly lineComments: readonly string[];
  readonly blockComments: readonly (readonly [string, string])[];
  /** A comment sign within a word is part of the word. */
  readonly isCommentSpaced: boolean;
  /** How a line of words is put into the text of a document. */
  readonly note: { readonly start: string; readonly end: string };
  readonly strings: readonly StringSyntax[];
  readonly apostrophe: Apostrophe;
  /** `/` may begin a pattern. */
  readonly hasPatterns: boolean;
  /** Characters of names besides letters, digits and `_`. */
  readonly nameMarks: string;
  /** Languages of one family read alike. */
  readonly family: string;
  /** A tab at a line's start means something else than spaces. */
  readonly isTabSyntax: boolean;
  /** `auto` means one line: the service cannot trim a block of it, and its lines say enough. */
  readonly isOneLiner: boolean;
  /** What begins the next thing, and so ends a block. */
  readonly blockStops: readonly string[];
  /** A first line that says which language it is; null: none is to be added. */
  readonly firstLine: string | null | undefined;
  readonly isProse: boolean;
  /** Holds Markdown, or text of which nobody can say that it does not. */
  readonly embedsMarkdown: boolean;
  /** Lines that open and close a block by words. */
  readonly blockWords: readonly [opens: RegExp, closes: RegExp] | undefined;
  /** A closing bracket stays on the line of what it closes. */
  readonly isLisp: boolean;
  /** A backslash outside of texts takes the meaning off the next character. */
  readonly hasCodeEscapes: boolean;
}

interface Row extends Partial<Omit<Language, "note">> {
  readonly id: string;
  /** All lists are of words with blanks between. */
  readonly aliases?: string;
  readonly extensions?: string;
  readonly fileNames?: string;
  readonly note?: string | readonly [string, string];
}

/** What ends a text whose parts are not known: two blank lines, or the fence that a model puts around code. */
export const gapStops: readonly string[] = ["\n\n\n", "\n```"];

const double: StringSyntax = { open: '"', close: '"' };
const longDouble: StringSyntax = { open: '"', close: '"', isMultiline: true };
const rawSingle: StringSyntax = { open: "'", close: "'", isMultiline: true, isRaw: true };
const single: StringSyntax = { open: "'", close: "'" };
const backtick: StringSyntax = { open: "`", close: "`", isMultiline: true };
const tripleDouble: StringSyntax = { open: '"""', close: '"""', isMultiline: true };
const tripleSingle: StringSyntax = { open: "'''", close: "'''", isMultiline: true };

const slashes = { lineComments: ["//"], blockComments: [["/*", "*/"]] } as const;
const hash = { lineComments: ["#"], apostrophe: "string", strings: [double, single] } as const;
const dashes = { lineComments: ["--"], apostrophe: "string", strings: [double, single] } as const;
const percent = { lineComments: ["%"], apostrophe: "none" } as const;
const tex = { ...percent, strings: [], hasCodeEscapes: true } as const;
const lisp = {
  lineComments: [";"],
  blockComments: [["#|", "|#"]],
  note: ";;",
  apostrophe: "none",
  strings: [longDouble],
  nameMarks: "-?!*+/<>=&%",
  isLisp: true,
  hasCodeEscapes: true,
} as const;
const markup = {
  lineComments: [],
  blockComments: [["<!--", "-->"]],
  apostrophe: "none",
  strings: [longDouble],
} as const;
const style = {
  lineComments: ["//"],
  blockComments: [["/*", "*/"]],
  apostrophe: "string",
  strings: [double, single],
  nameMarks: "-",
} as const;
const script = {
  ...slashes,
  apostrophe: "string",
  strings: [double, single, backtick],
  hasPatterns: true,
  nameMarks: "$",
  isOneLiner: true,
} as const;
const shell = {
  ...hash,
  strings: [longDouble, rawSingle],
  isCommentSpaced: true,
  hasCodeEscapes: true,
  blockWords: [/^\s*(?:if|case|for|while|until|select)\b/, /^\s*(?:fi|esac|done)\b/],
} as const;
const characters = { ...slashes, apostrophe: "character", strings: [double] } as const;
const preprocessor = { blockWords: [/^\s*#\s*if/, /^\s*#\s*endif\b/] } as const;
const prose = { apostrophe: "none", strings: [], lineComments: [], isProse: true, embedsMarkdown: true } as const;
const endBlocks = {
  blockWords: [
    /^\s*(?:def|class|module|if|unless|while|until|case|begin|for|function|macro|struct|let|quote|try)\b|\bdo(?:\s*\|[^|\n]*\|)?\s*$|\bfunction\s*\([^()\n]*\)\s*$/,
    /^\s*end\b/,
  ],
} as const;

const rows: readonly Row[] = [
  { id: "ada", extensions: "adb ads", ...dashes, apostrophe: "character", strings: [double] },
  { id: "asciidoc", aliases: "adoc", extensions: "adoc asciidoc", ...prose, note: "//" },
  { id: "asm", aliases: "nasm gas masm assembly", extensions: "asm", ...hash, lineComments: [";", "#"], note: ";" },
  { id: "awk", aliases: "gawk", extensions: "awk", ...hash, apostrophe: "none", strings: [double] },
  {
    id: "bat",
    aliases: "dosbatch batch batchfile cmd",
    extensions: "bat cmd",
    ...percent,
    lineComments: ["REM", "rem", "::"],
    isCommentSpaced: true,
    strings: [double],
  },
  { id: "bibtex", aliases: "bib", extensions: "bib", ...percent, strings: [] },
  { id: "c", extensions: "c h", ...characters, ...preprocessor, family: "cpp" },
  { id: "clojure", aliases: "clojurescript clojurec edn", extensions: "clj cljs cljc edn", ...lisp, blockComments: [] },
  { id: "cmake", extensions: "cmake", fileNames: "cmakelists.txt", ...hash, apostrophe: "none", strings: [longDouble] },
  {
    id: "coffeescript",
    aliases: "coffee",
    extensions: "coffee",
    ...hash,
    strings: [tripleDouble, tripleSingle, double, single],
  },
  { id: "commonlisp", aliases: "common-lisp", ...lisp },
  {
    id: "cpp",
    aliases: "c++ cxx",
    extensions: "cpp cc cxx c++ hpp hh hxx h++ ipp inl",
    ...characters,
    ...preprocessor,
    strings: [{ open: 'R"(', close: ')"', isMultiline: true, isRaw: true }, double],
  },
  {
    id: "csharp",
    aliases: "cs c-sharp c#",
    extensions: "cs csx",
    ...characters,
    ...preprocessor,
    strings: [tripleDouble, { open: '@"', close: '"', isMultiline: true, isRaw: true }, double],
  },
  { id: "css", extensions: "css", ...style, lineComments: [] },
  { id: "cuda", aliases: "cuda-cpp", extensions: "cu cuh", ...characters, ...preprocessor },
  { id: "d", aliases: "dlang", extensions: "d", ...characters, strings: [double, backtick] },
  {
    id: "dart",
    extensions: "dart",
    ...slashes,
    apostrophe: "string",
    strings: [tripleDouble, tripleSingle, double, single],
  },
  { id: "diff", aliases: "patch", extensions: "diff patch", apostrophe: "none", strings: [], ...slashes },
  { id: "dockercompose", aliases: "docker-compose yaml.docker-compose", ...hash, isCommentSpaced: true },
  {
    id: "dockerfile",
    aliases: "docker containerfile",
    fileNames: "dockerfile containerfile",
    ...hash,
    isCommentSpaced: true,
  },
  { id: "dune-project", aliases: "dune", ...lisp, note: ";" },
  {
    id: "elixir",
    aliases: "heex eelixir",
    extensions: "ex exs",
    ...hash,
    ...endBlocks,
    strings: [tripleDouble, tripleSingle, double, single],
  },
  {
    id: "elm",
    extensions: "elm",
    ...dashes,
    blockComments: [["{-", "-}"]],
    apostrophe: "character",
    strings: [tripleDouble, double],
  },
  { id: "emacs-lisp", aliases: "elisp lisp-interaction", extensions: "el", ...lisp, blockComments: [] },
  { id: "erb", aliases: "eruby html.erb", extensions: "erb", ...markup, note: ["<%#", "%>"] },
  { id: "erlang", extensions: "erl hrl", ...percent, apostrophe: "string", strings: [double, single] },
  { id: "fish", extensions: "fish", ...shell, ...endBlocks },
  {
    id: "fortran",
    aliases: "f90 fortran-modern fortran_fixed-form fortran-free-form",
    extensions: "f f90 f95 f03 f08 for",
    apostrophe: "string",
    strings: [double, single],
    lineComments: ["!"],
  },
  {
    id: "fsharp",
    aliases: "f#",
    extensions: "fs fsi fsx",
    ...characters,
    blockComments: [["(*", "*)"]],
    strings: [tripleDouble, longDouble],
  },
  { id: "git-commit", aliases: "gitcommit git-commit-message commit", ...prose, lineComments: ["#"] },
  { id: "git-rebase", aliases: "gitrebase", ...hash, apostrophe: "none", strings: [] },
  {
    id: "gitignore",
    aliases: "ignore git-ignore",
    fileNames: ".gitignore .dockerignore .npmignore",
    ...hash,
    apostrophe: "none",
    strings: [],
  },
  { id: "gleam", extensions: "gleam", ...characters, strings: [longDouble], blockComments: [] },
  {
    id: "go",
    aliases: "golang",
    extensions: "go",
    ...characters,
    strings: [double, { ...backtick, isRaw: true }],
    isOneLiner: true,
  },
  { id: "graphql", aliases: "gql", extensions: "graphql gql", ...hash, note: "//", strings: [tripleDouble, double] },
  {
    id: "groovy",
    aliases: "jenkinsfile",
    extensions: "groovy gradle",
    fileNames: "jenkinsfile",
    ...slashes,
    apostrophe: "string",
    strings: [tripleDouble, tripleSingle, double, single],
  },
  { id: "haml", extensions: "haml", ...hash, lineComments: ["-#"] },
  { id: "handlebars", aliases: "hbs mustache html.handlebars", extensions: "hbs", ...markup, note: ["{{!", "}}"] },
  {
    id: "haskell",
    aliases: "hs lhaskell literate-haskell",
    extensions: "hs lhs",
    ...dashes,
    blockComments: [["{-", "-}"]],
    apostrophe: "character",
    strings: [double],
  },
  {
    id: "html",
    aliases: "htm xhtml mhtml web html.basic htmldjango django html.twig",
    extensions: "html htm xhtml",
    ...markup,
    nameMarks: "-",
    firstLine: "<!DOCTYPE html>",
  },
  {
    id: "ini",
    aliases: "dosini conf cfg config conf-unix conf-windows systemd desktop editorconfig",
    extensions: "ini cfg conf",
    fileNames: ".editorconfig .gitconfig",
    ...hash,
    lineComments: [";", "#"],
    isCommentSpaced: true,
    apostrophe: "none",
    strings: [],
  },
  { id: "java", extensions: "java", ...characters, strings: [tripleDouble, double] },
  { id: "javascript", aliases: "js js2 js3 ecma javascript.js node", extensions: "js mjs cjs", ...script },
  {
    id: "javascriptreact",
    aliases: "jsx rjsx js-jsx javascript.jsx js.jsx",
    extensions: "jsx",
    ...script,
    family: "javascript",
  },
  {
    id: "json",
    aliases: "js-json json.json hjson",
    extensions: "json webmanifest",
    ...slashes,
    apostrophe: "none",
    strings: [double],
  },
  {
    id: "jsonc",
    aliases: "json5 json-with-comments jsonl",
    extensions: "jsonc",
    ...slashes,
    apostrophe: "string",
    strings: [double, single],
  },
  {
    id: "julia",
    extensions: "jl",
    ...hash,
    ...endBlocks,
    blockComments: [["#=", "=#"]],
    apostrophe: "character",
    strings: [tripleDouble, longDouble],
  },
  { id: "kotlin", aliases: "kt", extensions: "kt kts", ...characters, strings: [tripleDouble, double] },
  { id: "latex", aliases: "tex.latex latex-math", extensions: "tex sty cls", ...tex },
  {
    id: "lean",
    aliases: "lean4",
    extensions: "lean",
    ...dashes,
    blockComments: [["/-", "-/"]],
    apostrophe: "character",
    strings: [longDouble],
  },
  { id: "less", aliases: "css.less", extensions: "less", ...style },
  { id: "lisp", extensions: "lisp lsp cl", ...lisp },
  {
    id: "lua",
    aliases: "luau",
    extensions: "lua",
    ...dashes,
    ...endBlocks,
    blockComments: [["--[[", "]]"]],
    strings: [{ open: "[[", close: "]]", isMultiline: true, isRaw: true }, double, single],
  },
  {
    id: "makefile",
    aliases:
      "make makefile-gmake makefile-bsdmake makefile-automake makefile-imake makefile-makepp automake gnumakefile",
    extensions: "mk mak",
    fileNames: "makefile gnumakefile bsdmakefile makefile.am makefile.in",
    ...hash,
    apostrophe: "none",
    strings: [],
    isCommentSpaced: true,
    isTabSyntax: true,
  },
  {
    id: "markdown",
    aliases: "md gfm mdx rmd quarto pandoc vimwiki html.markdown markdown-inline",
    extensions: "md markdown mdx rmd qmd",
    ...prose,
    note: "[]: #",
    blockStops: ["\n\n\n"],
  },
  { id: "matlab", aliases: "octave", ...percent, apostrophe: "transpose", strings: [double, single] },
  { id: "nginx", ...hash },
  { id: "nim", extensions: "nim nims", ...hash, apostrophe: "character", strings: [tripleDouble, double] },
  {
    id: "nix",
    extensions: "nix",
    ...hash,
    blockComments: [["/*", "*/"]],
    apostrophe: "none",
    strings: [longDouble, { open: "''", close: "''", isMultiline: true }],
  },
  { id: "objective-c", aliases: "objc objectivec", extensions: "m", ...characters, ...preprocessor },
  { id: "objective-cpp", aliases: "objcpp objc++ objectivecpp", extensions: "mm", ...characters, ...preprocessor },
  {
    id: "ocaml",
    aliases: "caml tuareg ocaml-interface ocaml.interface",
    extensions: "ml mli",
    lineComments: [],
    blockComments: [["(*", "*)"]],
    apostrophe: "character",
    strings: [longDouble],
  },
  { id: "org", extensions: "org", ...prose, note: "//" },
  { id: "perl", aliases: "cperl", extensions: "pl pm t", ...hash, isCommentSpaced: true },
  { id: "perl6", aliases: "raku", extensions: "raku rakumod p6", ...hash },
  {
    id: "php",
    aliases: "html.php embedding.php",
    extensions: "php phtml",
    ...slashes,
    lineComments: ["//", "#"],
    apostrophe: "string",
    strings: [backtick, longDouble, { ...single, isMultiline: true }],
    nameMarks: "$",
    firstLine: null,
  },
  { id: "plaintext", aliases: "text plain txt fundamental", extensions: "txt", ...prose, note: "//", firstLine: null },
  {
    id: "powershell",
    aliases: "ps1 pwsh",
    extensions: "ps1 psm1 psd1",
    ...hash,
    blockComments: [["<#", "#>"]],
    strings: [
      { ...double, isRaw: true },
      { ...single, isRaw: true },
    ],
  },
  { id: "prisma", extensions: "prisma", ...slashes, strings: [double] },
  {
    id: "properties",
    aliases: "jproperties java-properties conf-javaprop",
    extensions: "properties",
    ...hash,
    isCommentSpaced: true,
    apostrophe: "none",
    strings: [],
  },
  {
    id: "proto",
    aliases: "protobuf proto3",
    extensions: "proto",
    ...slashes,
    apostrophe: "string",
    strings: [double, single],
  },
  { id: "puppet", extensions: "pp", ...hash },
  {
    id: "python",
    aliases: "py python3 cython",
    extensions: "py pyi pyw",
    ...hash,
    strings: [tripleDouble, tripleSingle, double, single],
    firstLine: "#!/usr/bin/env python3",
    blockStops: ["\ndef ", "\nclass ", "\nif ", "\n\n#"],
  },
  { id: "r", aliases: "ess-r", extensions: "r", ...hash, strings: [longDouble, { ...single, isMultiline: true }] },
  { id: "racket", aliases: "racket-hash-lang", extensions: "rkt", ...lisp },
  { id: "restructuredtext", aliases: "rst rest", extensions: "rst", ...prose, note: "//" },
  {
    id: "ruby",
    aliases: "rb enh-ruby ruby.rails",
    extensions: "rb rake gemspec",
    fileNames: "rakefile gemfile",
    ...hash,
    ...endBlocks,
    firstLine: "#!/usr/bin/env ruby",
  },
  {
    id: "rust",
    aliases: "rs rustic",
    extensions: "rs",
    ...characters,
    strings: [
      { open: 'r##"', close: '"##', isMultiline: true, isRaw: true },
      { open: 'r#"', close: '"#', isMultiline: true, isRaw: true },
      { open: 'r"', close: '"', isMultiline: true, isRaw: true },
      longDouble,
    ],
  },
  { id: "sass", extensions: "sass", ...style },
  { id: "scala", aliases: "sbt", extensions: "scala sc sbt", ...characters, strings: [tripleDouble, double] },
  { id: "scheme", aliases: "guile chicken geiser", extensions: "scm ss", ...lisp },
  { id: "scminput", ...prose, note: "//" },
  { id: "scss", aliases: "css.scss", extensions: "scss", ...style },
  {
    id: "shellscript",
    aliases: "sh bash zsh ksh dash shell shell-script shell.bash bash-ts csh tcsh",
    extensions: "sh bash zsh ksh",
    fileNames: ".bashrc .bash_profile .profile .zshrc",
    ...shell,
    firstLine: "#!/bin/sh",
  },
  { id: "slim", extensions: "slim", ...hash, lineComments: ["/"] },
  { id: "solidity", extensions: "sol", ...slashes, apostrophe: "string", strings: [double, single] },
  {
    id: "sql",
    aliases: "mysql plsql pgsql postgres sqlite tsql",
    extensions: "sql",
    ...dashes,
    blockComments: [["/*", "*/"]],
    strings: [{ ...double, isRaw: true }, rawSingle],
  },
  {
    id: "starlark",
    aliases: "bazel bzl",
    extensions: "bzl star",
    fileNames: "build.bazel workspace.bazel",
    ...hash,
    strings: [tripleDouble, tripleSingle, double, single],
  },
  { id: "svelte", aliases: "html.svelte", extensions: "svelte", ...markup },
  { id: "swift", extensions: "swift", ...slashes, apostrophe: "none", strings: [tripleDouble, double] },
  {
    id: "systemverilog",
    aliases: "verilog_systemverilog",
    extensions: "sv svh",
    ...slashes,
    apostrophe: "none",
    strings: [double],
  },
  { id: "tcl", extensions: "tcl", ...hash, isCommentSpaced: true, apostrophe: "none", strings: [longDouble] },
  {
    id: "terraform",
    aliases: "hcl terraform-vars tf",
    extensions: "tf tfvars hcl",
    ...hash,
    apostrophe: "none",
    strings: [double],
  },
  { id: "tex", aliases: "plaintex plain-tex context", ...tex },
  {
    id: "toml",
    aliases: "conf-toml",
    extensions: "toml",
    ...hash,
    strings: [tripleDouble, { ...tripleSingle, isRaw: true }, double, { ...single, isRaw: true }],
  },
  { id: "tsv", extensions: "tsv", ...prose, isProse: false, note: "//", isTabSyntax: true },
  { id: "typescript", aliases: "ts", extensions: "ts mts cts", ...script },
  {
    id: "typescriptreact",
    aliases: "tsx typescript.tsx typescript-tsx ts.tsx",
    extensions: "tsx",
    ...script,
    family: "typescript",
  },
  {
    id: "vb",
    aliases: "vbnet basic visualbasic",
    extensions: "vb",
    apostrophe: "none",
    strings: [{ ...double, isRaw: true }],
    lineComments: ["'"],
  },
  { id: "verilog", extensions: "v vh", ...slashes, apostrophe: "none", strings: [double] },
  { id: "vhdl", extensions: "vhd vhdl", ...dashes, apostrophe: "character", strings: [double] },
  {
    id: "vim",
    aliases: "viml vimrc vimscript",
    extensions: "vim",
    fileNames: ".vimrc vimrc",
    ...hash,
    lineComments: ['"'],
    isCommentSpaced: true,
    strings: [double, { ...single, isRaw: true }],
  },
  { id: "vue", aliases: "html.vue", extensions: "vue", ...markup },
  { id: "vue-html", ...markup },
  { id: "xml", aliases: "nxml xsd svg ant plist docbk", extensions: "xml xsd xsl xslt svg", ...markup },
  { id: "xsl", aliases: "xslt", ...markup },
  {
    id: "yaml",
    aliases: "yml ansible yaml.ansible helm",
    extensions: "yaml yml",
    ...hash,
    isCommentSpaced: true,
    firstLine: "# YAML data",
  },
  { id: "zig", extensions: "zig zon", ...characters, blockComments: [] },
];

const wordsIn = (list: string | undefined): readonly string[] => list?.split(" ") ?? [];

function languageFrom(row: Row): Language {
  const { lineComments = ["//"], blockComments = [], note = lineComments[0] ?? blockComments[0] ?? "//" } = row;
  return {
    blockStops: gapStops,
    isCommentSpaced: false,
    strings: [double, single, backtick],
    apostrophe: "string",
    hasPatterns: false,
    nameMarks: "",
    family: row.id,
    isTabSyntax: false,
    isOneLiner: false,
    firstLine: undefined,
    isProse: false,
    embedsMarkdown: false,
    blockWords: undefined,
    isLisp: false,
    hasCodeEscapes: false,
    ...row,
    lineComments,
    blockComments,
    note: typeof note === "string" ? { start: `${note} `, end: "" } : { start: `${note[0]} `, end: ` ${note[1]}` },
  };
}

/** Every list of names is a `Map`: a name may come from anywhere, and `constructor` is none of ours. */
const idByName: ReadonlyMap<string, string> = new Map(
  rows.flatMap(({ id, aliases }) => [id, ...wordsIn(aliases)].map((name): [string, string] => [name, id])),
);
const idByExtension: ReadonlyMap<string, string> = new Map(
  rows.flatMap(({ id, extensions }) => wordsIn(extensions).map((extension): [string, string] => [extension, id])),
);
const idByFileName: ReadonlyMap<string, string> = new Map(
  rows.flatMap(({ id, fileNames }) => wordsIn(fileNames).map((name): [string, string] => [name, id])),
);
const languageById: ReadonlyMap<string, Language> = new Map(rows.map((row) => [row.id, languageFrom(row)]));
const unknown = languageFrom({ id: "", ...slashes });
/** Nobody said which language it is: it may be one without comments. */
const unnamed: Language = { ...unknown, note: { start: "", end: "" } };

/** The identifier for what an editor calls the language; undefined when that is not known here. */
function knownId(name: string): string | undefined {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/^(?:source|text)\./, "")
    .replace(/(?:-ts)?-mode$/, "");
  const id = idByName.get(plain) ?? idByName.get(plain.replace(/-ts$/, ""));
  if (id !== undefined) return id;
  // `markdown.pandoc` of Vim and `source.shell.bash` of Sublime name the general one first.
  const part = plain.split(".").find((one) => idByName.has(one));
  return part === undefined ? undefined : idByName.get(part);
}

/** The standard identifier for what the editor calls the language; what is not known stays as it is, in lower case. */
export function standardLanguageId(name: string): string {
  return knownId(name) ?? name.toLowerCase();
}

/** As `standardLanguageId`, but a name that says nothing (empty, unknown, plain text) gives way to what the path says. */
export function languageIdFor(name: string, path: string): string {
  const id = knownId(name);
  if (id !== undefined && id !== "plaintext") return id;
  const byPath = languageIdOfPath(path);
  return byPath === "plaintext" && name !== "" ? standardLanguageId(name) : byPath;
}

/** By the identifier or an alias. An unknown language has the comments and strings that most have. */
export function languageOf(id: string): Language {
  const known = languageById.get(id) ?? languageById.get(knownId(id) ?? "");
  return known ?? (id === "" ? unnamed : { ...unknown, id, family: id });
}

/** The identifier for a path with `/` or `\` between its parts; `plaintext` when the name says nothing. */
export function languageIdOfPath(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase();
  const byName = idByFileName.get(name);
  if (byName !== undefined) return byName;
  const dot = name.lastIndexOf(".");
  // A name that begins with its only dot has no extension: `.env`.
  if (dot <= 0) return "plaintext";
  return idByExtension.get(name.slice(dot + 1)) ?? "plaintext";
}
