// Completion for fish. Source: fish-doc, "complete".

import type { FlagLine, ProgramLine, Values } from "./command-line.ts";

export function fishScript({ flags, commands, settingChoices }: ProgramLine): string {
  const lines = [
    "# fish completion for copilot-lsp",
    "complete -c copilot-lsp -f",
    ...flags.map((flag) => flagLine("", flag)),
    ...commands.map(
      ({ name, summary }) => `complete -c copilot-lsp -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(({ name, values, flags: own }) => {
      const after = ` -n '__fish_seen_subcommand_from ${name}'`;
      const isConfig = name === "config";
      const first = isConfig
        ? ` -n '__fish_seen_subcommand_from config; and test (count (commandline -opc)) -eq 2'`
        : after;
      const word = offer(values);
      return [
        ...(word === "" ? [] : [`complete -c copilot-lsp${first}${word}`]),
        ...own.map((flag) => flagLine(after, flag)),
      ];
    }),
    ...settingChoices.map(
      ([key, choices]) =>
        `complete -c copilot-lsp -n '__fish_seen_subcommand_from config; and test (commandline -opc)[-1] = ${key}' -a ${quoted(choices.join(" "))}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function flagLine(condition: string, { name, short, doc, takes, values }: FlagLine): string {
  const dashed = `${short === undefined ? "" : ` -s ${short}`} -l ${name}`;
  const value = takes === undefined ? "" : ` -x${offer(values)}`.replace(" -x -F", " -r -F");
  return `complete -c copilot-lsp${condition}${dashed}${value} -d ${quoted(doc)}`;
}

function offer(values: Values): string {
  switch (values.kind) {
    case "file":
      return " -F";
    case "words":
      return ` -a ${quoted(values.words.join(" "))}`;
    case "keys":
      return ` -a ${quoted(values.words.map((key) => `${key}=`).join(" "))}`;
    case "any":
      return "";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
