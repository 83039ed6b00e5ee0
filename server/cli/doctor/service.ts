// The layers of a service in Copilot's place: where it is, its key, its model, the words it is asked in, one completion.
// Looking it up goes through all of them at once, so a failure is told by the layer that its code speaks of.

import type { Ctx } from "../../../shared/context.ts";
import { type ErrorCode, errorCodeOf } from "../../../shared/errors.ts";
import type { ServiceReport } from "../../../shared/status.ts";
import type { Core } from "../../core/types.ts";
import type { CliEnv } from "../env.ts";
import { checkCompletion } from "./copilot.ts";
import { type Finding, ok, skip } from "./layer.ts";

export interface ServiceLayer {
  readonly name: string;
  check(ctx: Ctx): Promise<Finding>;
}

const layerOfCode: Partial<Readonly<Record<ErrorCode, string>>> = {
  offline: "address",
  tls: "address",
  timeout: "address",
  intercepted: "address",
  "key-refused": "key",
  "keychain-locked": "key",
  "keychain-unavailable": "key",
};

/** Each needs those before it. */
export function serviceLayers(env: CliEnv, core: Core): readonly ServiceLayer[] {
  let completing: Promise<Finding> | undefined;
  const complete = (ctx: Ctx): Promise<Finding> => (completing ??= checkCompletion(ctx, env, core));
  const look = async (ctx: Ctx): Promise<unknown> => {
    try {
      await core.models(ctx);
      // Its model is known without a question, and neither its address nor its key has been tried by then.
      if (core.report().service?.kind === "mistral") await complete(ctx);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  let looking: Promise<unknown> | undefined;
  const failure = (ctx: Ctx): Promise<unknown> => (looking ??= look(ctx));
  const layer = (name: string, found: (service: ServiceReport) => string): ServiceLayer => ({
    name,
    async check(ctx) {
      const error = await failure(ctx);
      const at = layerOfCode[errorCodeOf(error)] ?? layerOfWords(error);
      if (error !== undefined && at === name) throw error;
      const { service } = core.report();
      return service ? ok(found(service)) : skip("nothing is known of it");
    },
  });
  return [
    layer("address", ({ kind, address }) => `${kind} answers at ${address}`),
    layer("key", ({ hasKey }) => (hasKey ? "sent, and accepted" : "none is set, and none is wanted")),
    layer("model", ({ model = "there is one", contextTokens }) =>
      contextTokens === undefined ? model : `${model}, with a context of ${contextTokens} tokens`,
    ),
    layer("template", ({ template }) =>
      template === "server" ? "the service puts prompt and suffix together" : `words of ${template}`,
    ),
    {
      name: "completion",
      async check(ctx) {
        const finding = await complete(ctx);
        const speed = core.report().service?.tokensPerSecond;
        return speed === undefined ? finding : { ...finding, text: `${finding.text}, ${speed} tokens a second` };
      },
    },
  ];
}

/** What is wrong with a setting has no code of its own: the setting that the words name alone says which layer it is. */
function layerOfWords(error: unknown): string {
  const text = String(error) + (error instanceof Error ? String(Reflect.get(error, "advice")) : "");
  if (/service\.url/.test(text) && !/service\.model/.test(text)) return "address";
  return /service\.template/.test(text) ? "template" : "model";
}
