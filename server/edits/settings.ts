// What a person may set about next edits, as the engine needs it. Knows nothing of keys, files or flags.

import type { SecretMode } from "../privacy/secret-guard.ts";

/** How sure the model shall be before it changes anything. */
export type Eagerness = "auto" | "low" | "medium" | "high";

export interface EditSettings {
  /** `auto`: unless the plan counts requests. */
  readonly enabled: "auto" | "on" | "off";
  /** Name of an edit model; empty: the service's first. */
  readonly model: string;
  readonly eagerness: Eagerness;
  /** Where to look when nothing changes around the cursor: at words that the last edits removed, where a model says, or nowhere. */
  readonly jump: "words" | "model" | "off";
  /** What is done with tokens, keys and passwords in the text. */
  readonly secrets: SecretMode;
}
