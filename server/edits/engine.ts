// One question in, one edit out: from what is remembered, else from a request that is under way, else from a new one; and
// when nothing has to change around the cursor, once more where the last edits left something behind.

import { LRUCache } from "lru-cache";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { OpenDocument } from "../../shared/documents.ts";
import type { EditPreview, EditRequest, EditResult, OpenDocumentEditRequest } from "../../shared/edits.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import type { Governor } from "../governor/governor.ts";
import { linkAbort, pendingInput, sleep } from "../runtime/cancel.ts";
import type { Hunk } from "./answer/hunk.ts";
import { createAsk } from "./ask.ts";
import { createFlights, type Flight, lateAnswer } from "./flights.ts";
import type { Recorder } from "./history/recorder.ts";
import { createLatest } from "./latest.ts";
import { type Answer, createAnswer } from "./memory/answer.ts";
import { placeByModel } from "./jump.ts";
import { createOffering } from "./offering.ts";
import { createPace } from "./pace.ts";
import { isInside } from "./places.ts";
import { createEditWords } from "./prompt/recent-edits.ts";
import { type Aim, createAims } from "./aim.ts";
import { createRepeat } from "./repeat/repeat.ts";
import { substitutionsIn } from "./repeat/substitution.ts";
import { createModels } from "./models.ts";
import type { Question } from "./question.ts";
import { createSubjects } from "./subjects.ts";
import type { EditAccount, EditService } from "./service.ts";
import type { EditSettings } from "./settings.ts";
import { answerText, type TextAnswerDeps } from "./text/answer.ts";
import { filesOf, subjectOfText } from "./text/subject.ts";
import { isUnfinished } from "./unfinished.ts";
import type { JudgeFile, SettleRules } from "./types.ts";
import { type Place, windowAt } from "./window.ts";

export interface EditEngineDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly governor: Governor;
  readonly service: EditService;
  readonly recorder: Recorder;
  readonly verdict: JudgeFile;
  readonly settleRules: SettleRules;
  readonly onSecrets: (names: readonly string[]) => void;
  readonly newId: () => string;
}

export interface EditEngine {
  next(ctx: Ctx, request: EditRequest): Promise<EditResult>;
  preview(ctx: Ctx, request: EditRequest): Promise<EditPreview>;
  shown(id: string): void;
  accepted(id: string): void;
  rejected(ids: readonly string[]): void;
  forget(reason: CopilotError): void;
  close(): Promise<void>;
}

/** What one question of a client has led to so far. */
interface Turn {
  /** The request that it waits or waited for, its own or another's. */
  joined: Flight | undefined;
  /** It has made a request. */
  isAsked: boolean;
  /** One that was not about the cursor's place. */
  isJumped: boolean;
  /** The cursor's window is to be asked about when nothing has to change where it was asked last. */
  isCursorLeft: boolean;
}

/** `aim`: where to ask; undefined: it is looked for when the typing rests. */
type Step =
  | { readonly kind: "ask"; readonly aim: Aim | undefined }
  | { readonly kind: "end"; readonly result: EditResult };

const maxDocuments = 20;
/** An answer that comes later is kept for the next question; whoever asked has moved on. */
const lateMs = 3_000;

export function createEditEngine(deps: EditEngineDeps, settings: () => EditSettings): EditEngine {
  const { clock, governor, service, recorder, verdict, newId } = deps;
  const words = createEditWords();
  const ask = createAsk(deps);
  const latest = createLatest();
  const flights = createFlights(deps);
  const pace = createPace();
  const answers = new LRUCache<string, Answer>({ max: maxDocuments });
  const offering = createOffering({ clock, pace, newId });
  const repeat = createRepeat({ recorder, words, onChange: offering.noteTaken });
  const aims = createAims({ recorder, words, repeat });
  const subjects = createSubjects({ ...deps, pace }, settings);
  const models = createModels({ service, words }, settings);

  recorder.follow({
    changed(id, lines) {
      pace.changed(clock.monotonicMs());
      const document = recorder.get(id);
      if (!document) return;
      offering.changed(id, lines);
      const answer = answers.peek(id);
      answer?.changed(lines);
      // It may be taken back before the next question.
      if (answer) offering.noteTaken(document, answer);
      repeat.changed(document, lines);
    },
    closed(id) {
      flights.end(id);
      answers.delete(id);
      offering.closed(id);
      repeat.closed(id);
    },
  });

  /** The nearest change that repeats what was done. Where the person wants no jumps, only what is around the cursor. */
  function repeatedOffer(
    document: OpenDocument,
    request: OpenDocumentEditRequest,
    last: Answer | undefined,
  ): EditResult | undefined {
    const within = settings().jump === "off" ? windowAt(document.text(), request, true).window : undefined;
    const model = last?.model ?? models.first(request.model ?? settings().model)?.name ?? "";
    const answer = repeat.answer(document, request, last, model, within);
    if (!answer) return undefined;
    const nearest = offering.nearest(document, answer, request.line);
    return nearest && offering.result(document, request, answer, nearest, answer.source);
  }

  /** Starts the request whose answer the document then has. */
  function launch(
    document: OpenDocument,
    request: OpenDocumentEditRequest,
    aim: Aim,
    question: Question,
    account: EditAccount,
  ): Flight {
    const answer = createAnswer({
      base: question.subject.text,
      windows: [...aim.windows, question.context.window],
      model: question.model,
      source: aim.source,
      revision: recorder.revision(),
    });
    answers.set(document.id, answer);
    return flights.start(document.id, answer, async (ctx, onHunk) => {
      const hasCompletions = request.hasCompletions ?? false;
      const options = { account, budget: "edits", hasCompletions, isElsewhere: aim.source === "jump" } as const;
      const onEach = (hunk: Hunk): void => {
        answer.add(hunk);
        onHunk();
      };
      try {
        const asked = await models.put(question, (next) => {
          answer.model = next.model;
          answers.set(document.id, answer);
          return ask(ctx, next, options, onEach);
        });
        if (asked.isWhole && asked.dropped.length === 0) repeat.heard(asked.question, answer);
        return asked;
      } catch (error) {
        // What failed says nothing about the text.
        if (answers.peek(document.id) === answer && answer.hunks.length === 0) answers.delete(document.id);
        throw error;
      }
    });
  }

  /** Waits until it is worth asking: the typing rests. */
  async function rest(
    ctx: Ctx,
    document: OpenDocument,
    request: OpenDocumentEditRequest,
    isAfterAccept: boolean,
  ): Promise<void> {
    if (request.trigger === "invoked") return;
    const changedAtMs = recorder.changedAtMs(document.id);
    const text = document.text();
    const [line = ""] = text.lines(request.line, request.line + 1);
    const last = recorder.entries().at(-1);
    const hunks = last && last.document.id === document.id ? words.hunks(last) : [];
    const isNewName = hunks.every((hunk) => substitutionsIn(hunk).length > 0);
    const waitMs = pace.waitMs({
      eagerness: settings().eagerness,
      sinceChangeMs: changedAtMs === undefined ? undefined : clock.monotonicMs() - changedAtMs,
      isAtLineEnd: line.slice(request.character).trim() === "" && line.trim() !== "",
      isInWord: /[\p{L}\p{N}_$]$/u.test(line.slice(0, request.character)),
      isNewName: hunks.length > 0 && isNewName,
      isUnfinished: isUnfinished(text, request, hunks, isNewName),
      isAfterAccept,
    });
    if (waitMs > 0) await sleep(ctx, clock, waitMs);
  }

  /** What needs no request: the rest of an answer, or what repeats the last changes. */
  function known(document: OpenDocument, request: OpenDocumentEditRequest, { joined }: Turn): EditResult | undefined {
    const answer = answers.get(document.id);
    const isOwn = joined !== undefined && joined.answer === answer;
    const offer = answer && (isOwn || answer.covers(request.line)) && offering.first(document, answer, request.line);
    if (offer) return offering.result(document, request, answer, offer, isOwn ? answer.source : "memory");
    return repeatedOffer(document, request, answer);
  }

  /** What to do where nothing is known and no request is under way. Throws what the request failed with that was joined. */
  async function nextStep(
    ctx: Ctx,
    document: OpenDocument,
    request: OpenDocumentEditRequest,
    turn: Turn,
  ): Promise<Step> {
    const answer = answers.get(document.id);
    const outcome = turn.joined?.outcome();
    if (outcome?.kind === "failed" && errorCodeOf(outcome.error) !== "cancelled") throw outcome.error;
    const nothing = outcome?.kind === "ended" ? emptyAfter(document, outcome.dropped, answer) : undefined;
    if (nothing && turn.isCursorLeft && answer && governor.state().editsLeft > 0) {
      turn.isCursorLeft = false;
      return { kind: "ask", aim: aims.atCursor(request, answer) };
    }
    if (answer?.revision === recorder.revision() && answer.covers(request.line)) {
      // Another look costs another request: for whoever has waited for this one, and for whoever asks by hand.
      // What is held back for now is an answer, too.
      const isEmpty = nothing !== undefined && answer.open(document.text()).length === 0;
      const mayJump = !turn.isJumped && (isEmpty || request.trigger === "invoked");
      const aim =
        mayJump && governor.state().editsLeft > 0 ? await nextJump(ctx, document, request, answer) : undefined;
      if (aim) return { kind: "ask", aim };
      return { kind: "end", result: nothing ?? { kind: "empty", reason: "nothing-new", model: answer.model } };
    }
    if (nothing && turn.isAsked) return { kind: "end", result: nothing };
    if (request.trigger === "typed" && aims.isThrough(document, request, answer)) {
      return { kind: "end", result: { kind: "empty", reason: "nothing-new", model: answer?.model } };
    }
    return { kind: "ask", aim: undefined };
  }

  async function answerFor(ctx: Ctx, request: OpenDocumentEditRequest): Promise<EditResult> {
    const turn: Turn = { joined: undefined, isAsked: false, isJumped: false, isCursorLeft: false };
    // Once more after everything that was waited for: the text, the rules and what is known may be others then.
    for (;;) {
      const document = recorder.get(request.documentId);
      if (document) await subjects.settle(ctx, [document]);
      const closed = subjects.closed(document);
      if (closed || !document) return closed ?? { kind: "empty", reason: "unknown-document" };
      const found = known(document, request, turn);
      if (found) return found;

      const flight = flights.of(document.id);
      if (flight && request.fromMemory) return { kind: "empty", reason: "not-asked" };
      if (flight) {
        turn.joined = flight;
        await flight.progress(ctx);
        continue;
      }
      const step = await nextStep(ctx, document, request, turn);
      if (step.kind === "end") return step.result;
      if (request.fromMemory) return { kind: "empty", reason: "not-asked" };
      if (!words.isAny(subjects.entries())) return { kind: "empty", reason: "no-changes" };
      if (!turn.isAsked) {
        const revision = recorder.revision();
        await rest(ctx, document, request, answers.peek(document.id)?.wasAccepted() ?? false);
        if (recorder.revision() !== revision) continue;
      }
      const account = await service.account(ctx);
      if (settings().enabled === "auto" && account.isCounted) return { kind: "empty", reason: "plan" };
      await service.models(ctx);
      // What rules there are is known with the account. Changes of other files are told only where that is known already.
      await subjects.settle(ctx, [document]);
      const closedNow = subjects.closed(document);
      if (closedNow) return closedNow;
      if (flights.of(document.id)) continue;
      if (!turn.isAsked && repeat.rested(document.id)) continue;
      const aim = step.aim ?? aims.first(document, request, answers.get(document.id), settings().jump === "words");
      const subject = subjects.of(document, aim.place, request, aim.isAfterAccept);
      const question = models.questionFor(subject, request.model ?? settings().model);
      if (!question) return { kind: "empty", reason: "too-large" };
      if (settings().secrets === "withhold" && question.secrets.length > 0) return { kind: "empty", reason: "secret" };
      turn.joined = launch(document, request, aim, question, account);
      turn.isAsked = true;
      turn.isJumped ||= aim.source === "jump";
      turn.isCursorLeft = aim.isBeforeCursor;
    }
  }

  /** The next place to look at, when what was asked about is exhausted. */
  async function nextJump(
    ctx: Ctx,
    document: OpenDocument,
    request: OpenDocumentEditRequest,
    answer: Answer,
  ): Promise<Aim | undefined> {
    const { jump } = settings();
    const isAfterAccept = answer.wasAccepted();
    const byModel = async (): Promise<Place | undefined> => {
      const subject = subjects.of(document, request, request, isAfterAccept);
      return placeByModel({ governor, service, words }, ctx, subject, await service.account(ctx), settings());
    };
    const places = jump === "words" ? aims.left(document, request) : [];
    const place = jump === "model" ? await byModel() : places.find((one) => !isInside(one, answer.windows));
    return place && { place, source: "jump", isAfterAccept, windows: answer.windows, isBeforeCursor: false };
  }

  /** Why nothing of an answer can be offered. */
  function emptyAfter(document: OpenDocument, dropped: readonly string[], answer: Answer | undefined): EditResult {
    const model = answer?.model;
    const untaken = answer?.open(document.text()) ?? [];
    // Nothing of these was offered, so they were turned down before.
    const all = [...dropped, ...untaken.map(() => "turned-down")];
    if (all.length > 0) return { kind: "empty", reason: "filtered", model, dropped: all };
    return { kind: "empty", reason: answer && answer.hunks.length > 0 ? "stale" : "upstream-empty", model };
  }

  /** `work`, or `late` when it takes too long; what was asked goes on. */
  async function inTime(ctx: Ctx, work: (ctx: Ctx) => Promise<EditResult>): Promise<EditResult> {
    const link = linkAbort(ctx.signal);
    const timer = clock.after(lateMs, () => link.abort(lateAnswer));
    try {
      return await work({ ...ctx, signal: link.signal });
    } catch (error) {
      if (error === lateAnswer) return { kind: "empty", reason: "late" };
      throw error;
    } finally {
      timer.cancel();
      link.unlink();
    }
  }

  const textDeps: TextAnswerDeps = {
    service,
    words,
    verdict,
    settle: subjects.settle,
    aggressiveness: () => pace.aggressiveness(settings().eagerness),
    newId,
    questionOf: models.questionFor,
    put: (ctx, question, options, onHunk) =>
      models.put(question, (asked) =>
        ask(ctx, asked, { ...options, budget: "scripts", hasCompletions: false }, onHunk),
      ),
  };

  return {
    next(ctx, request) {
      if (request.kind === "text") return answerText(textDeps, ctx, request, settings());
      repeat.asked(request.documentId);
      return latest.run(ctx, request.documentId, async (linked) => {
        // What is worked out here would hold up a completion that was asked for at the same key.
        await pendingInput(linked);
        if (request.trigger === "invoked") return answerFor(linked, request);
        return inTime(linked, (timed) => answerFor(timed, request));
      });
    },
    async preview(ctx, request) {
      const open = request.kind === "document" ? recorder.get(request.documentId) : undefined;
      await subjects.settle(ctx, request.kind === "text" ? filesOf(request) : open ? [open] : []);
      const document = request.kind === "document" ? recorder.get(request.documentId) : undefined;
      const found =
        request.kind === "text"
          ? subjectOfText(request, verdict, pace.aggressiveness(settings().eagerness))
          : document && {
              subject: subjects.of(document, request, request, false),
              keptBack: subjects.closed(document),
            };
      const question = found && models.questionFor(found.subject, request.model ?? settings().model);
      if (!found) return { strategy: "", reason: "unknown-document", body: null };
      const { reason, detail } = found.keptBack ?? {};
      if (!question) return { strategy: "", reason: reason ?? "too-large", detail, body: null };
      const { model, strategyName, secrets } = question;
      const isWithheld = settings().secrets === "withhold" && secrets.length > 0;
      return {
        model,
        strategy: strategyName,
        reason: reason ?? (isWithheld ? "secret" : words.isAny(found.subject.entries) ? undefined : "no-changes"),
        detail,
        secrets: secrets.length > 0 ? secrets : undefined,
        body: service.preview(question.request),
      };
    },
    shown: () => undefined,
    // The text says it when it comes, also where no client does.
    accepted: () => undefined,
    rejected(ids) {
      for (const id of ids) offering.rejected(id);
    },
    forget(reason) {
      latest.endAll(reason);
      flights.endAll(reason);
      answers.clear();
      offering.clear();
      repeat.clear();
    },
    async close() {
      const closing = new CopilotError(
        "closing",
        "The request for a next edit was dropped: the program is shutting down.",
      );
      latest.endAll(closing);
      flights.endAll(closing);
      service.close();
    },
  };
}
