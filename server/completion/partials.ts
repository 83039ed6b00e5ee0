// Tells the asker what is new of each alternative while it grows.

import type { PartialSink } from "../../shared/completion.ts";
import type { Progress } from "./query.ts";

/** `look` says how a growing text will look; what it said of a text must be the start of what it says of a longer one. */
export function createPartials(sink: PartialSink, look: (text: string) => string): Progress {
  const told: number[] = [];
  return (index, text) => {
    const shown = look(text);
    const from = told[index] ?? 0;
    if (shown.length <= from) return undefined;
    told[index] = shown.length;
    return sink({ index, text: shown.slice(from) });
  };
}
