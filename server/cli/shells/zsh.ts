// Completion for zsh, by its own `_arguments`. Source: zshcompsys(1).

import type { CommandLine, FlagLine, ProgramLine, Values } from "./command-line.ts";

export function zshScript({ flags, commands, settingChoices }: ProgramLine): string {
  return `#compdef copilot-lsp
# zsh completion for copilot-lsp; in a file _copilot-lsp of a folder in $fpath, or sourced after compinit.
_copilot-lsp() {
  local context state state_descr line
  typeset -A opt_args
  local -a flags commands
  flags=(
${flags.flatMap(flagSpecs).map(indented).join("\n")}
  )
  commands=(
${commands.map(({ name, summary }) => indented(quoted(`${name}:${escaped(summary)}`))).join("\n")}
  )
  _arguments -C "$flags[@]" '1:command:->command' '*::argument:->arguments' && return
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $line[1] in
${commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}

_copilot-lsp_setting() {
  case $words[CURRENT-1] in
${settingChoices.map(([key, choices]) => `    ${key}) compadd -- ${choices.join(" ")} ;;`).join("\n")}
  esac
}

if [ "$funcstack[1]" = "_copilot-lsp" ]; then
  _copilot-lsp "$@"
else
  compdef _copilot-lsp copilot-lsp
fi
`;
}

function commandCase({ name, takes, values, flags }: CommandLine): string {
  const first = takes === "" ? [] : [quoted(`1:${escaped(takes)}:${action(values)}`)];
  const second = name === "config" ? [quoted("2:value:_copilot-lsp_setting")] : [];
  const specs = [...flags.flatMap(flagSpecs), ...first, ...second];
  return `        ${name}) _arguments "$flags[@]" ${specs.join(" ")} ;;`;
}

function flagSpecs({ name, short, isRepeatable, doc, takes, values }: FlagLine): readonly string[] {
  const value = takes === undefined ? "" : `:${escaped(takes)}:${action(values)}`;
  const spec = (dashed: string, glue: string): string =>
    quoted(`${isRepeatable ? "*" : ""}${dashed}${takes === undefined ? "" : glue}[${escaped(doc)}]${value}`);
  // `=-` after the name: the value in the same word behind `=`; `=`: there or in the next word.
  return short === undefined ? [spec(`--${name}`, "=")] : [spec(`--${name}`, "="), spec(`-${short}`, "+")];
}

function action(values: Values): string {
  switch (values.kind) {
    case "file":
      return "_files";
    case "words":
      return `(${values.words.join(" ")})`;
    case "keys":
      return `_values -S= setting ${values.words.join(" ")}`;
    case "any":
      return "";
  }
}

/** `:` and brackets part the fields of a specification. */
function escaped(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function indented(line: string): string {
  return `    ${line}`;
}
