// `config`: shows settings with where each value comes from, and writes them to the settings file.

import { CopilotError } from "../../../shared/errors.ts";
import { flagValue, hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import { type SettingEntry, settingText as asText, withoutPassword } from "../../../shared/settings.ts";
import type { CliEnv } from "../env.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { textWidth, wrap } from "../output/layout.ts";
import { nearest } from "../args/nearest.ts";
import { note, paintFor, plain, print, printJson } from "../output/output.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "config",
  words: [0, 2],
  takes: "[KEY [VALUE]]",
  flags: [
    jsonFlag,
    { name: "unset", takes: "KEY", doc: "Remove KEY from the settings file" },
    { name: "path", doc: "Print where the settings file is" },
    {
      name: "token-path",
      doc: "Print where the bearer token for http.access = token is; it is made if there is none",
    },
  ],
  usage: [
    "config [--json]",
    "config KEY",
    "config KEY VALUE",
    "config --unset KEY",
    "config --path",
    "config --token-path",
  ],
  summary: "list, show and change settings",
  help: [
    "Without words, lists every setting with its value, where the value comes from and what it does. KEY prints one value. KEY VALUE writes it to the settings file, checked first; --unset takes it out again.",
    "What counts, first to last: flags, environment, the editor's settings, the settings file, the default. Lists are written with commas, switches as NAME=on,NAME=off, or either as JSON.",
  ],
  examples: [
    "copilot-lsp config",
    "copilot-lsp config http.port 9000",
    "copilot-lsp config completion.languages markdown=on,plaintext=off",
    "copilot-lsp config --unset http.port",
  ],
  async run(_ctx, env, args) {
    const json = hasFlag(args, "json");
    const unset = flagValue(args, "unset");
    const [key, value] = args.words;
    if (hasFlag(args, "path")) return tellPath(env, env.settings.path, json);
    if (hasFlag(args, "token-path")) return tellPath(env, env.httpToken(), json);
    if (unset !== undefined) return remove(env, unset, json);
    if (key === undefined) return list(env, json);
    return value === undefined ? show(env, key, json) : write(env, key, value, json);
  },
};

function tellPath(env: CliEnv, path: string, json: boolean): ExitCode {
  if (json) printJson(env, { path });
  else print(env, path);
  return exitCodes.ok;
}

function list(env: CliEnv, json: boolean): ExitCode {
  const entries = env.settings.entries();
  if (json)
    printJson(env, {
      path: env.settings.path,
      settings: entries.map(withoutPassword),
      problems: env.settings.problems(),
    });
  else {
    const width = textWidth(env.columns);
    const keyWidth = Math.max(...entries.map(({ key }) => key.length)) + 2;
    for (const entry of entries) for (const line of entryLines(env, entry, keyWidth, width)) print(env, line);
    note(env, `Settings file: ${env.settings.path}`);
    for (const { message } of env.settings.problems())
      note(env, paintFor(env, "stderr")("yellow", `Left out: ${plain(message)}`));
  }
  return exitCodes.ok;
}

function entryLines(env: CliEnv, entry: SettingEntry, keyWidth: number, width: number): readonly string[] {
  const paint = paintFor(env, "stdout");
  const { key, value, source } = withoutPassword(entry);
  const text = plain(asText(value)) || '""';
  // Names of variables, files and flags are long; the kind of source is what the eye looks for in the list.
  const head = `${key.padEnd(keyWidth)}${text}`;
  const gap = " ".repeat(Math.max(2, width - head.length - source.length));
  const isSet = source !== "default";
  return [
    `${paint("bold", key)}${head.slice(key.length)}${gap}${isSet ? paint("green", source) : paint("dim", source)}`,
    ...wrap(entry.doc, width, "    "),
  ];
}

function show(env: CliEnv, key: string, json: boolean): ExitCode {
  const entry = find(env, key);
  if (json) printJson(env, entry);
  else print(env, asText(entry.value));
  return exitCodes.ok;
}

async function write(env: CliEnv, key: string, text: string, json: boolean): Promise<ExitCode> {
  find(env, key);
  await env.settings.write(key, text);
  return report(env, key, json, `Set in ${env.settings.path}.`);
}

async function remove(env: CliEnv, key: string, json: boolean): Promise<ExitCode> {
  find(env, key);
  const wasThere = await env.settings.remove(key);
  const { path } = env.settings;
  return report(env, key, json, wasThere ? `Removed from ${path}.` : `${path} did not hold it.`);
}

/** Says what is in force now, which a flag or a variable may decide against the file. */
function report(env: CliEnv, key: string, json: boolean, done: string): ExitCode {
  const entry = withoutPassword(find(env, key));
  if (json) printJson(env, entry);
  else print(env, `${key} = ${plain(asText(entry.value)) || '""'}`);
  note(env, done);
  if (entry.source === "flag" || entry.source === "environment") {
    note(env, `In force is the value of ${plain(entry.origin)}, which goes before the file.`);
  }
  return exitCodes.ok;
}

function find(env: CliEnv, key: string): SettingEntry {
  const entries = env.settings.entries();
  const entry = entries.find((candidate) => candidate.key === key);
  if (entry) return entry;
  const keys = entries.map((candidate) => candidate.key);
  const found = nearest(key, keys) ?? keys.find((candidate) => candidate.endsWith(`.${key}`));
  throw new CopilotError("bad-request", `There is no setting ${key}.`, {
    advice: found === undefined ? "`copilot-lsp config` lists them." : `Did you mean ${found}?`,
  });
}
