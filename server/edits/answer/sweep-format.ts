// The answer is the window as it should be, up to the word that would begin another file. Source: the model cards of
// sweepai/sweep-next-edit.

import { breakWords, mendWords } from "../prompt/template-words.ts";
import type { AnswerFormat } from "./hunk.ts";
import { createWindowDiff } from "./window-diff.ts";

const end = /<\|(?:file_sep|endoftext|fim_\w+|im_end|repo_name)\|>/;

export const sweepFormat: AnswerFormat = {
  prediction: ({ windowLines }) => windowLines.map(breakWords).join("\n"),
  read(context) {
    const diff = createWindowDiff(context);
    const { windowLines } = context;
    let isOver = false;
    return {
      line(text) {
        if (isOver) return [];
        const found = end.exec(text);
        if (!found) return diff.line(mendWords(text, windowLines));
        isOver = true;
        const last = text.slice(0, found.index);
        return [...(last === "" ? [] : diff.line(mendWords(last, windowLines))), ...diff.end("closed")];
      },
      end: (how) => (isOver ? [] : diff.end(how)),
    };
  },
};
