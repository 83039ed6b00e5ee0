// Leads a person through the device flow (RFC 8628) inside the editor. Address and code stay on screen as text: over SSH
// no browser can be opened, and an editor that opened one shows no code.

import type { Ctx } from "../../../shared/context.ts";
import { describeError, errorCodeOf } from "../../../shared/errors.ts";
import { lspCommands, type SignedInResult, type SignInResult } from "../../../shared/lsp.ts";
import type { SignInStart } from "../../../shared/status.ts";
import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { Core } from "../../core/types.ts";
import { withHeadline } from "./report-text.ts";
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
  /** Aborted at the end of the session. */
  readonly signal: AbortSignal;
}): SignInGuide {
  const { editor } = deps;
  let flow: DeviceFlow | undefined;
  /** The flow that a person is being led through, so that two requests lead once. Aborted at its end. */
  let guided: { readonly userCode: string; readonly controller: AbortController } | undefined;

  const begin = async (ctx: Ctx, core: Core): Promise<SignInStart> => {
    try {
      const start = await core.account.signIn(ctx);
      flow = start.kind === "device-flow" ? start : undefined;
      return start;
    } catch (error) {
      throw toSignInError(error, core.report().server);
    }
  };
  const openPage = async ({ verificationUri, userCode }: DeviceFlow): Promise<void> => {
    if (!deps.client().opensUrls) return;
    const isOpen = await editor.openUrl(verificationUri);
    const enter = instruction(verificationUri, userCode);
    if (isOpen) editor.showMessage("info", enter);
    else editor.showMessage("warning", `${enter}\nThe editor could not open a browser.`);
  };
  /** The question shows address and code; a message does where the editor cannot ask. */
  const show = async (core: Core, start: DeviceFlow, signal: AbortSignal): Promise<void> => {
    const text = instruction(start.verificationUri, start.userCode);
    editor.log(text);
    const { asksPerson, opensUrls } = deps.client();
    if (!asksPerson) return editor.showMessage("info", text);
    const picked = await editor.ask(text, opensUrls ? [openAction, cancelAction] : [cancelAction], signal);
    // The flow has ended: an answer that comes now must not end another one.
    if (signal.aborted) return;
    if (picked === "refused") editor.showMessage("info", text);
    if (picked === openAction) await openPage(start);
    if (picked === cancelAction) core.account.cancelSignIn();
  };
  const tellEnd = async (ctx: Ctx, core: Core): Promise<void> => {
    try {
      const { user } = await core.account.finishSignIn(ctx);
      editor.showMessage("info", `Signed in as ${user}.`);
    } catch (error) {
      if (ctx.signal.aborted) return;
      if (errorCodeOf(error) === "cancelled") editor.showMessage("info", "The sign-in was cancelled.");
      else editor.showMessage("error", withHeadline(`The sign-in failed. ${describeError(error)}`));
    }
  };
  const lead = (ctx: Ctx, core: Core, start: DeviceFlow): void => {
    guided?.controller.abort();
    const controller = new AbortController();
    const leading = { userCode: start.userCode, controller };
    guided = leading;
    void show(core, start, controller.signal);
    void tellEnd({ ...ctx, signal: deps.signal }, core).finally(() => {
      controller.abort();
      if (guided === leading) guided = undefined;
    });
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
        // Whom a fallback answers is not signed in.
        if (state.kind === "not-needed" && state.inPlaceOf === undefined) return { status: "OK", user: state.name };
        if (state.kind === "signed-in") return { status: "OK", user: state.user ?? "" };
        throw new ResponseError(ErrorCodes.InvalidRequest, "No pending sign in");
      }
    },
    openPage() {
      if (flow) void openPage(flow);
    },
    async guide(ctx, core) {
      const start = await begin(ctx, core);
      if (start.kind === "already-signed-in") {
        const isNeeded = core.account.state().kind !== "not-needed";
        const { reason, message } = core.status();
        if (reason === "key-refused" && message !== undefined) editor.showMessage("warning", withHeadline(message));
        else {
          editor.showMessage(
            "info",
            isNeeded ? `Signed in as ${start.user}.` : `No sign-in is needed: ${start.user} is used.`,
          );
        }
        return toResult(start);
      }
      if (guided?.userCode !== start.userCode) lead(ctx, core, start);
      else editor.showMessage("info", instruction(start.verificationUri, start.userCode));
      return toResult(start);
    },
  };
}

/** The code first: a status line may cut off the end of a long address. */
function instruction(verificationUri: string, userCode: string): string {
  return `Sign in: enter the code ${userCode} at ${verificationUri}`;
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
