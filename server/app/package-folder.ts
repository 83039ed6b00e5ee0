// Where this program's package lies, with the files that are not in its bundle.

import { realpathSync } from "node:fs";
import { dirname } from "node:path";

/** `script`: the entry as it was started, which npm links into a folder of programs; it is one folder below the package. */
export function packageFolderOf(script: string): string {
  try {
    return dirname(dirname(realpathSync(script)));
  } catch {
    return dirname(dirname(script));
  }
}
