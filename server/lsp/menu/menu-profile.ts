// How the completion menus of editors differ, as data: what an entry must look like so that this editor shows it, keeps
// it while the person types, and puts exactly its text into the file. Which editor gets which is in `client-profiles.ts`.

export interface MenuProfile {
  /** Whether the menu is offered unasked to a client of this kind that has no ghost text. */
  readonly isOffered: boolean;
  /** Characters after which the editor is asked to ask, besides those of words. */
  readonly triggerCharacters: readonly string[];
  /**
   * What the editor matches with the word before the cursor: the `line` of the new text that the label shows, in full,
   * or as the label cuts it (`label`), or the `whole` new text.
   */
  readonly filterText: "line" | "label" | "whole";
  /** Where the whole text is shown: `detail` is a code block in some editors, and a few words in the list in others. */
  readonly preview: "detail" | "documentation";
  /** Whether a label that does not say everything ends in an ellipsis. Not where the label itself may be inserted. */
  readonly marksMore: boolean;
  /** Whether the list is asked for again as the person types on; else the editor filters the one it has. */
  readonly isIncomplete: boolean;
  /** Longest wait before an empty list is answered; for editors that show no menu before the slowest server is done. */
  readonly maxWaitMs?: number;
  /**
   * Whether only the first line of an entry goes in, so that the others must come as an edit of their own. Such a client
   * leaves what is right of the cursor as it is, unless it names an `insertTextMode`, as menus of plugins do.
   */
  readonly splitsLines: boolean;
  /** Answer to a request that a newer one has overtaken. */
  readonly whenSuperseded: "empty" | "error";
}

const codeTriggers = [".", ":", "(", "[", "{", ",", "=", "/", ">"] as const;
/** Where neither a space nor a new line takes an entry by accident. */
const eagerTriggers = [...codeTriggers, " ", "\n"] as const;

const base: MenuProfile = {
  isOffered: true,
  triggerCharacters: codeTriggers,
  filterText: "label",
  preview: "documentation",
  marksMore: true,
  isIncomplete: true,
  splitsLines: false,
  whenSuperseded: "empty",
};

/** By editor, as observed with the real programs. */
export const menus = {
  plain: base,
  /** Clients with ghost text of their own. */
  onlyWhenAsked: { ...base, isOffered: false },
  helix: {
    ...base,
    triggerCharacters: eagerTriggers,
    // A late entry that lacks what was typed meanwhile is dropped, and nothing is asked again.
    filterText: "line",
    preview: "detail",
  },
  // The label is the candidate: it stands in the buffer until the edit is applied.
  eglot: { ...base, filterText: "line", marksMore: false },
  kakoune: {
    ...base,
    triggerCharacters: eagerTriggers,
    // Otherwise the entry goes through the client's snippet engine, where `$` and `}` are syntax.
    filterText: "whole",
    isIncomplete: false,
    maxWaitMs: 300,
  },
  sublime: { ...base, isIncomplete: false, maxWaitMs: 300 },
  neovim: { ...base, triggerCharacters: eagerTriggers, filterText: "line", splitsLines: true },
} as const satisfies Readonly<Record<string, MenuProfile>>;
