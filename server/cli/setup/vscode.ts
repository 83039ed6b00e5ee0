// VS Code reads extensions that it installed itself: a folder that is put beside them is not looked at. So the extension is
// made into the file that its command line installs, with the language client that it is built on, from npm.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { CopilotError } from "../../../shared/errors.ts";
import type { Plan } from "./change.ts";
import type { Machine } from "./machine.ts";
import { zip } from "./vsix.ts";

const files = ["package.json", "extension.js"];
/** For npm and VS Code, which load and unpack. */
const limitMs = 120_000;

export async function vscodePlan(machine: Machine, program: string): Promise<Plan> {
  const manifest = await machine.editorFile("vscode/package.json");
  const { publisher, name, version } = JSON.parse(manifest) as Record<string, string>;
  const extension = `${publisher}.${name}`;
  const next = ["Start VS Code again. Ghost text comes as you type. Turn GitHub's own Copilot extension off."];
  const installed = await machine.run(program, ["--list-extensions", "--show-versions"]);
  if (installed.split("\n").some((line) => line.trim() === `${extension}@${version}`)) {
    return { changes: [{ kind: "done", path: program }], next };
  }
  const npm = machine.find("npm");
  if (npm === undefined) {
    throw new CopilotError(
      "bad-request",
      "Its extension takes vscode-languageclient from npm, which is not on the PATH.",
    );
  }
  return {
    changes: [],
    install: {
      what: `${extension} ${version}, the extension in ${machine.editorPath("vscode")}, with vscode-languageclient from npm`,
      run: () => install(machine, program, npm),
    },
    next,
  };
}

async function install(machine: Machine, program: string, npm: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "copilot-lsp-vscode-"));
  try {
    for (const file of files) await writeFile(join(folder, file), await machine.editorFile(`vscode/${file}`));
    const quietly = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    await machine.run(npm, ["install", ...quietly, "--prefix", folder], limitMs);
    const archive = join(folder, "copilot-lsp-client.vsix");
    await writeFile(archive, await packed(folder));
    await machine.run(program, ["--install-extension", archive, "--force"], limitMs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All files of the folder, as VS Code looks for them. */
async function packed(folder: string): Promise<Buffer> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const entries = paths.map(async (path) => ({
    name: `extension/${relative(folder, path).replaceAll(sep, "/")}`,
    content: await readFile(path),
  }));
  return zip(await Promise.all(entries));
}
