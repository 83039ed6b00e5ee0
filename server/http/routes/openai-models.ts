// `GET /v1/models`: the account's completion models, as OpenAI's clients list them.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { openaiErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createOpenaiModelsRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    errorFormat: openaiErrors,
    methods: {
      async GET(context) {
        const models = await core.models(context.ctx);
        const data = models
          .filter(({ kind }) => kind === "completion")
          .map(({ id, vendor }) => ({ id, object: "model", created: 0, owned_by: vendor }));
        sendJson(context, 200, { object: "list", data });
      },
    },
  };
}
