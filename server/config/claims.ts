// Remembers across processes and starts what a person has been told: one empty file for each thing, named by a hash.

import { createHash } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { errorCode } from "../runtime/error-code.ts";

export interface Claims {
  /** True for the first who claims `key` on this machine. Where nothing can be written, true as well. Never rejects. */
  claim(key: string): Promise<boolean>;
  /** Forgets everything. Never rejects. */
  eraseAll(): Promise<void>;
}

// Longer than any allowance lasts.
const maxAgeMs = 100 * 24 * 3_600_000;

export function createClaims(deps: { readonly clock: Clock }, folder: string): Claims {
  const { clock } = deps;

  const prune = async (): Promise<void> => {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const { mtimeMs } = await stat(path);
      if (mtimeMs < clock.nowMs() - maxAgeMs) await rm(path, { force: true });
    }
  };

  return {
    async claim(key) {
      const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
      } catch {
        return true;
      }
      try {
        // Creating it is what decides between two processes.
        const file = await open(join(folder, name), "wx", 0o600);
        await file.close();
        await prune();
        return true;
      } catch (error) {
        return errorCode(error) !== "EEXIST";
      }
    },
    async eraseAll() {
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}
