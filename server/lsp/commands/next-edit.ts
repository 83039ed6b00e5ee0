// `copilot.nextEdit`, for a key: asks for the next edit, applies it and moves the cursor there. Pressed again, it goes on.
// Arguments: a position as a request has it, a URI alone, or none, which means the place of the last change.

import type { NextEditResult, LspPosition } from "../../../shared/lsp.ts";
import { objectOf } from "../../runtime/json.ts";
import { withHeadline } from "../account/report-text.ts";
import { endOfEdit, findNextEdit, type NoFoundEdit, workspaceEditOf } from "../next-edits/find-next-edit.ts";
import { readPosition } from "../params.ts";
import type { Method, Session } from "../types.ts";

const maxWaitMs = 5_000;

export const nextEdit: Method =
  (session) =>
  async (ctx, args): Promise<NextEditResult> => {
    const place = placeOf(session, Array.isArray(args) ? args[0] : undefined);
    if (!place) return tell(session, { reason: "no-changes" });
    const found = await findNextEdit(session, ctx, { ...place, fromMemory: false, trigger: "invoked", maxWaitMs });
    if (found.kind === "none") return tell(session, found);
    const { uri } = found.document;
    const applied = await session.editor.applyEdit("Next edit", workspaceEditOf(session, found));
    if (!applied) return tell(session, { reason: "stale" });
    (await session.core(ctx)).accepted(found.id);
    const position = endOfEdit(found);
    if (session.client().opensUrls) await session.editor.showPlace(uri, position);
    return { applied: true, uri, ...position };
  };

/** Undefined when nothing was said and nothing was changed yet. */
function placeOf(
  session: Session,
  argument: unknown,
): { readonly uri: string; readonly position: LspPosition } | undefined {
  const last = session.lastChange();
  const lastIn = (uri: string): LspPosition => ({
    line: last?.uri === uri ? last.line : 0,
    character: Number.MAX_SAFE_INTEGER,
  });
  // Some editors pass on what a person typed after the command's name as text.
  if (typeof argument === "string" && argument.includes(":")) return { uri: argument, position: lastIn(argument) };
  const fields = objectOf(argument);
  const uri = objectOf(fields["textDocument"])["uri"] ?? fields["uri"];
  if (typeof uri === "string") {
    return { uri, position: fields["position"] ? readPosition(fields["position"], "position") : lastIn(uri) };
  }
  return last && { uri: last.uri, position: lastIn(last.uri) };
}

/** A key that does nothing says why. */
function tell(session: Session, { reason, detail }: Pick<NoFoundEdit, "reason" | "detail">): NextEditResult {
  session.editor.showMessage("info", withHeadline(`No next edit: ${detail ?? `${words[reason] ?? reason}.`}`));
  return { applied: false, reason, detail };
}

const words: Readonly<Partial<Record<string, string>>> = {
  disabled: "next edits are turned off",
  plan: "the plan counts requests, and edits.enabled is not on",
  excluded: "a rule keeps this file from being sent",
  "no-changes": "nothing was changed yet",
  "nothing-new": "there is nothing more to change here",
  "upstream-empty": "the service has nothing to change here",
  filtered: "what the service offered did not pass the checks",
  "too-large": "the file is too large",
  stale: "the text had changed",
  late: "the service is slow; try again",
};
