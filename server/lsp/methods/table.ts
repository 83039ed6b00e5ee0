// Every method by its name on the wire. Requests and notifications are one table: clients send some methods now as the
// one, now as the other.

import type { Method } from "../types.ts";
import { checkFileStatus } from "./check-file-status.ts";
import { checkQuota } from "./check-quota.ts";
import { checkStatus } from "./check-status.ts";
import { complete } from "./copilot-complete.ts";
import { models } from "./copilot-models.ts";
import { prompt } from "./copilot-prompt.ts";
import { debugDiagnostics } from "./debug-diagnostics.ts";
import { exit } from "./exit.ts";
import { getCompletionsCycling } from "./get-completions-cycling.ts";
import { getCompletions } from "./get-completions.ts";
import { getPanelCompletions } from "./get-panel-completions.ts";
import { getVersion } from "./get-version.ts";
import { initialize } from "./initialize.ts";
import { initialized } from "./initialized.ts";
import { notifyAccepted } from "./notify-accepted.ts";
import { notifyNextEditRejected } from "./notify-next-edit-rejected.ts";
import { notifyRejected } from "./notify-rejected.ts";
import { notifyShown } from "./notify-shown.ts";
import { setEditorInfo } from "./set-editor-info.ts";
import { setTrace } from "./set-trace.ts";
import { shutdown } from "./shutdown.ts";
import { signInConfirm } from "./sign-in-confirm.ts";
import { signInWithDeviceFlow } from "./sign-in-with-device-flow.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { telemetryException } from "./telemetry-exception.ts";
import { codeAction } from "./text-document-code-action.ts";
import { copilotInlineEdit } from "./text-document-copilot-inline-edit.ts";
import { copilotPanelCompletion } from "./text-document-copilot-panel-completion.ts";
import { completion } from "./text-document-completion.ts";
import { didChange } from "./text-document-did-change.ts";
import { didClose } from "./text-document-did-close.ts";
import { didFocus } from "./text-document-did-focus.ts";
import { didOpen } from "./text-document-did-open.ts";
import { didPartiallyAcceptCompletion } from "./text-document-did-partially-accept-completion.ts";
import { didShowCompletion } from "./text-document-did-show-completion.ts";
import { didShowInlineEdit } from "./text-document-did-show-inline-edit.ts";
import { inlineCompletion } from "./text-document-inline-completion.ts";
import { didChangeConfiguration } from "./workspace-did-change-configuration.ts";
import { didChangeWorkspaceFolders } from "./workspace-did-change-workspace-folders.ts";
import { executeCommand } from "./workspace-execute-command.ts";

export const methodTable: Readonly<Record<string, Method>> = {
  initialize,
  initialized,
  shutdown,
  exit,
  "$/setTrace": setTrace,
  "textDocument/didOpen": didOpen,
  "textDocument/didChange": didChange,
  "textDocument/didClose": didClose,
  "textDocument/didFocus": didFocus,
  "textDocument/didShowCompletion": didShowCompletion,
  "textDocument/didPartiallyAcceptCompletion": didPartiallyAcceptCompletion,
  "textDocument/inlineCompletion": inlineCompletion,
  "textDocument/copilotPanelCompletion": copilotPanelCompletion,
  "textDocument/copilotInlineEdit": copilotInlineEdit,
  "textDocument/didShowInlineEdit": didShowInlineEdit,
  "textDocument/completion": completion,
  "textDocument/codeAction": codeAction,
  "copilot/complete": complete,
  "copilot/models": models,
  "copilot/prompt": prompt,
  "workspace/didChangeConfiguration": didChangeConfiguration,
  "workspace/didChangeWorkspaceFolders": didChangeWorkspaceFolders,
  "workspace/executeCommand": executeCommand,
  signIn,
  signInInitiate: signIn,
  signInConfirm,
  signInWithDeviceFlow,
  signOut,
  checkStatus,
  checkQuota,
  checkFileStatus,
  "debug/diagnostics": debugDiagnostics,
  getVersion,
  setEditorInfo,
  notifyChangeConfiguration: didChangeConfiguration,
  getCompletions,
  getCompletionsCycling,
  getPanelCompletions,
  notifyShown,
  notifyAccepted,
  notifyRejected,
  notifyNextEditRejected,
  "telemetry/exception": telemetryException,
};
