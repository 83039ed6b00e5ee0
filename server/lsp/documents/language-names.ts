// Language identifiers that some editors send, by the names that LSP 3.18 (TextDocumentItem) has for them. eglot names a
// language after its major mode, Helix and Kakoune after its file type.

const standardNames: Readonly<Record<string, string>> = {
  bash: "shellscript",
  "c++": "cpp",
  cs: "csharp",
  js: "javascript",
  jsx: "javascriptreact",
  md: "markdown",
  "c-sharp": "csharp",
  "js-json": "json",
  objc: "objective-c",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "shellscript",
  text: "plaintext",
  ts: "typescript",
  tsx: "typescriptreact",
  yml: "yaml",
  zsh: "shellscript",
};

/** The standard identifier for what the editor calls the language; what is not known stays as it is. */
export function standardLanguageId(name: string): string {
  return Object.hasOwn(standardNames, name) ? (standardNames[name] ?? name) : name;
}
