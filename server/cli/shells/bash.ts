// Completion for bash, 3.2 of macOS included: no `mapfile`, and `compopt` only where it is there. Source: bash(1),
// "Programmable Completion". `=` breaks words, so that `--flag=value` arrives as three.

import type { CommandLine, FlagLine, ProgramLine, Values } from "./command-line.ts";

export function bashScript({ flags, commands, settingChoices }: ProgramLine): string {
  const all = [...flags, ...commands.flatMap((command) => command.flags)];
  const valued = byName(all.filter(({ takes }) => takes !== undefined));
  const settings = settingChoices.map(([key, choices]) => `    ${key}) words="${choices.join(" ")}" ;;`);
  return `# bash completion for copilot-lsp
_copilot_lsp() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command= first= setting= words= flags= files= keys=
  local i at=$((COMP_CWORD - 1))
  if [ "$current" = "=" ]; then
    current=
  elif [ "$previous" = "=" ]; then
    previous=\${COMP_WORDS[--at]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${valued.map(flagWords).join(" | ")})
        ((i++))
        [ "\${COMP_WORDS[i]}" != "=" ] || ((i++))
        ;;
      -*) ;;
      *)
        if [ -z "$command" ]; then command=\${COMP_WORDS[i]}; elif [ -z "$first" ]; then first=\${COMP_WORDS[i]}; fi
        ;;
    esac
  done
  case $previous in
${valued.map((flag) => `    ${flagWords(flag)}) ${assign(flag.values)} ;;`).join("\n")}
    *)
      case $command in
        "") words="${commands.map(({ name }) => name).join(" ")}" flags="${names(flags).join(" ")}" ;;
${commands.map((command) => `        ${command.name})${commandWords(command, flags)} ;;`).join("\n")}
      esac
      [ -z "$first" ] || words= files=
      ;;
  esac
  if [ "$command" = config ]; then
    setting=$first
  elif ((at > 0)) && [ "\${COMP_WORDS[at - 1]}" = --set ]; then
    setting=$previous
  fi
  case $setting in
${settings.join("\n")}
  esac
  case $current in
    -*) words=$flags files= ;;
    *) [ -n "$words$files" ] || words=$flags ;;
  esac
  COMPREPLY=()
  if [ -n "$files" ]; then
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
    compopt -o filenames 2>/dev/null
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [ -z "$keys" ] || compopt -o nospace 2>/dev/null
  fi
}
complete -F _copilot_lsp copilot-lsp
`;
}

function commandWords({ values, flags: own }: CommandLine, flags: readonly FlagLine[]): string {
  const offered = values.kind === "any" ? "" : ` ${assign(values)}`;
  return `${offered} flags="${[...names(own), ...names(flags)].join(" ")}"`;
}

function assign(values: Values): string {
  switch (values.kind) {
    case "file":
      return "files=yes";
    case "words":
      return `words="${values.words.join(" ")}"`;
    case "keys":
      return `words="${values.words.map((key) => `${key}=`).join(" ")}" keys=yes`;
    case "any":
      return ":";
  }
}

function names(flags: readonly FlagLine[]): readonly string[] {
  return flags.map(({ name }) => `--${name}`);
}

function flagWords({ name, short }: FlagLine): string {
  return short === undefined ? `--${name}` : `--${name} | -${short}`;
}

/** Commands share flags; the first one stands for all of its name. */
function byName(flags: readonly FlagLine[]): readonly FlagLine[] {
  return [...new Map(flags.toReversed().map((flag) => [flag.name, flag])).values()].toReversed();
}
