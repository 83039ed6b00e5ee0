// The archive as it is published, packed here and unpacked in a folder of its own: nothing of the repository is beside
// or above it, `node_modules` least of all.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Archive {
  /** The `.tgz` itself. */
  readonly file: string;
  /** What it unpacks to. */
  readonly folder: string;
  /** Relative, in order. */
  readonly paths: readonly string[];
  read(path: string): string;
  /** An empty folder beside it. */
  place(name: string): string;
  close(): void;
}

/** `root` must have been built. */
export async function packArchive(root: string): Promise<Archive> {
  const scratch = mkdtempSync(join(tmpdir(), "copilot-lsp-release-"));
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch];
  const { stdout } = await run("npm", args, { cwd: root });
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[];
  if (!packed) throw new Error(`npm pack said ${stdout}`);
  const file = join(scratch, packed.filename);
  await run("tar", ["-xzf", file, "-C", scratch]);
  const folder = join(scratch, "package");
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted((a, b) => a.localeCompare(b, "en"));
  return {
    file,
    folder,
    paths,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    place(name) {
      const place = join(scratch, name);
      mkdirSync(place, { recursive: true });
      return place;
    },
    close: () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }),
  };
}
