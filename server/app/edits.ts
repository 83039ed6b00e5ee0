// Next edits: by Copilot, or by a server of the person's own.

import { randomUUID } from "node:crypto";
import type { SessionSource } from "../auth/types.ts";
import type { CompletionService } from "../completion/service.ts";
import { isLanguageOn, type NamedLanguage } from "../completion/skip-reason.ts";
import { section } from "../config/settings.ts";
import { createEdits } from "../edits/edits.ts";
import type { EditService } from "../edits/service.ts";
import type { Edits } from "../edits/types.ts";
import type { FileRules } from "../exclusion/types.ts";
import type { Governor } from "../governor/governor.ts";
import { createSelector } from "../runtime/memoize.ts";
import { countingOf } from "../upstream/copilot/plan.ts";
import type { Upstream } from "../upstream/types.ts";
import type { AssemblyInputs } from "./assembly-inputs.ts";

const noService =
  "The service that completes predicts no edits; the setting edits.service names one that does, such as ollama.";

export function openEdits(
  { clock, log, config }: AssemblyInputs,
  deps: {
    /** Opens the person's own server; undefined: there is none. */
    readonly openOwn: (() => Promise<EditService>) | undefined;
    /** Completions come from Copilot, so that next edits may as well. */
    readonly isCopilotUsed: boolean;
    readonly governor: Governor;
    readonly upstream: Upstream;
    readonly sessions: SessionSource;
    readonly account: CompletionService["account"];
    readonly rules: FileRules;
    readonly onSecrets: (names: readonly string[]) => void;
  },
): Edits {
  const { openOwn, upstream, sessions, rules } = deps;
  const settings = config.settings;
  const hasService = deps.isCopilotUsed || openOwn !== undefined;
  const isOn = (file: NamedLanguage): boolean => isLanguageOn({ languages: settings()["completion.languages"] }, file);
  const loadCopilot = async (): Promise<EditService> => {
    const { createCopilotEditService } = await import("../upstream/copilot/copilot-edit-service.ts");
    return createCopilotEditService({
      clock,
      log,
      copilot: upstream.copilotEdits,
      sessions,
      async account(ctx) {
        const account = await deps.account(ctx);
        return { ...account, isCounted: countingOf(sessions.peek()) === "counted" };
      },
      newId: randomUUID,
    });
  };
  return createEdits(
    {
      clock,
      log,
      governor: deps.governor,
      onSecrets: deps.onSecrets,
      newId: randomUUID,
      settleRules: rules.settle,
      mayRecord(file, text) {
        const exclusion = rules.verdict(file, () => text);
        return hasService && (exclusion === undefined || exclusion.by === "unknown") && isOn(file);
      },
      verdict(file, text) {
        if (!hasService) return { reason: "disabled", detail: noService };
        const exclusion = rules.verdict(file, () => text);
        if (exclusion) return { reason: "excluded", detail: exclusion.message };
        return isOn(file) ? undefined : { reason: "disabled" };
      },
      loadService: openOwn ?? loadCopilot,
    },
    createSelector(
      () => [settings()],
      (now) => ({
        ...section(now, "edits"),
        secrets: now["completion.secrets"],
      }),
    ),
  );
}
