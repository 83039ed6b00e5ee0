// The settings in force and the file that a person can write. A write goes to the file only; flags and variables stay
// stronger and are told apart by `entries`.

import { CopilotError, describeError } from "../../shared/errors.ts";
import type { SettingsAccess } from "../../shared/settings.ts";
import type { Config } from "./layers.ts";
import { environmentName, isSettingKey, type SettingKey, settingsTable } from "./settings.ts";
import type { SettingsFile } from "./settings-file.ts";
import { parseSettingText, type SettingValue } from "./values.ts";

/**
 * `reload` reads all layers anew, so that `entries` tells the truth after a write. `assertUsable` rejects a value that the
 * table of settings takes and its reader would not.
 */
export function createSettingsAccess(
  file: SettingsFile,
  reload: () => Config,
  assertUsable: (key: SettingKey, value: SettingValue) => Promise<void>,
): SettingsAccess {
  let config = reload();

  const known = (key: string): SettingKey => {
    if (isSettingKey(key)) return key;
    throw new CopilotError("bad-request", `There is no setting ${key}.`, {
      advice: "`copilot-lsp config` lists them all.",
    });
  };
  const change = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      const result = await action();
      config = reload();
      return result;
    } catch (error) {
      throw new CopilotError("internal", `${file.path} cannot be written: ${describeError(error)}.`, {
        advice: "Mend or move the file, then try again.",
        cause: error,
      });
    }
  };

  return {
    path: file.path,
    entries: () => config.entries().map((entry) => ({ ...entry, environmentName: environmentName(entry.key) })),
    problems: () => config.problems(),
    flagProblems: () => config.flagProblems(),
    async write(key, text) {
      const setting = known(key);
      const parsed = parseSettingText(settingsTable[setting].kind, text);
      if (parsed.kind === "problem") {
        throw new CopilotError("bad-request", `${setting} takes ${parsed.expected}, not ${text}.`);
      }
      await assertUsable(setting, parsed.value);
      await change(() => file.write(setting, parsed.value));
    },
    remove: (key) => {
      const setting = known(key);
      return change(() => file.remove(setting));
    },
  };
}
