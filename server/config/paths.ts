// Where this program keeps its files: settings and the token store, in the folder that each system has for them.

import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** A user whom the system has no entry for, as in a container with a number for a user, is given what Docker gives: `/`. */
export function homeFolder(environment: Environment): string {
  try {
    return environment["HOME"] || homedir();
  } catch {
    return "/";
  }
}

/** `$XDG_CONFIG_HOME/copilot-lsp`, else `~/.config/copilot-lsp`; on Windows `%LOCALAPPDATA%\copilot-lsp`. */
export function configFolder(environment: Environment, platform: NodeJS.Platform): string {
  const home = homeFolder(environment);
  if (platform === "win32") {
    return join(
      environment["LOCALAPPDATA"] || join(environment["USERPROFILE"] || home, "AppData", "Local"),
      "copilot-lsp",
    );
  }
  // The XDG base directory specification: a relative path there is to be ignored.
  const base = environment["XDG_CONFIG_HOME"];
  return join(base?.startsWith("/") ? base : join(home, ".config"), "copilot-lsp");
}

export const settingsFileName = "config.json";
/** The folder with a file for each GitHub server that is signed in to. */
export const secretFolderName = "auth";
/** Where former versions kept all of them. */
export const singleSecretFileName = "auth.json";
/** What a person has been told once; see `claims.ts`. */
export const claimsFolderName = "told";
