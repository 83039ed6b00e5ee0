// The package as somebody gets it who installs it: packed here, unpacked and started somewhere else.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publint } from "publint";
import { spawnLspServer } from "../support/lsp-client.ts";

const root = resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
};
const maxTarballBytes = 400 * 1024;
const installLimitMs = 120_000;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

let folder: string;
let packed: Packed;
let tarball: string;

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return new Promise((settle, reject) => {
    execFile(program, args, { cwd, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(" ")}: ${error.message}\n${stderr}`));
      else settle(stdout);
    });
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "copilot-lsp-package-"));
  // The build is there already, and another one would pull it away from under tests that run beside this one.
  const output = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root);
  const [only] = JSON.parse(output) as readonly Packed[];
  if (!only) throw new Error(`npm pack said ${output}`);
  packed = only;
  tarball = join(folder, packed.filename);
}, installLimitMs);

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("the package", () => {
  test("holds the program, the documents and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const wanted =
      /^(?:dist\/(?:copilot-lsp|keychain-helper)\.js|dist\/page\.html|dist\/LICENSES\.txt|shared\/packaging\/(?:copilot-lsp\.1|settings\.schema\.json|systemd\/copilot-lsp\.(?:service|socket))|dist\/chunks\/[\w.-]+\.js|shared\/docs\/[\w-]+\.md|shared\/editors\/(?:(?:lsp|vscode)\/)?[\w.-]+|(?:README|CHANGELOG)\.md|LICENSE|package\.json)$/;
    expect(paths.filter((path) => !wanted.test(path))).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        "dist/copilot-lsp.js",
        "dist/LICENSES.txt",
        "shared/editors/neovim-0.12.lua",
        "README.md",
        "LICENSE",
      ]),
    );
  });

  test("is small, and its command can be executed", () => {
    expect(statSync(tarball).size).toBe(packed.size);
    expect(packed.size).toBeLessThan(maxTarballBytes);
    expect((packed.files.find(({ path }) => path === "dist/copilot-lsp.js")?.mode ?? 0) & 0o111).toBe(0o111);
  });

  test("is what registries and tools expect of one", async () => {
    const bytes = readFileSync(tarball);
    const { messages } = await publint({
      strict: true,
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    });
    expect(messages).toEqual([]);
  });
});

describe("installed in an empty folder", () => {
  let place: string;
  let command: string;
  // Of somebody who has never run it.
  let environment: Readonly<Record<string, string>>;

  beforeAll(async () => {
    place = join(folder, "elsewhere");
    mkdirSync(place);
    writeFileSync(join(place, "package.json"), '{"private": true}\n');
    await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball], place);
    command = join(place, "node_modules/.bin/copilot-lsp");
    environment = { HOME: join(folder, "home"), PATH: process.env["PATH"] ?? "" };
  }, installLimitMs);

  test("says its version", async () => {
    expect(await run(command, ["--version"], place, environment)).toBe(`${manifest.version}\n`);
  });

  test("answers initialize, and ends when it is told to", async () => {
    const server = spawnLspServer([command, "--stdio", "--no-http"], {
      cwd: place,
      env: { ...environment, COPILOT_LSP_GITHUB_URI: "http://127.0.0.1:9" },
    });
    try {
      const { serverInfo } = await server.initialize<{ serverInfo: unknown }>();
      expect(serverInfo).toEqual({ name: manifest.name, version: manifest.version });
      await server.shutdown();
      expect(await server.exited).toEqual({ code: 0, signal: null });
      expect(server.stderr()).toBe("");
    } finally {
      await server.kill();
    }
  });

  test("shows the demo", async () => {
    const output = await run(command, ["demo", "--once", "--port", "0"], place, environment);
    expect(output).toMatch(/^ {2}\+ .*return first \* second;$/m);
  });
});
