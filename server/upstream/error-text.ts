// What the body of a refusal says, fit to be shown: one line, bounded, without tokens and without characters that act on
// a terminal. Knows no status.

import { objectOf, parseJson } from "../runtime/json.ts";
import { withoutControls } from "../runtime/printable.ts";
import { redact, type Secret } from "../runtime/secret.ts";

export interface ErrorText {
  /** Empty when the body says nothing. */
  readonly message: string;
  /** A page that helps, as the service named it. */
  readonly url: string | undefined;
  /** Whether its code, and not its words, says that too much was asked for. */
  readonly isRateLimit: boolean;
}

const maxCharacters = 300;

/** `body` is JSON in one of GitHub's shapes, or text. `secrets` are those of the request, which the body may echo. */
export function readErrorText(body: string, secrets: readonly Secret[]): ErrorText {
  const { message, url, isRateLimit } = fromJson(body) ?? { message: body, url: undefined, isRateLimit: false };
  return { message: clean(message, secrets), url: url && scrub(withoutControls(url), secrets), isRateLimit };
}

/** One line of `text`, bounded, without `secrets` and without whatever looks like a token. */
export function clean(text: string, secrets: readonly Secret[]): string {
  const line = withoutControls(scrub(text, secrets).replace(/[\s\p{Cc}]+/gu, " ")).trim();
  return line.length > maxCharacters ? `${line.slice(0, maxCharacters - 1)}…` : line;
}

function scrub(text: string, secrets: readonly Secret[]): string {
  let result = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value === "") continue;
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) {
      result = result.replaceAll(form, String(secret));
    }
  }
  return redact(result);
}

function fromJson(body: string): ErrorText | undefined {
  const parsed = parseJson(body);
  if (parsed === undefined) return undefined;
  const json = objectOf(parsed);
  const details = objectOf(json["error_details"]);
  const error = objectOf(json["error"]);
  const message = [
    details["message"],
    error["message"],
    json["error_description"],
    json["message"],
    json["error"],
  ].find((candidate) => typeof candidate === "string" && candidate !== "");
  const url = [details["url"], json["documentation_url"]].find(
    (candidate) => typeof candidate === "string" && /^https?:\/\//.test(candidate),
  );
  return {
    message: typeof message === "string" ? message : "",
    url: typeof url === "string" ? url : undefined,
    isRateLimit: [error, json].some((said) => ["code", "type", "status"].some((name) => isRateLimitCode(said[name]))),
  };
}

/** `rate_limited`, `user_global_rate_limited`, `rate_limit_exceeded`, 429 … */
function isRateLimitCode(code: unknown): boolean {
  return code === 429 || code === "429" || (typeof code === "string" && /rate_?limit|too_?many_?requests/i.test(code));
}
