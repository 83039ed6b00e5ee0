// Leads a person through the device flow (RFC 8628) inside the editor. URL and code are always shown as text too: many
// people work over SSH, where no browser can be opened for them.

import type { Ctx, Log } from "../../../shared/context.ts";
import { describeError, errorCodeOf } from "../../../shared/errors.ts";
import { lspCommands, type SignedInResult, type SignInResult } from "../../../shared/lsp.ts";
import type { SignInStart } from "../../../shared/status.ts";
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { Core } from "../../core/types.ts";
import type { Client } from "../session/client.ts";
import type { Editor } from "../session/editor.ts";
import { toSignInError } from "../errors.ts";

type DeviceFlow = Extract<SignInStart, { kind: "device-flow" }>;

export interface SignInGuide {
  /** Starts or joins a flow for a client that shows the code itself. Throws as `Account.signIn`, in the LSP's words. */
  start(ctx: Ctx, core: Core): Promise<SignInResult>;
  /** Waits for the flow to end. Refuses with "No pending sign in" when there is none. */
  finish(ctx: Ctx, core: Core): Promise<SignedInResult>;
  /** Opens the page of the flow that `start` began, where the editor can. */
  openPage(): void;
  /** Starts or joins a flow and shows the person everything; the end is told by a message, not waited for. */
  guide(ctx: Ctx, core: Core): Promise<SignInResult>;
}

const openAction = "Open in browser";
const cancelAction = "Cancel";

export function createSignInGuide(deps: {
  readonly editor: Editor;
  readonly client: () => Client;
  readonly log: Log;
  /** Aborted at the end of the session. */
  readonly signal: AbortSignal;
}): SignInGuide {
  const { editor, log } = deps;
  let flow: DeviceFlow | undefined;
  // The code that a person is being led through, so that asking twice does not lead twice.
  let guidedCode: string | undefined;

  const begin = async (ctx: Ctx, core: Core): Promise<SignInStart> => {
    try {
      const start = await core.account.signIn(ctx);
      flow = start.kind === "device-flow" ? start : undefined;
      return start;
    } catch (error) {
      throw toSignInError(error, core.report().server);
    }
  };
  const openPage = async (uri: string): Promise<void> => {
    if (!deps.client().opensUrls || !(await editor.openUrl(uri))) {
      log.info("the editor did not open a browser", { uri });
    }
  };
  const offerHelp = async (core: Core, { verificationUri, userCode }: DeviceFlow, text: string): Promise<void> => {
    if (!deps.client().asksPerson) return;
    const picked = await editor.ask(text, [openAction, cancelAction]);
    if (picked === "refused") editor.showMessage("info", text);
    // An answer to a question that time has overtaken must not end another flow.
    if (guidedCode !== userCode) return;
    if (picked === openAction) await openPage(verificationUri);
    if (picked === cancelAction) core.account.cancelSignIn();
  };
  const tellEnd = async (ctx: Ctx, core: Core, userCode: string): Promise<void> => {
    try {
      const { user } = await core.account.finishSignIn(ctx);
      editor.showMessage("info", `Signed in as ${user}.`);
    } catch (error) {
      if (ctx.signal.aborted) return;
      if (errorCodeOf(error) === "cancelled") editor.showMessage("info", "The sign-in was cancelled.");
      else editor.showMessage("error", `The sign-in failed. ${describeError(error)}`);
    } finally {
      if (guidedCode === userCode) guidedCode = undefined;
    }
  };

  return {
    start: async (ctx, core) => toResult(await begin(ctx, core)),
    async finish(ctx, core) {
      try {
        const { user } = await core.account.finishSignIn(ctx);
        return { status: "OK", user };
      } catch (error) {
        if (errorCodeOf(error) !== "bad-request") throw error;
        const state = core.account.state();
        if (state.kind === "signed-in") return { status: "OK", user: state.user ?? "" };
        throw new ResponseError(ErrorCodes.InvalidRequest, "No pending sign in");
      }
    },
    openPage() {
      if (flow) void openPage(flow.verificationUri);
    },
    async guide(ctx, core) {
      const start = await begin(ctx, core);
      if (start.kind === "already-signed-in") {
        editor.showMessage("info", `Signed in as ${start.user}.`);
        return toResult(start);
      }
      const text = `To sign in to GitHub Copilot, open ${start.verificationUri} and enter the code ${start.userCode}.`;
      editor.log(text);
      editor.showMessage("info", text);
      if (guidedCode !== start.userCode) {
        guidedCode = start.userCode;
        void offerHelp(core, start, text);
        void tellEnd({ ...ctx, signal: deps.signal }, core, start.userCode);
      }
      return toResult(start);
    },
  };
}

function toResult(start: SignInStart): SignInResult {
  if (start.kind === "already-signed-in") return { status: "AlreadySignedIn", user: start.user };
  return {
    status: "PromptUserDeviceFlow",
    userCode: start.userCode,
    verificationUri: start.verificationUri,
    expiresIn: start.expiresInSeconds,
    interval: start.intervalSeconds,
    command: { command: lspCommands.finishDeviceFlow, title: "Sign in with GitHub", arguments: [] },
  };
}
