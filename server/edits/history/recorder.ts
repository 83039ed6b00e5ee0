// What was changed in open documents, from the moment that they were opened. An entry keeps the texts before and after it,
// which share all blocks but those that the change touched; on a key, only line numbers are compared. Lines are read when
// a prompt is built.

import type { ChangedLines, DocumentObserver, DocumentText, OpenDocument } from "../../../shared/documents.ts";
import type { Clock } from "../../../shared/context.ts";

/** One change of one document, or several that began on the same line. Lines from 0; both ends are part of it. */
export interface HistoryEntry {
  readonly document: OpenDocument;
  readonly before: DocumentText;
  readonly after: DocumentText;
  readonly startLine: number;
  /** Of `before`. */
  readonly endLine: number;
  /** Of `after`. */
  readonly newEndLine: number;
  readonly changedAtMs: number;
  /** Of the history, with the first change and with the last one. */
  readonly since: number;
  readonly revision: number;
  /** False for what no hand has typed, such as the work of a formatter. */
  readonly isByHand: boolean;
}

export interface HistoryListener {
  changed?(id: string, lines: ChangedLines): void;
  closed?(id: string): void;
}

export interface Recorder {
  /** To be told what is open and what changes. */
  readonly observer: DocumentObserver;
  get(id: string): OpenDocument | undefined;
  /** Oldest first. */
  entries(): readonly HistoryEntry[];
  /** Another number whenever a document has changed. */
  revision(): number;
  /** When a document was changed last, by the monotonic clock; undefined if it was not. */
  changedAtMs(id: string): number | undefined;
  follow(listener: HistoryListener): void;
}

const maxEntries = 50;
const maxDocumentUnits = 2 * 1024 * 1024;
/** A change of more lines than this at once is not typed. */
const maxTypedLines = 200;

interface Followed {
  readonly document: OpenDocument;
  text: DocumentText;
  changedAtMs: number | undefined;
}

/** `mayRecord`: whether anything of a document may ever be sent. Asked when an entry begins. */
export function createRecorder(deps: {
  readonly clock: Clock;
  readonly mayRecord: (document: OpenDocument) => boolean;
}): Recorder {
  const { clock, mayRecord } = deps;
  const open = new Map<string, Followed>();
  const listeners: HistoryListener[] = [];
  let entries: readonly HistoryEntry[] = [];
  let revision = 0;

  const record = (followed: Followed, after: DocumentText, lines: ChangedLines): void => {
    const { document, text: before } = followed;
    const changedAtMs = clock.monotonicMs();
    followed.text = after;
    followed.changedAtMs = changedAtMs;
    const at = entries.findLastIndex((entry) => entry.document.id === document.id);
    const last = entries[at];
    if (last?.startLine === lines.startLine && last.after === before && last.isByHand && isTyped(lines)) {
      entries = entries.with(at, { ...last, ...joined(last, lines), after, changedAtMs, revision });
    } else if (mayRecord(document)) {
      entries = [
        ...entries.slice(1 - maxEntries),
        { document, before, after, ...lines, changedAtMs, since: revision, revision, isByHand: isTyped(lines) },
      ];
    }
  };

  return {
    observer: {
      opened(document) {
        open.delete(document.id);
        const text = document.text();
        if (text.length <= maxDocumentUnits) open.set(document.id, { document, text, changedAtMs: undefined });
      },
      changed(id, lines) {
        const followed = open.get(id);
        if (!followed) return;
        revision += 1;
        const after = followed.document.text();
        if (after.length > maxDocumentUnits) {
          open.delete(id);
          return;
        }
        record(followed, after, lines);
        for (const listener of listeners) listener.changed?.(id, lines);
      },
      closed(id) {
        if (!open.delete(id)) return;
        for (const listener of listeners) listener.closed?.(id);
      },
      focused: () => undefined,
    },
    get: (id) => open.get(id)?.document,
    entries: () => entries,
    revision: () => revision,
    changedAtMs: (id) => open.get(id)?.changedAtMs,
    follow: (listener) => void listeners.push(listener),
  };
}

function isTyped({ startLine, endLine, newEndLine }: ChangedLines): boolean {
  return Math.max(endLine, newEndLine) - startLine <= maxTypedLines;
}

/** The lines of an entry that a further change, counted from its `after`, adds to. */
function joined(entry: ChangedLines, next: ChangedLines): ChangedLines {
  const beyond = Math.max(0, next.endLine - entry.newEndLine);
  return {
    startLine: Math.min(entry.startLine, next.startLine),
    endLine: entry.endLine + beyond,
    newEndLine: Math.max(entry.newEndLine, next.endLine) + next.newEndLine - next.endLine,
  };
}
