// The engine on a model that somebody runs themselves, for the replay: the program's own service for llama-server with its
// prompts and its capabilities, and what the oracle knows for its answers.

import { createEngine, type EngineDeps } from "../../../server/completion/engine.ts";
import type { CompletionSettings } from "../../../server/completion/settings.ts";
import { createGovernor } from "../../../server/governor/governor.ts";
import type { CopilotApi, SessionToken } from "../../../server/upstream/types.ts";
import type { ServiceCalls } from "../../../server/upstream/services/calls.ts";
import { createModelService } from "../../../server/upstream/services/model-service.ts";
import type { Wire } from "../../../server/upstream/services/wire.ts";
import { familyById } from "../../../shared/model-families.ts";
import { noBudgets, noRules } from "../../completion/support/on-copilot.ts";

type Deps = Pick<EngineDeps, "clock" | "log" | "newId" | "findRemotes">;

const contextTokens = 8_192;
const unused = (): never => {
  throw new Error("the replay makes no calls");
};
const calls: ServiceCalls = {
  host: "oracle",
  origin: undefined,
  isLocal: true,
  findKey: async () => false,
  hasKey: () => false,
  keyMark: async () => 0,
  assertPrivate: () => undefined,
  json: unused,
  open: unused,
  refuseOurselves: async () => undefined,
};

export function createLocalEngine(
  deps: Deps,
  oracle: CopilotApi,
  session: SessionToken,
  settings: () => CompletionSettings,
): ReturnType<typeof createEngine> {
  const template = familyById("qwen");
  if (!template) throw new Error("the family is missing");
  const wire: Wire = {
    kind: "llama.cpp",
    maxStops: Number.POSITIVE_INFINITY,
    usualContextTokens: contextTokens,
    isPaid: false,
    lookUp: async () => ({ id: "oracle", template, contextTokens, alternatives: 1, models: [] }),
    async *complete(ctx, { pieces, stop, request }) {
      const body = {
        prompt: pieces.above + pieces.line,
        suffix: pieces.after,
        max_tokens: request.maxTokens,
        temperature: 0,
        top_p: 1,
        n: 1,
        stop: [...stop],
        stream: true,
        extra: { language: "", next_indent: 0, trim_by_indentation: false, prompt_tokens: 0, suffix_tokens: 0 },
        code_annotations: false,
      } as const;
      const { speculative } = request;
      const asked = { session, model: "oracle", requestId: "", speculative, body };
      const answer = await oracle.openCompletions(ctx, asked);
      for await (const together of answer.pieces) yield* together;
    },
    body: () => ({}),
  };
  return createEngine(
    {
      ...deps,
      service: createModelService({ ...deps, calls, wire }),
      governor: createGovernor(deps, () => noBudgets),
      fallbacks: [],
      onFallback: () => undefined,
      mayGetExcluded: false,
      onSecrets: () => undefined,
      rules: noRules,
    },
    settings,
  );
}
