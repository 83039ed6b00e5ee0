// Where to ask: around the cursor, or where the last edits left something behind, which is found without asking anybody.

import type { OpenDocument } from "../../shared/documents.ts";
import type { EditSource, OpenDocumentEditRequest } from "../../shared/edits.ts";
import type { HistoryEntry, Recorder } from "./history/recorder.ts";
import { type Answer, nameOf } from "./memory/answer.ts";
import { calledNames, isInside, placesFor, siblingOf } from "./places.ts";
import type { EditWords } from "./prompt/recent-edits.ts";
import type { Repeat } from "./repeat/repeat.ts";
import { substitutionsIn } from "./repeat/substitution.ts";
import { type LineRange, type Place, windowAt } from "./window.ts";

/** Where to ask, and what was asked about in vain before. */
export interface Aim {
  readonly place: Place;
  readonly source: EditSource;
  readonly isAfterAccept: boolean;
  readonly windows: readonly LineRange[];
  /** The cursor's window is to be asked about when nothing has to change here. */
  readonly isBeforeCursor: boolean;
}

export interface Aims {
  /** Where to ask first. `mayJump`: this need not be around the cursor when nothing was left behind there. */
  first(document: OpenDocument, request: OpenDocumentEditRequest, last: Answer | undefined, mayJump: boolean): Aim;
  /** Around the cursor, when nothing had to change where `answer` was asked about. */
  atCursor(request: OpenDocumentEditRequest, answer: Answer): Aim;
  /** Places that the last edits left behind, the nearest first. */
  left(document: OpenDocument, request: OpenDocumentEditRequest): readonly Place[];
  /**
   * Nothing that was changed since the answer came, or since there is a history, is news for the model, and nothing was left
   * behind: it has said all, or all was said without it.
   */
  isThrough(document: OpenDocument, request: OpenDocumentEditRequest, answer: Answer | undefined): boolean;
}

export function createAims(deps: {
  readonly recorder: Recorder;
  readonly words: EditWords;
  readonly repeat: Repeat;
}): Aims {
  const { recorder, words, repeat } = deps;
  const entriesOf = (document: OpenDocument): readonly HistoryEntry[] =>
    recorder.entries().filter((entry) => entry.document.id === document.id && entry.isByHand);

  function left(document: OpenDocument, request: OpenDocumentEditRequest): readonly Place[] {
    const recent = entriesOf(document)
      .flatMap((entry) => words.hunks(entry))
      .reverse();
    return placesFor({ text: document.text(), cursor: request, recent, diagnostics: request.diagnostics ?? [] });
  }

  /** Whether it is plain where else the last change is due, and whether it may be due around the cursor all the same. */
  function reachOfLast(document: OpenDocument): "elsewhere" | "here and elsewhere" | "unknown" {
    const last = entriesOf(document).at(-1);
    const hunks = last ? words.hunks(last) : [];
    if (hunks.length === 0) return "unknown";
    const text = document.text();
    if (hunks.every((hunk) => substitutionsIn(hunk).length > 0 || siblingOf(hunk, text))) return "elsewhere";
    return hunks.every((hunk) => calledNames(hunk).length > 0) ? "here and elsewhere" : "unknown";
  }

  const atCursor = (
    request: OpenDocumentEditRequest,
    isAfterAccept: boolean,
    windows: readonly LineRange[] = [],
  ): Aim => ({ place: request, source: "upstream", isAfterAccept, windows, isBeforeCursor: false });

  return {
    left,
    atCursor: (request, answer) => atCursor(request, answer.wasAccepted(), answer.windows),
    first(document, request, last, mayJump) {
      const isAfterAccept = last?.wasAccepted() ?? false;
      // What was asked about this very text: the answer would be the same.
      const asked = last?.revision === recorder.revision() ? last.windows : [];
      const here = atCursor(request, isAfterAccept, asked);
      const reach = isAfterAccept ? "elsewhere" : reachOfLast(document);
      if (!mayJump || reach === "unknown") return here;
      const { window } = windowAt(document.text(), request, isAfterAccept);
      const places = left(document, request);
      const isHere = places.some((place) => isInside(place, [window]));
      const far = isHere ? undefined : places.find((place) => !isInside(place, asked));
      if (!far) return here;
      const isBeforeCursor = reach === "here and elsewhere";
      const windows = isBeforeCursor ? asked : [...asked, window];
      return { place: far, source: "jump", isAfterAccept, windows, isBeforeCursor };
    },
    isThrough(document, request, answer) {
      const changes = recorder.entries().filter(({ revision }) => !answer || revision > answer.revision);
      const last = changes.at(-1);
      if (!last || changes.some((entry) => entry.document.id !== document.id)) return false;
      const own = new Set(answer?.changes().map(nameOf));
      const isOwn = (entry: HistoryEntry): boolean => words.hunks(entry).every((hunk) => own.has(nameOf(hunk)));
      if (!changes.every((entry) => isOwn(entry) || repeat.isRepeated(entry))) return false;
      const isThere = request.line >= last.startLine && request.line <= last.newEndLine;
      return (isThere || answer?.covers(request.line) === true) && left(document, request).length === 0;
    },
  };
}
