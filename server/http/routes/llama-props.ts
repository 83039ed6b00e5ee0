// `GET /props`: what clients of a llama.cpp server ask before they begin.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { llamaDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";
import { llamaContextTokens } from "../formats/llama.ts";

export function createLlamaPropsRoute(deps: { readonly core: Core; readonly version: string }, path: string): Route {
  const { core, version } = deps;
  return {
    path,
    dialect: llamaDialect,
    methods: {
      GET(exchange) {
        sendJson(exchange, 200, {
          default_generation_settings: { n_ctx: llamaContextTokens },
          total_slots: 1,
          model_path: core.model() ?? "copilot",
          chat_template: "",
          build_info: `copilot-lsp ${version}`,
        });
      },
    },
  };
}
