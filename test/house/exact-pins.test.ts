import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

// Imported by a private path, or stubbed in part in the bundle: a patch release may move what we rely on.
const pinned = ["conf", "undici", "vscode-languageserver", "vscode-languageserver-textdocument"];

test("packages whose inner files are relied on are pinned exactly", () => {
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(pinned));
  for (const name of pinned)
    expect([name, dependencies[name]]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
});
