// Answers a request that brings its texts along: asks around the cursor and, when nothing has to change there, once more
// where the edits left something behind. Nothing is kept, and nothing is shared with open documents.

import type { Ctx } from "../../../shared/context.ts";
import type { EditResult, EditSource, NoEdit, TextEditRequest } from "../../../shared/edits.ts";
import type { Asked, AskOptions } from "../ask.ts";
import type { Hunk } from "../answer/hunk.ts";
import { isInside, placesFor } from "../places.ts";
import type { EditWords } from "../prompt/recent-edits.ts";
import type { Question, Subject } from "../question.ts";
import type { EditService } from "../service.ts";
import type { EditSettings } from "../settings.ts";
import { suggestionOf } from "../suggestion.ts";
import { filesOf, subjectOfText } from "./subject.ts";
import type { Aggressiveness } from "../prompt/inputs.ts";
import type { JudgeFile, NamedFile } from "../types.ts";

/** A text of this length is open in no editor's history either. */
const maxTextUnits = 2 * 1024 * 1024;

export interface TextAnswerDeps {
  readonly service: EditService;
  readonly words: EditWords;
  readonly verdict: JudgeFile;
  /** Waits until it is known which rules hold for these files. Rejects with the signal's reason. */
  readonly settle: (ctx: Ctx, files: readonly NamedFile[]) => Promise<void>;
  readonly aggressiveness: () => Aggressiveness;
  readonly newId: () => string;
  /** The first model that can be asked; undefined when the question would be too long. */
  readonly questionOf: (subject: Subject, wanted: string) => Question | undefined;
  /** Puts the question, to the next model when the service does not have this one; the one that was put comes with what it answered. */
  readonly put: (
    ctx: Ctx,
    question: Question,
    options: Pick<AskOptions, "account" | "isElsewhere">,
    onHunk: (hunk: Hunk) => void,
  ) => Promise<Asked & { readonly question: Question }>;
}

/** Throws what the service throws, and the signal's reason. */
export async function answerText(
  deps: TextAnswerDeps,
  ctx: Ctx,
  request: TextEditRequest,
  settings: EditSettings,
): Promise<EditResult> {
  const { service, words, verdict, newId, put } = deps;
  if (settings.enabled === "off") return { kind: "empty", reason: "disabled" };
  if (request.text.length > maxTextUnits) return { kind: "empty", reason: "too-large" };
  const judged = async (): Promise<{ readonly subject: Subject; readonly nothing: NoEdit | undefined }> => {
    await deps.settle(ctx, filesOf(request));
    const { subject, keptBack } = subjectOfText(request, verdict, deps.aggressiveness());
    const nothing = keptBack ?? (words.isAny(subject.entries) ? undefined : { reason: "no-changes" as const });
    return { subject, nothing: nothing && { kind: "empty", ...nothing } };
  };
  const early = await judged();
  if (early.nothing) return early.nothing;
  const account = await service.account(ctx);
  if (settings.enabled === "auto" && account.isCounted) return { kind: "empty", reason: "plan" };
  await service.models(ctx);
  // Once more: what rules there are is known with the account.
  const { subject, nothing } = await judged();
  if (nothing) return nothing;

  const askAt = async (place: Subject["place"], source: EditSource): Promise<[EditResult, Question | undefined]> => {
    const question = deps.questionOf({ ...subject, place }, request.model ?? settings.model);
    if (!question) return [{ kind: "empty", reason: "too-large" }, undefined];
    if (settings.secrets === "withhold" && question.secrets.length > 0) {
      return [{ kind: "empty", reason: "secret" }, undefined];
    }
    const hunks: Hunk[] = [];
    const asked = await put(
      ctx,
      question,
      { account, isElsewhere: source === "jump" },
      (hunk) => void hunks.push(hunk),
    );
    const { model } = asked.question;
    const [edit, ...others] = hunks.map((hunk) => suggestionOf(newId(), hunk, subject.text));
    if (edit) return [{ kind: "edit", edit, others, model, source }, asked.question];
    const { dropped } = asked;
    const empty =
      dropped.length > 0 ? ({ reason: "filtered", dropped } as const) : { reason: "upstream-empty" as const };
    return [{ kind: "empty", model, ...empty }, asked.question];
  };

  const [result, question] = await askAt(request, "upstream");
  if (result.kind === "edit" || !question || question.strategy.isWholeFile || settings.jump === "off") return result;
  const { text, diagnostics } = subject;
  const places = placesFor({ text, cursor: request, recent: question.recent, diagnostics });
  const place = places.find((one) => !isInside(one, [question.context.window]));
  return place ? (await askAt(place, "jump"))[0] : result;
}
