// What a person may set about completions, as the engine needs it. Knows nothing of keys, files or flags.

import type { LineMode } from "../../shared/completion.ts";
import type { SecretMode } from "../privacy/secret-guard.ts";

export interface CompletionSettings {
  readonly enabled: boolean;
  /** Language identifier → on or off; `"*"` for all that are not named. */
  readonly languages: Readonly<Record<string, boolean>>;
  /** Engine name; empty: the account's own choice. */
  readonly model: string;
  /** What `auto` means in an editor. */
  readonly lines: LineMode;
  /** Most tokens that one completion may have. */
  readonly maxTokens: number;
  /** Whether to ask for what follows a suggestion before it is wanted; `auto`: not on plans that count completions. */
  readonly speculation: "auto" | "on" | "off";
  /** Whether pieces of other open documents go into the prompt. */
  readonly neighbours: boolean;
  /** Whether the person's latest edits go into the prompt. */
  readonly recentEdits: boolean;
  /** How all that is not the document's own text is sent: as comments before it, or in a field of its own. */
  readonly contextStyle: "comments" | "extra";
  /** What is done with tokens, keys and passwords in the text. */
  readonly secrets: SecretMode;
  /** Host of the GitHub server that signs in, in lower case. */
  readonly serverHost: string | undefined;
}
