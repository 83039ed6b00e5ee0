// Where GitHub's own language server is on this machine, and how it is started without a launcher in between.

import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, join } from "node:path";
import { CopilotError } from "../../../shared/errors.ts";
import { foldersOnPath, isFile, isProgram } from "../../runtime/programs.ts";

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The interpreter of this program, and its version: `20.18.1`. */
  readonly node: { readonly path: string; readonly version: string };
}

export interface Program {
  /** As a person would name it. */
  readonly path: string;
  readonly command: readonly [string, ...string[]];
}

const programName = "copilot-language-server";
const packageName = "@github/copilot-language-server";
export const installAdvice = `Install it with \`npm install -g ${packageName}\`, or say with service.command where it is.`;
// Its JavaScript needs this Node; under an older one it uses the binary that is installed beside it.
const leastNode = [22, 13] as const;

/** `named`: absolute path, or empty for the PATH. Throws `offline` when it is not there, `bad-request` for a relative path. */
export function findProgram(machine: Machine, named: string): Program {
  if (named !== "" && !isAbsolute(named)) {
    throw new CopilotError(
      "bad-request",
      `service.command is ${JSON.stringify(named)}, which is not an absolute path.`,
      {
        advice: "Name the program with all of its folders.",
      },
    );
  }
  const path = named === "" ? onPath(machine) : named;
  if (path === undefined || !isFile(path)) {
    const missing = path === undefined ? `${programName} is not on the PATH` : `there is no ${path}`;
    throw new CopilotError("offline", `GitHub's language server is not installed: ${missing}.`, {
      advice: installAdvice,
    });
  }
  return { path, command: commandOf(machine, path) };
}

function onPath({ environment, platform }: Machine): string | undefined {
  const isWindows = platform === "win32";
  const names = isWindows ? [`${programName}.exe`, `${programName}.cmd`] : [programName];
  return foldersOnPath(environment)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);
}

function commandOf(machine: Machine, path: string): Program["command"] {
  const script = scriptBehind(path);
  if (script === undefined) return [path];
  const native = hasNewNode(machine) ? undefined : nativeBeside(machine, script);
  return native === undefined ? [machine.node.path, script] : [native];
}

/** The script that npm links, or has a batch file start, which cannot be started without a shell. */
function scriptBehind(path: string): string | undefined {
  const real = realpathSync(path);
  if (/^\.[cm]?js$/.test(extname(real))) return real;
  const beside = join(dirname(path), "node_modules", packageName, "dist", "language-server.js");
  return extname(path) === ".cmd" && existsSync(beside) ? beside : undefined;
}

/** As the package's own launcher looks for it, which would stay in memory while it runs. */
function nativeBeside({ platform, arch }: Machine, script: string): string | undefined {
  const root = dirname(dirname(script));
  if (basename(root) !== basename(packageName)) return undefined;
  const file = join(`${programName}-${platform}-${arch}`, platform === "win32" ? `${programName}.exe` : programName);
  return [join(root, "node_modules", "@github", file), join(dirname(root), file)].find(isFile);
}

function hasNewNode({ node }: Machine): boolean {
  const [major = 0, minor = 0] = node.version.split(".").map(Number);
  return major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
}
