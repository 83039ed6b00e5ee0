// The text of one `.copilotignore`, in gitignore syntax. Loaded when there is such a file.

import ignore from "ignore";

export interface IgnoreRules {
  /** `path`: below the file's folder, `/` between parts and at the end of a folder's. Undefined: no pattern matches. */
  test(path: string): "ignored" | "included" | undefined;
}

/** Throws for what is no text, and for more than `maxPatterns` lines. */
export function parseIgnoreRules(bytes: Uint8Array, maxPatterns: number): IgnoreRules {
  const lines = decode(bytes).split(/\r?\n/);
  if (lines.length > maxPatterns) throw new Error(`it has more than ${maxPatterns} lines`);
  const rules = ignore().add(lines);
  return {
    test(path) {
      const { ignored, unignored } = rules.test(path);
      return ignored ? "ignored" : unignored ? "included" : undefined;
    },
  };
}

/** Shells on Windows write UTF-16. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes("\0")) throw new Error("it is not a text file");
  return text;
}
