// The answer begins with a tag that says what follows: `<EDIT>` and the window as it should be, `<INSERT>` and text for the
// cursor, or `<NO_CHANGE>`. Anything else is no answer.

import type { AnswerContext, AnswerFormat, AnswerReader, Hunk } from "./hunk.ts";
import { createWindowDiff } from "./window-diff.ts";

export const xmlFormat: AnswerFormat = {
  prediction: ({ windowLines }) => ["<EDIT>", ...windowLines, "</EDIT>"].join("\n"),
  read(context) {
    let inner: { readonly reader: AnswerReader; readonly end: string } | undefined;
    let isOver = false;
    const begin = (tag: string): void => {
      if (tag === "<EDIT>") inner = { reader: createWindowDiff(context), end: "</EDIT>" };
      else if (tag === "<INSERT>") inner = { reader: createInsertion(context), end: "</INSERT>" };
      else isOver = true;
    };
    return {
      line(text) {
        if (isOver) return [];
        if (!inner) {
          if (text.trim() !== "") begin(text.trim());
          return [];
        }
        if (text.trim() !== inner.end) return inner.reader.line(text);
        isOver = true;
        return inner.reader.end("closed");
      },
      end: (how) => (isOver ? [] : (inner?.reader.end(how) ?? [])),
    };
  },
};

/** The first line goes into the cursor's line, the others below it. */
function createInsertion({ cursor, window, windowLines }: AnswerContext): AnswerReader {
  const inserted: string[] = [];
  return {
    line(text) {
      inserted.push(text);
      return [];
    },
    end(how): readonly Hunk[] {
      if (how === "cut") inserted.pop();
      const [first, ...below] = inserted;
      if (first === undefined) return [];
      const line = windowLines[cursor.line - window.start] ?? "";
      const changed = line.slice(0, cursor.character) + first + line.slice(cursor.character);
      const next = cursor.line + 1;
      return [
        ...(changed === line ? [] : [{ start: cursor.line, end: next, lines: [changed] }]),
        ...(below.length === 0 ? [] : [{ start: next, end: next, lines: below }]),
      ];
    },
  };
}
