// What the engine is handed, with Copilot as its service.

import type { Exclusion } from "../../../shared/exclusion.ts";
import type { EngineDeps } from "../../../server/completion/engine.ts";
import type { FileRules } from "../../../server/exclusion/types.ts";
import { createGovernor, type GovernorSettings } from "../../../server/governor/governor.ts";
import { createCopilotService } from "../../../server/upstream/copilot/copilot-service.ts";

type Deps = Omit<
  EngineDeps,
  "service" | "governor" | "onSecrets" | "fallbacks" | "onFallback" | "mayGetExcluded" | "rules"
> &
  Partial<Pick<EngineDeps, "onSecrets" | "fallbacks" | "onFallback" | "rules">> &
  Parameters<typeof createCopilotService>[0];

/** Every file may be sent. */
export const noRules: FileRules = { verdict: () => undefined, settle: () => undefined, settleAccount: () => undefined };

/** Files are kept back by their relative paths alone, which is known at once. */
export function rulesByPath(isExcluded: (path: string | undefined) => boolean): FileRules {
  const exclusion: Exclusion = { by: "setting", message: "A test keeps this file back." };
  return {
    verdict: ({ path }) => (isExcluded(path) ? exclusion : undefined),
    settle: () => undefined,
    settleAccount: () => undefined,
  };
}

export const noBudgets: GovernorSettings = {
  typing: { burst: 0, perMinute: 1 },
  scripts: { burst: 0, perMinute: 1 },
  edits: { burst: 0, perMinute: 1 },
};

export function onCopilot(deps: Deps, budgets: () => GovernorSettings = () => noBudgets): EngineDeps {
  return {
    onSecrets: () => undefined,
    fallbacks: [],
    onFallback: () => undefined,
    mayGetExcluded: false,
    rules: noRules,
    ...deps,
    service: createCopilotService(deps),
    governor: createGovernor(deps, budgets),
  };
}
