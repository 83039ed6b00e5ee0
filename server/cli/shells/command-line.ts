// The command line as data for the shells: every command with its words and flags, and what can be completed for each.

import type { SettingEntry } from "../../../shared/settings.ts";
import { type Flag, globalFlags } from "../args/flags.ts";
import type { Verb } from "../verb.ts";

/** What can stand at a place of the command line. */
export type Values =
  | { readonly kind: "file" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** Each is followed by `=` and a value. */
  | { readonly kind: "keys"; readonly words: readonly string[] }
  /** Nothing can be offered. */
  | { readonly kind: "any" };

export interface FlagLine {
  readonly name: string;
  readonly short: string | undefined;
  readonly isRepeatable: boolean;
  readonly doc: string;
  /** As help shows what it takes; absent: it is a switch. */
  readonly takes: string | undefined;
  readonly values: Values;
}

export interface CommandLine {
  readonly name: string;
  readonly summary: string;
  /** Its first word, as help shows it; empty: it takes none. */
  readonly takes: string;
  readonly values: Values;
  readonly flags: readonly FlagLine[];
}

export interface ProgramLine {
  readonly flags: readonly FlagLine[];
  readonly commands: readonly CommandLine[];
  /** What `config KEY` takes after the key, by key. */
  readonly settingChoices: readonly (readonly [key: string, choices: readonly string[]])[];
}

export function programLine(verbs: readonly Verb[], settings: readonly SettingEntry[]): ProgramLine {
  const keys = settings.map(({ key }) => key);
  const flagLine = ({ name, short, repeatable, doc, takes, choices }: Flag): FlagLine => ({
    name,
    short,
    isRepeatable: repeatable ?? false,
    doc,
    takes,
    values: valuesOf(takes ?? "", choices, keys),
  });
  const shown = (flags: readonly Flag[]): readonly FlagLine[] => flags.filter(({ hidden }) => !hidden).map(flagLine);
  return {
    flags: shown(globalFlags),
    commands: verbs.map(({ name, summary, takes, choices, flags }) => ({
      name,
      summary,
      takes,
      values: valuesOf(takes, choices, keys),
      flags: shown(flags),
    })),
    settingChoices: settings.flatMap(({ key, choices }) => (choices ? [[key, choices] as const] : [])),
  };
}

/** By the word that help shows: `FILE`, `FILE:LINE:COL`, `KEY=VALUE`, `[KEY [VALUE]]`. */
function valuesOf(takes: string, choices: readonly string[] | undefined, keys: readonly string[]): Values {
  const word = takes.replace(/^\[/, "");
  if (choices) return { kind: "words", words: choices };
  if (/^FILE\b/.test(word)) return { kind: "file" };
  if (word.startsWith("KEY=")) return { kind: "keys", words: keys };
  return /^KEY\b/.test(word) ? { kind: "words", words: keys } : { kind: "any" };
}
