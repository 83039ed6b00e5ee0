// What clients send as `initialize` that were read, and not run: the part of it that a menu goes by. Where one can be run,
// its real parameters are a fixture instead.

/** kakoune-lsp, `src/capabilities.rs`. */
export const kakouneLsp = {
  processId: null,
  clientInfo: { name: "kak-lsp", version: "18.2.0" },
  rootUri: "file:///home/user/project",
  initializationOptions: null,
  capabilities: {
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: false }, workspaceFolders: true },
    textDocument: {
      synchronization: { dynamicRegistration: false, willSave: false, willSaveWaitUntil: false, didSave: true },
      completion: {
        dynamicRegistration: false,
        completionItem: {
          snippetSupport: true,
          commitCharactersSupport: false,
          documentationFormat: ["markdown", "plaintext"],
          deprecatedSupport: false,
          preselectSupport: false,
          resolveSupport: { properties: ["additionalTextEdits", "detail", "documentation"] },
        },
        contextSupport: false,
      },
    },
    window: { workDoneProgress: true, showMessage: { messageActionItem: { additionalPropertiesSupport: false } } },
    offsetEncoding: ["utf-8", "utf-16"],
  },
  trace: "off",
};

/** The package LSP of Sublime Text, `plugin/core/sessions.py`. */
export const sublimeLsp = {
  processId: null,
  clientInfo: { name: "Sublime Text LSP", version: "2.6.0" },
  rootUri: "file:///home/user/project",
  initializationOptions: {},
  capabilities: {
    workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true }, workspaceFolders: true },
    textDocument: {
      synchronization: { dynamicRegistration: true, didSave: true, willSave: true, willSaveWaitUntil: true },
      completion: {
        dynamicRegistration: true,
        completionItem: {
          snippetSupport: true,
          deprecatedSupport: true,
          documentationFormat: ["markdown", "plaintext"],
          tagSupport: { valueSet: [1] },
          resolveSupport: { properties: ["detail", "documentation", "additionalTextEdits"] },
          insertReplaceSupport: true,
          insertTextModeSupport: { valueSet: [2] },
          labelDetailsSupport: true,
        },
        insertTextMode: 2,
        completionList: { itemDefaults: ["editRange", "insertTextFormat", "data"] },
      },
    },
    window: {
      showDocument: { support: true },
      showMessage: { messageActionItem: { additionalPropertiesSupport: true } },
      workDoneProgress: true,
    },
  },
};
