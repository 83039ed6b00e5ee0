// A token in the program: every way to print it says `[redacted]`. Only the code that puts it on the wire or into its
// store opens it.

import { inspect } from "node:util";

const shown = "[redacted]";

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The text itself. To be used in the expression that sends or stores it, and kept nowhere. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

// The shapes that GitHub gives its tokens: OAuth, app and personal ones, the session token's `tid=…;…:mac`, and
// whatever stands behind an authorization scheme.
const tokenShapes = [
  /\bgh[a-z]_[A-Za-z0-9_]{6,}/g,
  /\bgithub_pat_\w{6,}/g,
  /\btid=[^\s"'<>,]+/g,
  // A digit tells a token from a word of a sentence.
  /\b(bearer|token) +(?=\S*\d)[A-Za-z0-9._~+/=;:-]{16,}/gi,
] as const;

/**
 * `text` with everything that looks like a token replaced. A second line of defence for words that come from outside,
 * such as the body of an error: our own tokens never get as far as a string that is printed.
 */
export function redact(text: string): string {
  let result = text;
  for (const shape of tokenShapes) result = result.replace(shape, shown);
  return result;
}
