// What every endpoint needs: where the servers are, who we are, how to ask. One per `Upstream`.

import type { Clock } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { GitHubServer } from "../github/hosts.ts";
import { authorization } from "../identity.ts";
import type { SessionToken } from "../types.ts";
import type { UpstreamSettings } from "../settings.ts";

export interface Endpoints {
  readonly clock: Clock;
  readonly http: HttpClient;
  settings(): UpstreamSettings;
  /** Throws `bad-request` for a server that cannot be used. */
  server(): GitHubServer;
  /** Headers of every request, lower-case names. */
  identity(): Readonly<Record<string, string>>;
  /** Reads what the head of an answer says of the plan. */
  readQuotas(session: SessionToken, headers: Readonly<Record<string, string>>): void;
}

/** Headers of a request to GitHub's own API. `apiVersion`: as the official server names it for that endpoint. */
export function gitHubHeaders(
  endpoints: Endpoints,
  githubToken: Secret,
  apiVersion?: string,
): Readonly<Record<string, string>> {
  return {
    ...endpoints.identity(),
    accept: "application/json",
    authorization: authorization(githubToken),
    ...(apiVersion === undefined ? {} : { "x-github-api-version": apiVersion }),
  };
}

/** GitHub says 404 to an account, or to a token of another app, that has no Copilot. */
export function asNotAuthorized(error: unknown): unknown {
  if (!(error instanceof CopilotError) || error.code !== "upstream-rejected" || error.httpStatus !== 404) return error;
  return new CopilotError("not-authorized", "GitHub gives this account, or this kind of token, no Copilot (404).", {
    advice: "Check the account's Copilot plan on GitHub; a token from another program may not do: sign in here.",
    httpStatus: 404,
    url: error.url,
  });
}
