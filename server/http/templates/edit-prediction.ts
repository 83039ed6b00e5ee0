// Prompts of models that write a region of a file anew instead of filling a hole: Zeta's. The text up to the cursor and
// after it is asked for as any other, and the answer is put back into the region, for the client takes what it gets for
// the whole of it. Sources: the model card of zed-industries/zeta; zed, crates/zeta_prompt.

import type { Hole } from "./hole.ts";
import { readFiles } from "./repository.ts";

/** The texts between `words`, one more than those; undefined unless all are there, in this order. */
function between(text: string, words: readonly string[]): readonly string[] | undefined {
  const parts: string[] = [];
  let from = 0;
  for (const word of words) {
    const at = text.indexOf(word, from);
    if (at < 0) return undefined;
    parts.push(text.slice(from, at));
    from = at + word.length;
  }
  return [...parts, text.slice(from)];
}

const cursor = "<|user_cursor_is_here|>";
const regionStart = "<|editable_region_start|>\n";
const regionEnd = "\n<|editable_region_end|>";
const fileStart = "<|start_of_file|>\n";
const fileEnd = "\n<|end_of_file|>";
// The excerpt stands in a fence that names its file.
const fence = /^```([^\n]*)\n/gm;

/** Zeta: an excerpt in a fence, with marks where the region begins and ends and where the cursor is. */
export function readZeta(prompt: string): Hole | undefined {
  // Earlier edits may hold the same words, and source that only mentions them has no such heading.
  const excerptAt = prompt.lastIndexOf("### User Excerpt:");
  if (excerptAt < 0) return undefined;
  const parts = between(prompt.slice(excerptAt), [regionStart, cursor, regionEnd]);
  if (!parts) return undefined;
  const [upTo = "", head = "", tail = "", rest = ""] = parts;
  // The excerpt may hold fences of its own.
  const [opening] = upTo.matchAll(fence);
  const above = opening ? upTo.slice(opening.index + opening[0].length) : "";
  const closing = rest.lastIndexOf("\n```");
  const below = closing < 0 ? "" : rest.slice(0, closing);
  const path = opening?.[1]?.trim() ?? "";
  return {
    before: above.replace(fileStart, "") + head,
    after: tail + below.replace(fileEnd, ""),
    ...(path === "" ? {} : { path }),
    frame: { lead: regionStart + head, tail: tail + regionEnd },
  };
}

const current = "<<<<<<< CURRENT\n";
const divider = "\n=======\n";
// Not a file: what was changed last, as differences.
const editHistory = "edit_history";
const updated = "\n>>>>>>> UPDATED\n";

/** Zeta 2: Seed-Coder's words, suffix first, and the region as one side of a conflict. */
export function readZeta2(prompt: string): Hole | undefined {
  const words = ["<[fim-suffix]>", "<[fim-prefix]>", current, "<|user_cursor|>", divider, "<[fim-middle]>"];
  const parts = between(prompt, words);
  if (!parts) return undefined;
  const [, below = "", above = "", head = "", tail = "", , end = ""] = parts;
  if (end.trim() !== "") return undefined;
  const { before, files = [], ...said } = readFiles("", above);
  const others = files.filter(({ path }) => path !== editHistory);
  return {
    ...said,
    ...(others.length === 0 ? {} : { files: others }),
    before: before + head,
    after: `${tail}${below.startsWith("\n") ? "" : "\n"}${below}`,
    frame: { lead: head, tail: tail + updated },
  };
}
