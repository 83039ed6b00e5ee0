// What the engine is handed, with Copilot as its service.

import type { EngineDeps } from "../../../server/completion/engine.ts";
import { createGovernor, type GovernorSettings } from "../../../server/governor/governor.ts";
import { createCopilotService } from "../../../server/upstream/copilot/copilot-service.ts";

type Deps = Omit<EngineDeps, "service" | "governor" | "onSecrets" | "fallbacks" | "onFallback" | "mayGetExcluded"> &
  Partial<Pick<EngineDeps, "onSecrets" | "fallbacks" | "onFallback">> &
  Parameters<typeof createCopilotService>[0];

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
    ...deps,
    service: createCopilotService(deps),
    governor: createGovernor(deps, budgets),
  };
}
