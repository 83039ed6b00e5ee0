// The person's machine as `setup` looks at it and changes it: where editors and their files are.

import { execFile } from "node:child_process";
import { constants, existsSync, readdirSync, readlinkSync } from "node:fs";
import { access, copyFile, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { CopilotError } from "../../../shared/errors.ts";
import { errorCode, isMissingFile } from "../../runtime/error-code.ts";
import { foldersOnPath, isProgram } from "../../runtime/programs.ts";
import { readBounded, UnreadableFileError } from "../../runtime/read-bounded.ts";
import type { CliEnv } from "../env.ts";

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** `XDG_CONFIG_HOME`, which counts only as an absolute path, or `.config` of the home. */
  readonly configHome: string;
  /** The first program of these that is on the PATH: its name and its whole path. */
  find(...programs: readonly string[]): string | undefined;
  /** Standard output. Rejects with `bad-request` when the program fails or takes longer than `limitMs`. */
  run(program: string, args: readonly string[], limitMs?: number): Promise<string>;
  exists(path: string): boolean;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** The first thousand paths in a folder and those below it. */
  listBelow(folder: string): readonly string[];
  /** A person's file; absent when there is none. Throws `bad-request` for one that cannot be read, or is not UTF-8. */
  read(path: string): Promise<string | undefined>;
  /**
   * Writes a person's file in its place, through a link to it too, and keeps the one that was there beside it: the path of
   * that one. Throws `bad-request` when it cannot be written; it is as it was then.
   */
  write(path: string, text: string): Promise<string | undefined>;
  /** Where a file of `shared/editors/` is. */
  editorPath(name: string): string;
  /** The text of a file of `shared/editors/`, which the package carries. Throws `bad-request` where it is missing. */
  editorFile(name: string): Promise<string>;
}

const maxFileBytes = 1_000_000;
const maxListed = 1_000;
/** For a program that says something about itself. */
const runLimitMs = 20_000;

export function openMachine({ platform, environment, packageFolder }: CliEnv): Machine {
  const xdg = environment["XDG_CONFIG_HOME"] ?? "";
  const home = environment["HOME"] || environment["USERPROFILE"] || homedir();
  const read = async (path: string): Promise<string | undefined> => {
    let bytes: Buffer;
    try {
      bytes = await readBounded(path, maxFileBytes);
    } catch (error) {
      if (isMissingFile(error)) return;
      throw failed(path, "read", error);
    }
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      throw failed(path, "read", new UnreadableFileError("not-a-file", "it is not UTF-8"), error);
    }
  };
  const editorPath = (name: string): string => join(packageFolder, "shared/editors", name);
  return {
    platform,
    environment,
    home,
    configHome: isAbsolute(xdg) ? xdg : join(home, ".config"),
    find: (...programs) => findProgram(environment, platform, ...programs),
    run: (program, args, limitMs = runLimitMs) =>
      new Promise((resolve, reject) => {
        const options = { timeout: limitMs, killSignal: "SIGKILL" as const, env: { ...environment } };
        execFile(program, args, options, (error, stdout, stderr) => {
          if (!error) return resolve(stdout);
          const last = stderr.trim().split("\n").at(-1) || (error.killed ? "it took too long" : `exit ${error.code}`);
          const message = `\`${[program, ...args].join(" ")}\` failed: ${last}`;
          reject(new CopilotError("bad-request", message, { cause: error }));
        });
      }),
    exists: existsSync,
    list,
    listBelow: (folder) =>
      list(folder, { recursive: true })
        .slice(0, maxListed)
        .map((path) => join(folder, path)),
    read,
    write,
    editorPath,
    async editorFile(name) {
      const path = editorPath(name);
      const text = await read(path);
      if (text === undefined) throw new CopilotError("bad-request", `${path} is missing: install copilot-lsp again.`);
      return text;
    },
  };
}

function list(folder: string, options: { readonly recursive: boolean } = { recursive: false }): readonly string[] {
  try {
    return readdirSync(folder, { ...options, encoding: "utf8" });
  } catch {
    return [];
  }
}

async function write(path: string, text: string): Promise<string | undefined> {
  try {
    if (!existsSync(path)) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
      return;
    }
    await access(path, constants.W_OK);
    const kept = `${path}.before-copilot-lsp`;
    await copyFile(path, kept);
    await writeFile(path, text);
    return kept;
  } catch (error) {
    throw failed(path, "written", error);
  }
}

/** The system's words for what a person meets. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "you may not do that there",
  EPERM: "you may not do that there",
  EROFS: "it is on a file system that is read-only",
  ENOTDIR: "a part of its path is no folder",
  ENOSPC: "there is no space left",
};

function failed(path: string, verb: "read" | "written", error: unknown, cause = error): CopilotError {
  const target = targetOf(path);
  const link = target === undefined ? "" : ` (a link to ${target})`;
  const why = isMissingFile(error) && target !== undefined ? "what it links to is not there" : reasonOf(error);
  return new CopilotError("bad-request", `${path}${link} cannot be ${verb}: ${why}.`, { cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof UnreadableFileError) return error.message;
  return reasons[errorCode(error) ?? ""] ?? (error instanceof Error ? error.message : String(error));
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** The first of these that is on the PATH, by its whole path: a name alone would find what lies in the current folder on Windows. */
export function findProgram(
  environment: CliEnv["environment"],
  platform: NodeJS.Platform,
  ...programs: readonly string[]
): string | undefined {
  const folders = foldersOnPath(environment);
  const endings = platform === "win32" ? [".exe", ".cmd", ""] : [""];
  const paths = programs.flatMap((program) =>
    folders.flatMap((folder) => endings.map((ending) => join(folder, program + ending))),
  );
  return paths.find(isProgram);
}
