// Lays an edit over what was typed since it was made. What was typed must lie apart from the edit, or be its beginning;
// else there is no edit any more.

import { applyEdits, oneEdit, type TextEdit } from "./words.ts";

/**
 * What becomes of `now`, which was `base`, with an edit of `base` whose parts are `edits`, in order and apart. The same as
 * `now` where all of the edit stands there already; undefined where both cannot be had.
 */
export function rebase(base: string, edits: readonly TextEdit[], now: string): string | undefined {
  const lines = base.split("\n");
  const linesNow = now.split("\n");
  const isOne = edits.length === 1;
  const isInLines = edits.every(({ start, end, text }) => !`${base.slice(start, end)}${text}`.includes("\n"));
  if (!isInLines || lines.length !== linesNow.length) return rebaseText(base, edits, now, isOne);
  // Line by line: what was typed on one says nothing of an edit that was made on another.
  const result: string[] = [];
  let from = 0;
  for (const [index, line] of lines.entries()) {
    const first = from;
    from += line.length + 1;
    const own = edits
      .filter(({ start }) => start >= first && start < from)
      .map((edit) => ({ ...edit, start: edit.start - first, end: edit.end - first }));
    const rebased = rebaseText(line, own, linesNow[index] ?? "", isOne);
    if (rebased === undefined) return undefined;
    result.push(rebased);
  }
  return result.join("\n");
}

/** `isOne`: the edit has no other part, so that what was typed may be its beginning. */
function rebaseText(base: string, edits: readonly TextEdit[], now: string, isOne: boolean): string | undefined {
  const edited = applyEdits(base, edits);
  if (now === base) return edited;
  if (now === edited) return now;
  if (isOne && isBeginningOf(edits, base, now)) return edited;
  const typed = oneEdit(base, now);
  const rebased: TextEdit[] = [];
  for (const edit of edits) {
    const moved = movedOver(edit, typed);
    if (!moved) return undefined;
    rebased.push(moved);
  }
  return applyEdits(now, rebased);
}

/**
 * Whether `now` is `base` with the first characters of the one insertion typed at its place. A difference of the texts
 * does not tell: the same letters may stand there already, and typing one of them looks like typing it behind them.
 */
function isBeginningOf(edits: readonly TextEdit[], base: string, now: string): boolean {
  const [edit] = edits;
  const growth = now.length - base.length;
  if (!edit || edit.start !== edit.end || growth <= 0 || growth > edit.text.length) return false;
  return now === applyEdits(base, [{ ...edit, text: edit.text.slice(0, growth) }]);
}

function movedOver(edit: TextEdit, typed: TextEdit): TextEdit | undefined {
  const growth = typed.text.length - (typed.end - typed.start);
  const isInsertion = edit.start === edit.end;
  const isTypedInsertion = typed.start === typed.end;
  // The same place for two insertions: only one can be first.
  const isApart = !(isInsertion && isTypedInsertion && edit.start === typed.start);
  // What was typed up to the edit, or from it on, may hold it.
  if (edit.text !== "" && edit.start === typed.end && !isTypedInsertion && typed.text.endsWith(edit.text))
    return undefined;
  if (edit.text !== "" && edit.end === typed.start && !isTypedInsertion && typed.text.startsWith(edit.text))
    return undefined;
  if (isApart && edit.end <= typed.start) return edit;
  if (isApart && edit.start >= typed.end) return { ...edit, start: edit.start + growth, end: edit.end + growth };
  if (typed.start < edit.start || typed.end > edit.end) return undefined;
  const isWholePlace = typed.start === edit.start && typed.end === edit.end;
  // The new text is typed by hand, or what gives way is deleted by hand.
  if (isWholePlace && edit.text.startsWith(typed.text)) {
    const at = typed.start + typed.text.length;
    return { start: at, end: at, text: edit.text.slice(typed.text.length) };
  }
  return typed.text === "" ? { ...edit, end: edit.end + growth } : undefined;
}
