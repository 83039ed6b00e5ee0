// The answer is what stands between two of the prompt's marks, as it should be: `<|marker_1|>` … `<|marker_2|>`. The same mark
// twice, or `NO_EDITS`, changes nothing. Marks stand where the text begins and ends; some models of the family put a line
// break beside them. Source: the model card of zed-industries/zeta-2.1.

import { breakWords, mendWords } from "../prompt/template-words.ts";
import type { AnswerFormat } from "./hunk.ts";
import { createWindowDiff } from "./window-diff.ts";

const opening = /^\s*<\|marker_(\d+)\|>/;
const closing = /<\|marker_(\d+)\|>/;
const cursor = "<|user_cursor|>";

export const zetaFormat: AnswerFormat = {
  prediction: ({ windowLines }) => `<|marker_1|>${windowLines.map(breakWords).join("\n")}<|marker_2|>`,
  read(context) {
    const diff = createWindowDiff(context);
    const { windowLines } = context;
    let first: string | undefined;
    let isOver = false;
    const take = (text: string): ReturnType<typeof diff.line> =>
      diff.line(mendWords(text.replaceAll(cursor, ""), windowLines));
    /** What stands before the mark that ends the answer. */
    const finish = (text: string, mark: string | undefined): ReturnType<typeof diff.line> => {
      isOver = true;
      if (mark === first) return [];
      const isBreak = text === "" && windowLines.at(-1) !== "";
      return [...(isBreak ? [] : take(text)), ...diff.end("closed")];
    };
    return {
      line(text) {
        if (isOver) return [];
        let rest = text;
        if (first === undefined) {
          const found = opening.exec(text);
          if (!found) {
            isOver = text.trim() !== "";
            return [];
          }
          first = found[1];
          rest = text.slice(found[0].length);
          if (rest === "" && windowLines[0] !== "") return [];
        }
        const end = closing.exec(rest);
        return end ? finish(rest.slice(0, end.index), end[1]) : take(rest);
      },
      end: (how) => (isOver || first === undefined ? [] : diff.end(how)),
    };
  },
};
