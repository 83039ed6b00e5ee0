// A few lines of TypeScript run by a Node of their own, for tests of what several processes share.

import { spawn } from "node:child_process";
import path from "node:path";
import { build } from "esbuild";

const root = new URL("../../..", import.meta.url).pathname;

/** Bundles `source`, whose imports are paths from the project's root, into `folder`; answers the file to run. */
export async function bundleScript(source: string, folder: string): Promise<string> {
  const outfile = path.join(folder, "another-process.cjs");
  await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile,
    logLevel: "error",
  });
  return outfile;
}

/** Resolves with the exit code. */
export function run(script: string, ...args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("exit", resolve));
}
