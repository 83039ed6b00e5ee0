// `POST /signin`: starts the device flow, or joins the one under way, and answers the code and where to enter it. Polling
// goes on by itself; `GET /events` and `GET /health` show how it ends.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { plainErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createSignInRoute(deps: { readonly core: Core }, path: string): Route {
  return {
    path,
    errorFormat: plainErrors,
    methods: {
      async POST(context) {
        sendJson(context, 200, await deps.core.account.signIn(context.ctx));
      },
    },
  };
}
