// Settings in force: flags over environment over editor over file over defaults, each value with where it came from.
// A bad value is left out and named; it never stops the program. An editor's values count as far as the table trusts
// editors with them (`editor-trust.ts`). Knows nothing of what a setting does.

import type { Log } from "../../shared/context.ts";
import type { SettingProblem } from "../../shared/settings.ts";
import { isJsonObject } from "../runtime/json.ts";
import { createEmitter } from "../runtime/emitter.ts";
import { admitFromEditor } from "./editor-trust.ts";
import type { FileContent } from "./settings-file.ts";
import {
  environmentName,
  isSettingKey,
  type SettingKey,
  type SettingKind,
  type Settings,
  settingKeys,
  settingsTable,
} from "./settings.ts";
import { checkSettingJson, choicesOf, describe, parseSettingText, type SettingValue } from "./values.ts";

export type SettingSource = "flag" | "environment" | "editor" | "file" | "default";

export interface SettingEntry {
  readonly key: SettingKey;
  readonly value: SettingValue;
  readonly source: SettingSource;
  /** The variable, flag or file that holds it. */
  readonly origin: string;
  readonly takes: string;
  readonly choices?: readonly string[];
  readonly doc: string;
}

/** A flag's value, and the flag as it was written, for messages. */
export interface SettingFlag {
  readonly key: string;
  readonly text: string;
  readonly flag: string;
}

export interface Config {
  /** The same object until something changes. */
  settings(): Settings;
  entries(): readonly SettingEntry[];
  /** What was refused, from every layer. */
  problems(): readonly SettingProblem[];
  /** What was refused of the flags alone. */
  flagProblems(): readonly SettingProblem[];
  /** Replaces the editor's layer. Returns what was refused of it. */
  setEditorLayer(json: unknown): readonly SettingProblem[];
  onChange(listener: (settings: Settings) => void): () => void;
}

interface LayerValue {
  readonly value: SettingValue;
  readonly origin: string;
}

interface Layer {
  readonly source: SettingSource;
  readonly values: ReadonlyMap<SettingKey, LayerValue>;
  readonly problems: readonly SettingProblem[];
}

export interface ConfigInputs {
  readonly flags: readonly SettingFlag[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Content of the settings file, parsed; undefined when there is none. */
  readonly file: FileContent;
  /** The flag that named the file: then it has to be there. */
  readonly fileFlag?: string | undefined;
  readonly log: Pick<Log, "error">;
}

export function createConfig(inputs: ConfigInputs): Config {
  const missing = missingFile(inputs);
  const flags = readFlags(inputs.flags, missing);
  const environment = readEnvironment(inputs.environment);
  const file =
    inputs.file.problem === undefined && missing.length === 0
      ? readJson("file", inputs.file.json, inputs.file.path)
      : unreadFile(inputs.file);
  let editor: Layer = { source: "editor", values: new Map(), problems: [] };
  const changes = createEmitter<Settings>(inputs.log);

  const find = (
    key: SettingKey,
    layers: readonly Layer[] = [flags, environment, editor, file],
  ): { value: SettingValue; source: SettingSource; origin: string } => {
    for (const layer of layers) {
      const found = layer.values.get(key);
      if (found) return { value: found.value, source: layer.source, origin: found.origin };
    }
    return { value: settingsTable[key].defaultValue, source: "default", origin: "" };
  };
  const resolve = (): Settings =>
    // The table decides both the keys and the types, and every value has passed its kind's check.
    Object.freeze(Object.fromEntries(settingKeys.map((key) => [key, find(key).value]))) as unknown as Settings;
  let current = resolve();

  /** What an editor says, as far as it is trusted with it. */
  const readEditor = (json: unknown): Layer => {
    const asked = readJson("editor", json, "editor");
    const values = new Map<SettingKey, LayerValue>();
    const problems = [...asked.problems];
    const admit = (key: SettingKey, strictTls: boolean): void => {
      const { value: wanted } = asked.values.get(key) ?? {};
      if (wanted === undefined) return;
      const persons = find(key, [flags, environment, file]);
      const isDefault = persons.source === "default";
      const { value, message } = admitFromEditor(key, wanted, { value: persons.value, isDefault }, strictTls);
      if (value !== undefined) values.set(key, { value, origin: "editor" });
      if (message !== undefined) problems.push({ key, message });
    };
    // First: what an editor may say about proxies depends on it.
    admit("upstream.strictTls", true);
    const strictTls = find("upstream.strictTls", [flags, environment, { ...asked, values }, file]).value === true;
    for (const key of asked.values.keys()) if (key !== "upstream.strictTls") admit(key, strictTls);
    return { source: "editor", values, problems };
  };

  return {
    settings: () => current,
    entries: () =>
      settingKeys.map((key) => ({
        key,
        ...find(key),
        takes: describe(kindOf(key)),
        ...choicesOf(kindOf(key)),
        doc: settingsTable[key].doc,
      })),
    problems: () => [flags, environment, editor, file].flatMap((layer) => layer.problems),
    flagProblems: () => flags.problems,
    setEditorLayer(json) {
      const next = readEditor(json);
      const changed = !sameValues(editor, next);
      editor = next;
      if (changed) {
        current = resolve();
        changes.emit(current);
      }
      return next.problems;
    },
    onChange: changes.on,
  };
}

function kindOf(key: SettingKey): SettingKind {
  return settingsTable[key].kind;
}

/**
 * What stands where the person's own word cannot be understood: a rule that was to keep others out must not become one
 * that lets them in.
 */
const closedValues: Readonly<Partial<Record<SettingKey, SettingValue>>> = {
  "http.access": "token",
  "http.enabled": false,
};

/** Leaves the value out, or puts the closed one in its place. */
function refuseValue(
  values: Map<SettingKey, LayerValue>,
  key: SettingKey,
  origin: string,
  message: string,
): SettingProblem {
  const value = closedValues[key];
  if (value === undefined) return { key, message };
  values.set(key, { value, origin });
  return { key, message, consequence: `until that is mended ${key} is ${JSON.stringify(value)}` };
}

function missingFile({ file, fileFlag }: ConfigInputs): readonly SettingProblem[] {
  return fileFlag !== undefined && file.isMissing
    ? [{ key: "", message: `${fileFlag}: there is no file ${file.path}` }]
    : [];
}

function readFlags(flags: readonly SettingFlag[], known: readonly SettingProblem[]): Layer {
  const values = new Map<SettingKey, LayerValue>();
  const problems: SettingProblem[] = [...known];
  for (const { key, text, flag } of flags) {
    if (!isSettingKey(key)) {
      problems.push({ key, message: `${flag}: there is no setting ${key}` });
      continue;
    }
    const parsed = parseSettingText(kindOf(key), text);
    if (parsed.kind === "value") values.set(key, { value: parsed.value, origin: flag });
    else problems.push(refuseValue(values, key, flag, `${flag}: ${key} takes ${parsed.expected}`));
  }
  return { source: "flag", values, problems };
}

function readEnvironment(environment: Readonly<Record<string, string | undefined>>): Layer {
  const values = new Map<SettingKey, LayerValue>();
  const problems: SettingProblem[] = [];
  for (const key of settingKeys) {
    const name = environmentName(key);
    const text = environment[name];
    // Set but empty is how many launchers unset a variable.
    if (text === undefined || text === "") continue;
    const parsed = parseSettingText(kindOf(key), text);
    if (parsed.kind === "value") values.set(key, { value: parsed.value, origin: name });
    else problems.push(refuseValue(values, key, name, `${name} takes ${parsed.expected}`));
  }
  return { source: "environment", values, problems };
}

/** Nobody knows whether the file says who is let in over HTTP. */
function unreadFile({ path, problem }: FileContent): Layer {
  const values = new Map<SettingKey, LayerValue>();
  const unknown = refuseValue(values, "http.access", path, problem ?? "");
  // A file that was named and is not there is told of with the flag that names it.
  return { source: "file", values, problems: problem === undefined ? [] : [{ ...unknown, key: "" }] };
}

function readJson(source: "file" | "editor", json: unknown, origin: string): Layer {
  const values = new Map<SettingKey, LayerValue>();
  const problems: SettingProblem[] = [];
  for (const [key, value] of flatten(json, "")) {
    if (!isSettingKey(key)) {
      problems.push({ key, message: `${origin}: there is no setting ${key}` });
      continue;
    }
    const checked = checkSettingJson(kindOf(key), value);
    if (checked.kind === "value") values.set(key, { value: checked.value, origin });
    else {
      const message = `${origin}: ${key} takes ${checked.expected}`;
      problems.push(source === "file" ? refuseValue(values, key, origin, message) : { key, message });
    }
  }
  return { source, values, problems };
}

// No setting's name has more parts, and an editor may send an object that is nested as deep as it likes.
const mostParts = 4;

/** `{"http": {"port": 1}}` and `{"http.port": 1}` say the same; objects are opened until a setting's name is reached. */
function* flatten(json: unknown, prefix: string, parts = 0): Generator<readonly [string, unknown]> {
  if (!isJsonObject(json)) {
    if (prefix !== "" && json !== null && json !== undefined) yield [prefix, json];
    return;
  }
  for (const [name, value] of Object.entries(json)) {
    const key = prefix === "" ? name : `${prefix}.${name}`;
    // An editor that has no opinion sends null.
    if (value === null || value === undefined) continue;
    if (isSettingKey(key) || parts === mostParts) yield [key, value];
    else yield* flatten(value, key, parts + 1);
  }
}

function sameValues(a: Layer, b: Layer): boolean {
  const plain = (layer: Layer): string =>
    JSON.stringify(settingKeys.map((key) => layer.values.get(key)?.value ?? null));
  return plain(a) === plain(b);
}
