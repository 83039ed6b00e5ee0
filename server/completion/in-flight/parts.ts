// Waits for a part of a request's answer. Who has its part leaves, and the request goes on to its end for the cache.

import type { Finish } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { endOf } from "../complete.ts";
import { mayAgree, remainder, serve } from "../cache/remainder.ts";
import type { Answer, ChoiceText, CompletionQuery, Progress } from "../query.ts";
import { isAsWide } from "../strategy.ts";
import type { InFlightRequest } from "./in-flight-request.ts";

const cutShort: Finish = { kind: "shape" };

/** What the request's own query wants of it, as soon as that has come. */
export function waitForEnough(
  ctx: Ctx,
  request: InFlightRequest,
  progress: Progress | undefined,
  modelOf: (query: CompletionQuery) => string,
): Promise<Answer> {
  return request.wait<Answer>(ctx, (finish) => ({
    onText(index, text, part) {
      if (part !== "enough") return progress?.(index, text, part);
      request.readOn();
      const choices = text.trim() === "" ? [] : [{ index: 0, text, finish: cutShort }];
      return finish({ model: modelOf(request.query), source: "upstream", choices });
    },
    onEnd: (answer) => answer,
  }));
}

/** Who joins a request. `watch` calls `leave` when the request has been quiet for too long, and returns the way to stop. */
interface Joining {
  readonly query: CompletionQuery;
  readonly progress: Progress | undefined;
  readonly modelOf: (query: CompletionQuery) => string;
  readonly watch: (request: InFlightRequest, query: CompletionQuery, leave: () => void) => () => void;
}

/** What is left of the request's answer once `typed` stands there; undefined when that turns out not to agree. */
export async function waitForRest(
  ctx: Ctx,
  { request, typed }: { readonly request: InFlightRequest; readonly typed: string },
  { query, progress, modelOf, watch }: Joining,
): Promise<Answer | undefined> {
  const { anchor } = request;
  if (!anchor) return undefined;
  const { plan, prefetch, speculative } = request.query;
  const { extent: made } = prefetch ?? plan;
  const { plan: wanted } = query;
  const answerOf = (model: string, texts: readonly ChoiceText[], finish?: Finish): Answer => ({
    model,
    source: speculative ? "speculation" : "in-flight",
    choices: texts.map((text, index) => ({ ...text, index })),
    finish,
  });
  let isTold = false;
  let unwatch = (): void => undefined;
  try {
    return await request.wait<Answer | undefined>(ctx, (finish) => {
      // Text that was passed on cannot be taken back by another answer.
      unwatch = watch(request, query, () => {
        if (!isTold) finish(undefined);
      });
      return {
        onText(index, text) {
          if (index > 0) return undefined;
          if (!mayAgree(text, typed, anchor)) return finish(undefined);
          const rest = remainder(text, typed, anchor);
          if (rest === undefined) return undefined;
          const end = isAsWide(wanted.extent, made) ? undefined : endOf(wanted, rest);
          if (end !== undefined && wanted.n === 1) {
            request.readOn();
            const cut = rest.slice(0, end);
            return finish(answerOf(modelOf(query), cut.trim() === "" ? [] : [{ text: cut, finish: cutShort }]));
          }
          if (rest.trim() === "" || !progress) return undefined;
          isTold = true;
          return progress(index, rest);
        },
        onEnd(answer) {
          // Of what was asked of nobody there is nothing to be cut.
          if (answer.reason !== undefined) return answer;
          const { model, choices, finish: ended } = answer;
          const texts = serve(choices, typed, anchor, made, wanted);
          return texts && answerOf(model, texts, ended);
        },
      };
    });
  } finally {
    unwatch();
  }
}
