// Lines of a language that the language itself ignores: how a word to the model is put into a document's text.

interface Comment {
  readonly start: string;
  readonly end: string;
}

const line = (start: string): Comment => ({ start: `${start} `, end: "" });
const block = (start: string, end: string): Comment => ({ start: `${start} `, end: ` ${end}` });

const hash = line("#");
const dashes = line("--");
const semicolon = line(";");
const doubleSemicolon = line(";;");
const percent = line("%");
const markup = block("<!--", "-->");
const starred = block("/*", "*/");

// Plain text has no lines that it ignores, and nobody knows those of a language that nobody named.
const bare: Comment = { start: "", end: "" };

// Languages whose comment is `//` are not named: it is what a language that is not known here gets as well.
const comments: Readonly<Record<string, Comment>> = {
  "": bare,
  ada: dashes,
  asciidoc: line("//"),
  bat: line("REM"),
  bibtex: percent,
  clojure: doubleSemicolon,
  cmake: hash,
  coffeescript: hash,
  css: starred,
  dockercompose: hash,
  dockerfile: hash,
  "dune-project": semicolon,
  elixir: hash,
  elm: dashes,
  "emacs-lisp": doubleSemicolon,
  elisp: doubleSemicolon,
  erb: block("<%#", "%>"),
  erlang: percent,
  fish: hash,
  fortran: line("!"),
  gitcommit: hash,
  "git-commit": hash,
  gitignore: hash,
  "git-rebase": hash,
  haml: line("-#"),
  handlebars: block("{{!", "}}"),
  haskell: dashes,
  html: markup,
  ini: semicolon,
  julia: hash,
  latex: percent,
  lean: dashes,
  lisp: doubleSemicolon,
  lua: dashes,
  makefile: hash,
  markdown: line("[]: #"),
  matlab: percent,
  nginx: hash,
  nim: hash,
  nix: hash,
  ocaml: block("(*", "*)"),
  perl: hash,
  perl6: hash,
  powershell: hash,
  properties: hash,
  puppet: hash,
  python: hash,
  r: hash,
  racket: doubleSemicolon,
  ruby: hash,
  scheme: doubleSemicolon,
  shellscript: hash,
  slim: line("/"),
  sql: dashes,
  starlark: hash,
  svelte: markup,
  systemverilog: line("//"),
  tcl: hash,
  terraform: hash,
  tex: percent,
  toml: hash,
  vb: line("'"),
  vhdl: dashes,
  vim: line('"'),
  "vue-html": markup,
  vue: markup,
  xml: markup,
  xsl: markup,
  yaml: hash,
};

/** `text`, every line of it, as comment lines of the language, with a line break at the end. */
export function asComment(text: string, languageId: string): string {
  const { start, end } = comments[languageId] ?? line("//");
  return text
    .split("\n")
    .map((part) => `${start}${part}${end}\n`)
    .join("");
}
