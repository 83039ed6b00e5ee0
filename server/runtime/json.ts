// JSON that others wrote, until each of its parts has been checked.

export type Json = Readonly<Record<string, unknown>>;

/** Undefined for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Neither null nor an array. */
export function isJsonObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value`, or an object without fields where it is none. */
export function objectOf(value: unknown): Json {
  return isJsonObject(value) ? value : {};
}
