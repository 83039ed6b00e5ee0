// Reads what a client sent. Whatever has the wrong type is refused with a sentence that names the field; what LSP lets
// a client leave out may also be null, because many send null for it.

import type { Indentation } from "../../shared/completion.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { LspPosition, LspRange } from "../../shared/lsp.ts";
import { isJsonObject, type Json, objectOf } from "../runtime/json.ts";

export function badField(name: string, expected: string): CopilotError {
  return new CopilotError("bad-request", `${name} must be ${expected}.`);
}

export function readObject(value: unknown, name: string): Json {
  if (!isJsonObject(value)) throw badField(name, "an object");
  return value;
}

export function readString(value: unknown, name: string): string {
  if (typeof value !== "string") throw badField(name, "a string");
  return value;
}

export function readOptionalString(value: unknown, name: string): string | undefined {
  return isAbsent(value) ? undefined : readString(value, name);
}

export function readOptionalStrings(value: unknown, name: string): readonly string[] | undefined {
  if (isAbsent(value)) return undefined;
  const strings = Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
  if (!Array.isArray(value) || strings.length !== value.length) throw badField(name, "an array of strings");
  return strings;
}

export function readOptionalInteger(value: unknown, name: string, min: number, max: number): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value) || value < min || value > max) {
    throw badField(name, `an integer from ${min} to ${max}`);
  }
  return value;
}

export function readOptionalNumber(value: unknown, name: string, min: number, max: number): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== "number" || !(value >= min && value <= max)) {
    throw badField(name, `a number from ${min} to ${max}`);
  }
  return value;
}

export function readPosition(value: unknown, name: string): LspPosition {
  const { line, character } = readObject(value, name);
  return { line: readUnits(line, `${name}.line`), character: readUnits(character, `${name}.character`) };
}

export function readRange(value: unknown, name: string): LspRange {
  const { start, end } = readObject(value, name);
  return { start: readPosition(start, `${name}.start`), end: readPosition(end, `${name}.end`) };
}

/** `textDocument` of a request: which document, and which version of it if the client says. */
export function readDocumentName(
  value: unknown,
  name = "textDocument",
): { readonly uri: string; readonly version: number | undefined } {
  const { uri, version } = readObject(value, name);
  return { uri: readString(uri, `${name}.uri`), version: typeof version === "number" ? version : undefined };
}

/** `textDocument` and `position` of a request. */
export function readDocumentPosition(fields: Json): ReturnType<typeof readDocumentName> & { position: LspPosition } {
  return { ...readDocumentName(fields["textDocument"]), position: readPosition(fields["position"], "position") };
}

/** How many UTF-16 units of an item were accepted. */
export function readAcceptedLength({ acceptedLength }: Json): number | undefined {
  return readOptionalInteger(acceptedLength, "acceptedLength", 0, Number.MAX_SAFE_INTEGER);
}

/** LSP's `FormattingOptions`, or a `doc` of the older Copilot methods; undefined when it does not say both. */
export function readIndentation(options: unknown): Indentation | undefined {
  const { tabSize, insertSpaces }: Json = objectOf(options);
  if (typeof tabSize !== "number" || !(tabSize >= 1) || typeof insertSpaces !== "boolean") return undefined;
  return { tabSize: Math.min(Math.trunc(tabSize), 16), insertSpaces };
}

/** The token of a `$/progress`; undefined when the client wants none. */
export function readPartialResultToken({ partialResultToken: token }: Json): string | number | undefined {
  if (isAbsent(token)) return undefined;
  if (typeof token !== "string" && typeof token !== "number")
    throw badField("partialResultToken", "a string or a number");
  return token;
}

/** The first argument of a command, where that is a text. */
export function firstText(args: unknown): string | undefined {
  const first: unknown = Array.isArray(args) ? args[0] : undefined;
  return typeof first === "string" ? first : undefined;
}

function readUnits(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw badField(name, "an integer from 0 on");
  return value;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
