// Rules that hold for every source file and for the manifest.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const sources = ["server", "shared"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith(".ts"))
  .sort();

test("no module holds state that can change: nothing at the top level is reassigned or begins empty", () => {
  const states = sources.flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .filter((line) => isModuleState(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(states).toEqual([]);
  expect(
    [
      "let last: string;",
      "export let a = 1;",
      "const seen = new Map<string, number>();",
      "const list: string[] = [];",
      "const recent = new LRUCache<string, string>({",
    ].every(isModuleState),
  ).toBe(true);
});

function isModuleState(line: string): boolean {
  return (
    /^(?:export )?(?:let|var) /.test(line) ||
    /^(?:export )?const \w+(?:: [^=]+)? = (?:(?:new \w+(?:<.*>)?\(\)|\[\]|\{\});|new LRUCache\b)/.test(line)
  );
}

// Methods are found by their name, and there is a file for each.
const longFolders = ["server/lsp/methods"];

test("no folder has more than 20 files side by side, but the one that has a file for each LSP method", () => {
  const counts = new Map<string, number>();
  for (const file of sources) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  const full = [...counts].filter(([folder, count]) => count > 20 && !longFolders.includes(folder));
  expect(full).toEqual([]);
});

// The build replaces parts of some, and private files of others are imported: a patch release can break either.
const pinned = ["conf", "undici", "vscode-languageserver", "vscode-languageserver-textdocument"];

test("packages whose insides are used are pinned exactly", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const versions = { ...manifest.devDependencies, ...manifest.dependencies };
  const loose = pinned.filter((name) => !/^\d+\.\d+\.\d+$/.test(versions[name] ?? ""));
  expect(loose).toEqual([]);

  const privately = sources.flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/from "((?:@[\w-]+\/)?[\w-]+)\/(?:lib|dist|src)\//g)].map(
      ([, name = ""]) => name,
    ),
  );
  expect([...new Set(privately)].filter((name) => !pinned.includes(name))).toEqual([]);
});
