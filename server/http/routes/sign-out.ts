// `POST /signout`: forgets the token, for every process of this person.

import type { Core } from "../../core/types.ts";
import { sendJson } from "../response/answer.ts";
import { plainDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";

export function createSignOutRoute(deps: { readonly core: Core }, path: string): Route {
  return {
    path,
    dialect: plainDialect,
    methods: {
      async POST(exchange) {
        sendJson(exchange, 200, await deps.core.account.signOut(exchange.ctx));
      },
    },
  };
}
