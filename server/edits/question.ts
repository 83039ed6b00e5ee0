// What is asked for one place of one document: the prompt by the model's strategy, and what is needed to read the answer.

import type { DocumentText, OpenDocument } from "../../shared/documents.ts";
import type { EditDiagnostic } from "../../shared/edits.ts";
import type { AnswerContext } from "./answer/hunk.ts";
import type { HistoryHunk } from "./history/hunks.ts";
import type { HistoryEntry } from "./history/recorder.ts";
import { gather } from "./prompt/gather.ts";
import type { Aggressiveness } from "./prompt/inputs.ts";
import { messagesFor } from "./prompt/layout.ts";
import type { EditWords } from "./prompt/recent-edits.ts";
import { createSafeTexts } from "./prompt/safe-text.ts";
import type { EditModel, EditServiceRequest } from "./service.ts";
import type { EditSettings } from "./settings.ts";
import { defaultStrategy, type Strategy, strategyOf } from "./strategies.ts";
import { type Place, windowAt, windowLines } from "./window.ts";

/** What a question is made of, whatever model is asked. */
export interface Subject {
  readonly document: OpenDocument;
  readonly path: string;
  /** The text as it is now. */
  readonly text: DocumentText;
  readonly place: Place;
  readonly isAfterAccept: boolean;
  /** Of all files that may be sent, oldest first. */
  readonly entries: readonly HistoryEntry[];
  readonly diagnostics: readonly EditDiagnostic[];
  readonly aggressiveness: Aggressiveness;
}

export interface Question {
  readonly subject: Subject;
  readonly model: string;
  readonly strategyName: string;
  readonly strategy: Strategy;
  readonly request: EditServiceRequest;
  readonly context: AnswerContext;
  /** Names of the kinds of secrets that the request does not hold. */
  readonly secrets: readonly string[];
  /** The current file's latest changes, newest first. */
  readonly recent: readonly HistoryHunk[];
  /** Those of every file that the model is shown, in no order. */
  readonly recentInAll: readonly HistoryHunk[];
}

// No prompt of the service's own client is longer.
const maxPromptChars = 120_000;
const maxWindowChars = 8_000;

/** Undefined where the prompt or the window would be too long. */
export function questionFor(
  subject: Subject,
  { name: model, strategy: strategyName }: EditModel,
  words: EditWords,
  { secrets }: Pick<EditSettings, "secrets">,
): Question | undefined {
  const strategy = strategyOf(strategyName);
  if (!strategy) return undefined;
  const texts = createSafeTexts(secrets !== "send");
  const text = texts.of(subject.text);
  const { path, entries, diagnostics, aggressiveness, document } = subject;
  const at = windowAt(text, subject.place, subject.isAfterAccept, strategy.reach);
  const inputs = gather(words, texts, { path, text, at, entries, diagnostics, aggressiveness });
  const context: AnswerContext = {
    path,
    cursor: at.cursor,
    window: at.window,
    windowLines: windowLines(at),
    lines: (start, end) => text.lines(start, end),
  };
  const request: EditServiceRequest = {
    model,
    messages: strategy.raw ? [{ role: "user", content: strategy.raw.prompt(inputs) }] : messagesFor(strategy, inputs),
    temperature: 0,
    prediction: strategy.format.prediction(context),
    stop: strategy.raw?.stop,
  };
  const length = request.messages.reduce((sum, { content }) => sum + content.length, 0);
  if (length > maxPromptChars || context.windowLines.join("\n").length > maxWindowChars) return undefined;
  const recent = entries
    .filter((entry) => entry.document.id === document.id)
    .flatMap((entry) => words.hunks(entry))
    .reverse();
  const recentInAll = entries.flatMap((entry) => words.hunks(entry));
  return { subject, model, strategyName, strategy, request, context, secrets: texts.found(), recent, recentInAll };
}

/** Models that can be asked, in the order in which they are tried. */
export function candidates(models: readonly EditModel[], wanted: string): readonly EditModel[] {
  const known = models.filter(({ kind, strategy }) => kind === "edit" && strategyOf(strategy) !== undefined);
  const named = known.filter(({ name }) => name === wanted);
  return [...named, ...known.filter(({ name }) => name !== wanted), builtIn];
}

/** What most accounts have, where the service's list names nothing that is known here. */
const builtIn: EditModel = { name: "copilot-nes-oct", kind: "edit", strategy: defaultStrategy };
