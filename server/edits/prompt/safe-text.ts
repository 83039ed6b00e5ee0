// A document's lines without the secrets in them. Secrets are looked for in the document and not in a prompt, which may show
// the middle of one only; an answer that repeats a line as it was shown then changes nothing.

import type { DocumentText } from "../../../shared/documents.ts";
import { findSecrets, redact } from "../../privacy/secrets.ts";

export interface SafeTexts {
  /** `text` with its secrets replaced. The same object for the same text. */
  of(text: DocumentText): DocumentText;
  /** Names of the kinds of secrets that were replaced in the lines that were read, one for each place. */
  found(): readonly string[];
}

/** A private key has fewer lines: what begins further above is over. */
const linesAbove = 120;

/** For one prompt. `isOn`: whether secrets are looked for at all. */
export function createSafeTexts(isOn: boolean): SafeTexts {
  const known = new Map<DocumentText, DocumentText>();
  const names: string[] = [];

  const safe = (text: DocumentText): DocumentText => ({
    length: text.length,
    lineCount: text.lineCount,
    slice: (start, end) => text.slice(start, end),
    lineStart: (line) => text.lineStart(line),
    lines(start, end) {
      const first = Math.max(0, start - linesAbove);
      const lines = text.lines(first, end);
      const joined = lines.join("\n");
      const found = findSecrets(joined);
      const shown = found.length === 0 ? lines : redact(joined, found).split("\n");
      const shownStart = lines.slice(0, start - first).reduce((sum, line) => sum + line.length + 1, 0);
      names.push(...found.filter((one) => one.end > shownStart).map(({ name }) => name));
      return shown.slice(start - first);
    },
  });

  return {
    of(text) {
      if (!isOn) return text;
      const found = known.get(text) ?? safe(text);
      known.set(text, found);
      return found;
    },
    found: () => names,
  };
}
