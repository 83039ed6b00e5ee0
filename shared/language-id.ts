// Language identifiers from file names, for askers that have no editor to tell them: the shell and HTTP. The
// identifiers are those of LSP 3.18, TextDocumentItem, and where it names none the ones editors use.

const extensionsByLanguage: Readonly<Record<string, string>> = {
  bat: "bat cmd",
  bibtex: "bib",
  c: "c h",
  clojure: "clj cljs cljc edn",
  cmake: "cmake",
  cpp: "cpp cc cxx c++ hpp hh hxx h++ ipp inl",
  csharp: "cs csx",
  css: "css",
  cuda: "cu cuh",
  d: "d",
  dart: "dart",
  diff: "diff patch",
  elixir: "ex exs",
  elm: "elm",
  erlang: "erl hrl",
  fortran: "f f90 f95 f03 f08 for",
  fsharp: "fs fsi fsx",
  gleam: "gleam",
  go: "go",
  graphql: "graphql gql",
  groovy: "groovy gradle",
  haskell: "hs lhs",
  html: "html htm xhtml",
  ini: "ini cfg conf",
  java: "java",
  javascript: "js mjs cjs",
  javascriptreact: "jsx",
  json: "json webmanifest",
  jsonc: "jsonc",
  julia: "jl",
  kotlin: "kt kts",
  latex: "tex sty cls",
  less: "less",
  lisp: "lisp lsp cl",
  lua: "lua",
  markdown: "md markdown",
  nim: "nim nims",
  nix: "nix",
  "objective-c": "m",
  "objective-cpp": "mm",
  ocaml: "ml mli",
  perl: "pl pm t",
  php: "php phtml",
  plaintext: "txt",
  powershell: "ps1 psm1 psd1",
  prisma: "prisma",
  proto: "proto",
  python: "py pyi pyw",
  r: "r",
  racket: "rkt",
  restructuredtext: "rst",
  ruby: "rb rake gemspec",
  rust: "rs",
  sass: "sass",
  scala: "scala sc sbt",
  scheme: "scm ss",
  scss: "scss",
  shellscript: "sh bash zsh ksh",
  solidity: "sol",
  sql: "sql",
  svelte: "svelte",
  swift: "swift",
  terraform: "tf tfvars",
  toml: "toml",
  typescript: "ts mts cts",
  typescriptreact: "tsx",
  vb: "vb",
  verilog: "v vh",
  systemverilog: "sv svh",
  vhdl: "vhd vhdl",
  vim: "vim",
  vue: "vue",
  xml: "xml xsd xsl xslt svg",
  yaml: "yaml yml",
  zig: "zig zon",
};

const languageByName: Readonly<Record<string, string>> = {
  makefile: "makefile",
  gnumakefile: "makefile",
  dockerfile: "dockerfile",
  containerfile: "dockerfile",
  "cmakelists.txt": "cmake",
  rakefile: "ruby",
  gemfile: "ruby",
  jenkinsfile: "groovy",
  ".bashrc": "shellscript",
  ".bash_profile": "shellscript",
  ".profile": "shellscript",
  ".zshrc": "shellscript",
  ".vimrc": "vim",
};

const languageByExtension: ReadonlyMap<string, string> = new Map(
  Object.entries(extensionsByLanguage).flatMap(([language, extensions]) =>
    extensions.split(" ").map((extension): [string, string] => [extension, language]),
  ),
);

/** The identifier for a path with `/` or `\` between its parts; `plaintext` when the name says nothing. */
export function languageIdOfPath(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase();
  if (Object.hasOwn(languageByName, name)) return languageByName[name] ?? "plaintext";
  const dot = name.lastIndexOf(".");
  // A name that begins with its only dot has no extension: `.env`.
  if (dot <= 0) return "plaintext";
  return languageByExtension.get(name.slice(dot + 1)) ?? "plaintext";
}
