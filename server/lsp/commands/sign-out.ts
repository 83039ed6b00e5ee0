// `copilot.signOut`, for editors that have no part for it.

import { serviceKeyVariable, type SignOutOutcome } from "../../../shared/account.ts";
import type { SignOutResult } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const signOut: Method =
  (session) =>
  async (ctx): Promise<SignOutResult> => {
    const core = await session.core(ctx);
    const outcome = await core.account.signOut(ctx);
    const state = core.account.state();
    // With a fallback the account is still the one at GitHub.
    const isKey = state.kind === "not-needed" && state.inPlaceOf === undefined;
    const text = isKey ? keyInWords(state.name, outcome) : signInInWords(outcome);
    session.editor.showMessage(outcome.leftInEnvironment ? "warning" : "info", text);
    return { status: "NotSignedIn" };
  };

function signInInWords({ leftInEnvironment }: SignOutOutcome): string {
  return leftInEnvironment
    ? "Signed out of GitHub. The token in the environment cannot be removed: unset it, or the next start uses it."
    : "Signed out of GitHub.";
}

/** A key in the environment goes on being sent. */
function keyInWords(service: string, { leftInEnvironment, stored }: SignOutOutcome): string {
  const deed =
    stored === undefined ? `There is no stored key for ${service}.` : `Deleted the stored key for ${service}.`;
  if (!leftInEnvironment) return deed;
  return `${serviceKeyVariable} still holds a key, which is sent. ${deed}`;
}
