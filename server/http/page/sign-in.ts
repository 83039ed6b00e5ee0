// `POST /page/signin`: the device flow from its start to its end, as server-sent events: `code`, then `signed-in` or
// `error`. Who leaves stops only the telling.

import { CopilotError } from "../../../shared/errors.ts";
import { eventStream, namedEvent } from "../formats/framed.ts";
import { plainErrors } from "../response/error-format.ts";
import { problemOf } from "../response/problem.ts";
import { beginStream, writePiece } from "../response/stream.ts";
import type { Handler } from "../route.ts";
import type { PageDeps } from "./deps.ts";

export function createSignInHandler({ core }: Pick<PageDeps, "core">): Handler {
  return async (context) => {
    const { ctx, response } = context;
    const start = await core.account.signIn(ctx);
    beginStream(context, { "Content-Type": eventStream });
    if (start.kind === "already-signed-in") {
      response.end(namedEvent("signed-in", { user: start.user }));
      return;
    }
    await writePiece(context, namedEvent("code", start));
    try {
      response.end(namedEvent("signed-in", await core.account.finishSignIn(ctx)));
    } catch (error) {
      if (ctx.signal.aborted) throw error;
      const known = error instanceof CopilotError ? error : new CopilotError("internal", String(error));
      response.end(namedEvent("error", plainErrors(problemOf(known))));
    }
  };
}
