// Takes over a sign-in of another Copilot plugin. Nothing is stored that Copilot does not accept, so that an import that
// fails leaves the sign-in that was there.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError, type ErrorCode, errorCodeOf } from "../../shared/errors.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { redact } from "../runtime/secret.ts";
import type { GitHubApi, SessionToken } from "../upstream/types.ts";
import type { CredentialHolder } from "./credential.ts";
import { now } from "./timestamp.ts";
import { type ForeignSignIn, findForeignSignIns, type ImportSources } from "./foreign-sign-ins.ts";
import { tokenKindNote } from "./refusal.ts";
import type { SessionKeeper } from "./session.ts";
import type { Environment } from "./token-sources.ts";
import type { ImportedSignIn } from "./types.ts";

const verdicts: ReadonlySet<ErrorCode> = new Set(["signed-out", "not-authorized"] as const);

const loginAdvice = "Sign in with `copilot-lsp login` instead.";

function refused(signIn: ForeignSignIn, error: unknown): CopilotError {
  const note = tokenKindNote(signIn.token);
  const words = error instanceof CopilotError ? redact(error.message) : "";
  return new CopilotError(errorCodeOf(error), `Copilot does not accept the sign-in in ${signIn.path}: ${words}`, {
    advice: note === undefined ? loginAdvice : `${note} ${loginAdvice}`,
    httpStatus: error instanceof CopilotError ? error.httpStatus : undefined,
    url: error instanceof CopilotError ? error.url : undefined,
    cause: error,
  });
}

/** See `Auth.importFrom`. */
export async function importSignIn(
  ctx: Ctx,
  deps: {
    readonly clock: Clock;
    readonly github: GitHubApi;
    readonly environment: Environment;
    readonly places: ImportSources;
    readonly credentials: CredentialHolder;
    readonly sessions: SessionKeeper;
  },
  wanted: { readonly clientId: string; readonly path: string | undefined },
): Promise<ImportedSignIn> {
  const { clock, github, credentials, sessions } = deps;
  ctx.signal.throwIfAborted();
  const server = github.serverUrl();
  const { host } = new URL(server);
  const { found, files, databases } = await findForeignSignIns(deps, { host, ...wanted });
  const newer =
    databases.length > 0 &&
    `A newer plugin keeps its sign-in in ${databases.join(" and ")}, which cannot be taken over.`;
  let lastRefusal = new CopilotError("bad-request", `No sign-in for ${host} in ${files.join(" or ")}.`, {
    advice: newer ? `${newer} ${loginAdvice}` : loginAdvice,
  });
  for (const signIn of found) {
    if (github.serverUrl() !== server) break;
    const asked = now(clock);
    let session: SessionToken;
    try {
      session = await untilAborted(ctx.signal, github.exchangeSession(ctx, signIn.token));
    } catch (error) {
      if (ctx.signal.aborted || !verdicts.has(errorCodeOf(error))) throw error;
      lastRefusal = refused(signIn, error);
      continue;
    }
    const login = await untilAborted(ctx.signal, github.fetchLogin(ctx, signIn.token)).catch(() => signIn.user);
    ctx.signal.throwIfAborted();
    if (github.serverUrl() !== server) break;
    await credentials.save(signIn.token, login);
    sessions.take(session, asked);
    return {
      user: login ?? "a user whom GitHub has not named",
      path: signIn.path,
      warning: tokenKindNote(signIn.token),
    };
  }
  throw lastRefusal;
}
