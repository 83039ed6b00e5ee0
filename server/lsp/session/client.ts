// Who the client is and what it can do, read from `initialize`. Nothing in there is refused for its type: what makes no
// sense counts as not said, because a wrong word about one feature must not cost the session.

import { objectOf, type Json } from "../../runtime/json.ts";
import type { ClientIdentity } from "../../core/types.ts";
import { type ClientProfile, chooseProfile } from "./client-profiles.ts";

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
  const options = objectOf(params["initializationOptions"]);
  const identity = readIdentity(objectOf(params["clientInfo"]), options);
  const { processId } = params;
  const capabilities = objectOf(params["capabilities"]);
  const window = objectOf(capabilities["window"]);
  const workspace = objectOf(capabilities["workspace"]);
  const textDocument = objectOf(capabilities["textDocument"]);
  return {
    identity,
    profile: chooseProfile(identity.editorName, identity.pluginName ?? "", wantedProfile),
    processId: typeof processId === "number" && Number.isInteger(processId) && processId > 0 ? processId : undefined,
    opensUrls: objectOf(window["showDocument"])["support"] === true,
    asksPerson: "messageActionItem" in objectOf(window["showMessage"]),
    answersConfiguration: workspace["configuration"] === true,
    registersConfiguration: objectOf(workspace["didChangeConfiguration"])["dynamicRegistration"] === true,
    hasMenu: "completion" in textDocument,
    hasGhostText: "inlineCompletion" in textDocument,
    hasCodeActions: "codeAction" in textDocument,
    takesCodeActions: "codeActionLiteralSupport" in objectOf(textDocument["codeAction"]),
    appliesDocumentChanges: objectOf(workspace["workspaceEdit"])["documentChanges"] === true,
    menuAbilities: readMenuAbilities(objectOf(objectOf(textDocument["completion"])["completionItem"])),
  };
}

function readMenuAbilities(item: Json): MenuAbilities {
  const formats = item["documentationFormat"];
  const modes = objectOf(item["insertTextModeSupport"])["valueSet"];
  return {
    showsMarkdown: Array.isArray(formats) && formats.includes("markdown"),
    insertTextModes: Array.isArray(modes) ? modes.filter((mode) => typeof mode === "number") : [],
  };
}

/**
 * From `editorInfo` and `editorPluginInfo`, as Copilot plugins say it, else from `clientInfo`. Names and versions are empty
 * when the client does not say them.
 */
export function readIdentity(clientInfo: Json, options: Json): ClientIdentity {
  const editor = objectOf(options["editorInfo"]);
  const plugin = objectOf(options["editorPluginInfo"]);
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
