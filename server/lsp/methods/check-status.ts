// `checkStatus`: who is signed in. `options.localChecksOnly` keeps it off the network.

import type { AccountState } from "../../../shared/status.ts";
import type { CheckStatusResult } from "../../../shared/lsp.ts";
import { objectOf } from "../../runtime/json.ts";
import { askAccount } from "../account/ask-account.ts";
import type { Method } from "../types.ts";

export const checkStatus: Method =
  (session) =>
  async (ctx, params): Promise<CheckStatusResult> => {
    const options = objectOf(objectOf(params)["options"]);
    const core = await session.core(ctx);
    return toResult(await askAccount(ctx, core, { localOnly: options["localChecksOnly"] === true }));
  };

function toResult(state: AccountState): CheckStatusResult {
  switch (state.kind) {
    case "signed-in":
      // Without a `user` some plugins take it that nobody is signed in.
      return { status: "OK", user: state.user ?? "" };
    case "not-needed":
      return { status: "OK", user: state.name };
    case "not-authorized":
      return { status: "NotAuthorized", user: state.user ?? "" };
    case "signed-out":
    case "unknown":
      return { status: "NotSignedIn" };
  }
}
