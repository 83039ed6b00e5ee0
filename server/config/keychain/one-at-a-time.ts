// Lets one process of the person after the other ask the keychain, so that many windows make one prompt: once it is
// answered the keychain is open for all, and when it is refused nobody else asks again.

import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../shared/context.ts";
import { CopilotError, type ErrorCode } from "../../../shared/errors.ts";
import type { Keychain } from "../../auth/types.ts";
import { createLockFile } from "../../runtime/lock-file.ts";

const pauseMs = 100;
/** Longer than any operation may take. */
const staleMs = 120_000;

/** `keychain`, whose reads wait for those of other processes. `folder` must exist by the first read. */
export function readOneAtATime(
  keychain: Keychain,
  { clock, folder }: { readonly clock: Clock; readonly folder: string },
): Keychain {
  const lock = createLockFile(join(folder, "keychain.lock"), staleMs);
  const refusal = join(folder, "keychain.refused");
  const pause = (): Promise<void> => new Promise((resolve) => clock.after(pauseMs, resolve));

  /** What a process that was before this one was refused while this one waited. */
  const refusedSince = async (sinceMs: number): Promise<CopilotError | undefined> => {
    try {
      if ((await stat(refusal)).mtimeMs < sinceMs) return undefined;
      const { code, message, advice } = JSON.parse(await readFile(refusal, "utf8")) as Refusal;
      return new CopilotError(code, message, { advice });
    } catch {
      return undefined;
    }
  };

  return {
    ...keychain,
    async read(account, limitMs) {
      const beganMs = clock.nowMs();
      while (!lock.take(clock.nowMs())) {
        if (clock.nowMs() - beganMs > limitMs) {
          throw new CopilotError("keychain-locked", `The ${keychain.name} is being asked by another window.`, {
            advice: "Answer its prompt.",
          });
        }
        await pause();
      }
      try {
        const refused = await refusedSince(beganMs);
        if (refused) throw refused;
        const secret = await keychain.read(account, limitMs);
        await rm(refusal, { force: true });
        return secret;
      } catch (error) {
        if (error instanceof CopilotError) {
          const { code, message, advice } = error;
          await writeFile(refusal, JSON.stringify({ code, message, advice } satisfies Refusal), { mode: 0o600 });
        }
        throw error;
      } finally {
        lock.release();
      }
    },
  };
}

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly advice: string | undefined;
}
