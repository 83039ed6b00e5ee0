// Bundles the program into `dist/`: one small entry and lazy chunks, so that what `initialize` does not need is not
// even parsed before it. Plain JavaScript, because it runs before anything is built.

import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const outdir = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));

await rm(outdir, { recursive: true, force: true });

const result = await build({
  entryPoints: { "copilot-lsp": new URL("./main.ts", import.meta.url).pathname },
  outdir,
  bundle: true,
  splitting: true,
  minify: true,
  // Stack traces name functions, not letters; a few kilobytes.
  keepNames: false,
  format: "esm",
  platform: "node",
  target: "node20.18",
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  define: { "process.env.COPILOT_LSP_VERSION": JSON.stringify(manifest.version) },
  banner: {
    // CommonJS packages inside the bundle ask for built-in modules with `require`.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});

await chmod(`${outdir}copilot-lsp.js`, 0o755);
if (process.argv.includes("--metafile")) await writeFile(`${outdir}meta.json`, JSON.stringify(result.metafile));
