// Settings that are in force, as commands look them up, and those that they put above all others.

import type { SettingJson } from "../../shared/settings.ts";
import type { CliEnv, SettingOverride } from "./env.ts";

/** Undefined for a key that is no setting. */
export function settingValue({ settings }: Pick<CliEnv, "settings">, key: string): SettingJson | undefined {
  return settings.entries().find((entry) => entry.key === key)?.value;
}

/** Asked is the service itself: one that answers in its place says nothing of it. */
export const noFallback: SettingOverride = { key: "service.fallback", text: "" };
