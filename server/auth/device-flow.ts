// The waiting part of the device flow (RFC 8628, sections 3.4 and 3.5): asks GitHub at the pace it wants whether the
// person has entered the code. Knows nothing of what the token is for.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError, type ErrorCode, errorCodeOf } from "../../shared/errors.ts";
import { sleep, untilAborted } from "../runtime/cancel.ts";
import { redact, type Secret } from "../runtime/secret.ts";
import type { DeviceCode, DevicePoll } from "../upstream/types.ts";
import { backoffMs } from "./backoff.ts";
import { elapsedMs, type Timestamp } from "./timestamp.ts";

/** What `slow_down` adds, for this and all later polls. RFC 8628, section 3.5. */
const slowDownMs = 5_000;
/** For a service that names no pause at all. */
const leastIntervalMs = 1_000;

/** Failures that pass: the person may still be typing the code while the network comes back. */
const passing: ReadonlySet<ErrorCode> = new Set([
  "offline",
  "tls",
  "timeout",
  "intercepted",
  "limited",
  "upstream-failed",
] as const);

/**
 * Resolves with the GitHub token. `issued` is when the code was handed out. Throws `sign-in-denied`, `sign-in-expired`,
 * `sign-in-failed`, and with the signal's reason.
 */
export async function waitForToken(
  ctx: Ctx,
  deps: {
    readonly clock: Clock;
    readonly random: () => number;
    readonly poll: (ctx: Ctx, deviceCode: Secret) => Promise<DevicePoll>;
  },
  code: DeviceCode,
  issued: Timestamp,
): Promise<Secret> {
  const { clock, random } = deps;
  const lifetimeMs = code.expiresInSeconds * 1_000;
  let intervalMs = code.intervalSeconds > 0 ? code.intervalSeconds * 1_000 : leastIntervalMs;
  let pauseMs = intervalMs;
  let failures = 0;
  for (;;) {
    const leftMs = lifetimeMs - elapsedMs(clock, issued);
    await sleep(ctx, clock, Math.max(0, Math.min(pauseMs, leftMs)));
    if (elapsedMs(clock, issued) >= lifetimeMs) throw expired();
    let answer: DevicePoll;
    try {
      answer = await untilAborted(ctx.signal, deps.poll(ctx, code.deviceCode));
    } catch (error) {
      if (ctx.signal.aborted) throw error;
      if (!passing.has(errorCodeOf(error))) throw failed(error);
      failures += 1;
      const retryAfterMs = error instanceof CopilotError ? error.retryAfterMs : undefined;
      pauseMs = Math.max(intervalMs, backoffMs(failures, retryAfterMs, random));
      ctx.log.info("no answer to the question for the sign-in; asking again", { code: errorCodeOf(error), failures });
      continue;
    }
    failures = 0;
    switch (answer.kind) {
      case "token":
        return answer.token;
      case "pending":
        break;
      case "slow-down":
        intervalMs = Math.max(intervalMs + slowDownMs, (answer.intervalSeconds ?? 0) * 1_000);
        break;
      case "expired":
        throw expired();
      case "denied":
        throw new CopilotError("sign-in-denied", "The sign-in was refused on GitHub.", {
          advice: "Start it again if that was not meant.",
        });
      case "failed":
        throw new CopilotError(
          "sign-in-failed",
          `GitHub ended the sign-in: ${redact(answer.description || answer.error)} (${redact(answer.error)}).`,
        );
    }
    pauseMs = intervalMs;
  }
}

function expired(): CopilotError {
  return new CopilotError("sign-in-expired", "The code ran out before it was entered.", {
    advice: "Start the sign-in again to get a new one.",
  });
}

function failed(error: unknown): CopilotError {
  if (!(error instanceof CopilotError)) {
    return new CopilotError("sign-in-failed", "The sign-in ended on a defect of this program.", { cause: error });
  }
  if (error.code === "closing" || error.code === "cancelled" || error.code === "sign-in-failed") return error;
  return new CopilotError("sign-in-failed", `GitHub ended the sign-in: ${redact(error.message)}`, {
    advice: error.advice,
    httpStatus: error.httpStatus,
    cause: error,
  });
}
