// What was changed before a question about the next edit, in any of the ways in which a program may have it: earlier texts,
// or diffs.

import type { PastEdit } from "../../../shared/edits.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Fields } from "./fields.ts";

const maxEdits = 50;

export interface KnownFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Oldest first: the fields `edits`, then `diff`, then `before`. The last edit of a file leads to its text, and each one to
 * the text before the next. Throws `bad-request`, naming the field.
 */
export async function readEditHistory(
  fields: Fields,
  path: string,
  known: readonly KnownFile[],
): Promise<readonly PastEdit[]> {
  const texts = new Map(known.map((file) => [file.path, file.text]));
  const { editsOfDiff } = await import("../../../shared/unified-diff.ts");
  const newestFirst: PastEdit[] = [];
  const take = (edits: readonly PastEdit[]): void => {
    for (const edit of edits) {
      texts.set(edit.path, edit.before);
      newestFirst.push(edit);
    }
  };
  const takeDiff = (diff: string, of?: string): void => take(editsOfDiff(diff, (other) => texts.get(other), of));

  const before = fields.optionalString("before");
  if (before !== undefined) take([{ path, before, after: texts.get(path) ?? "" }]);
  const diff = fields.optionalString("diff");
  if (diff !== undefined) takeDiff(diff);
  for (const [index, edit] of [...fields.optionalObjects("edits", maxEdits).entries()].reverse()) {
    const of = edit.optionalString("path");
    const own = edit.optionalString("diff");
    const earlier = edit.optionalString("before");
    if ((own === undefined) === (earlier === undefined)) {
      throw new CopilotError("bad-request", `"edits[${index}]" must have either "before" or "diff".`);
    }
    if (own !== undefined) takeDiff(own, of);
    if (earlier === undefined) continue;
    const later = edit.optionalString("after") ?? texts.get(of ?? path);
    if (later === undefined) {
      throw new CopilotError("bad-request", `"edits[${index}]" must have "after": no text of ${of ?? path} was sent.`);
    }
    take([{ path: of ?? path, before: earlier, after: later }]);
  }
  return newestFirst.reverse();
}
