// Bundles the benchmarks and runs them; plain JavaScript, because the oldest Node that is supported runs no TypeScript.
// `npm run bench -- --samples 400 --only latency`

import { mkdir } from "node:fs/promises";
import { build } from "esbuild";

const root = new URL("../../", import.meta.url).pathname;
const outdir = `${root}node_modules/.cache/copilot-lsp/bench`;

await mkdir(outdir, { recursive: true });
await build({
  entryPoints: {
    main: `${root}test/bench/main.ts`,
    "emulator-process": `${root}test/bench/emulator-process.ts`,
    "local-relay": `${root}test/bench/local/relay-process.ts`,
  },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.18",
  logLevel: "warning",
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
const { main } = await import(`${outdir}/main.mjs`);
await main(process.argv.slice(2), root, outdir);
