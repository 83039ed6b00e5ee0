// `POST /role/release`: another process of the same person asks for the port. Answered when the port is free: from then
// on it is the asker's to take.

import { plainDialect } from "../response/error-format.ts";
import { sendJson } from "../response/answer.ts";
import type { Exchange, Route } from "../request/exchange.ts";

export function createRoleReleaseRoute(
  deps: {
    readonly nonce: string;
    readonly checkOwner: (exchange: Exchange, nonce: string) => Promise<void>;
    readonly handOver: () => void;
  },
  path: string,
): Route {
  const { nonce, checkOwner, handOver } = deps;
  return {
    path,
    dialect: plainDialect,
    // Shown to be this person's in a way of its own.
    needsNoToken: true,
    methods: {
      async POST(exchange) {
        await checkOwner(exchange, nonce);
        handOver();
        sendJson(exchange, 200, { released: true });
      },
    },
  };
}
