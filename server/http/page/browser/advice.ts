// What to do about a request that brought nothing, where something can be done.

import type { ReasonCode } from "../../../../shared/completion.ts";

const advice: Partial<Readonly<Record<ReasonCode, string>>> = {
  disabled: "The settings completion.enabled and completion.languages decide.",
  excluded: "The setting completion.excludeGlobs, a .copilotignore file or a rule of your organisation names it.",
  secret: "The setting completion.secrets decides what becomes of such text.",
  "signed-out": "Sign in above.",
  "not-authorized": "Check the plan of this account on GitHub.",
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

export function adviceFor(reason: ReasonCode): string | undefined {
  return advice[reason];
}
