// A server of open models as the edit engine's service: raw text in, raw text out, over the wire that completions have.

import type { Clock, Ctx, Log } from "../../../../shared/context.ts";
import { CopilotError } from "../../../../shared/errors.ts";
import type { EditDelta, EditModel, EditService, EditServiceRequest } from "../../../edits/service.ts";
import { linkAbort } from "../../../runtime/cancel.ts";
import { createQuotaRetry } from "../../quota-retry.ts";
import type { ServiceCalls } from "../calls.ts";
import { createLookUp } from "../look-up.ts";
import { editModelNames, editStrategyOf } from "./edit-models.ts";
import type { Wire, WireRequest } from "../wire.ts";

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: ServiceCalls;
  readonly wire: Wire & Required<Pick<Wire, "listNames">>;
}

// Twice as long as the window, and some.
const charsPerToken = 2;
const spareTokens = 128;

export function createModelEditService({ clock, log, calls, wire }: Deps): EditService {
  const life = linkAbort();
  const models = createLookUp({ clock }, async (): Promise<readonly EditModel[]> => {
    const ctx: Ctx = { signal: life.signal, log, id: `look-up of edit models, ${wire.kind}` };
    await calls.refuseOurselves(ctx);
    const names = await wire.listNames(ctx);
    const found = names.flatMap((name): readonly EditModel[] => {
      const strategy = editStrategyOf(name);
      return strategy === undefined ? [] : [{ name, kind: "edit", strategy }];
    });
    if (found.length > 0) return found;
    const listed = names.slice(0, 5).join(", ") || "it has none";
    throw new CopilotError("bad-request", `No model of ${wire.kind} at ${calls.host} predicts edits: ${listed}.`, {
      advice: `Start ${editModelNames} there, or say with edits.service where one is.`,
    });
  });

  const quotaRetry = createQuotaRetry(clock);
  return {
    async account(ctx) {
      const mark = await calls.keyMark();
      models.renew(mark);
      await models.get(ctx);
      return { key: `${wire.kind} ${calls.host} ${mark} ${quotaRetry.key()}`, isSpent: false, isCounted: wire.isPaid };
    },
    models: models.get,
    knownModels: () => models.known() ?? [],
    async *ask(ctx, request): AsyncGenerator<EditDelta> {
      // The engine has a last resort, which is Copilot's.
      if (models.known()?.every(({ name }) => name !== request.model)) {
        throw new CopilotError("upstream-rejected", `${calls.host} has no model ${request.model}.`, {
          httpStatus: 404,
        });
      }
      try {
        for await (const { text, finishReason } of wire.complete(ctx, wireRequest(request))) {
          yield { text, finishReason };
        }
      } catch (error) {
        models.failed(error);
        quotaRetry.note(error);
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
  return {
    model: { id: model, template: "server", contextTokens: undefined, alternatives: 1, models: [] },
    prompt: messages.map(({ content }) => content).join("\n"),
    pieces: { files: [], heading: "", above: "", line: "", after: "" },
    request: {
      languageId: "",
      path: undefined,
      indentation: "",
      maxTokens: maxTokens ?? Math.ceil(prediction.length / charsPerToken) + spareTokens,
      temperature,
      topP: 1,
      speculative: false,
    },
    n: 1,
    stop,
  };
}
