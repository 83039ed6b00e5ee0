// What a setting must be beyond its kind, looked at when a person writes it: the parts that read it say so only when they
// are used, and then nothing works.

import { createFindBinding } from "../config/account-binding.ts";
import type { SettingKey } from "../config/settings.ts";
import type { SettingValue } from "../config/values.ts";

/** Rejects with `bad-request`. */
export async function assertUsable(key: SettingKey, value: SettingValue, homeFolder: string): Promise<void> {
  const texts = (Array.isArray(value) ? value : [value]).filter((text) => typeof text === "string" && text !== "");
  if (key === "auth.account") createFindBinding(texts, homeFolder);
  if (key !== "service.fallback" && key !== "edits.service") return;
  const { readChoice, readEditChoice } = await import("../upstream/services/settings.ts");
  texts.forEach(key === "edits.service" ? readEditChoice : readChoice);
}
