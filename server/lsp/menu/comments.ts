// Whether the cursor stands in a comment or in prose, for those who want no menu there. Goes by how the line starts,
// which costs nothing and is right for whole-line comments; text inside code is not looked into.

const slashes = /^\s*(\/\/|\/\*|\*)/;
const hash = /^\s*#/;
const dashes = /^\s*--/;
const semicolon = /^\s*;/;
const percent = /^\s*%/;
const markup = /^\s*<!--/;
const quote = /^\s*"/;

const commentOf: Readonly<Record<string, RegExp>> = {
  clojure: semicolon,
  coffeescript: hash,
  commonlisp: semicolon,
  dockerfile: hash,
  elixir: hash,
  "emacs-lisp": semicolon,
  erlang: percent,
  haskell: dashes,
  html: markup,
  ini: /^\s*[;#]/,
  julia: hash,
  latex: percent,
  lisp: semicolon,
  lua: dashes,
  makefile: hash,
  nix: hash,
  perl: hash,
  powershell: hash,
  python: hash,
  r: hash,
  ruby: hash,
  scheme: semicolon,
  shellscript: hash,
  sql: dashes,
  tex: percent,
  toml: hash,
  vim: quote,
  xml: markup,
  yaml: hash,
};

const prose: ReadonlySet<string> = new Set([
  "asciidoc",
  "git-commit",
  "markdown",
  "org",
  "plaintext",
  "restructuredtext",
  "scminput",
]);

export function isQuietPlace(languageId: string, linePrefix: string): boolean {
  if (prose.has(languageId)) return true;
  const comment = Object.hasOwn(commentOf, languageId) ? commentOf[languageId] : undefined;
  return (comment ?? slashes).test(linePrefix);
}
