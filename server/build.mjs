// Bundles the program into `dist/`: one small entry and lazy chunks, so that what `initialize` does not need is not
// even parsed before it. Plain JavaScript, because it runs before anything is built.

import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const outdir = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));

/**
 * `conf` can check its files against schemas and migrate them. Neither is used here, and the packages for it are four
 * fifths of its weight: 160 KB to parse and some 6 MB of memory in every process. It is always told its folder, too; the
 * package that would find one asks for a home as it is loaded, and fails for a user who has none.
 */
const leaveOutUnused = {
  name: "leave-out-unused",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(ajv|ajv-formats|semver|env-paths)(\/|$)/ }, ({ path, importer }) =>
      /[\\/]conf[\\/]/.test(importer) ? { path, namespace: "unused" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "unused" }, ({ path }) => ({
      // CommonJS, so that any name can be imported from it.
      contents: `module.exports = class { constructor() { throw new Error("${path} is not part of this build"); } }`,
    }));
  },
};

/**
 * undici carries its parser of HTTP/1.1 twice, once with SIMD instructions, and falls back to the other where these are
 * missing. The one without serves everywhere; what it parses here is a few headers per request. It is carried compressed:
 * 20 KB of the bundle instead of 72, and a millisecond at the first connection. HTTP/2 is not undici's business here, and
 * neither are the bodies of forms, whose parts of the Fetch standard are another 42 KB.
 */
const leaveOutOfUndici = {
  name: "leave-out-of-undici",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/llhttp_simd-wasm\.js$/ }, ({ resolveDir }) => ({
      path: resolve(resolveDir, "../llhttp/llhttp-wasm.js"),
    }));
    onResolve({ filter: /\/(?:client-h2|web\/fetch\/body)\.js$/ }, ({ path }) => ({ path, namespace: "unused" }));
    onLoad({ filter: /\/llhttp-wasm\.js$/ }, ({ path }) => {
      const compressed = brotliCompressSync(createRequire(path)(path)).toString("base64");
      return {
        contents: `module.exports = require("node:zlib").brotliDecompressSync(Buffer.from("${compressed}", "base64"))`,
      };
    });
  },
};

/**
 * Only the error class and the error codes of `vscode-languageserver` are used at run time, which it re-exports from this
 * file; the rest would be parsed before the answer to `initialize`.
 */
const onlyErrors = {
  name: "only-errors",
  setup({ onResolve, resolve: resolvePackage }) {
    onResolve({ filter: /^vscode-languageserver$/ }, async ({ kind, resolveDir }) => {
      const { path, errors } = await resolvePackage("vscode-jsonrpc", { kind, resolveDir });
      return { path: join(dirname(path), "messages.js"), errors };
    });
  },
};

const options = {
  entryPoints: {
    "copilot-lsp": new URL("./main.ts", import.meta.url).pathname,
    "keychain-helper": new URL("./config/keychain/helper.ts", import.meta.url).pathname,
  },
  outdir,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node20.18",
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "none",
  // The package's entry looks for its parts with a `require` that a bundler does not see.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  plugins: [leaveOutUnused, leaveOutOfUndici, onlyErrors],
  metafile: true,
  logLevel: "warning",
  define: { "process.env.COPILOT_LSP_VERSION": JSON.stringify(manifest.version) },
  banner: {
    // CommonJS packages inside the bundle ask for built-in modules with `require`.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
};
const { metafile } = await build({ ...options, write: false });
const result = await build({ ...options, plugins: [...options.plugins, startInOneFile(metafile)] });

const page = `${outdir}page.html`;
await writeFile(page, await pageOf(new URL("./http/page/browser/", import.meta.url).pathname));

const licenses = `${outdir}LICENSES.txt`;
await writeFile(licenses, await licensesOf(Object.keys(result.metafile.inputs)));

// What an earlier build left, only now: a build that fails must not take the program that an editor runs away.
const built = new Set([...Object.keys(result.metafile.outputs), page, licenses].map((path) => resolve(path)));
for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
  const path = resolve(entry.parentPath, entry.name);
  if (entry.isFile() && !built.has(path)) await rm(path);
}

await chmod(`${outdir}copilot-lsp.js`, 0o755);
if (process.argv.includes("--metafile")) await writeFile(`${outdir}meta.json`, JSON.stringify(result.metafile));

/**
 * What every process loads at its start, in one chunk. esbuild makes a chunk for each set of entries that share a module, and
 * Node takes most of a millisecond to load each; where every lazy entry imports these modules, they are one set. `outputs`:
 * of a build without this.
 */
function startInOneFile({ outputs }) {
  const main = Object.keys(outputs).find((path) => outputs[path].entryPoint === "server/main.ts");
  const loaded = new Set();
  const load = (path) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of outputs[path].imports) {
      if (kind === "import-statement" && next in outputs) load(next);
    }
  };
  load(main);
  const early = new Set([...loaded].flatMap((path) => Object.keys(outputs[path].inputs)));
  const programs = Object.values(options.entryPoints).map((path) => relative(process.cwd(), path));
  const lazy = new Set(
    Object.values(outputs).flatMap(({ entryPoint = "" }) =>
      entryPoint === "" || early.has(entryPoint) || programs.includes(entryPoint) ? [] : [entryPoint],
    ),
  );
  const name = "start";
  return {
    name: "start-in-one-file",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^start$/ }, () => ({ path: name, namespace: name }));
      onLoad({ filter: /.*/, namespace: name }, () => ({
        contents: [...early]
          .filter((path) => path.endsWith(".ts") && !programs.includes(path))
          .map((path) => `import "./${path}";`)
          .join("\n"),
        resolveDir: process.cwd(),
      }));
      onLoad({ filter: /\.ts$/ }, async ({ path }) =>
        lazy.has(relative(process.cwd(), path))
          ? { contents: `${await readFile(path, "utf8")}\nimport "${name}";\n`, loader: "ts" }
          : undefined,
      );
    },
  };
}

/** The page of the HTTP listener as one file: a browser then needs nothing more, and its policy can name all of it. */
async function pageOf(folder) {
  const { outputFiles } = await build({
    entryPoints: [`${folder}main.ts`, `${folder}page.css`],
    outdir: folder,
    write: false,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2023"],
    legalComments: "none",
    logLevel: "warning",
  });
  const textOf = (name) => outputFiles.find(({ path }) => path.endsWith(name))?.text.trim() ?? "";
  const html = await readFile(`${folder}page.html`, "utf8");
  // The text area alone holds line breaks that count.
  return html
    .split(/(<textarea.*?<\/textarea>)/s)
    .map((part) => (part.startsWith("<textarea") ? part : part.replaceAll(/>\n</g, "><").trim()))
    .join("")
    .replace("<style></style>", () => `<style>${textOf(".css")}</style>`)
    .replace("</body>", () => `<script>${textOf(".js")}</script></body>`);
}

/** The licences of the packages whose code is in the bundle, each with its own words. */
async function licensesOf(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const parts = await Promise.all(
    [...folders]
      .toSorted((a, b) => a.localeCompare(b))
      .map(async (folder) => {
        const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
        const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
        const words = file === undefined ? "" : `\n${(await readFile(`${folder}/${file}`, "utf8")).trim()}\n`;
        return `${name} ${version}: ${license}\n${words}`;
      }),
  );
  return `copilot-lsp contains code of these packages.\n\n${parts.join(`\n${"-".repeat(72)}\n\n`)}`;
}
