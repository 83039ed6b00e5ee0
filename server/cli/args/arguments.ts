// What a verb gets of the command line: its words and its flags.

/** A verb's words and flags. A switch that was given has the value `[""]`. */
export interface Arguments {
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

export function hasFlag(args: Arguments, name: string): boolean {
  return args.flags[name] !== undefined;
}

/** The last value given, as in most programs. */
export function flagValue(args: Arguments, name: string): string | undefined {
  return args.flags[name]?.at(-1);
}

export function flagValues(args: Arguments, name: string): readonly string[] {
  return args.flags[name] ?? [];
}

/** Digits only, 0 to 65535. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}
