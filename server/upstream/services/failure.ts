// Which failure an answer of a service is, by its status and words. Unlike `refusal.ts` it expects no mark of GitHub.

import { serviceKeyVariable } from "../../../shared/account.ts";
import { CopilotError, type ErrorCode } from "../../../shared/errors.ts";
import { objectOf, parseJson } from "../../runtime/json.ts";
import { clean, readErrorText } from "../error-text.ts";
import { retryAfterMs } from "../http/retry-after.ts";
import type { RefusalFacts } from "../refusal.ts";

/** What failures advise, by how the person named the service. */
export interface ServiceAdvice {
  /** About a key that is missing or refused. */
  readonly key: string;
  /** The setting that holds the address. */
  readonly addressSetting: string;
  readonly settings: string;
}

export const usualAdvice: ServiceAdvice = {
  key: `Set ${serviceKeyVariable}, or store the key with \`copilot-lsp login\`.`,
  addressSetting: "service.url",
  settings: "Check service.kind, service.url and service.model; `copilot-lsp doctor` looks at each.",
};

export function serviceFailure(
  { host, what, status, headers, body, secrets, nowMs }: RefusalFacts,
  advised: ServiceAdvice = usualAdvice,
): CopilotError {
  const isPage = /^\s*</.test(body);
  const detail = detailOf(body);
  const said = detail === undefined ? readErrorText(body, secrets).message : clean(detail, secrets);
  const words = isPage ? "" : said;
  const says = words === "" ? "." : `: ${words}`;
  const waitMs = retryAfterMs(headers, nowMs);
  const failure = (code: ErrorCode, message: string, advice: string): CopilotError =>
    new CopilotError(code, message, { advice, httpStatus: status, retryAfterMs: waitMs });
  if (status === 401) {
    const deed = secrets.length === 0 ? "wants a key" : "does not accept the key";
    return failure("key-refused", `${host} ${deed} (401)${says}`, advised.key);
  }
  if (status === 402)
    return failure("quota", `${host} says that the account is used up (402)${says}`, "See to the account.");
  if (status === 403)
    return failure("key-refused", `${host} does not allow this key ${what} (403)${says}`, advised.key);
  if (status === 429 || (status === 503 && waitMs !== undefined)) {
    return failure("limited", `${host} was asked too often for ${what} (${status})${says}`, "Wait a while.");
  }
  if (status >= 500) {
    return failure("upstream-failed", `${host} failed to give ${what} (${status})${says}`, "Try again in a while.");
  }
  if (status === 200 && words === "") {
    const advice = `Check that ${advised.addressSetting} is the address of such a service.`;
    return failure("upstream-failed", `${host} answered with something else instead of ${what}.`, advice);
  }
  if (status === 200) return failure("upstream-failed", `${host} failed to give ${what}${says}`, "Try again.");
  return failure("upstream-rejected", `${host} refused ${what} (${status})${says}`, advised.settings);
}

/** FastAPI and Mistral name what is wrong with a field in a list. */
function detailOf(body: string): string | undefined {
  const { detail } = objectOf(parseJson(body));
  if (typeof detail === "string") return detail;
  const { msg } = objectOf(Array.isArray(detail) ? detail[0] : undefined);
  return typeof msg === "string" ? msg : undefined;
}
