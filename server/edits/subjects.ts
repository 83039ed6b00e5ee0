// What is told of an open document and of the changes before it, as far as the rules about files allow it.

import type { Ctx } from "../../shared/context.ts";
import type { OpenDocument } from "../../shared/documents.ts";
import type { EditRequest, NoEdit } from "../../shared/edits.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { whenAll } from "../runtime/when-all.ts";
import type { HistoryEntry, Recorder } from "./history/recorder.ts";
import type { Pace } from "./pace.ts";
import { shownPath } from "./prompt/gather.ts";
import type { Subject } from "./question.ts";
import type { EditSettings } from "./settings.ts";
import { mayTellOf } from "./text/subject.ts";
import type { JudgeFile, NamedFile, SettleRules } from "./types.ts";
import type { Place } from "./window.ts";

export interface Subjects {
  /** Waits until it is known which rules hold for these files. Rejects with the signal's reason. */
  settle(ctx: Ctx, files: readonly NamedFile[]): Promise<void>;
  /** Why nothing may be asked about the document, by what is known now. */
  closed(document: OpenDocument | undefined): NoEdit | undefined;
  /** Changes of all files that may be sent, oldest first. */
  entries(): readonly HistoryEntry[];
  of(document: OpenDocument, place: Place, request: EditRequest, isAfterAccept: boolean): Subject;
}

export function createSubjects(
  deps: {
    readonly recorder: Recorder;
    readonly verdict: JudgeFile;
    readonly settleRules: SettleRules;
    readonly pace: Pace;
  },
  settings: () => EditSettings,
): Subjects {
  const { recorder, verdict, settleRules, pace } = deps;
  /** The rules may be others than when an entry began. */
  const entries = (): readonly HistoryEntry[] => recorder.entries().filter((entry) => mayTellOf(entry, verdict));
  return {
    async settle(ctx, files) {
      const wait = whenAll(files.map(settleRules));
      if (wait) await untilAborted(ctx.signal, wait);
    },
    closed(document) {
      if (settings().enabled === "off") return { kind: "empty", reason: "disabled" };
      if (!document) return { kind: "empty", reason: "unknown-document" };
      const keptBack = verdict(document, document.text());
      return keptBack && { kind: "empty", ...keptBack };
    },
    entries,
    of: (document, place, request, isAfterAccept) => ({
      document,
      path: shownPath(document),
      text: document.text(),
      place,
      isAfterAccept,
      entries: entries(),
      diagnostics: request.diagnostics ?? [],
      aggressiveness: pace.aggressiveness(settings().eagerness),
    }),
  };
}
