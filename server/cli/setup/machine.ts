// The person's machine as `setup` looks at it: where editors and their files are.

import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { CopilotError } from "../../../shared/errors.ts";
import { isMissingFile } from "../../runtime/error-code.ts";
import { foldersOnPath, isProgram } from "../../runtime/programs.ts";
import { readBounded, UnreadableFileError } from "../../runtime/read-bounded.ts";
import type { CliEnv } from "../env.ts";

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** `XDG_CONFIG_HOME`, or `.config` of the home. */
  readonly configHome: string;
  /** The first program of these that is on the PATH: its name and its whole path. */
  find(...programs: readonly string[]): string | undefined;
  /** Standard output. Rejects when the program fails or takes longer than five seconds. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  exists(path: string): boolean;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** A person's file; absent when there is none. Throws `bad-request` for one that cannot be read. */
  read(path: string): Promise<string | undefined>;
  /** Where a file of `shared/editors/` is. */
  editorPath(name: string): string;
  /** The text of a file of `shared/editors/`, which the package carries. Throws `bad-request` where it is missing. */
  editorFile(name: string): Promise<string>;
}

const maxFileBytes = 1_000_000;
const runLimitMs = 5_000;

export function openMachine({ platform, environment, packageFolder }: CliEnv): Machine {
  const home = environment["HOME"] || environment["USERPROFILE"] || homedir();
  const read = async (path: string): Promise<string | undefined> => {
    try {
      return (await readBounded(path, maxFileBytes)).toString("utf8");
    } catch (error) {
      if (isMissingFile(error)) return;
      const why = error instanceof UnreadableFileError || error instanceof Error ? error.message : String(error);
      throw new CopilotError("bad-request", `${path} cannot be read: ${why}.`, { cause: error });
    }
  };
  const editorPath = (name: string): string => join(packageFolder, "shared/editors", name);
  return {
    platform,
    environment,
    home,
    configHome: environment["XDG_CONFIG_HOME"] || join(home, ".config"),
    find: (...programs) => findProgram(environment, platform, ...programs),
    run: (program, ...args) =>
      new Promise((resolve, reject) => {
        const options = { timeout: runLimitMs, killSignal: "SIGKILL" as const, env: { ...environment } };
        execFile(program, args, options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
      }),
    exists: existsSync,
    list(folder) {
      try {
        return readdirSync(folder);
      } catch {
        return [];
      }
    },
    read,
    editorPath,
    async editorFile(name) {
      const path = editorPath(name);
      const text = await read(path);
      if (text === undefined) throw new CopilotError("bad-request", `${path} is missing: install copilot-lsp again.`);
      return text;
    },
  };
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
