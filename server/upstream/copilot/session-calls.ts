// What every client of Copilot's API does with session tokens: one retry after a token has expired, and a list of models
// that is read once for each token.

import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import { orAfter } from "../../runtime/cancel.ts";
import type { SessionToken } from "../types.ts";

/** Where session tokens come from, as `SessionSource` of sign-in. */
export interface Sessions {
  get(ctx: Ctx): Promise<SessionToken>;
  reject(session: SessionToken): void;
}

// A list that takes longer costs the first answer more than a wrong model would.
const maxListWaitMs = 1_500;

/** Calls with a session token, and once more with a new one where the token has expired. Rejects as `call` and `get`. */
export async function callWithSession<T>(
  sessions: Sessions,
  ctx: Ctx,
  call: (session: SessionToken) => Promise<T>,
): Promise<T> {
  for (let isRenewed = false; ; isRenewed = true) {
    const session = await sessions.get(ctx);
    try {
      return await call(session);
    } catch (error) {
      // A session token may expire at any moment; the account is not in doubt until a new one is refused too.
      const isRetried = !isRenewed && isStaleSession(error);
      // A token that is refused for its account may carry an old right; the next one will not.
      if (isRetried || errorCodeOf(error) === "not-authorized") sessions.reject(session);
      if (!isRetried) throw error;
    }
  }
}

/**
 * Reads a list once for each session token, in the background. What is returned resolves when it was read, or after 1.5
 * seconds; never rejects. `read` must not reject.
 */
export function oncePerSession(
  clock: Clock,
  read: (session: SessionToken) => Promise<void>,
): (session: SessionToken) => Promise<void> {
  let reading: { readonly session: SessionToken; readonly ended: Promise<void> } | undefined;
  return (session) => {
    if (!reading?.session.token.equals(session.token)) {
      reading = { session, ended: orAfter(clock, maxListWaitMs, read(session), undefined) };
    }
    return reading.ended;
  };
}

function isStaleSession(error: unknown): boolean {
  return error instanceof CopilotError && error.code === "signed-out" && error.httpStatus === 401;
}
