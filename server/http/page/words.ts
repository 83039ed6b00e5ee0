// What the page says of a request that brought nothing: what the reason means, and what to do about it.

import { emptyReasons, type ReasonCode } from "../../../shared/completion.ts";
import { noEditInWords } from "../../../shared/words/edit-reasons.ts";
import { noEditReasons, type NoEditReason } from "../../../shared/edits.ts";
import { errorCodes } from "../../../shared/errors.ts";
import type { ExplainedRequest, RecentRequest } from "../../../shared/page.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";

const advice: Partial<Readonly<Record<ReasonCode, string>>> = {
  disabled: "The settings completion.enabled and completion.languages decide.",
  excluded: "The setting completion.excludeGlobs, a .copilotignore file or a rule of your organisation names it.",
  secret: "The setting completion.secrets decides what becomes of such text.",
  "signed-out": "Sign in above.",
  "not-authorized": "Check the plan of this account on GitHub.",
  "key-refused": "Set COPILOT_LSP_SERVICE_KEY, or store the key with `copilot-lsp login`.",
  "keychain-locked": "Unlock it, then ask again.",
  quota: "The account above shows when there is more; a service of your own has no such limit.",
  limited: "Wait a moment. The settings under governor are this program's own limits.",
  offline: "Check the network and upstream.proxy; `copilot-lsp doctor` looks at each step.",
  tls: "A proxy may replace certificates: `copilot-lsp doctor` names the one that is in the way.",
  timeout: "`copilot-lsp doctor` measures the way to the service.",
  intercepted: "A login page of the network may stand in the way: open any web page.",
  "upstream-failed": "Ask again later; the service's own status page may say more.",
  "upstream-rejected": "`copilot-lsp doctor` shows what the service says.",
  "client-rejected": "Update copilot-lsp.",
  internal: "The log says more: log.file, log.level.",
};

const editAdvice: Partial<Readonly<Record<NoEditReason, string>>> = {
  ...advice,
  disabled: "The settings edits.enabled and completion.languages decide.",
};

export function explained(request: RecentRequest): ExplainedRequest {
  const { kind, outcome } = request;
  if (kind === "edit" && isOneOf(noEditReasons, outcome)) {
    return { ...request, meaning: noEditInWords(outcome), advice: editAdvice[outcome] };
  }
  if (!isOneOf(emptyReasons, outcome) && !isOneOf(errorCodes, outcome)) return request;
  return { ...request, meaning: reasonInWords(outcome), advice: advice[outcome] };
}

function isOneOf<T extends string>(codes: readonly T[], code: string): code is T {
  return codes.some((one) => one === code);
}
