// The path of a file as the service is told it.

import { isAbsolute, relative, sep } from "node:path";

/** Relative to the current folder and with `/`; of a file elsewhere, the name alone, since its folders are private. */
export function sentPath(cwd: string, fullPath: string): string {
  const parts = relative(cwd, fullPath).split(sep);
  return isBelow(cwd, fullPath) ? parts.join("/") : (parts.at(-1) ?? "");
}

/** Whether a file is in the folder or in one of its folders. */
export function isBelow(cwd: string, fullPath: string): boolean {
  const path = relative(cwd, fullPath);
  return path.split(sep)[0] !== ".." && !isAbsolute(path);
}
