// `initialize`: says what this server can do, whatever the client says it can: clients ask for inline completion without
// announcing it, and positions are UTF-16 even where more was offered, because Copilot plugins always count so.

import type { InitializeResult } from "vscode-languageserver";
import { lspCommands } from "../../../shared/lsp.ts";
import { readObject } from "../params.ts";
import type { Method, Session } from "../types.ts";

const incremental = 2;

export const initialize: Method =
  (session) =>
  (_ctx, params): InitializeResult => {
    session.begin(readObject(params, "params"));
    const { profile } = session.client();
    return {
      capabilities: {
        positionEncoding: "utf-16",
        textDocumentSync: { openClose: true, change: incremental },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        executeCommandProvider: { commands: Object.values(lspCommands) },
        // `{}` is nothing to a client that reads JSON objects as property lists.
        inlineCompletionProvider: true,
        ...(offersMenu(session)
          ? { completionProvider: { triggerCharacters: [...profile.menu.triggerCharacters], resolveProvider: false } }
          : {}),
        ...(offersCodeActions(session) ? { codeActionProvider: { codeActionKinds: ["quickfix"] } } : {}),
      },
      serverInfo: { name: "copilot-lsp", version: session.version },
    };
  };

/** Where the client has a part of its own for next edits, the same would stand in two places. */
function offersCodeActions(session: Session): boolean {
  const { nextEditMenu } = session.settings();
  if (nextEditMenu !== "auto") return nextEditMenu !== "off";
  const { profile, hasCodeActions } = session.client();
  return !profile.showsNextEdits && hasCodeActions;
}

/** Beside ghost text the menu would say everything twice. */
function offersMenu(session: Session): boolean {
  const { menu } = session.settings();
  if (menu !== "auto") return menu === "always";
  const { profile, hasMenu, hasGhostText } = session.client();
  return profile.menu.isOffered && hasMenu && !hasGhostText;
}
