// How a text is indented, where nobody has said.

import type { Indentation } from "../../../shared/completion.ts";
import { isBlank, leadingWhiteSpace } from "../text/white-space.ts";

const usualTabSize = 4;
const widestLevel = 8;

/** By most of its lines; undefined when none is indented. Of blank ones only the last counts: the cursor may be on it. */
export function readIndentation(lines: readonly string[]): Indentation | undefined {
  let tabs = 0;
  let spaces = 0;
  let narrowest = Number.POSITIVE_INFINITY;
  for (const [index, line] of lines.entries()) {
    if (isBlank(line) && index < lines.length - 1) continue;
    const whiteSpace = leadingWhiteSpace(line);
    if (whiteSpace.startsWith("\t")) tabs += 1;
    // One space is the margin of a block comment.
    else if (whiteSpace.length > 1) {
      spaces += 1;
      narrowest = Math.min(narrowest, whiteSpace.length);
    }
  }
  if (tabs === 0 && spaces === 0) return undefined;
  if (tabs >= spaces) return { tabSize: usualTabSize, insertSpaces: false };
  return { tabSize: narrowest > widestLevel ? usualTabSize : narrowest, insertSpaces: true };
}
