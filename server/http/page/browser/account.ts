// Who is signed in, with which service, what is left of the plan; signing in and out.

import { withAdvice } from "../../../../shared/errors.ts";
import type { PageStatus } from "../../../../shared/page.ts";
import type { AccountState, SignInStart } from "../../../../shared/status.ts";
import { counted, element, find, say } from "./elements.ts";
import type { Server } from "./server.ts";

export function createAccountView(server: Server): (status: PageStatus) => void {
  const rows = find("account", HTMLDListElement);
  const signIn = find("signin", HTMLButtonElement);
  const signOut = find("signout", HTMLButtonElement);
  const flow = find("flow", HTMLElement);
  const code = find("flow-code", HTMLElement);
  const link = find("flow-link", HTMLAnchorElement);
  const leave = find("leave", HTMLElement);
  const word = find("account-word", HTMLElement);
  let isUnderWay = false;
  let shown = "";

  const showCode = ({ userCode, verificationUri, expiresInSeconds }: Extract<SignInStart, { kind: "device-flow" }>) => {
    say(code, userCode);
    say(link, verificationUri);
    // The address comes from the server that signs in.
    if (/^https?:$/.test(new URL(verificationUri, location.href).protocol)) link.href = verificationUri;
    flow.hidden = false;
    const minutes = Math.floor(expiresInSeconds / 60);
    say(word, `Waiting for the code to be entered. It is good for ${minutes} minutes.`);
    find("flow-copy", HTMLButtonElement).focus();
  };
  const start = async (): Promise<void> => {
    if (isUnderWay) return;
    isUnderWay = true;
    signIn.disabled = true;
    say(word, "Asking for a code.");
    let end = "The connection was lost. The sign-in goes on; its end shows here.";
    try {
      await server.follow("/page/signin", {
        post: true,
        onEvent(name, data) {
          if (name === "code") showCode(data as Extract<SignInStart, { kind: "device-flow" }>);
          if (name === "signed-in") end = `Signed in as ${(data as { user: string }).user}.`;
          if (name === "error") end = errorText(data);
        },
      });
    } catch (error) {
      end = textOf(error);
    }
    isUnderWay = false;
    signIn.disabled = false;
    const hadFocus = flow.contains(document.activeElement);
    flow.hidden = true;
    say(word, end);
    if (hadFocus) (signIn.hidden ? signOut : signIn).focus();
  };
  const closeLeave = (): void => {
    leave.hidden = true;
    signOut.focus();
  };
  signIn.addEventListener("click", () => void start());
  find("flow-copy", HTMLButtonElement).addEventListener("click", () => {
    navigator.clipboard.writeText(code.textContent ?? "").then(
      () => say(word, "The code is copied. Waiting for it to be entered."),
      // Without leave to write there the person copies by hand.
      () => getSelection()?.selectAllChildren(code),
    );
  });
  find("flow-cancel", HTMLButtonElement).addEventListener("click", () => {
    server.ask("/page/signin/cancel", {}).catch((error: unknown) => say(word, textOf(error)));
  });
  signOut.addEventListener("click", () => {
    leave.hidden = false;
    find("leave-no", HTMLButtonElement).focus();
  });
  find("leave-no", HTMLButtonElement).addEventListener("click", closeLeave);
  find("leave-yes", HTMLButtonElement).addEventListener("click", () => {
    server.ask<{ leftInEnvironment: boolean }>("/signout", {}).then(
      ({ leftInEnvironment }) => {
        closeLeave();
        signIn.hidden = false;
        signIn.focus();
        say(word, leftInEnvironment ? "Signed out, but a variable holds a token for the next start." : "Signed out.");
      },
      (error: unknown) => say(word, textOf(error)),
    );
  });

  return (status) => {
    const pairs = pairsOf(status);
    const text = JSON.stringify(pairs);
    if (text !== shown) {
      shown = text;
      rows.replaceChildren(...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    }
    const { account } = status;
    const kind = account.kind === "not-needed" ? account.inPlaceOf : account.kind;
    signIn.hidden = kind !== "signed-out" && kind !== "not-authorized";
    signOut.hidden = kind !== "signed-in" && kind !== "not-authorized";
    if (signOut.hidden) leave.hidden = true;
  };
}

export function textOf(error: unknown): string {
  return error instanceof TypeError ? "The listener does not answer." : error instanceof Error ? error.message : "";
}

function errorText(data: unknown): string {
  return withAdvice((data as { error: { message: string; advice: string | undefined } }).error);
}

function pairsOf(status: PageStatus): readonly (readonly [string, string])[] {
  const { account, server, session, service, model, listener, completions, left } = status;
  const plan = [session?.plan, session?.sku].filter((part) => part !== undefined).join(", ");
  return [
    ["Account", accountText(account) + (status.binding ? `, as ${status.binding.account}` : "")],
    ["Service", service ? `${service.kind} at ${service.address}` : `GitHub Copilot, by ${server}`],
    ...(model === undefined ? [] : [["Model", model] as const]),
    ...(plan === "" ? [] : [["Plan", plan] as const]),
    ...left.map(({ name, text }) => [name, text] as const),
    [
      "This process",
      `${counted(completions.asked, "completion")} asked for since its start, ${completions.answered} answered, ${completions.empty} empty`,
    ],
    ...(listener.kind === "listening" ? [["Address", listener.url] as const] : []),
  ];
}

function accountText(account: AccountState): string {
  switch (account.kind) {
    case "unknown":
      return "not known yet";
    case "signed-out":
      return account.reason === undefined ? "not signed in" : (account.message ?? account.reason);
    case "not-needed":
      return account.inPlaceOf === undefined
        ? `none is needed: ${account.name}`
        : `${account.inPlaceOf === "signed-out" ? "signed out" : "without Copilot"}; ${account.name} answers meanwhile`;
    case "signed-in":
      return account.user ?? "signed in";
    case "not-authorized":
      return `${account.user ?? "signed in"}, without Copilot: ${account.message}`;
  }
}
