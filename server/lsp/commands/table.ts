// Every command by its name in `executeCommandProvider`. A command is a method whose params are its arguments.

import { lspCommands } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";
import { didAcceptCompletionItem } from "./did-accept-completion-item.ts";
import { finishDeviceFlow } from "./finish-device-flow.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { status } from "./status.ts";
import { unknownSuggestion } from "./unknown-suggestion.ts";

type CommandName = (typeof lspCommands)[keyof typeof lspCommands];

export const commandTable: Readonly<Record<CommandName, Method>> = {
  [lspCommands.finishDeviceFlow]: finishDeviceFlow,
  [lspCommands.didAcceptCompletionItem]: didAcceptCompletionItem,
  [lspCommands.didAcceptNextEditSuggestionItem]: unknownSuggestion,
  [lspCommands.didRejectNextEditSuggestionItem]: unknownSuggestion,
  [lspCommands.didIgnoreNextEditSuggestionItem]: unknownSuggestion,
  [lspCommands.didAcceptPanelCompletionItem]: unknownSuggestion,
  [lspCommands.signIn]: signIn,
  [lspCommands.signOut]: signOut,
  [lspCommands.status]: status,
};
