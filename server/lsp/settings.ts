// The settings that the LSP front reads.

import type { LineMode } from "../../shared/completion.ts";

export interface LspSettings {
  /** Show one message when an editor starts signed out. */
  readonly announceSignIn: boolean;
  /** What a suggestion replaces: the `line` up to the cursor, which its text repeats, or nothing before the `cursor`. */
  readonly rangeStyle: "line" | "cursor";
  readonly lines: LineMode;
  /** Offer suggestions in the completion menu: where the client has no ghost text (`auto`), in any case, or not. */
  readonly menu: "auto" | "always" | "never";
  /** Before or after the entries of other language servers, where the editor sorts them together. */
  readonly menuPosition: "first" | "last";
  readonly menuInComments: boolean;
  /**
   * Next edits for editors that have no part for them: code actions (`auto`: in these editors alone), and with `hints` a mark at
   * the line's end, for which the server asks by itself.
   */
  readonly nextEditMenu: "auto" | "actions" | "hints" | "off";
  /** Name of the client profile to use; empty: chosen by what the client says of itself. */
  readonly profile: string;
}
