// Tells the editor the status: `didChangeStatus` on each change, and one message where no plugin shows it that nobody is
// signed in. While all is well nothing is sent that a person would see.

import type { AccountState, Status } from "../../../shared/status.ts";
import {
  type DidChangeStatusParams,
  type LspCommand,
  statusCommands,
  type StatusNotificationParams,
} from "../../../shared/lsp.ts";
import type { Core } from "../../core/types.ts";
import { printable } from "../../runtime/printable.ts";
import type { ClientProfile } from "../session/client-profiles.ts";
import type { Editor } from "../session/editor.ts";
import { withHeadline } from "./report-text.ts";

// Plugins look for exactly these words to offer the sign-in.
const signedOutMessage = "You are not signed into GitHub.";

export interface StatusNoticesDeps {
  readonly editor: Editor;
  readonly profile: ClientProfile;
  readonly announceSignIn: () => boolean;
}

/** Sends the present status and every change. Returns a function that stops it. */
export function startStatusNotices(core: Core, deps: StatusNoticesDeps): () => void {
  const { editor, profile } = deps;
  let told = "";
  let mayAnnounce = profile.announcesSignIn;
  let wasSignedIn = false;

  const tell = (status: Status): void => {
    const busy = status.busy && profile.showsBusy;
    const signedOut = status.reason === "signed-out";
    const message = signedOut ? signedOutMessage : status.message && printable(status.message);
    const kind = signedOut ? "Error" : status.kind;
    const command = commandFor(status);
    const params: DidChangeStatusParams = {
      kind,
      busy,
      message,
      command,
    };
    const text = JSON.stringify(params);
    if (text === told) return;
    told = text;
    editor.notify("didChangeStatus", params);
    if (profile.wantsStatusNotification) {
      const older: StatusNotificationParams = {
        kind,
        busy,
        status: busy ? "InProgress" : kind,
        message: message ?? "",
      };
      editor.notify("statusNotification", older);
    }
  };
  const announce = (status: Status, account: AccountState): void => {
    if (!mayAnnounce) return;
    if (account.kind === "signed-in") wasSignedIn = true;
    if (account.kind !== "signed-out" && account.kind !== "not-authorized") return;
    mayAnnounce = false;
    if (!deps.announceSignIn()) return;
    const { source } = account;
    // That it ends by hand is no news. That GitHub refuses a token is known some time after it counts as signed in.
    if (wasSignedIn && source === undefined) return;
    // To sign in does not help where a variable goes before it.
    if (account.kind === "signed-out" && (source === undefined || source === "store"))
      editor.showMessage("info", invitation(profile));
    else editor.showMessage("warning", withHeadline(`GitHub Copilot: ${status.message ?? account.message}`));
  };
  const onStatus = (status: Status): void => {
    tell(status);
    announce(status, core.account.state());
  };

  onStatus(core.status());
  return core.onStatus(onStatus);
}

/** The command that a person can run about it. */
function commandFor({ reason }: Status): LspCommand | undefined {
  if (reason === "signed-out") return { command: statusCommands.signIn, title: "Sign in to GitHub", arguments: [] };
  if (reason === "quota") return { command: statusCommands.quotaExceeded, title: "Show what is left", arguments: [] };
  return undefined;
}

/** The first line fits 70 columns: the hint of the longest profile does. */
function invitation({ signInHint }: ClientProfile): string {
  const login = '"copilot-lsp login" in a shell';
  const state = "Not signed into GitHub.";
  return signInHint === undefined ? `${state} Run ${login}.` : `${state} Run ${signInHint}\nOr run ${login}.`;
}
