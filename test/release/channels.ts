// `node test/release/channels.ts ARCHIVE FOLDER`: writes the recipes of the other channels for a published archive, with
// its version and its hash, into FOLDER. Runs without a build on Node 22.18 or newer, as the release does.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { recipes, releaseOf, stamped } from "./support/channels.ts";

const root = resolve(import.meta.dirname, "../..");
const [archive, folder] = process.argv.slice(2);
if (archive === undefined || folder === undefined) throw new Error("usage: channels.ts ARCHIVE FOLDER");
const release = releaseOf(JSON.parse(readFileSync(join(root, "package.json"), "utf8")), readFileSync(archive));
for (const recipe of recipes) {
  const path = join(folder, recipe);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stamped(readFileSync(join(root, "shared/packaging", recipe), "utf8"), release));
}
