// Turns text (flags, environment) and JSON (file, editor) into setting values, or says in one clause what was expected.

import { isJsonObject, parseJson } from "../runtime/json.ts";
import type { SettingKind } from "./settings.ts";

/** Any value a setting may have. */
export type SettingValue = boolean | number | string | readonly string[] | Readonly<Record<string, boolean>>;

export type ParsedValue =
  | { readonly kind: "value"; readonly value: SettingValue }
  | { readonly kind: "problem"; readonly expected: string };

const ok = (value: SettingValue): ParsedValue => ({ kind: "value", value });
const problem = (expected: string): ParsedValue => ({ kind: "problem", expected });

const switchWords: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["on", true],
  ["yes", true],
  ["1", true],
  ["false", false],
  ["off", false],
  ["no", false],
  ["0", false],
]);

/**
 * A value as a person writes it on a command line. Lists are comma-separated, switches are `markdown=on,lua=off`; both may
 * be the JSON of a settings file.
 */
export function parseSettingText(kind: SettingKind, text: string): ParsedValue {
  switch (kind.type) {
    case "boolean": {
      const value = switchWords.get(text.trim().toLowerCase());
      return value === undefined ? problem("true or false") : ok(value);
    }
    case "integer":
      return /^-?\d+$/.test(text.trim()) ? checkSettingJson(kind, Number(text)) : problem(describe(kind));
    case "string":
    case "choice":
      return checkSettingJson(kind, text);
    case "strings": {
      // Other text in brackets may be a glob.
      const list = checkSettingJson(kind, parseJson(text));
      return list.kind === "value" ? list : ok(splitList(text));
    }
    case "switches":
      return text.trim().startsWith("{") ? checkSettingJson(kind, parseJson(text)) : parseSwitches(text);
  }
}

/** A value as it stands in JSON. */
export function checkSettingJson(kind: SettingKind, json: unknown): ParsedValue {
  switch (kind.type) {
    case "boolean":
      return typeof json === "boolean" ? ok(json) : problem(describe(kind));
    case "string":
      return typeof json === "string" ? ok(json) : problem(describe(kind));
    case "integer":
      return typeof json === "number" && Number.isInteger(json) && json >= kind.min && json <= kind.max
        ? ok(json)
        : problem(describe(kind));
    case "choice":
      return typeof json === "string" && kind.choices.includes(json) ? ok(json) : problem(describe(kind));
    case "strings":
      return Array.isArray(json) && json.every((part) => typeof part === "string")
        ? ok(Object.freeze([...json]))
        : problem(describe(kind));
    case "switches":
      return isSwitches(json) ? ok(Object.freeze({ ...json })) : problem(describe(kind));
  }
}

/** The values that a setting can have, where they can be listed. */
export function choicesOf(kind: SettingKind): { readonly choices?: readonly string[] } {
  if (kind.type === "boolean") return { choices: ["true", "false"] };
  return kind.type === "choice" ? { choices: kind.choices } : {};
}

/** What a setting takes, as a phrase: "an integer from 0 to 65535". */
export function describe(kind: SettingKind): string {
  switch (kind.type) {
    case "boolean":
      return "true or false";
    case "string":
      return "a string";
    case "integer":
      return `an integer from ${kind.min} to ${kind.max}`;
    case "choice":
      return `one of ${kind.choices.join(", ")}`;
    case "strings":
      return "a list of strings";
    case "switches":
      return "a map of names to true or false";
  }
}

function splitList(text: string): readonly string[] {
  return Object.freeze(
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== ""),
  );
}

function parseSwitches(text: string): ParsedValue {
  const result = new Map<string, boolean>();
  for (const part of splitList(text)) {
    const [name = "", word = "true"] = part.split("=", 2);
    const value = switchWords.get(word.trim().toLowerCase());
    if (name.trim() === "" || value === undefined) return problem("NAME=on or NAME=off, comma-separated");
    result.set(name.trim(), value);
  }
  return ok(Object.freeze(Object.fromEntries(result)));
}

function isSwitches(json: unknown): json is Record<string, boolean> {
  return isJsonObject(json) && Object.values(json).every((value) => typeof value === "boolean");
}
