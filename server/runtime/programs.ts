// Programs on the PATH, by their whole path. Never looked for in a relative folder of it: an editor is started in the folder
// that is open, and whatever lies there would run.

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The absolute folders of the PATH, in order. */
export function foldersOnPath(environment: Environment): readonly string[] {
  return (environment["PATH"] ?? environment["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A file that this user may run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
