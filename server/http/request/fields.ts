// Reads the fields of a JSON object one by one, each with its type and range; an error names the field. Null counts as
// absent, because many clients send every field they know.

import { CopilotError } from "../../../shared/errors.ts";
import { isJsonObject } from "../../runtime/json.ts";

export interface Fields {
  string(name: string): string;
  optionalString(name: string): string | undefined;
  /** The name of a model, which has to fit into a URL. */
  optionalModel(name: string): string | undefined;
  /** Absent if it is anything but a string: for names that are ours alone, in bodies of other servers' clients. */
  stringOrNothing(name: string): string | undefined;
  optionalInteger(name: string, min: number, max: number): number | undefined;
  optionalNumber(name: string, min: number, max: number): number | undefined;
  optionalBoolean(name: string): boolean | undefined;
  optionalChoice<const T extends string>(name: string, choices: readonly T[]): T | undefined;
  optionalObject(name: string): Fields | undefined;
  /** A list of objects. */
  optionalObjects(name: string, maxCount: number): readonly Fields[];
  /** A string, or several. */
  texts(name: string, maxCount: number): readonly string[];
  /** The same, absent or none of them empty. */
  optionalStrings(name: string, maxCount: number): readonly string[] | undefined;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function stringList(value: unknown, maxCount: number): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const strings = list.filter((entry) => typeof entry === "string");
  return strings.length === list.length && strings.length > 0 && strings.length <= maxCount ? strings : undefined;
}

function wrong(name: string, wanted: string, value: unknown): CopilotError {
  const got = typeof value === "number" ? String(value) : kindOf(value);
  return new CopilotError("bad-request", `"${name}" must be ${wanted}, not ${got}.`);
}

/** Throws `bad-request` unless `body` is an object; so does each reader for its field. */
export function readFields(body: unknown): Fields {
  if (!isJsonObject(body)) {
    throw new CopilotError("bad-request", `The body must be a JSON object, not ${kindOf(body)}.`);
  }
  // Entries and not properties: a body may name fields that every object inherits.
  const values = new Map<string, unknown>(Object.entries(body));
  const valueOf = (name: string): unknown => values.get(name) ?? undefined;

  const optionalString = (name: string): string | undefined => {
    const value = valueOf(name);
    if (value !== undefined && typeof value !== "string") throw wrong(name, "a string", value);
    return value;
  };

  const numberWithin = (name: string, min: number, max: number, wanted: string): number | undefined => {
    const value = valueOf(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && value >= min && value <= max) return value;
    throw wrong(name, `${wanted} from ${min} to ${max}`, value);
  };

  return {
    optionalString,
    string(name) {
      const value = optionalString(name);
      if (value === undefined) throw wrong(name, "a string", values.get(name));
      return value;
    },
    optionalModel(name) {
      const value = optionalString(name);
      if (value !== undefined && /\p{Surrogate}/u.test(value)) {
        throw new CopilotError("bad-request", `"${name}" holds half a surrogate pair, which is not a character.`);
      }
      return value;
    },
    stringOrNothing(name) {
      const value = values.get(name);
      return typeof value === "string" ? value : undefined;
    },
    optionalInteger(name, min, max) {
      const value = numberWithin(name, min, max, "a whole number");
      if (value !== undefined && !Number.isInteger(value)) {
        throw wrong(name, `a whole number from ${min} to ${max}`, value);
      }
      return value;
    },
    optionalNumber: (name, min, max) => numberWithin(name, min, max, "a number"),
    optionalBoolean(name) {
      const value = valueOf(name);
      if (value !== undefined && typeof value !== "boolean") throw wrong(name, "true or false", value);
      return value;
    },
    optionalChoice(name, choices) {
      const value = valueOf(name);
      if (value === undefined) return undefined;
      const choice = choices.find((candidate) => candidate === value);
      if (choice === undefined) throw wrong(name, `one of ${choices.join(", ")}`, value);
      return choice;
    },
    optionalObject(name) {
      const value = valueOf(name);
      if (value === undefined) return undefined;
      if (!isJsonObject(value)) throw wrong(name, "an object", value);
      return readFields(value);
    },
    optionalObjects(name, maxCount) {
      const value = valueOf(name);
      if (value === undefined) return [];
      const list: readonly unknown[] = Array.isArray(value) ? value : [undefined];
      if (list.length > maxCount || !list.every(isJsonObject)) {
        throw wrong(name, `a list of up to ${maxCount} objects`, value);
      }
      return list.map(readFields);
    },
    texts(name, maxCount) {
      const texts = stringList(valueOf(name), maxCount);
      if (!texts) throw wrong(name, `a string or up to ${maxCount} strings`, valueOf(name));
      return texts;
    },
    optionalStrings(name, maxCount) {
      const value = valueOf(name);
      if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
      const strings = stringList(value, maxCount);
      if (!strings || strings.includes("")) {
        throw wrong(name, `a string or up to ${maxCount} strings, none of them empty`, value);
      }
      return strings;
    },
  };
}
