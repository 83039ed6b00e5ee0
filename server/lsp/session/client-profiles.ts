// How clients differ beyond what `initialize` says, as data. The profile that a setting names is used, else the first whose
// patterns match. A new client is a new entry here, not a new branch elsewhere.

import { type MenuProfile, menus } from "../menu/menu-profile.ts";

export interface ClientProfile {
  readonly name: string;
  /** Matched against the editor's name; absent: any. */
  readonly editor?: RegExp;
  /** Matched against the plugin's name; absent: any, or none at all. */
  readonly plugin?: RegExp;
  /** Show a message when nobody is signed in. Copilot plugins do so themselves. */
  readonly announcesSignIn: boolean;
  /** Send `busy` while a request is under way. Other clients would log or show each of these changes. */
  readonly showsBusy: boolean;
  /** Send the older `statusNotification` as well. */
  readonly wantsStatusNotification: boolean;
  /** Send `copilot/quotaChange`. Clients that do not know it would log each one. */
  readonly wantsQuota: boolean;
  /**
   * What a person can type in this editor to sign in, built in or from the configuration in `shared/editors/`; `copilot-lsp login`
   * works beside every editor.
   */
  readonly signInHint?: string;
  /**
   * How an inline completion is answered that a newer request or edit has overtaken. `null` for a client that ignores it and
   * would log an error; others lose the newer suggestion by it.
   */
  readonly whenOvertaken: "error" | "null";
  readonly menu: MenuProfile;
  /** It has a part of its own for next edits, so that they need no code action. */
  readonly showsNextEdits: boolean;
}

const plain = {
  announcesSignIn: true,
  showsBusy: false,
  wantsStatusNotification: false,
  wantsQuota: false,
  whenOvertaken: "error",
  menu: menus.plain,
  showsNextEdits: false,
} as const;
const copilotPlugin = {
  announcesSignIn: false,
  showsBusy: true,
  wantsStatusNotification: false,
  wantsQuota: true,
  whenOvertaken: "error",
  menu: menus.onlyWhenAsked,
  showsNextEdits: true,
} as const;
const neovim = { ...plain, showsBusy: true, whenOvertaken: "null", menu: menus.neovim } as const;
const plainProfile: ClientProfile = { name: "plain", ...plain };

export const clientProfiles: readonly ClientProfile[] = [
  { name: "copilot.lua", plugin: /^copilot\.lua$/i, ...copilotPlugin, wantsStatusNotification: true },
  // Warns of every notification that it has no handler for.
  { name: "lsp-copilot", plugin: /^lsp-copilot$/i, ...copilotPlugin, wantsQuota: false },
  // It names the editor itself as the plugin, and has commands of its own.
  { name: "nvim-lspconfig", editor: /neovim/i, plugin: /^neovim$/i, ...neovim, signInHint: ":LspCopilotSignIn" },
  { name: "neovim", editor: /neovim/i, plugin: /^$/, ...neovim, signInHint: ":CopilotSignIn" },
  { name: "copilot plugin", plugin: /./, ...copilotPlugin },
  {
    name: "helix",
    editor: /^helix$/i,
    ...plain,
    signInHint: ":lsp-workspace-command copilot.signIn",
    menu: menus.helix,
  },
  { name: "eglot", editor: /^eglot$/i, ...plain, signInHint: "M-x copilot-sign-in", menu: menus.eglot },
  { name: "lsp-mode", editor: /^emacs$/i, ...plain, signInHint: "M-x copilot-sign-in" },
  {
    name: "kakoune",
    editor: /^kak/i,
    ...plain,
    signInHint: ":lsp-execute-command copilot.signIn '[]'",
    menu: menus.kakoune,
  },
  { name: "vim", editor: /^vim$/i, ...plain, signInHint: ":CopilotSignIn" },
  { name: "vscode", editor: /^(visual studio code|code|vscodium)/i, ...plain, signInHint: '"copilot-lsp: Sign In"' },
  { name: "sublime", editor: /^sublime/i, ...plain, menu: menus.sublime },
  plainProfile,
];

/** `pluginName` is empty when the client names no plugin. `wanted` is a profile's name, or empty. */
export function chooseProfile(editorName: string, pluginName: string, wanted: string): ClientProfile {
  const found =
    clientProfiles.find(({ name }) => name === wanted) ??
    clientProfiles.find(
      ({ editor, plugin }) => (!editor || editor.test(editorName)) && (!plugin || plugin.test(pluginName)),
    );
  return found ?? plainProfile;
}
