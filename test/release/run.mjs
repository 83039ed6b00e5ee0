// `npm run release:check`: what has to hold of the packed archive before it is published. With `--publish` also what
// only a real release needs: an owner in package.json, and a date in CHANGELOG.md. Plain JavaScript, because the oldest
// Node that is supported runs no TypeScript.

import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ options: { publish: { type: "boolean" } }, allowPositionals: true });
const root = new URL("../../", import.meta.url).pathname;
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "test/release/vitest.config.ts", ...positionals],
  { cwd: root, stdio: "inherit", env: { ...process.env, RELEASE_PUBLISH: values.publish ? "yes" : "no" } },
);
process.exitCode = status ?? 1;
