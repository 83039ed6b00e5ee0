// Who we say we are: the headers that every request carries, decided in this one place. Honest and the same from
// request to request, because the service looks at them; settings may say otherwise.

import { CopilotError } from "../../shared/errors.ts";
import type { Secret } from "../runtime/secret.ts";
import type { EditorIdentity, UpstreamSettings } from "./settings.ts";

export type IdentitySettings = Pick<
  UpstreamSettings,
  "userAgent" | "editorName" | "editorVersion" | "pluginName" | "pluginVersion"
>;

const programName = "copilot-lsp";

export function userAgent(version: string, settings: IdentitySettings): string {
  return printable(settings.userAgent) || `${programName}/${version}`;
}

/** `Editor-Version` and `Editor-Plugin-Version` are `name/version`: settings, else the editor, else this program. */
export function identityHeaders(
  version: string,
  settings: IdentitySettings,
  editor: EditorIdentity | undefined,
): Readonly<Record<string, string>> {
  const name = printable(settings.editorName) || printable(editor?.editorName ?? "");
  const editorVersion = printable(settings.editorVersion) || printable(editor?.editorVersion ?? "") || "unknown";
  const pluginName = printable(settings.pluginName) || printable(editor?.pluginName ?? "") || programName;
  const ownVersion = pluginName === programName ? version : "";
  const pluginVersion =
    printable(settings.pluginVersion) || ownVersion || printable(editor?.pluginVersion ?? "") || version;
  return {
    "user-agent": userAgent(version, settings),
    "editor-version": name === "" ? `${programName}/${version}` : `${name}/${editorVersion}`,
    "editor-plugin-version": `${pluginName}/${pluginVersion}`,
    // Answers are read as they come; a small event is not worth unpacking.
    "accept-encoding": "identity",
  };
}

/** Throws `signed-out` for a token that no header can hold, such as a pasted one with a line break. */
export function authorization(token: Secret, scheme: "Bearer" | "token" = "Bearer"): string {
  const value = token.reveal();
  if (!/^[\u0021-\u007e]+$/.test(value)) {
    throw new CopilotError("signed-out", "The token holds characters that no token has.", {
      advice: "Sign in again, or correct the variable or file it comes from.",
    });
  }
  return `${scheme} ${value}`;
}

/** Names come from outside, and a header takes printable ASCII only. */
function printable(text: string): string {
  return text.replace(/[^\u0020-\u007e]/g, "").trim();
}
