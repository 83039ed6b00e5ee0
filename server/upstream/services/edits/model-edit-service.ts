// A server of open models as the edit engine's service: raw text in, raw text out, over the wire that completions have.

import type { Clock, Ctx, Log } from "../../../../shared/context.ts";
import { CopilotError } from "../../../../shared/errors.ts";
import type { ServiceRequest } from "../../../completion/service.ts";
import type { EditDelta, EditModel, EditService, EditServiceRequest } from "../../../edits/service.ts";
import { linkAbort, untilAborted } from "../../../runtime/cancel.ts";
import type { ServiceCalls } from "../calls.ts";
import { editModelNames, editStrategyOf } from "./edit-models.ts";
import type { Wire, WireRequest } from "../wire.ts";

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: ServiceCalls;
  readonly wire: Wire & Required<Pick<Wire, "listNames">>;
}

/** A server that could not be asked is asked again after this long. */
const lookAgainMs = 1_000;
const refusedAgainMs = 30_000;
// Twice as long as the window, and some.
const charsPerToken = 2;
const spareTokens = 128;

export function createModelEditService({ clock, log, calls, wire }: Deps): EditService {
  const life = linkAbort();
  let known: readonly EditModel[] | undefined;
  let looking: Promise<readonly EditModel[]> | undefined;
  let failure: { readonly error: unknown; readonly untilMs: number } | undefined;

  const lookUp = async (): Promise<readonly EditModel[]> => {
    try {
      const ctx: Ctx = { signal: life.signal, log, id: `look-up of edit models, ${wire.kind}` };
      await calls.refuseOurselves(ctx);
      const names = await wire.listNames(ctx);
      const models = names.flatMap((name): readonly EditModel[] => {
        const strategy = editStrategyOf(name);
        return strategy === undefined ? [] : [{ name, kind: "edit", strategy }];
      });
      if (models.length === 0) {
        const listed = names.slice(0, 5).join(", ") || "it has none";
        throw new CopilotError("bad-request", `No model of ${wire.kind} at ${calls.host} predicts edits: ${listed}.`, {
          advice: `Start ${editModelNames} there, or say with edits.service where one is.`,
        });
      }
      known = models;
      return models;
    } catch (error) {
      const isRefusal = error instanceof CopilotError && error.code !== "offline";
      failure = { error, untilMs: clock.monotonicMs() + (isRefusal ? refusedAgainMs : lookAgainMs) };
      throw error;
    } finally {
      looking = undefined;
    }
  };
  const models = (ctx: Ctx): Promise<readonly EditModel[]> => {
    if (known) return Promise.resolve(known);
    if (failure && clock.monotonicMs() < failure.untilMs) return Promise.reject(failure.error);
    looking ??= lookUp();
    return untilAborted(ctx.signal, looking);
  };

  return {
    async account(ctx) {
      await models(ctx);
      return { key: `${wire.kind} ${calls.host}`, isSpent: false, isCounted: wire.isPaid };
    },
    models,
    knownModels: () => known ?? [],
    async *ask(ctx, request): AsyncGenerator<EditDelta> {
      // The engine has a last resort, which is Copilot's.
      if (known && !known.some(({ name }) => name === request.model)) {
        throw new CopilotError("upstream-rejected", `${calls.host} has no model ${request.model}.`, {
          httpStatus: 404,
        });
      }
      try {
        for await (const { text, finishReason } of wire.complete(ctx, wireRequest(request))) {
          yield { text, finishReason };
        }
      } catch (error) {
        // Another model may answer there after a restart.
        if (error instanceof CopilotError && (error.code === "offline" || error.httpStatus === 404)) known = undefined;
        throw error;
      }
    },
    preview: (request) => wire.body(wireRequest(request)),
    close() {
      life.abort(new CopilotError("closing", "The service was closed."));
    },
  };
}

/** As a completion of raw text. */
function wireRequest({
  model,
  messages,
  prediction = "",
  maxTokens,
  temperature,
  stop = [],
}: EditServiceRequest): WireRequest {
  const prompt = messages.map(({ content }) => content).join("\n");
  const request: ServiceRequest = {
    model,
    prompt,
    suffix: "",
    promptTokens: 0,
    suffixTokens: 0,
    context: undefined,
    documentId: undefined,
    path: undefined,
    file: undefined,
    heading: "",
    indentation: "",
    files: [],
    startsDocument: true,
    languageId: "",
    repository: undefined,
    nextIndent: 0,
    n: 1,
    maxTokens: maxTokens ?? Math.ceil(prediction.length / charsPerToken) + spareTokens,
    temperature,
    topP: 1,
    stop,
    trimByIndentation: false,
    speculative: false,
  };
  return {
    model: { id: model, template: "server", contextTokens: undefined, alternatives: 1, models: [] },
    prompt,
    pieces: { files: [], heading: "", above: "", line: "", after: "" },
    request,
    n: 1,
    stop,
  };
}
