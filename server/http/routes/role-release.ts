// `POST /role/release`: another process of the same person asks for the port. Answered when the port is free: from then
// on it is the asker's to take.

import { plainErrors } from "../response/error-format.ts";
import { sendJson } from "../response/answer.ts";
import type { RequestContext } from "../request/request-context.ts";
import { pendingInput } from "../../runtime/cancel.ts";
import type { Route } from "../route.ts";

export function createRoleReleaseRoute(
  deps: {
    readonly nonce: string;
    readonly checkOwner: (context: RequestContext, nonce: string) => Promise<void>;
    /** Throws `HttpError` where the port is not this process's to give. */
    readonly handOver: () => void;
  },
  path: string,
): Route {
  const { nonce, checkOwner, handOver } = deps;
  return {
    path,
    errorFormat: plainErrors,
    // Shown to be this person's in a way of its own.
    needsNoToken: true,
    methods: {
      async POST(context) {
        await checkOwner(context, nonce);
        // Closing a socket resets the connections that wait in it.
        await pendingInput(context.ctx);
        handOver();
        sendJson(context, 200, { released: true });
      },
    },
  };
}
