// Secrets in files of mode 0600 in a folder of mode 0700, one for each key, shared by every process of the same person. A
// file is replaced by a rename, so that no process reads half of one and none needs a lock. The files are plain text: an
// encryption key would have to lie beside them. Knows nothing of what the secrets are.

import type { Stats, watch } from "node:fs";
import { chmod, link, lstat, mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import path from "node:path";
import type { Clock, Log } from "../../shared/context.ts";
import { CopilotError, type ErrorCode } from "../../shared/errors.ts";
import { isJsonObject, parseJson } from "../runtime/json.ts";
import type { SecretStore } from "../auth/types.ts";
import { errorCode } from "../runtime/error-code.ts";
import { readBounded } from "../runtime/read-bounded.ts";
import { createFolderWatcher } from "./folder-watcher.ts";
import { ownUserId } from "./private-folder.ts";

const fileMode = 0o600;
const folderMode = 0o700;
const othersMask = 0o077;
const maxBytes = 64 * 1024;
const extension = ".json";

/** The name of the file that holds `key` (`github.com`, `http://127.0.0.1:8080`): no colon or slash is left in it. */
export function secretFileName(key: string): string {
  return `${encodeURIComponent(key).replaceAll("%40", "@")}${extension}`;
}

/**
 * Does no I/O before the first call. `folder` is made private on the first write; a folder or file of another user, and a
 * file that is a symbolic link (its target may lie in a place that is shared or published), are refused. `singleFile` is
 * where former versions kept all keys: what is in it is moved to files of their own by whichever call finds it.
 */
export function createSecretStore(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    /** Of `node:fs`; may throw, as it does where the system has no more watches to give. */
    readonly watch: typeof watch;
  },
  location: { readonly folder: string; readonly singleFile: string },
): SecretStore {
  const { clock, log } = deps;
  const { folder, singleFile } = location;
  let drafts = 0;

  const pathOf = (key: string): string => path.join(folder, secretFileName(key));

  /** Rejects with `code`. Without the cause: the words of a parser may quote the file. */
  const attempt = async <T>(code: ErrorCode, deed: string, file: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      const why = error instanceof Untrusted ? error.message : `${file} (${errorCode(error) ?? "unknown error"})`;
      throw new CopilotError(code, `${deed}: ${why}.`, { advice: `See to ${folder}, or delete it.` });
    }
  };

  /** The content of a file that may be trusted; undefined when there is none. */
  const readTrusted = async (file: string): Promise<string | undefined> => {
    try {
      const found = await lstat(file);
      assertOwnFile(file, found);
      if (ownUserId() !== undefined && (found.mode & othersMask) !== 0) {
        await chmod(file, fileMode);
        log.warn("a file of secrets could be read by others; its mode is right again", { file });
      }
      return (await readBounded(file, maxBytes)).toString("utf8");
    } catch (error) {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  };

  const prepareFolder = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: folderMode });
    const found = await stat(folder);
    assertOwnFolder(folder, found);
    if (ownUserId() === undefined || (found.mode & othersMask) === 0) return;
    await chmod(folder, folderMode);
    log.warn("the folder of secrets was open to others; its mode is right again", { folder });
  };

  /** A new file beside the ones that are read, whole and on the disk; `publish` gives it its name. */
  const withDraft = async (text: string, publish: (draft: string) => Promise<void>): Promise<void> => {
    drafts += 1;
    const draft = path.join(folder, `${process.pid}-${drafts}-${clock.nowMs()}${draftEnding}`);
    try {
      const file = await open(draft, "wx", fileMode);
      try {
        await file.writeFile(text);
        // A rename may reach the disk before the content does.
        await file.sync();
      } finally {
        await file.close();
      }
      await publish(draft);
    } finally {
      await rm(draft, { force: true });
    }
  };

  const writeFile = async (key: string, text: string): Promise<void> => {
    const file = pathOf(key);
    const found = await lstat(file).catch(ignoreMissing);
    if (found) assertOwnFile(file, found);
    const write = (): Promise<void> => withDraft(text, (draft) => rename(draft, file));
    try {
      await write();
    } catch (error) {
      // A sign-out in another process has deleted the draft or the folder; what is written now came after it.
      if (errorCode(error) !== "ENOENT") throw error;
      await prepareFolder();
      await write();
    }
  };

  /** Several processes may do this at once: each writes the same, and a newer file is never replaced. */
  const moveSingleFile = async (): Promise<void> => {
    const found = await lstat(singleFile).catch(ignoreMissing);
    if (!found) return;
    const values = parseSingleFile((await readTrusted(singleFile)) ?? "");
    if (!values) {
      await rename(singleFile, `${singleFile}.corrupt`).catch(ignoreMissing);
      log.warn("the file of secrets is not JSON; it was moved aside", { file: singleFile });
      return;
    }
    await prepareFolder();
    for (const [key, value] of values) {
      const file = pathOf(key);
      const present = await lstat(file).catch(ignoreMissing);
      if (!present) {
        await withDraft(value, (draft) => link(draft, file)).catch((error: unknown) => {
          if (errorCode(error) !== "EEXIST") throw error;
        });
        // A former version has signed in beside this one.
      } else if (present.mtimeMs < found.mtimeMs) await writeFile(key, value);
    }
    const now = await lstat(singleFile).catch(ignoreMissing);
    if (now && now.ino === found.ino && now.mtimeMs === found.mtimeMs) await unlink(singleFile).catch(ignoreMissing);
  };

  const readKey = async (key: string): Promise<string | undefined> => {
    await moveSingleFile();
    const found = await stat(folder).catch(ignoreMissing);
    if (!found) return undefined;
    assertOwnFolder(folder, found);
    return readTrusted(pathOf(key));
  };

  /** The files that hold a key, with what tells two versions of one apart. */
  const signature = async (): Promise<string> => {
    try {
      const names = (await readdir(folder)).filter((name) => name.endsWith(extension)).sort();
      const files = [singleFile, ...names.map((name) => path.join(folder, name))];
      const found = await Promise.all(files.map((file) => stat(file, { bigint: true }).catch(() => undefined)));
      return found.map((one, index) => (one ? `${files[index]} ${one.ino} ${one.mtimeNs} ${one.size}` : "")).join("\n");
    } catch (error) {
      return errorCode(error) ?? "unreadable";
    }
  };

  const watcher = createFolderWatcher(deps, folder, signature);

  return {
    pathOf,
    read: (key) => attempt("signed-out", "The sign-in cannot be read", pathOf(key), () => readKey(key)),
    assertWritable: (key) =>
      attempt("sign-in-failed", "The sign-in could not be stored", pathOf(key), async () => {
        await prepareFolder();
        const found = await lstat(pathOf(key)).catch(ignoreMissing);
        if (found) assertOwnFile(pathOf(key), found);
        await withDraft("", async () => undefined);
      }),
    write: (key, value) =>
      attempt("sign-in-failed", "The sign-in cannot be stored", pathOf(key), async () => {
        await prepareFolder();
        await moveSingleFile();
        await writeFile(key, value);
      }),
    keys: () =>
      attempt("signed-out", "The sign-ins cannot be read", folder, async () => {
        await moveSingleFile();
        const names = (await readdir(folder).catch(ignoreMissing)) ?? [];
        return names.filter(isKept).map(keyOf);
      }),
    erase: (key) =>
      attempt("internal", "The stored sign-in cannot be deleted", pathOf(key), async () => {
        await moveSingleFile();
        await unlink(pathOf(key)).catch(ignoreMissing);
      }),
    eraseAll: (isMeant) =>
      attempt("internal", "The stored sign-in cannot be deleted", folder, async () => {
        // Also what a write that was killed has left, and what was moved aside: they hold tokens too.
        const own = await readdir(folder).catch(ignoreMissing);
        const above = await readdir(path.dirname(singleFile)).catch(ignoreMissing);
        const single = path.basename(singleFile);
        const files = [
          ...(own ?? [])
            .filter((name) => (isKept(name) ? isMeant(keyOf(name)) : isLeftBehind(name)))
            .map((name) => path.join(folder, name)),
          ...(above ?? [])
            .filter((name) => name === single || name.startsWith(`${single}.`))
            .map((name) => path.join(path.dirname(singleFile), name)),
        ];
        for (const file of files) await unlink(file).catch(ignoreMissing);
      }),
    watch: watcher.watch,
  };
}

const draftEnding = ".new";

const isKept = (name: string): boolean => name.endsWith(extension);
const isLeftBehind = (name: string): boolean => name.endsWith(draftEnding) || name.startsWith("keychain.");
const keyOf = (name: string): string => decodeURIComponent(name.slice(0, -extension.length));

/** A file or folder that holds secrets and cannot be trusted; the message says why. */
class Untrusted extends Error {}

function assertOwnFile(file: string, found: Stats): void {
  if (found.isSymbolicLink()) throw new Untrusted(`${file} is a symbolic link`);
  if (!found.isFile()) throw new Untrusted(`${file} is not a file`);
  const user = ownUserId();
  if (user !== undefined && found.uid !== user) throw new Untrusted(`${file} belongs to another user`);
}

/** A symbolic link has been followed: what counts is who owns the place where the files end up. */
function assertOwnFolder(folder: string, found: Stats): void {
  if (!found.isDirectory()) throw new Untrusted(`${folder} is not a folder`);
  const user = ownUserId();
  if (user !== undefined && found.uid !== user) throw new Untrusted(`the folder ${folder} belongs to another user`);
}

function ignoreMissing(error: unknown): undefined {
  if (errorCode(error) !== "ENOENT") throw error;
  return undefined;
}

/** Undefined for what is not a JSON object; values that are not text are left out. */
function parseSingleFile(text: string): readonly (readonly [string, string])[] | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json)) return undefined;
  return Object.entries(json).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
