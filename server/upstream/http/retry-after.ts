// How long a service asks to be left alone. Knows nothing of why.

import type { ResponseHeaders } from "./transport.ts";

// `0` and a date in the past are no invitation to ask at once.
const shortestMs = 1_000;
// Nobody is asked to wait longer for one answer: beyond it, the header is a mistake.
const longestMs = 24 * 60 * 60 * 1000;

/**
 * Milliseconds from now until the service wants to be asked again: `Retry-After` in seconds or as a date (RFC 9110,
 * section 10.2.3), else GitHub's `x-ratelimit-reset` when nothing of the limit remains. Dates are taken relative to the
 * answer's own `Date`, else to `nowMs`, so that a wrong clock here does no harm. Undefined when it does not say, or says it in
 * another form.
 */
export function retryAfterMs(headers: ResponseHeaders, nowMs: number): number | undefined {
  const serviceNowMs = serviceTimeMs(headers) ?? nowMs;
  const value = headers["retry-after"]?.trim();
  if (value !== undefined && value !== "") {
    if (/^\d+(\.\d+)?$/.test(value)) return bounded(Number(value) * 1000);
    const untilMs = httpDateMs(value);
    if (untilMs !== undefined) return bounded(untilMs - serviceNowMs);
  }
  const reset = headers["x-ratelimit-reset"];
  if (headers["x-ratelimit-remaining"] === "0" && reset !== undefined && /^\d+$/.test(reset)) {
    return bounded(Number(reset) * 1000 - serviceNowMs);
  }
  return undefined;
}

/** The service's clock, from its `Date` header. */
export function serviceTimeMs(headers: ResponseHeaders): number | undefined {
  return httpDateMs(headers["date"] ?? "");
}

const clockPattern = "\\d{2}:\\d{2}:\\d{2}";
/** RFC 9110, section 5.6.7: IMF-fixdate, and the forms of RFC 850 and asctime, which recipients have to know. */
const httpDate = new RegExp(
  `^(?:[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} ${clockPattern} GMT` +
    `|[A-Z][a-z]{5,8}, \\d{2}-[A-Z][a-z]{2}-\\d{2} ${clockPattern} GMT` +
    `|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \\d]\\d ${clockPattern} \\d{4})$`,
);

/** Milliseconds since the epoch. `Date.parse` alone takes `-5` and `Mon, 5` for dates, and asctime for local time. */
function httpDateMs(text: string): number | undefined {
  const value = text.trim();
  if (!httpDate.test(value)) return undefined;
  const timeMs = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function bounded(ms: number): number {
  return Math.min(Math.max(shortestMs, Math.ceil(ms)), longestMs);
}
