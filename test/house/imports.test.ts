// Who may import whom. The table is the architecture: an import that is not in it is a mistake, or a change of design
// that belongs in this table first.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { circles } from "./support/circles.ts";

const root = resolve(import.meta.dirname, "../..");

/** Area → what it may import. An entry is an area, or one file of it. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  shared: ["shared"],
  "server/runtime": ["server/runtime", "shared"],
  "server/json-rpc": ["server/json-rpc", "server/runtime", "shared"],
  "server/observe": ["server/observe", "server/runtime", "shared"],
  "server/config": ["server/config", "server/runtime", "shared", "server/auth/types.ts"],
  // Implements what the engine asks of a service.
  "server/upstream/copilot/copilot-service.ts": [
    "server/upstream",
    "server/runtime",
    "shared",
    "server/completion/service.ts",
  ],
  "server/upstream/official": [
    "server/upstream",
    "server/json-rpc",
    "server/runtime",
    "shared",
    "server/completion/service.ts",
  ],
  "server/upstream/services": [
    "server/upstream",
    "server/runtime",
    "shared",
    "server/completion/service.ts",
    "server/edits/service.ts",
  ],
  "server/upstream/copilot/copilot-edit-service.ts": [
    "server/upstream",
    "server/runtime",
    "shared",
    "server/edits/service.ts",
  ],
  "server/upstream": ["server/upstream", "server/runtime", "shared"],
  "server/governor": ["server/governor", "server/runtime", "shared"],
  "server/auth": ["server/auth", "server/runtime", "shared", "server/upstream/types.ts"],
  "server/privacy": ["server/privacy", "server/runtime", "shared"],
  "server/exclusion": ["server/exclusion", "server/runtime", "shared"],
  "server/completion": [
    "server/completion",
    "server/exclusion/types.ts",
    "server/governor",
    "server/privacy",
    "server/runtime",
    "shared",
  ],
  "server/edits": ["server/edits", "server/governor", "server/privacy", "server/runtime", "shared"],
  "server/workspace": ["server/workspace", "server/runtime", "shared"],
  "server/core": ["server/core", "server/runtime", "shared", "server/completion/types.ts", "server/edits/types.ts"],
  "server/lsp": ["server/lsp", "server/json-rpc", "server/runtime", "shared", "server/core/types.ts"],
  "server/http": ["server/http", "server/runtime", "shared", "server/core/types.ts"],
  "server/cli": ["server/cli", "server/runtime", "shared", "server/core/types.ts"],
  "server/emulator": ["server/emulator", "shared"],
};

/** Packages that exactly one area may import, so that the rest of the program does not depend on their ways. */
const singleImporter: Readonly<Record<string, string>> = {
  undici: "server/upstream",
  conf: "server/config",
  "vscode-languageserver": "server/lsp",
  "vscode-languageserver-textdocument": "server/lsp",
  "vscode-jsonrpc": "server/lsp",
  "vscode-languageserver-protocol": "server/lsp",
  "vscode-languageserver-types": "server/lsp",
  uqr: "server/cli",
  "yocto-spinner": "server/cli",
};

/** Files that are programs of their own. */
const processEntries: readonly string[] = ["server/main.ts", "server/config/keychain/helper.ts"];

/** Builds everything, and so knows everything. `app.ts` is loaded at the start, the others when they are needed. */
const compositionRoot = "server/app/";

const sources = ["server", "shared"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => join(folder, f)),
  )
  .filter((file) => file.endsWith(".ts"))
  .sort();

interface Import {
  readonly file: string;
  readonly target: string;
}

/** Static, dynamic and re-exporting imports, by their specifiers. */
function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found: Import[] = [];
  for (const match of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)) {
    const specifier = match[1] ?? "";
    const isLocal = specifier.startsWith(".");
    found.push({ file, target: isLocal ? relative(root, resolve(root, dirname(file), specifier)) : specifier });
  }
  return found;
}

const areaOf = (file: string): string | undefined =>
  Object.keys(allowed).find((area) => file === area || file.startsWith(`${area}/`));
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
const isLocal = ({ target }: Import): boolean => target.startsWith("server/") || target.startsWith("shared/");

const all = sources.flatMap(importsOf);

describe("the import table", () => {
  test("covers every source file but the entry and the composition root", () => {
    const outside = sources.filter((file) => areaOf(file) === undefined);
    expect(outside.filter((file) => !file.startsWith(compositionRoot))).toEqual(["server/main.ts"]);
  });

  test("sees the imports that are there", () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.some(({ file, target }) => file === "server/core/core.ts" && target === "server/core/types.ts")).toBe(
      true,
    );
  });

  test.each(Object.entries(allowed))("%s imports only what it may", (area, mayImport) => {
    const breaches = all
      .filter((found) => areaOf(found.file) === area && isLocal(found))
      .filter(({ target }) => !mayImport.some((entry) => target === entry || target.startsWith(`${entry}/`)))
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(breaches).toEqual([]);
  });

  test.each(Object.entries(singleImporter))("the package %s is imported by %s alone", (name, area) => {
    const breaches = all
      .filter((found) => !isLocal(found) && packageOf(found.target) === name && areaOf(found.file) !== area)
      .map(({ file }) => file);
    expect(breaches).toEqual([]);
  });

  test("the composition root is imported by the entry and by itself alone", () => {
    const importers = all.filter(({ target }) => target.startsWith(compositionRoot)).map(({ file }) => file);
    expect([...new Set(importers)].filter((file) => !file.startsWith(compositionRoot))).toEqual(["server/main.ts"]);
  });

  test("what answers initialize loads nothing that comes after it", () => {
    const heavy = ["server/upstream/", "server/auth/", "server/completion/", "server/http/", "server/core/core.ts"];
    const early = new Set(["server/main.ts"]);
    // Static value imports only: types cost nothing, and a dynamic import is the way to be late.
    for (const file of early) {
      const text = readFileSync(join(root, file), "utf8");
      for (const match of text.matchAll(/^(?:import|export) (?!type )(?:[^;]*?from )?"(\.[^"]+)";/gm)) {
        early.add(relative(root, resolve(root, dirname(file), match[1] ?? "")));
      }
    }
    expect(early.size).toBeGreaterThan(8);
    expect([...early].filter((file) => heavy.some((part) => file.startsWith(part)))).toEqual([]);
  });
});

describe("no circle", () => {
  const targetsOf = (file: string): readonly string[] =>
    all.filter((found) => found.file === file && isLocal(found)).map(({ target }) => target);

  test("is there among files, types and late imports included", () => {
    expect(circles(new Map(sources.map((file) => [file, targetsOf(file)])))).toEqual([]);
  });

  test("is there among folders, so that none imports one above it", () => {
    const folders = Object.keys(allowed);
    const targets = (area: string): readonly string[] =>
      sources
        .filter((file) => areaOf(file) === area)
        .flatMap(targetsOf)
        .map((target) => areaOf(target) ?? target)
        .filter((target) => target !== area);
    expect(circles(new Map(folders.map((area) => [area, targets(area)])))).toEqual([]);
  });

  test("is overlooked", () => {
    const graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a"]],
      ["d", ["d"]],
      ["e", ["a"]],
    ]);
    expect(circles(graph)).toEqual([["a", "b", "c"]]);
  });
});

describe("the process", () => {
  const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

  test("is ended by the entry alone", () => {
    expect(sources.filter((file) => /\bprocess\.exit\(/.test(textOf(file)))).toEqual(["server/main.ts"]);
  });

  test("handles signals in the entry alone", () => {
    expect(sources.filter((file) => /process\.(on|once)\(/.test(textOf(file)))).toEqual(["server/main.ts"]);
  });

  test("reads time and sets timers in one place", () => {
    const uses = /\b(setTimeout|setInterval|Date\.now|performance\.now)\(/;
    const allowedFiles = ["server/runtime/system-clock.ts"];
    // The one imitates another machine, the other runs in a browser.
    const elsewhere = ["server/emulator/", "server/http/page/browser/"];
    const others = sources
      .filter((file) => !elsewhere.some((folder) => file.startsWith(folder)))
      .filter((file) => uses.test(textOf(file)));
    expect(others).toEqual(allowedFiles);
  });

  test("writes to standard output nowhere but in the entry and through what it hands on", () => {
    const others = sources.filter((file) => /process\.stdout|console\.log\(/.test(textOf(file)));
    expect(others.filter((file) => !processEntries.includes(file))).toEqual([]);
  });
});
