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
  "signed-out": "key",
  "not-authorized": "key",
};

/** Each needs those before it. */
export function serviceLayers(env: CliEnv, core: Core): readonly ServiceLayer[] {
  let looking: Promise<unknown> | undefined;
  const failure = async (ctx: Ctx): Promise<unknown> => {
    looking ??= core.models(ctx).then(
      () => undefined,
      (error: unknown) => error,
    );
    return looking;
  };
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
    layer("model", ({ model = "none", contextTokens }) =>
      contextTokens === undefined ? model : `${model}, with a context of ${contextTokens} tokens`,
    ),
    layer("template", ({ template }) =>
      template === "server" ? "the service puts prompt and suffix together" : `words of ${template}`,
    ),
    {
      name: "completion",
      async check(ctx) {
        const finding = await checkCompletion(ctx, env, core);
        const speed = core.report().service?.tokensPerSecond;
        return speed === undefined ? finding : { ...finding, text: `${finding.text}, ${speed} tokens a second` };
      },
    },
  ];
}

/** What is wrong with a setting has one code: the setting that the words name says which layer it is. */
function layerOfWords(error: unknown): string {
  const text = String(error) + (error instanceof Error ? String(Reflect.get(error, "advice")) : "");
  if (/service\.url/.test(text) && errorCodeOf(error) === "bad-request") return "address";
  return /service\.template/.test(text) ? "template" : "model";
}
