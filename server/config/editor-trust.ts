// What an editor's value of a setting comes to, by the trust that the setting's row gives to editors.

import { type SettingKey, type SettingKind, settingsTable } from "./settings.ts";
import type { SettingValue } from "./values.ts";

export interface PersonsValue {
  readonly value: SettingValue;
  /** Neither flag nor environment nor file has it. */
  readonly isDefault: boolean;
}

export interface Admission {
  /** What the editor's layer holds of it; absent: nothing. */
  readonly value?: SettingValue;
  /** What was left out, and how to set it. */
  readonly message?: string;
}

/**
 * `value` has passed the check of its kind. `persons` is what holds without the editor. A value that changes nothing is
 * admitted, so that an editor which names every setting causes no complaint.
 */
export function admitFromEditor(
  key: SettingKey,
  value: SettingValue,
  persons: PersonsValue,
  strictTls: boolean,
): Admission {
  const { editor, kind } = settingsTable[key];
  const admitted: Admission = { value };
  const refused = (may: string): Admission => ({
    message: `${key} from the editor is left out, because it may come from the open folder: ${may}; to set it yourself, run \`copilot-lsp config ${key} VALUE\``,
  });
  if (JSON.stringify(value) === JSON.stringify(persons.value)) return admitted;
  switch (editor) {
    case "any":
      return admitted;
    case "never":
      return refused("an editor may not set it");
    case "lower":
      return limitOf(kind, value) <= limitOf(kind, persons.value)
        ? admitted
        : refused(`an editor may only lower it from ${JSON.stringify(persons.value)}`);
    case "add":
      return { value: union(persons.value, value) };
    case "off":
      if (kind.type === "switches") return narrowed(value, persons, refused);
      return value === false || value === "off" ? admitted : refused("an editor may only turn it off");
    case "on":
      return value === true ? admitted : refused("an editor may only turn it on");
    case "strict-tls":
      return strictTls ? admitted : refused("an editor may set it only while upstream.strictTls is true");
  }
}

function limitOf(kind: SettingKind, value: SettingValue): number {
  if (typeof value !== "number") return Number.POSITIVE_INFINITY;
  return kind.type === "integer" && kind.zeroIsUnlimited && value === 0 ? Number.POSITIVE_INFINITY : value;
}

function union(persons: SettingValue, value: SettingValue): SettingValue {
  return isList(persons) && isList(value) ? Object.freeze([...new Set([...persons, ...value])]) : persons;
}

/**
 * Switches by name. The built-in ones say what is seldom useful, not what is private, so an editor may replace them; what
 * the person has turned off stays off, by name or by `"*"`.
 */
function narrowed(value: SettingValue, persons: PersonsValue, refused: (may: string) => Admission): Admission {
  if (persons.isDefault) return { value };
  const own = persons.value;
  if (!isSwitches(own) || !isSwitches(value)) return {};
  const isOn = (switches: Readonly<Record<string, boolean>>, name: string): boolean =>
    ownSwitch(switches, name) ?? ownSwitch(switches, "*") ?? true;
  const names = [...new Set([...Object.keys(own), ...Object.keys(value)])];
  const both = names.map((name): [string, boolean] => [name, isOn(own, name) && isOn(value, name)]);
  const turnedOn = Object.keys(value).filter((name) => value[name] === true && !isOn(own, name));
  return {
    value: Object.freeze(Object.fromEntries(both)),
    ...(turnedOn.length > 0 && refused(`an editor may not turn on ${turnedOn.join(", ")}, which you have turned off`)),
  };
}

/** A language may be called `constructor`, which every object has. */
function ownSwitch(switches: Readonly<Record<string, boolean>>, name: string): boolean | undefined {
  return Object.hasOwn(switches, name) ? switches[name] : undefined;
}

function isList(value: SettingValue): value is readonly string[] {
  return Array.isArray(value);
}

function isSwitches(value: SettingValue): value is Readonly<Record<string, boolean>> {
  return typeof value === "object" && !isList(value);
}
