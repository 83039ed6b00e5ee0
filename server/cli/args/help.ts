// Help as text: for the program from the tables, for a verb from its own words and its flags.

import { exitCodeDocs } from "../exit-codes.ts";
import { loadVerb, loadVerbs, type VerbName } from "../load-verb.ts";
import type { Verb } from "../verb.ts";
import { type Flag, globalFlags } from "./flags.ts";
import { pairs, textWidth, wrap } from "../output/layout.ts";

/** Variables that the program reads, with what each is for. */
export const variables: readonly (readonly [string, string])[] = [
  ["COPILOT_LSP_…", "Any setting: http.port is COPILOT_LSP_HTTP_PORT; `copilot-lsp config --json` names each"],
  ["GH_COPILOT_TOKEN", "GitHub token to use instead of the stored sign-in; GITHUB_COPILOT_TOKEN is the second choice"],
  ["HTTPS_PROXY, NO_PROXY", "Proxy, unless upstream.proxy is set"],
  ["NODE_EXTRA_CA_CERTS", "File of certificates to trust besides the built-in ones"],
  ["NO_COLOR", "Print no colours"],
];

export async function programHelp(columns: number): Promise<string> {
  const width = textWidth(columns);
  const verbs = await loadVerbs();
  return page([
    wrap("copilot-lsp: GitHub Copilot for every LSP editor and every script, from one small process.", width),
    [
      "Usage:",
      "  copilot-lsp --stdio [FLAGS]       what an editor starts",
      "  copilot-lsp COMMAND [FLAGS]       what a person runs",
    ],
    [
      "Commands:",
      ...pairs(
        verbs.map((verb) => [`${verb.name} ${verb.takes}`.trimEnd(), verb.summary]),
        width,
        "  ",
      ),
    ],
    ["Flags:", ...pairs(globalFlags.filter(isShown).map(flagRow), width, "  ")],
    ["Environment:", ...pairs(variables, width, "  ")],
    [
      "Exit codes:",
      ...pairs(
        exitCodeDocs.map(([code, doc]) => [String(code), doc]),
        width,
        "  ",
      ),
    ],
    wrap(
      "`copilot-lsp COMMAND --help` tells more about one. To see it work without an account: `copilot-lsp demo`.",
      width,
    ),
  ]);
}

export async function verbHelp(name: VerbName, columns: number): Promise<string> {
  const width = textWidth(columns);
  const { flags, summary, usage, help, examples }: Verb = await loadVerb(name);
  return page([
    wrap(`copilot-lsp ${name}: ${summary}.`, width),
    ["Usage:", ...usage.map((line) => `  copilot-lsp ${line}`)],
    ...help.map((paragraph) => wrap(paragraph, width)),
    ["Examples:", ...examples.map((example) => `  ${example}`)],
    ["Flags:", ...pairs(flags.map(flagRow), width, "  ")],
    wrap("The flags of `copilot-lsp --help` work here too.", width),
  ]);
}

function isShown(flag: Flag): boolean {
  return !flag.hidden;
}

function flagRow(flag: Flag): [string, string] {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  return [`${short}--${flag.name}${flag.takes === undefined ? "" : ` ${flag.takes}`}`, flag.doc];
}

function page(sections: readonly (readonly string[])[]): string {
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
