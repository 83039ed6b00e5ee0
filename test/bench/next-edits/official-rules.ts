// The rules of GitHub's own server, as far as its ways could be seen from outside: asks when 100 ms have passed since the
// last key, 2 s later at a line's end; around the cursor and, when nothing comes, for a line elsewhere and then there; and
// offers what comes, unless it is white space alone. Its memory is ours, and better than its own.

import type { Clock, Ctx } from "../../../shared/context.ts";
import type { EditResult, OpenDocumentEditRequest } from "../../../shared/edits.ts";
import { createAnswerLines } from "../../../server/edits/answer/answer-lines.ts";
import type { Hunk } from "../../../server/edits/answer/hunk.ts";
import type { Recorder } from "../../../server/edits/history/recorder.ts";
import { placeByModel } from "../../../server/edits/jump.ts";
import { type Answer, createAnswer } from "../../../server/edits/memory/answer.ts";
import { createEditWords } from "../../../server/edits/prompt/recent-edits.ts";
import { questionFor, type Subject } from "../../../server/edits/question.ts";
import { noOp } from "../../../server/edits/rules/no-op.ts";
import { whiteSpace } from "../../../server/edits/rules/white-space.ts";
import type { EditAccount, EditService } from "../../../server/edits/service.ts";
import { suggestionOf } from "../../../server/edits/suggestion.ts";
import type { LineRange, Place } from "../../../server/edits/window.ts";
import type { Governor } from "../../../server/governor/governor.ts";
import { linkAbort, type LinkedAbort, sleep, untilAborted } from "../../../server/runtime/cancel.ts";
import type { BenchEngine } from "./engines.ts";

const restMs = 100;
const lineEndRestMs = 2_100;
const leastMs = 200;
const account: EditAccount = { key: "", isSpent: false, isCounted: false };

export function createOfficialRules(deps: {
  readonly clock: Clock;
  readonly service: EditService;
  readonly governor: Governor;
  readonly recorder: Recorder;
}): BenchEngine {
  const { clock, service, governor, recorder } = deps;
  const words = createEditWords();
  let newest: LinkedAbort | undefined;
  /** A request goes on when its asker is superseded; whoever asks next waits for it before asking anew. */
  let underWay: Promise<boolean> | undefined;
  let answer: Answer | undefined;
  let ids = 0;
  const turnedDown = new Map<string, Answer>();

  recorder.follow({ changed: (_id, lines) => answer?.changed(lines) });

  const offer = (request: OpenDocumentEditRequest): EditResult | undefined => {
    const document = recorder.get(request.documentId);
    if (!document || !answer?.covers(request.line) || [...turnedDown.values()].includes(answer)) return undefined;
    const [open] = answer.open(document.text());
    if (!open) return undefined;
    ids += 1;
    const edit = suggestionOf(String(ids), open.hunk, document.text());
    offered.set(String(ids), answer);
    return { kind: "edit", edit, others: [], model: answer.model, source: "memory" };
  };
  const offered = new Map<string, Answer>();

  const ask = async (ctx: Ctx, subject: Subject, windows: readonly LineRange[]): Promise<boolean> => {
    const question = questionFor(
      subject,
      service.knownModels()[0] ?? { name: "", kind: "edit", strategy: "xtab275" },
      words,
      { secrets: "send" },
    );
    if (!question) return false;
    const { context, recent } = question;
    const own = createAnswer({
      base: subject.text,
      windows: [...windows, context.window],
      model: "",
      source: "upstream",
      revision: recorder.revision(),
    });
    answer = own;
    const facts = { lines: context.lines, cursor: context.cursor, recent, hasCompletions: false };
    const take = (hunks: readonly Hunk[]): void => {
      for (const hunk of hunks) {
        const old = context.lines(hunk.start, hunk.end);
        if (whiteSpace.apply({ ...hunk, old }, facts) && noOp.apply({ ...hunk, old }, facts)) own.add(hunk);
      }
    };
    const reader = question.strategy.format.read(context);
    const lines = createAnswerLines();
    for await (const { text } of service.ask(ctx, question.request))
      for (const line of lines.push(text)) take(reader.line(line));
    take([...reader.line(lines.end()), ...reader.end("whole")]);
    return own.hunks.length > 0;
  };

  return {
    observer: recorder.observer,
    async next(ctx, request) {
      newest?.abort(new Error("superseded"));
      const link = linkAbort(ctx.signal);
      newest = link;
      const own = { ...ctx, signal: link.signal };
      const startedMs = clock.monotonicMs();
      try {
        const kept = offer(request);
        if (kept) return kept;
        const document = recorder.get(request.documentId);
        if (!document) return { kind: "empty", reason: "unknown-document" };
        const [line = ""] = document.text().lines(request.line, request.line + 1);
        const isAfterAccept = answer?.wasAccepted() ?? false;
        await sleep(own, clock, line.slice(request.character).trim() === "" && !isAfterAccept ? lineEndRestMs : restMs);
        if (underWay) {
          await untilAborted(own.signal, underWay);
          const rebased = offer(request);
          if (rebased) return rebased;
        }
        if (answer?.revision === recorder.revision() && answer.covers(request.line))
          return { kind: "empty", reason: "nothing-new" };
        if (!words.isAny(recorder.entries())) return { kind: "empty", reason: "no-changes" };
        const subject = (place: Place): Subject => ({
          document,
          path: document.path ?? "",
          text: document.text(),
          place,
          isAfterAccept,
          entries: recorder.entries(),
          diagnostics: [],
          aggressiveness: "medium",
        });
        underWay = ask({ ...ctx, signal: new AbortController().signal }, subject(request), []).finally(() => {
          underWay = undefined;
        });
        if (!(await untilAborted(own.signal, underWay))) {
          const windows = answer?.windows ?? [];
          const jump = await placeByModel({ governor, service, words }, own, subject(request), account, {
            secrets: "send",
          });
          if (jump) await ask(own, subject(jump), windows);
        }
        await sleep(own, clock, Math.max(0, startedMs + leastMs - clock.monotonicMs()));
        return offer(request) ?? { kind: "empty", reason: "upstream-empty" };
      } finally {
        link.unlink();
      }
    },
    rejected(id) {
      const of = offered.get(id);
      if (of) turnedDown.set(id, of);
    },
    close: () => Promise.resolve(),
  };
}
