// `POST /signout`: forgets the token, for every process of this person.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { plainErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createSignOutRoute(deps: { readonly core: Core }, path: string): Route {
  return {
    path,
    errorFormat: plainErrors,
    methods: {
      async POST(context) {
        const { leftInEnvironment } = await deps.core.account.signOut(context.ctx);
        sendJson(context, 200, { leftInEnvironment });
      },
    },
  };
}
