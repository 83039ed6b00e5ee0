// What each part takes from the settings.

import { join } from "node:path";
import { serviceKeyName, signInKey } from "../auth/stored-sign-in.ts";
import { secretFolderName } from "../config/paths.ts";
import { secretFileName } from "../config/secret-store.ts";
import { section, type Settings } from "../config/settings.ts";
import { usualUrls } from "../upstream/services/settings.ts";

/** Where the token for the configured server, or the key for the service, is kept; the folder, when the address is none. */
export function tokenFile(folder: string, settings: Settings, account?: string): string {
  const secrets = join(folder, secretFolderName);
  const { kind, url } = section(settings, "service");
  // GitHub's own server keeps its sign-in itself.
  if (kind === "official") return secrets;
  const address = kind === "copilot" ? settings["github.uri"] : url.trim() || usualUrls[kind];
  if (!URL.canParse(address)) return secrets;
  return join(
    secrets,
    secretFileName(kind === "copilot" ? signInKey(address, account) : serviceKeyName(new URL(address).origin)),
  );
}

/** What tells one account's server from another's. */
export function serverOf(settings: Settings): string {
  return [settings["github.uri"], settings["github.apiUri"], settings["auth.clientId"]].join(" ");
}

function hostOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).hostname : undefined;
}

/** `demoUrl` takes the place of every address. */
export function upstreamSettings(settings: Settings, demoUrl: string | undefined) {
  const { uri, apiUri } = section(settings, "github");
  const editor = section(settings, "editor");
  return {
    ...section(settings, "upstream"),
    githubUri: demoUrl ?? uri,
    githubApiUri: demoUrl === undefined ? apiUri : "",
    clientId: settings["auth.clientId"],
    editorName: editor.name,
    editorVersion: editor.version,
    pluginName: editor.pluginName,
    pluginVersion: editor.pluginVersion,
  };
}

export function completionSettings(settings: Settings) {
  return { ...section(settings, "completion"), serverHost: hostOf(settings["github.uri"]) };
}

export function governorSettings(settings: Settings) {
  const { typingBurst, typingPerMinute, scriptsBurst, scriptsPerMinute } = section(settings, "governor");
  return {
    typing: { burst: typingBurst, perMinute: typingPerMinute },
    scripts: { burst: scriptsBurst, perMinute: scriptsPerMinute },
    edits: { burst: settings["edits.burst"], perMinute: settings["edits.perMinute"] },
  };
}
