// A name that was replaced twice, each time by the same new one, is replaced in the rest of its block without asking
// anybody: once the person has done it and taken it as the model says, or has done it twice. Where its one declaration gave
// way, all its uses are left without a meaning, so that once is enough, as soon as the typing rests. What is found is an
// answer like one of the service: one change at a time, laid over what is typed since.

import { LRUCache } from "lru-cache";
import type { ChangedLines, OpenDocument } from "../../../shared/documents.ts";
import { languageOf } from "../../../shared/languages.ts";
import type { Hunk } from "../answer/hunk.ts";
import type { HistoryHunk } from "../history/hunks.ts";
import type { HistoryEntry, Recorder } from "../history/recorder.ts";
import { type Answer, createAnswer, nameOf } from "../memory/answer.ts";
import { holdsWord } from "../memory/names.ts";
import type { EditWords } from "../prompt/recent-edits.ts";
import type { Question } from "../question.ts";
import type { RuleFacts } from "../rules/rule.ts";
import { check } from "../rules/rules.ts";
import { type LineRange, linesAround, type Place } from "../window.ts";
import { changesOf, type Replacement } from "./changes.ts";
import { type Evidence, replacedNames } from "./evidence.ts";
import { keyOf, replacedIn, type Substitution, substitutionsIn } from "./substitution.ts";
import type { NamePlace } from "./scope.ts";
import { placesLeft } from "./word-places.ts";

export interface Repeat {
  /** A question about the document, before anything is answered. */
  asked(documentId: string): void;
  /**
   * The changes that repeat what was done, in the text as it is now; undefined where there are none. `last`: the service's
   * latest answer, if there is one. `model`: what the answer is to name. `within`: the only lines that may be changed;
   * absent: all.
   */
  answer(
    document: OpenDocument,
    cursor: Place,
    last: Answer | undefined,
    model: string,
    within?: LineRange,
  ): Answer | undefined;
  /** The typing rests, so that the names as they are now are whole. Whether one counts by this that did not before. */
  rested(documentId: string): boolean;
  /** The model's whole answer to a question: a name that it saw and left alone is not repeated before it is replaced again. */
  heard(question: Question, answer: Answer): void;
  /** Whether a change is all such as is repeated, and so no news. */
  isRepeated(entry: HistoryEntry): boolean;
  changed(document: OpenDocument, lines: ChangedLines): void;
  closed(documentId: string): void;
  clear(): void;
}

/** The model was shown the name and left it alone. It holds no text: documents change for hours. */
interface Doubt {
  /** Of the history, when it was asked. */
  readonly revision: number;
  /** Changes that the same answer made. */
  readonly made: ReadonlySet<string>;
}

interface Kept {
  /** Revisions of the history at which something was asked. */
  askedAt: readonly number[];
  /** Substitutions that are over. */
  readonly ended: Set<string>;
  readonly doubted: LRUCache<string, Doubt>;
  /** Whether the new name stood in the text before. */
  readonly wasThere: Map<string, boolean>;
  /** What was replaced when the typing rested last. */
  rested: ReadonlySet<string>;
  /** What was replaced of late, at a revision of the history. */
  replaced: { readonly revision: number; readonly all: readonly Evidence[] } | undefined;
  found: { readonly key: string; readonly revision: number; readonly answer: Answer } | undefined;
}

/** What is to be replaced in `lines`, which begin at line `first` of the text. */
interface Found {
  readonly first: number;
  readonly lines: readonly string[];
  readonly replacements: readonly Replacement[];
}

const maxDocuments = 20;
const maxMoments = 100;
const maxDoubts = 50;
/** What was not done among the last changes is over. */
const lastChanges = 5;
/** Of the nearest; the others come when these are done. */
const maxHunks = 30;
/** Of a name that gave way once: a shorter one may be anything. */
const fewestUnits = 3;

export interface RepeatDeps {
  readonly recorder: Recorder;
  readonly words: EditWords;
  /** Something of what is to be repeated may stand in the text by now. */
  readonly onChange: (document: OpenDocument, answer: Answer) => void;
}

export function createRepeat({ recorder, words, onChange }: RepeatDeps): Repeat {
  const documents = new LRUCache<string, Kept>({ max: maxDocuments });
  const keptOf = (id: string): Kept => {
    const kept = documents.get(id) ?? {
      askedAt: [],
      ended: new Set(),
      doubted: new LRUCache({ max: maxDoubts }),
      wasThere: new Map(),
      rested: new Set(),
      replaced: undefined,
      found: undefined,
    };
    documents.set(id, kept);
    return kept;
  };
  const known = new WeakMap<HistoryHunk, readonly Substitution[]>();
  const substitutionsOf = (hunk: HistoryHunk): readonly Substitution[] => {
    const all = known.get(hunk) ?? substitutionsIn(hunk);
    known.set(hunk, all);
    return all;
  };
  const entriesOf = (id: string): readonly HistoryEntry[] =>
    recorder.entries().filter(({ document, isByHand }) => document.id === id && isByHand);

  function replaced(documentId: string): readonly Evidence[] {
    const kept = keptOf(documentId);
    const revision = recorder.revision();
    if (kept.replaced?.revision !== revision) {
      const actOf = ({ since }: HistoryEntry): number => kept.askedAt.findLastIndex((asked) => asked < since);
      const all = replacedNames(entriesOf(documentId), words, substitutionsOf, actOf);
      kept.replaced = { revision, all: all.filter(({ age }) => age < lastChanges) };
    }
    return kept.replaced.all;
  }

  /** What is repeated where there is a place for it. `isOnce`: also where a declaration is all that gave way. */
  function repeatable(documentId: string, isOnce: boolean): readonly Evidence[] {
    const kept = keptOf(documentId);
    return replaced(documentId).filter(
      (one) =>
        (one.acts.size > 1 || (isOnce && one.from.length >= fewestUnits && kept.rested.has(keyOf(one)))) &&
        !kept.ended.has(keyOf(one)) &&
        isNew(kept, one, one.first) &&
        !isDoubted(kept, one),
    );
  }

  /** The model left the name alone somewhere, and the person has not replaced it by hand since. */
  function isDoubted({ doubted }: Kept, { last, ...substitution }: Evidence): boolean {
    const doubt = doubted.get(keyOf(substitution));
    if (!doubt) return false;
    return last.since <= doubt.revision || words.hunks(last).every((hunk) => doubt.made.has(nameOf(hunk)));
  }

  /** A name that was in use is not the new name of another. */
  function isNew({ wasThere }: Kept, substitution: Substitution, { before }: HistoryEntry): boolean {
    const key = keyOf(substitution);
    const was = wasThere.get(key) ?? before.lines(0, before.lineCount).some((line) => holdsWord(line, substitution.to));
    wasThere.set(key, was);
    return !was;
  }

  /** What was turned down or taken back in one place is not repeated in another. */
  function endRejected({ ended }: Kept, { base, hunks }: Answer): void {
    for (const { hunk, state } of hunks) {
      if (state !== "rejected") continue;
      const removed = base.lines(hunk.start, hunk.end);
      for (const substitution of replacedIn({ removed, added: hunk.lines })) ended.add(keyOf(substitution));
    }
  }

  /** Where names are to be replaced, in the lines around the cursor. */
  function lookAround(document: OpenDocument, cursor: Place, all: readonly Evidence[]): Found {
    const { first, lines } = linesAround(document.text(), cursor.line);
    const language = languageOf(document.languageId);
    const entries = entriesOf(document.id);
    const writtenIn = (of: readonly HistoryEntry[]): ReadonlySet<string> =>
      new Set(of.flatMap((entry) => words.hunks(entry).flatMap(({ added }) => added)));
    const written = writtenIn(entries);
    const replacements = all.map((one) => {
      const { alike, dangling } = placesLeft(lines, language, one);
      // Whoever wrote a line lately and left the name in it means it; where the declaration went, only what came after counts.
      const writtenSince = writtenIn(entries.filter((entry) => entry.since >= one.first.since));
      const isOf = (places: readonly NamePlace[], place: NamePlace): boolean =>
        places.some(({ line, start }) => line === place.line && start === place.start);
      const left = one.acts.size > 1 ? alike.filter((place) => !isOf(dangling, place)) : [];
      const places = [
        ...dangling.filter(({ line }) => !writtenSince.has(lines[line] ?? "")),
        ...left.filter(({ line }) => !written.has(lines[line] ?? "")),
      ];
      return { substitution: one, places };
    });
    return { first, lines, replacements };
  }

  /**
   * Whether there is something left to offer, and all of it does what it did before: a name may have grown by typing, and
   * what it means may be another thing by now.
   */
  function isSound(answer: Answer, document: OpenDocument, { first, lines, replacements }: Found): boolean {
    const text = document.text();
    const keys = new Set(replacements.map(({ substitution }) => keyOf(substitution)));
    const known = new Set(replacements.flatMap(({ places }) => places.map(({ line }) => first + line)));
    const open = answer.open(text);
    return (
      open.length > 0 &&
      open.every(({ hunk }) => {
        const replaced = replacedIn({ removed: text.lines(hunk.start, hunk.end), added: hunk.lines });
        const isOutside = hunk.end <= first || hunk.start >= first + lines.length;
        return (
          replaced.length > 0 && replaced.every((one) => keys.has(keyOf(one))) && (isOutside || known.has(hunk.start))
        );
      })
    );
  }

  /** Whether a change does nothing but what `all` do. */
  function isOf(entry: HistoryEntry, all: readonly Substitution[]): boolean {
    const keys = new Set(all.map(keyOf));
    return words.hunks(entry).every((hunk) => {
      const done = substitutionsOf(hunk);
      return done.length > 0 && done.every((one) => keys.has(keyOf(one)));
    });
  }

  /** The nearest, as far as they pass the rules. */
  function hunksFor(document: OpenDocument, cursor: Place, { first, lines, replacements }: Found): readonly Hunk[] {
    const text = document.text();
    const recent = entriesOf(document.id)
      .flatMap((entry) => words.hunks(entry))
      .reverse();
    const distance = ({ start }: Hunk): number => Math.abs(start - cursor.line);
    const linesOf = (start: number, end: number): readonly string[] => text.lines(start, end);
    const facts: RuleFacts = { lines: linesOf, cursor, recent, hasCompletions: false };
    return changesOf(lines, first, replacements)
      .toSorted((one, other) => distance(one) - distance(other))
      .slice(0, maxHunks)
      .flatMap((hunk) => {
        const checked = check(hunk, facts);
        return checked.kind === "hunk" ? [checked.hunk] : [];
      });
  }

  return {
    asked(documentId) {
      const kept = keptOf(documentId);
      const revision = recorder.revision();
      if (kept.askedAt.at(-1) !== revision) kept.askedAt = [...kept.askedAt, revision].slice(-maxMoments);
    },
    rested(documentId) {
      const kept = keptOf(documentId);
      const before = kept.rested;
      kept.rested = new Set(replaced(documentId).map(keyOf));
      return repeatable(documentId, true).some((one) => one.acts.size === 1 && !before.has(keyOf(one)));
    },
    answer(document, cursor, last, model, within) {
      const kept = keptOf(document.id);
      if (last) endRejected(kept, last);
      if (kept.found) {
        kept.found.answer.open(document.text());
        endRejected(kept, kept.found.answer);
      }
      const all = languageOf(document.languageId).isProse ? [] : repeatable(document.id, true);
      if (all.length === 0) return undefined;
      const key = [...all.map(keyOf), within?.start, within?.end].join("\n");
      const revision = recorder.revision();
      const before = kept.found?.key === key ? kept.found : undefined;
      if (before?.revision === revision) return before.answer;
      // After one of them was made, the others mean what they did: looking again would take half of an answer's time.
      const isOwn = entriesOf(document.id).every(
        (entry) => entry.revision <= (before?.revision ?? -1) || isOf(entry, all),
      );
      if (before && isOwn && before.answer.open(document.text()).length > 0) {
        kept.found = { ...before, revision };
        return before.answer;
      }
      const found = lookAround(document, cursor, all);
      if (before && isSound(before.answer, document, found)) {
        kept.found = { ...before, revision };
        return before.answer;
      }
      const answer = createAnswer({ base: document.text(), windows: [], model, source: "repeat", revision });
      for (const hunk of hunksFor(document, cursor, found)) {
        if (!within || (hunk.start >= within.start && hunk.end <= within.end)) answer.add(hunk);
      }
      kept.found = { key, revision, answer };
      return answer;
    },
    heard({ context, recent, subject }, answer) {
      const { document, text } = subject;
      const { doubted } = keptOf(document.id);
      const language = languageOf(document.languageId);
      const { start, end } = context.window;
      const shown = context.windowLines;
      const done = new Map(
        recent
          .slice(0, lastChanges)
          .flatMap(substitutionsOf)
          .map((one) => [keyOf(one), one]),
      );
      for (const [key, substitution] of done) {
        if (!shown.some((line) => holdsWord(line, substitution.from))) continue;
        const { first: top, lines } = linesAround(text, start);
        const { alike, dangling } = placesLeft(lines, language, substitution);
        const isLeftAlone = [...alike, ...dangling].some(({ line }) => {
          const at = top + line;
          return at >= start && at < end && !answer.hunks.some(({ hunk }) => at >= hunk.start && at < hunk.end);
        });
        const made = new Set(answer.changes().map(nameOf));
        if (isLeftAlone) doubted.set(key, { revision: answer.revision, made });
      }
    },
    isRepeated: (entry) => isOf(entry, repeatable(entry.document.id, false)),
    changed(document, lines) {
      const answer = documents.peek(document.id)?.found?.answer;
      if (!answer) return;
      answer.changed(lines);
      onChange(document, answer);
    },
    closed: (documentId) => void documents.delete(documentId),
    clear: () => documents.clear(),
  };
}
