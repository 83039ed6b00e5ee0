// The settings file: read with plain JSON, because every start reads it; written through `conf`, which is atomic and is
// only loaded by the command that writes.

import { mkdirSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { isJsonObject } from "../runtime/json.ts";
import { errorCode } from "../runtime/error-code.ts";
import { createLockFile } from "../runtime/lock-file.ts";
import { readBoundedSync } from "../runtime/read-bounded.ts";
import type { SettingKey } from "./settings.ts";
import type { SettingValue } from "./values.ts";

/** Far above what all settings take. */
const maxBytes = 1024 * 1024;
/** Nobody needs the lock for so long: who waits goes ahead then. */
const maxWaitMs = 2_000;
const pauseMs = 10;

export interface FileContent {
  readonly path: string;
  readonly json: unknown;
  readonly problem?: string;
  readonly isMissing?: true;
}

export interface SettingsFile {
  readonly path: string;
  /** The parsed content; undefined when there is none, with a `problem` when it is there and cannot be read. */
  read(): FileContent;
  /** Throws when the file cannot be written, or holds something other than a JSON object. */
  write(key: SettingKey, value: SettingValue): Promise<void>;
  /** Whether the key was there. */
  remove(key: SettingKey): Promise<boolean>;
}

export function createSettingsFile(clock: Clock, path: string): SettingsFile {
  const read = (): ReturnType<SettingsFile["read"]> => readSettingsFile(path);
  const open = async () => {
    // What a person wrote is theirs: a file that cannot be understood is not replaced.
    const { problem } = read();
    if (problem !== undefined) throw new Error(problem);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const { default: Conf } = await import("conf");
    const extension = extname(path);
    return new Conf({
      cwd: dirname(path),
      configName: basename(path, extension),
      fileExtension: extension.slice(1),
      clearInvalidConfig: false,
      deserialize: parse,
      // A proxy's address may hold a password, and the folder holds the token.
      configFileMode: 0o600,
    });
  };
  // `conf` reads the file, changes one key and writes the whole: two commands at once would each lose the other's key.
  const lock = createLockFile(`${path}.lock`, maxWaitMs);
  const takeLock = async (): Promise<boolean> => {
    const untilMs = clock.monotonicMs() + maxWaitMs;
    try {
      while (clock.monotonicMs() < untilMs) {
        if (lock.take(clock.nowMs())) return true;
        await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
      }
    } catch {
      // A folder that takes no lock file takes no other file either; the change will say so better.
    }
    return false;
  };
  const change = async <T>(action: () => T): Promise<T> => {
    const isLocked = await takeLock();
    try {
      return action();
    } finally {
      if (isLocked) lock.release();
    }
  };
  return {
    path,
    read,
    async write(key, value) {
      const file = await open();
      await change(() => {
        forgetFlatKey(file, key);
        file.set(key, value);
      });
    },
    async remove(key) {
      const file = await open();
      return change(() => {
        const wasFlat = forgetFlatKey(file, key);
        if (!file.has(key)) return wasFlat;
        file.delete(key);
        return true;
      });
    },
  };
}

function readSettingsFile(path: string): FileContent {
  let text: string;
  try {
    text = readBoundedSync(path, maxBytes).toString("utf8");
  } catch (error) {
    return errorCode(error) === "ENOENT"
      ? { path, json: undefined, isMissing: true }
      : { path, json: undefined, problem: `${path} cannot be read: ${messageOf(error)}` };
  }
  try {
    const json: unknown = parse(text);
    return isJsonObject(json)
      ? { path, json }
      : { path, json: undefined, problem: `${path} does not hold a JSON object` };
  } catch (error) {
    return { path, json: undefined, problem: `${path} is not JSON: ${messageOf(error)}` };
  }
}

/** Without a byte order mark, which editors on Windows write. An empty file holds nothing. */
function parse(text: string): Record<string, unknown> {
  return JSON.parse(text.replace(/^\uFEFF/, "") || "{}");
}

/** `conf` writes `{"http": {"port": 1}}`; a person may have written `{"http.port": 1}`, which must not stay beside it. */
function forgetFlatKey(file: { store: Record<string, unknown> }, key: SettingKey): boolean {
  const { [key]: found, ...rest } = file.store;
  if (found === undefined) return false;
  file.store = rest;
  return true;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
