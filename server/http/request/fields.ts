// Reads the fields of a JSON object one by one, each with its type and range; what is wrong is named. Null counts as
// absent, because many clients send every field they know.

import { CopilotError } from "../../../shared/errors.ts";

export interface Fields {
  string(name: string): string;
  optionalString(name: string): string | undefined;
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

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
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
  return new CopilotError("bad-request", `"${name}" must be ${wanted}, not ${value === undefined ? "missing" : got}.`);
}

/** Throws `bad-request` unless `body` is an object; so does each reader for its field. */
export function readFields(body: unknown): Fields {
  if (!isObject(body)) {
    throw new CopilotError("bad-request", `The body must be a JSON object, not ${kindOf(body)}.`);
  }
  return new JsonFields(body);
}

/** A class, for a dozen functions of its own for each body would cost more than reading it. */
class JsonFields implements Fields {
  readonly #body: object;

  constructor(body: object) {
    this.#body = body;
  }

  /** What the object inherits is nothing that somebody said. */
  #said(name: string): unknown {
    return Object.hasOwn(this.#body, name) ? Reflect.get(this.#body, name) : undefined;
  }

  #get(name: string): unknown {
    return this.#said(name) ?? undefined;
  }

  string(name: string): string {
    const value = this.optionalString(name);
    if (value === undefined) throw wrong(name, "a string", this.#said(name));
    return value;
  }

  optionalString(name: string): string | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== "string") throw wrong(name, "a string", value);
    return value;
  }

  optionalInteger(name: string, min: number, max: number): number | undefined {
    return this.#numberWithin(name, min, max, "a whole number", true);
  }

  optionalNumber(name: string, min: number, max: number): number | undefined {
    return this.#numberWithin(name, min, max, "a number", false);
  }

  #numberWithin(name: string, min: number, max: number, wanted: string, whole: boolean): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const fits = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (!fits) throw wrong(name, `${wanted} from ${min} to ${max}`, value);
    return value;
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== "boolean") throw wrong(name, "true or false", value);
    return value;
  }

  optionalChoice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw wrong(name, `one of ${choices.join(", ")}`, value);
    return choice;
  }

  optionalObject(name: string): Fields | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw wrong(name, "an object", value);
    return readFields(value);
  }

  optionalObjects(name: string, maxCount: number): readonly Fields[] {
    const value = this.#get(name);
    if (value === undefined) return [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [undefined];
    if (list.length > maxCount || !list.every(isObject))
      throw wrong(name, `a list of up to ${maxCount} objects`, value);
    return list.map(readFields);
  }

  texts(name: string, maxCount: number): readonly string[] {
    const texts = stringList(this.#get(name), maxCount);
    if (!texts) throw wrong(name, `a string or up to ${maxCount} strings`, this.#get(name));
    return texts;
  }

  optionalStrings(name: string, maxCount: number): readonly string[] | undefined {
    const value = this.#get(name);
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
    const strings = stringList(value, maxCount);
    if (!strings || strings.includes("")) {
      throw wrong(name, `a string or up to ${maxCount} strings, none of them empty`, value);
    }
    return strings;
  }
}
