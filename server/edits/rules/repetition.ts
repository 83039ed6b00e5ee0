// A model that has lost its way writes the same line again and again.

import type { EditRule } from "./rule.ts";

const maxTimes = 3;

export const repetition: EditRule = {
  name: "repetition",
  apply(hunk) {
    let times = 1;
    for (const [index, line] of hunk.lines.entries()) {
      const isAgain = index > 0 && line === hunk.lines[index - 1] && /[\p{L}\p{N}]/u.test(line);
      times = isAgain ? times + 1 : 1;
      if (times > maxTimes && !hunk.old.includes(line)) return undefined;
    }
    return hunk;
  },
};
