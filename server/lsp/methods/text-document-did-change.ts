// `textDocument/didChange`: incremental or whole. A change may be that a suggestion was taken.

import { isJsonObject, objectOf } from "../../runtime/json.ts";
import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didChange: Method = (session) => (_ctx, params) => {
  const fields = readObject(params, "params");
  session.documents.change(fields);
  const { uri } = objectOf(fields["textDocument"]);
  if (typeof uri !== "string") return;
  session.acceptance.noteChange(uri, session.documents.currentText(uri), largestInsertUnits(fields["contentChanges"]));
};

/** Undefined when one of the changes is the whole text. */
function largestInsertUnits(changes: unknown): number | undefined {
  if (!Array.isArray(changes)) return undefined;
  let largest = 0;
  for (const change of changes) {
    const { range, text } = objectOf(change);
    if (!isJsonObject(range)) return undefined;
    if (typeof text === "string") largest = Math.max(largest, text.length);
  }
  return largest;
}
