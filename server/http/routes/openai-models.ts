// `GET /v1/models`: the account's completion models, as OpenAI's clients list them.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { openaiDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";

export function createOpenaiModelsRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    dialect: openaiDialect,
    methods: {
      async GET(exchange) {
        const models = await core.models(exchange.ctx);
        const data = models
          .filter(({ kind }) => kind === "completion")
          .map(({ id, vendor }) => ({ id, object: "model", created: 0, owned_by: vendor }));
        sendJson(exchange, 200, { object: "list", data });
      },
    },
  };
}
