// Settings as commands look at them and change them: every one with its value and where it came from.

/** A setting's value as plain JSON. */
export type SettingJson = boolean | number | string | readonly string[] | Readonly<Record<string, boolean>>;

/** A setting that was refused, in words for a person. The rest is in force. */
export interface SettingProblem {
  readonly key: string;
  readonly message: string;
  /** What comes of it, in a clause; absent: the value is left out. */
  readonly consequence?: string;
}

export interface SettingEntry {
  readonly key: string;
  readonly value: SettingJson;
  readonly source: "flag" | "environment" | "editor" | "file" | "default";
  /** The flag, variable or file that holds it; empty for a default. */
  readonly origin: string;
  /** What it takes, as a phrase: `an integer from 0 to 65535`. */
  readonly takes: string;
  /** The values that it can have, where they can be listed. */
  readonly choices?: readonly string[];
  /** The variable that sets it. */
  readonly environmentName: string;
  readonly doc: string;
}

export interface SettingsAccess {
  /** The settings file, whether it is there or not. */
  readonly path: string;
  /** Every setting in force, in the table's order. */
  entries(): readonly SettingEntry[];
  /** What was refused, from every source. */
  problems(): readonly SettingProblem[];
  /** What was refused of the flags alone: those make the command line wrong. */
  flagProblems(): readonly SettingProblem[];
  /**
   * Writes one key into the file; `entries` says the new state afterwards. Throws `bad-request` for an unknown key or a
   * value it does not take, `internal` when the file cannot be written.
   */
  write(key: string, text: string): Promise<void>;
  /** Whether the key was in the file. Throws as `write` does. */
  remove(key: string): Promise<boolean>;
}

/** A value as `copilot-lsp config KEY VALUE` takes it. */
export function settingText(value: SettingJson): string {
  if (typeof value !== "object") return String(value);
  if (isList(value)) return value.join(",");
  return Object.entries(value)
    .map(([name, on]) => `${name}=${on ? "on" : "off"}`)
    .join(",");
}

function isList(value: SettingJson): value is readonly string[] {
  return Array.isArray(value);
}

/** The same without the password that a proxy's address may hold: lists of settings are passed on to others. */
export function withoutPassword<T extends { readonly value: SettingJson }>(entry: T): T {
  const { value } = entry;
  if (typeof value !== "string" || !value.includes("@")) return entry;
  return { ...entry, value: value.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/@:\s]*:[^/@\s]*@/i, "$1***@") };
}
