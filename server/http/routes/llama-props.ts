// `GET /props`: what clients of a llama.cpp server ask before they begin.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { llamaErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";
import { llamaContextTokens } from "../formats/llama.ts";
import { usualModel } from "../request/gateway-request.ts";

export function createLlamaPropsRoute(deps: { readonly core: Core; readonly version: string }, path: string): Route {
  const { core, version } = deps;
  return {
    path,
    errorFormat: llamaErrors,
    methods: {
      GET(context) {
        sendJson(context, 200, {
          default_generation_settings: { n_ctx: llamaContextTokens },
          total_slots: 1,
          model_path: usualModel(core),
          chat_template: "",
          build_info: `copilot-lsp ${version}`,
        });
      },
    },
  };
}
