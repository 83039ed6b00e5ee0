// Turns the command line into plain data: be a language server, run a verb, or say what was wrong with it. Checks form
// only; what a value means is the settings' or the verb's business. Imported before `initialize` is answered, so it
// stays small: a verb's file is loaded when the command line names the verb.

import { parseArgs } from "node:util";
import { isVerbName, loadVerb, loadVerbs, type VerbName, verbNames } from "../load-verb.ts";
import type { Verb } from "../verb.ts";
import { type Arguments, isPort } from "./arguments.ts";
import { type Flag, globalFlags, logLevels, refusedTransports } from "./flags.ts";
import { nearest } from "./nearest.ts";

/** A setting that a flag sets; `flag` is how the person wrote it, for messages. */
interface SettingOverride {
  readonly key: string;
  readonly text: string;
  readonly flag: string;
}

export interface GlobalArguments {
  readonly demo: boolean;
  /** Settings file instead of the usual one. */
  readonly configFile?: string;
  /** In the order in which they were given; a later one wins. */
  readonly overrides: readonly SettingOverride[];
}

export type Invocation =
  | { readonly kind: "language-server"; readonly globals: GlobalArguments }
  | { readonly kind: "verb"; readonly verb: VerbName; readonly arguments: Arguments; readonly globals: GlobalArguments }
  | { readonly kind: "help"; readonly verb?: VerbName }
  | { readonly kind: "version" }
  /** The command line is wrong: exit code 2. `hint` is a second sentence. */
  | { readonly kind: "misuse"; readonly message: string; readonly hint: string };

type Misuse = Extract<Invocation, { kind: "misuse" }>;
type Token = ReturnType<typeof tokensOf>[number];

/** `argv` without the interpreter and the script. Never rejects. */
export async function parseArguments(argv: readonly string[]): Promise<Invocation> {
  const first = tokensOf(argv, globalFlags).find((token) => token.kind === "positional")?.value;
  const name = first !== undefined && isVerbName(first) ? first : undefined;
  const verb = name === undefined ? undefined : await loadVerb(name);
  const known: readonly Flag[] = verb ? [...globalFlags, ...verb.flags] : globalFlags;
  const read = await readTokens(tokensOf(argv, known), known, verb);
  if ("kind" in read) return read;

  const { words, flags } = read;
  if (flags["version"]) return { kind: "version" };
  if (flags["help"] || first === "help") {
    const about = name ?? words.find(isVerbName);
    return about ? { kind: "help", verb: about } : { kind: "help" };
  }
  const globals = readGlobals(flags);
  if ("kind" in globals) return globals;
  if (flags["stdio"]) {
    return first === undefined
      ? { kind: "language-server", globals }
      : misuse(`--stdio makes a language server and takes no ${first} beside it.`, "Leave one of the two out.");
  }
  if (first === undefined) {
    return misuse(
      "Nothing to do.",
      "Editors start `copilot-lsp --stdio`; `copilot-lsp --help` lists what people can do.",
    );
  }
  if (!verb || name === undefined)
    return misuse(
      `There is no command ${first}.`,
      meant(nearest(first, verbNames), (found) => found),
    );
  return (
    checkWords(verb, words.slice(1)) ?? {
      kind: "verb",
      verb: name,
      arguments: { words: words.slice(1), flags },
      globals,
    }
  );
}

function tokensOf(argv: readonly string[], flags: readonly Flag[]) {
  const options = Object.fromEntries(
    flags.map((flag) => [
      flag.name,
      { type: flag.takes === undefined ? ("boolean" as const) : ("string" as const), ...shortOf(flag) },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

function shortOf(flag: Flag): { short?: string } {
  return flag.short === undefined ? {} : { short: flag.short };
}

async function readTokens(
  tokens: readonly Token[],
  known: readonly Flag[],
  verb: Verb | undefined,
): Promise<Arguments | Misuse> {
  const words: string[] = [];
  const flags: Record<string, string[]> = {};
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const flag = known.find(({ name }) => name === token.name);
    if (!flag) return unknownFlag(token.name, token.rawName, known, verb);
    if (flag.takes === undefined) {
      if (token.value !== undefined) return misuse(`${token.rawName} takes no value.`, seeHelp(verb));
      flags[flag.name] = [""];
      continue;
    }
    // `-` alone is a file name to many programs; anything longer was meant as the next flag.
    const isNextFlag = token.inlineValue === false && token.value.startsWith("-") && token.value !== "-";
    if (token.value === undefined || isNextFlag) {
      return misuse(`${token.rawName} needs a value: ${token.rawName}=${flag.takes}.`, seeHelp(verb));
    }
    flags[flag.name] = flag.repeatable ? [...(flags[flag.name] ?? []), token.value] : [token.value];
  }
  return { words, flags };
}

async function unknownFlag(
  name: string,
  rawName: string,
  known: readonly Flag[],
  verb: Verb | undefined,
): Promise<Misuse> {
  if (refusedTransports.has(name)) {
    return misuse(
      `${rawName} is not offered: copilot-lsp speaks over standard input and output only.`,
      "Start it with --stdio; in an editor's client library the transport is called stdio.",
    );
  }
  const verbs = await loadVerbs();
  const owner = verbs.find(({ flags }) => flags.some((flag) => flag.name === name));
  if (owner !== undefined) {
    return misuse(
      verb === undefined ? `${rawName} goes after the command it is for.` : `${verb.name} has no flag ${rawName}.`,
      `It belongs to \`copilot-lsp ${owner.name}\`.`,
    );
  }
  const visible = known.filter((flag) => !flag.hidden).map((flag) => flag.name);
  return misuse(
    `There is no flag ${rawName}.`,
    meant(nearest(name, visible), (found) => `--${found}`, verb),
  );
}

function readGlobals(flags: Readonly<Record<string, readonly string[]>>): GlobalArguments | Misuse {
  const overrides: SettingOverride[] = [];
  for (const pair of flags["set"] ?? []) {
    const equals = pair.indexOf("=");
    if (equals < 1) return misuse(`--set takes KEY=VALUE, not ${pair}.`, "`copilot-lsp config` lists the keys.");
    overrides.push({
      key: pair.slice(0, equals),
      text: pair.slice(equals + 1),
      flag: `--set ${pair.slice(0, equals)}`,
    });
  }
  const port = flags["port"]?.at(-1);
  if (port !== undefined) {
    if (!isPort(port)) return misuse(`--port takes a number from 0 to 65535, not ${port}.`, "");
    overrides.push({ key: "http.port", text: port, flag: "--port" });
  }
  const level = flags["log-level"]?.at(-1);
  if (level !== undefined) {
    if (!logLevels.includes(level)) return misuse(`--log-level takes ${logLevels.join(", ")}, not ${level}.`, "");
    overrides.push({ key: "log.level", text: level, flag: "--log-level" });
  }
  const logFile = flags["log-file"]?.at(-1);
  if (logFile !== undefined) overrides.push({ key: "log.file", text: logFile, flag: "--log-file" });
  if (flags["no-http"]) overrides.push({ key: "http.enabled", text: "false", flag: "--no-http" });
  const configFile = flags["config"]?.at(-1);
  return { demo: flags["demo"] !== undefined, overrides, ...(configFile === undefined ? {} : { configFile }) };
}

function checkWords(verb: Verb, words: readonly string[]): Misuse | undefined {
  const [fewest, most] = verb.words;
  if (words.length < fewest) return misuse(`${verb.name} needs ${verb.takes}.`, seeHelp(verb));
  if (words.length <= most) return undefined;
  const surplus = words.slice(most).join(" ");
  return misuse(
    most === 0 ? `${verb.name} takes no ${surplus}.` : `${verb.name} has no use for ${surplus}.`,
    seeHelp(verb),
  );
}

function misuse(message: string, hint: string): Misuse {
  return { kind: "misuse", message, hint };
}

function meant(found: string | undefined, write: (found: string) => string, verb?: Verb): string {
  return found === undefined ? seeHelp(verb) : `Did you mean ${write(found)}?`;
}

function seeHelp(verb: Verb | undefined): string {
  return verb === undefined
    ? "`copilot-lsp --help` lists everything."
    : `\`copilot-lsp ${verb.name} --help\` says how.`;
}
