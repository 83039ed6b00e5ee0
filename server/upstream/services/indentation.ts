// On a line that is blank left of the cursor the answer is wanted from the line's start, and the model gets the indentation
// that is there. All but its last character: tokens of code hold the space before a word, and a model that is handed that
// space writes the word as if another one stood before it. Where it leaves the character out, it is put in.

import type { WireDelta } from "./wire.ts";

/** What of `indentation` goes into the prompt. */
export function givenIndentation(indentation: string): string {
  return indentation.slice(0, -1);
}

/** The answers from the start of their line. */
export async function* withIndentation(
  deltas: AsyncIterable<WireDelta>,
  indentation: string,
): AsyncGenerator<WireDelta, undefined> {
  const begun = new Set<number>();
  for await (const delta of deltas) {
    const { index, text } = delta;
    if (text === "" || begun.has(index)) {
      yield delta;
      continue;
    }
    begun.add(index);
    const given = text.startsWith("\n") ? "" : /^[ \t]/.test(text) ? givenIndentation(indentation) : indentation;
    yield { ...delta, text: given + text };
  }
}
