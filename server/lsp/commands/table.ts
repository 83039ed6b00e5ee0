// Every command by its name, announced in `executeCommandProvider` or named by the status. A command is a method whose
// params are its arguments.

import { lspCommands, statusCommands } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";
import { didAcceptCompletionItem } from "./did-accept-completion-item.ts";
import { didIgnoreNextEdit } from "./did-ignore-next-edit.ts";
import { didRejectNextEdit } from "./did-reject-next-edit.ts";
import { finishDeviceFlow } from "./finish-device-flow.ts";
import { nextEdit } from "./next-edit.ts";
import { quotaExceeded } from "./quota-exceeded.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { status } from "./status.ts";

type CommandName =
  | (typeof lspCommands)[keyof typeof lspCommands]
  | (typeof statusCommands)[keyof typeof statusCommands];

export const commandTable: Readonly<Record<CommandName, Method>> = {
  [lspCommands.finishDeviceFlow]: finishDeviceFlow,
  [lspCommands.didAcceptCompletionItem]: didAcceptCompletionItem,
  [lspCommands.didAcceptNextEditSuggestionItem]: didAcceptCompletionItem,
  [lspCommands.didRejectNextEditSuggestionItem]: didRejectNextEdit,
  [lspCommands.didIgnoreNextEditSuggestionItem]: didIgnoreNextEdit,
  [lspCommands.didAcceptPanelCompletionItem]: didAcceptCompletionItem,
  [lspCommands.signIn]: signIn,
  [lspCommands.signOut]: signOut,
  [lspCommands.status]: status,
  [lspCommands.nextEdit]: nextEdit,
  [statusCommands.signIn]: signIn,
  [statusCommands.quotaExceeded]: quotaExceeded,
};
