// `GET /status`: the whole report, with the listener's own state.

import type { ListenerState, StatusReply } from "../../../shared/http.ts";
import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { plainErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createStatusRoute(
  deps: { readonly core: Core; readonly listener: () => ListenerState },
  path: string,
): Route {
  const { core, listener } = deps;
  return {
    path,
    errorFormat: plainErrors,
    methods: {
      GET(context) {
        const reply: StatusReply = { ...core.report(), listener: listener() };
        sendJson(context, 200, reply);
      },
    },
  };
}
