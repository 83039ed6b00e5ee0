// Secrets in one JSON file of mode 0600 in a folder of mode 0700, shared by every process of the same person. The file is
// plain text: an encryption key would have to lie beside it. Knows nothing of what the secrets are.

import { chmodSync, lstatSync, readdirSync, renameSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import Conf from "conf";
import type { Clock, Log, Timer } from "../../shared/context.ts";
import { CopilotError, describeError, type ErrorCode } from "../../shared/errors.ts";
import type { SecretStore } from "../auth/types.ts";
import { errorCode } from "./file-error.ts";
import { withFileLock } from "./file-lock.ts";
import { folderObjection, makePrivate, ownUserId } from "./private-folder.ts";

const fileMode = 0o600;
const othersMask = 0o077;
/** Far above what the sign-ins of all servers take. */
const maxFileBytes = 1024 * 1024;
/** Two looks fit into the second within which a change has to be noticed. */
const pollMs = 500;

/**
 * Does no I/O before the first call. `location.folder` is made private on the first write; a folder or file of another
 * user, and a file that is a symbolic link (its target may lie in a place that is shared or published), are refused.
 */
export function createSecretStore(
  deps: { readonly clock: Clock; readonly log: Log },
  location: { readonly folder: string; readonly fileName: string },
): SecretStore {
  const { clock, log } = deps;
  const { folder, fileName } = location;
  const file = path.join(folder, fileName);
  const corruptFile = `${file}.corrupt`;
  const lockFile = `${file}.lock`;
  const listeners = new Set<() => void>();
  let conf: Conf | undefined;
  let locks = 0;
  let timer: Timer | undefined;
  let lastSeen = "";

  // Without the cause: the words of a parser may quote the file.
  const fail = (code: ErrorCode, deed: string, why: string): CopilotError =>
    new CopilotError(code, `${deed}: ${why}.`, { advice: `See to ${folder}, or delete it.` });

  /** Why the file must not be used, or undefined when it may be or is not there. */
  const fileObjection = (): string | undefined => {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (found.isSymbolicLink()) return `${file} is a symbolic link`;
    if (!found.isFile()) return `${file} is not a file`;
    // `conf` reads it whole.
    if (found.size > maxFileBytes) return `${file} is larger than ${maxFileBytes} bytes`;
    const user = ownUserId();
    if (user === undefined) return undefined;
    if (found.uid !== user) return `${file} belongs to another user`;
    if ((found.mode & othersMask) !== 0) {
      chmodSync(file, fileMode);
      log.warn("the file of secrets could be read by others; its mode is right again", { file });
    }
    return undefined;
  };

  const prepareFolder = (deed: string): void => {
    const objection = folderObjection(folder);
    if (objection !== undefined) throw fail("sign-in-failed", deed, objection);
    if (makePrivate(folder) === "repaired") {
      log.warn("the folder of secrets was open to others; its mode is right again", { folder });
    }
  };

  const locked = <T>(action: () => T): T => {
    locks += 1;
    return withFileLock(lockFile, String(locks), action);
  };

  const open = (): Conf => {
    const extension = path.extname(fileName);
    conf ??= new Conf({
      cwd: folder,
      configName: path.basename(fileName, extension),
      fileExtension: extension,
      configFileMode: fileMode,
      accessPropertiesByDotNotation: false,
    });
    return conf;
  };

  const isCorrupt = (): boolean => {
    try {
      return open().store === undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return true;
      throw error;
    }
  };

  /** `action` on a file that can be parsed: one that cannot is moved aside first. */
  const onGoodFile = <T>(action: (store: Conf) => T, alreadyLocked: boolean): T => {
    if (isCorrupt()) {
      const moveAside = (): void => {
        // Another process may have been quicker, and the file may be whole by now.
        if (!isCorrupt()) return;
        renameSync(file, corruptFile);
        log.warn("the file of secrets is not JSON; it was moved aside", { file, movedTo: corruptFile });
      };
      if (alreadyLocked) moveAside();
      else locked(moveAside);
    }
    return action(open());
  };

  const signature = (): string => {
    try {
      const found = statSync(file, { bigint: true, throwIfNoEntry: false });
      return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : "";
    } catch {
      return "unreadable";
    }
  };

  const poll = (): void => {
    const seen = signature();
    if (seen !== lastSeen) {
      lastSeen = seen;
      for (const listener of listeners) listener();
    }
    timer = listeners.size > 0 ? clock.after(pollMs, poll) : undefined;
  };

  return {
    path: file,
    read(key) {
      const deed = "The sign-in cannot be read";
      try {
        // Checked before `conf` looks, which would create the folder for everybody to see.
        if (!lstatSync(file, { throwIfNoEntry: false })) return undefined;
        const objection = folderObjection(folder) ?? fileObjection();
        if (objection !== undefined) throw fail("signed-out", deed, objection);
        const value = onGoodFile((store) => store.get(key), false);
        return typeof value === "string" ? value : undefined;
      } catch (error) {
        if (error instanceof CopilotError) throw error;
        throw fail("signed-out", deed, `${file} (${errorCode(error) ?? "unknown error"})`);
      }
    },
    assertWritable() {
      const deed = "The sign-in could not be stored";
      const trial = `${file}.tmp-${process.pid}`;
      try {
        prepareFolder(deed);
        writeFileSync(trial, "", { mode: fileMode, flag: "w" });
        unlinkSync(trial);
        const fileTrouble = fileObjection();
        if (fileTrouble !== undefined) throw fail("sign-in-failed", deed, fileTrouble);
      } catch (error) {
        if (error instanceof CopilotError) throw error;
        throw fail("sign-in-failed", deed, `${file} (${errorCode(error) ?? "unknown error"})`);
      }
    },
    write(key, value) {
      const deed = "The sign-in cannot be stored";
      try {
        prepareFolder(deed);
        locked(() => {
          const fileTrouble = fileObjection();
          if (fileTrouble !== undefined) throw fail("sign-in-failed", deed, fileTrouble);
          onGoodFile((store) => store.set(key, value), true);
        });
      } catch (error) {
        if (error instanceof CopilotError) throw error;
        throw fail("sign-in-failed", deed, `${file} (${errorCode(error) ?? "unknown error"})`);
      }
    },
    erase() {
      try {
        // Beside the file: what a write that was killed has left, and what was moved aside. They hold tokens too.
        const leftovers = readdirSync(folder).filter(
          (name) => name === fileName || name === `${fileName}.corrupt` || name.startsWith(`${fileName}.tmp-`),
        );
        if (leftovers.length === 0) return;
        locked(() => {
          for (const name of leftovers) {
            try {
              unlinkSync(path.join(folder, name));
            } catch (error) {
              if (errorCode(error) !== "ENOENT") throw error;
            }
          }
        });
      } catch (error) {
        const code = errorCode(error);
        if (code === "ENOENT") return;
        throw fail("internal", "The stored sign-in cannot be deleted", `${file} (${code ?? "unknown error"})`);
      }
    },
    watch(listener) {
      const own = (): void => {
        try {
          listener();
        } catch (error) {
          log.error("a listener failed", { error: describeError(error) });
        }
      };
      if (listeners.size === 0) {
        lastSeen = signature();
        timer = clock.after(pollMs, poll);
      }
      listeners.add(own);
      return () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        timer?.cancel();
        timer = undefined;
      };
    },
  };
}
