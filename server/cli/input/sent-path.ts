// The path of a file as the service is told it.

import { isAbsolute, relative, sep } from "node:path";

/** Relative to the current folder and with `/`; of a file elsewhere, the name alone, since its folders are private. */
export function sentPath(cwd: string, fullPath: string): string {
  const parts = relative(cwd, fullPath).split(sep);
  const isBelow = parts[0] !== ".." && !isAbsolute(parts.join(sep));
  return isBelow ? parts.join("/") : (parts.at(-1) ?? "");
}
