// Where the person has put one name in the place of another, a model that puts a third one there, which nobody has used
// yet, has miswritten it.

import { holdsWord } from "../memory/names.ts";
import { substitutionsIn } from "../repeat/substitution.ts";
import type { EditRule } from "./rule.ts";

export const contrary: EditRule = {
  name: "contrary",
  apply(hunk, { recent, lines }) {
    const own = substitutionsIn({ removed: hunk.old, added: hunk.lines });
    const done = own.length === 0 ? [] : recent.flatMap(substitutionsIn);
    const isContrary = own.some(
      ({ from, to }) =>
        done.some((one) => one.from === from) &&
        !done.some((one) => one.to === to) &&
        !lines(0, Number.POSITIVE_INFINITY).some((line) => holdsWord(line, to)),
    );
    return isContrary ? undefined : hunk;
  },
};
