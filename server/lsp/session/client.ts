// Who the client is and what it can do, read from `initialize`. Nothing in there is refused for its type: what makes no
// sense counts as not said, because a wrong word about one feature must not cost the session.

import type { ClientIdentity } from "../../core/types.ts";
import { type ClientProfile, chooseProfile } from "./client-profiles.ts";
import { type Json, looseObject } from "../params.ts";

/** What the client said about its menu. */
export interface MenuAbilities {
  /** `documentationFormat` names Markdown. */
  readonly showsMarkdown: boolean;
  /** LSP 3.18, InsertTextMode: how lines after the first may be indented. */
  readonly insertTextModes: readonly number[];
}

export interface Client {
  readonly identity: ClientIdentity;
  readonly profile: ClientProfile;
  /** The editor's process, when it says so. */
  readonly processId: number | undefined;
  /** `window/showDocument` opens a browser. */
  readonly opensUrls: boolean;
  /** `window/showMessageRequest`. */
  readonly asksPerson: boolean;
  /** `workspace/configuration`. */
  readonly answersConfiguration: boolean;
  /** `client/registerCapability` for `workspace/didChangeConfiguration`. */
  readonly registersConfiguration: boolean;
  /** `textDocument/completion`. */
  readonly hasMenu: boolean;
  /** `textDocument/inlineCompletion`, whatever else is said of it: one client says `null` and means yes. */
  readonly hasGhostText: boolean;
  readonly menuAbilities: MenuAbilities;
  /** `textDocument/codeAction`. */
  readonly hasCodeActions: boolean;
  /** `textDocument/codeAction` may answer literals, not commands alone. */
  readonly takesCodeActions: boolean;
  /** `workspace/applyEdit` and code actions may name versions. */
  readonly appliesDocumentChanges: boolean;
}

/** `wantedProfile` is a profile's name, or empty for the one that fits. */
export function readClient(params: Json, wantedProfile: string): Client {
  const options = looseObject(params["initializationOptions"]);
  const identity = readIdentity(looseObject(params["clientInfo"]), options);
  const { processId } = params;
  const capabilities = looseObject(params["capabilities"]);
  const window = looseObject(capabilities["window"]);
  const workspace = looseObject(capabilities["workspace"]);
  const textDocument = looseObject(capabilities["textDocument"]);
  return {
    identity,
    profile: chooseProfile(identity.editorName, identity.pluginName ?? "", wantedProfile),
    processId: typeof processId === "number" && Number.isInteger(processId) && processId > 0 ? processId : undefined,
    opensUrls: looseObject(window["showDocument"])["support"] === true,
    asksPerson: "messageActionItem" in looseObject(window["showMessage"]),
    answersConfiguration: workspace["configuration"] === true,
    registersConfiguration: looseObject(workspace["didChangeConfiguration"])["dynamicRegistration"] === true,
    hasMenu: "completion" in textDocument,
    hasGhostText: "inlineCompletion" in textDocument,
    hasCodeActions: "codeAction" in textDocument,
    takesCodeActions: "codeActionLiteralSupport" in looseObject(textDocument["codeAction"]),
    appliesDocumentChanges: looseObject(workspace["workspaceEdit"])["documentChanges"] === true,
    menuAbilities: readMenuAbilities(looseObject(looseObject(textDocument["completion"])["completionItem"])),
  };
}

function readMenuAbilities(item: Json): MenuAbilities {
  const formats = item["documentationFormat"];
  const modes = looseObject(item["insertTextModeSupport"])["valueSet"];
  return {
    showsMarkdown: Array.isArray(formats) && formats.includes("markdown"),
    insertTextModes: Array.isArray(modes) ? modes.filter((mode) => typeof mode === "number") : [],
  };
}

/** Names and versions are empty when the client does not say them. From `editorInfo` and `editorPluginInfo`, as Copilot plugins say it, else from `clientInfo`. */
export function readIdentity(clientInfo: Json, options: Json): ClientIdentity {
  const editor = looseObject(options["editorInfo"]);
  const plugin = looseObject(options["editorPluginInfo"]);
  return {
    editorName: plain(editor["name"]) ?? plain(clientInfo["name"]) ?? "",
    editorVersion: plain(editor["version"]) ?? plain(clientInfo["version"]) ?? "",
    pluginName: plain(plugin["name"]),
    pluginVersion: plain(plugin["version"]),
  };
}

const maxNameUnits = 80;

/** One line of printable ASCII: names and versions end up in HTTP headers. */
function plain(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const line = (value.split("\n", 1)[0] ?? "").replace(/[^ -~]/g, "").trim();
  return line === "" ? undefined : line.slice(0, maxNameUnits);
}
