// Which failure an HTTP status is. GitHub marks what it answers itself with `x-github-request-id`; a refusal without it
// comes from something on the way. Knows no endpoint.

import { CopilotError, type ErrorCode } from "../../shared/errors.ts";
import type { Secret } from "../runtime/secret.ts";
import type { ResponseHeaders } from "./http/transport.ts";
import { retryAfterMs } from "./http/retry-after.ts";
import { readErrorText } from "./error-text.ts";

export interface RefusalFacts {
  readonly host: string;
  /** What was asked for, as a noun: `the session token`. */
  readonly what: string;
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** As far as it was read. */
  readonly body: string;
  /** Secrets of the request, which the body may echo. */
  readonly secrets: readonly Secret[];
  readonly nowMs: number;
}

/** The error for an answer that is not the one asked for: any status but 200, or 200 with a page. */
export function refusal(facts: RefusalFacts): CopilotError {
  const { host, what, status, headers, secrets, nowMs } = facts;
  const isPage = isHtml(headers, facts.body);
  const fromGitHub = isFromGitHub(headers);
  if (!fromGitHub && (isPage || (status >= 300 && status < 500))) return intercepted(facts);

  const { message: words, url, isRateLimit } = readErrorText(isPage ? "" : facts.body, secrets);
  const waitMs = retryAfterMs(headers, nowMs);
  const failure = (code: ErrorCode, message: string, advice: string): CopilotError =>
    new CopilotError(code, message, { advice, httpStatus: status, retryAfterMs: waitMs, url });
  const says = words === "" ? "." : `: ${words}`;
  const isLimit =
    status === 429 ||
    isRateLimit ||
    (status === 403 &&
      (/rate limit/i.test(words) || headers["x-ratelimit-remaining"] === "0" || waitMs !== undefined)) ||
    (status === 503 && headers["retry-after"] !== undefined);

  if (isLimit)
    return failure(
      "limited",
      `${host} was asked too often for ${what}${status === 200 ? "" : ` (${status})`}${says}`,
      "Wait a while.",
    );
  switch (status) {
    case 401:
      return failure("signed-out", `${host} no longer accepts the token (401)${says}`, "Sign in again.");
    case 402:
      return failure(
        "quota",
        words || "The plan's completions are used up.",
        "Wait for the next period, or change the plan.",
      );
    case 403:
      return failure(
        "not-authorized",
        words || `${host} does not allow this account ${what} (403).`,
        url === undefined ? "Check the account's Copilot settings on GitHub." : `See ${url}`,
      );
    case 466:
      return failure("client-rejected", words || `${host} refuses this client (466).`, "Update copilot-lsp.");
    default:
  }
  if (status >= 500) {
    return failure("upstream-failed", `${host} failed to give ${what} (${status})${says}`, "Try again in a while.");
  }
  if (status === 200 && words !== "") {
    return failure("upstream-failed", `${host} failed to give ${what}${says}`, "Try again in a while.");
  }
  if (status === 200) {
    return failure(
      "upstream-failed",
      `${host} answered with ${isPage ? "a page" : "something else"} instead of ${what}.`,
      "Check that github.uri is right.",
    );
  }
  return failure(
    "upstream-rejected",
    `${host} refused ${what} (${status})${says}`,
    "Check the settings, or update copilot-lsp.",
  );
}

export function isFromGitHub(headers: ResponseHeaders): boolean {
  return headers["x-github-request-id"] !== undefined;
}

export function isHtml(headers: ResponseHeaders, body: string): boolean {
  return /^\s*(text\/html|application\/xhtml)/i.test(headers["content-type"] ?? "") || /^\s*</.test(body);
}

function intercepted({ host, what, status, headers, secrets, body, nowMs }: RefusalFacts): CopilotError {
  const target = redirectHost(headers);
  const said = isHtml(headers, body) ? "" : readErrorText(body, secrets).message;
  const how = target === undefined ? `with status ${status}` : `with a redirect to ${target}`;
  return new CopilotError(
    "intercepted",
    `Something in front of ${host} answered the request for ${what} in its place, ${how}${said === "" ? "." : `: ${said}`}`,
    {
      advice: "Check the proxy, the firewall, or the network's sign-in page.",
      httpStatus: status,
      retryAfterMs: retryAfterMs(headers, nowMs),
    },
  );
}

function redirectHost(headers: ResponseHeaders): string | undefined {
  const location = headers["location"];
  return location !== undefined && URL.canParse(location) ? new URL(location).host : undefined;
}
