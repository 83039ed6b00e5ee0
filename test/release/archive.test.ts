// What is in the archive that would be published, and whether its words agree with one another.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectGolden } from "../cli/support/golden.ts";
import { type Archive, packArchive } from "./support/archive.ts";

const root = resolve(import.meta.dirname, "../..");
const isPublished = process.env["RELEASE_PUBLISH"] === "yes";

interface Manifest {
  readonly version: string;
  readonly homepage: string;
  readonly repository: { readonly type: string; readonly url: string };
  readonly bugs: string;
}

let archive: Archive;
let manifest: Manifest;

beforeAll(async () => {
  archive = await packArchive(root);
  manifest = JSON.parse(archive.read("package.json")) as Manifest;
});

afterAll(() => archive.close());

test("the archive has the files that it should have", () => {
  // The names of chunks change with the code in them; configurations come and go.
  const kinds = [/^(dist\/chunks\/).+(\.js)$/, /^(shared\/editors\/).+()$/];
  const list = new Set(archive.paths.map((path) => kinds.reduce((kind, each) => kind.replace(each, "$1*$2"), path)));
  expectGolden(new URL("golden/files.txt", import.meta.url), `${[...list].join("\n")}\n`);
});

test("what is not built is in the repository as it is in the archive", async () => {
  const { stdout } = await promisify(execFile)("git", ["ls-files"], { cwd: root });
  const known = new Set(stdout.split("\n"));
  const sources = archive.paths.filter((path) => !path.startsWith("dist/"));
  expect(sources.filter((path) => !known.has(path))).toEqual([]);
  expect(sources.filter((path) => archive.read(path) !== readFileSync(join(root, path), "utf8"))).toEqual([]);
});

test("no file names a place on the machine that built it", () => {
  const places = [root, homedir(), hostname()].filter((place) => place.length > 5);
  const found = archive.paths.flatMap((path) => {
    const text = archive.read(path);
    const homes = text.match(/(?:\/home\/|\/Users\/|C:\\Users\\)(?!you\b|NAME\b)\w+/g) ?? [];
    return [...places.filter((place) => text.includes(place)), ...homes].map((place) => `${path}: ${place}`);
  });
  expect(found).toEqual([]);
});

test("no file names a test, a source map or a file that was left out", () => {
  const found = archive.paths.filter((path) => /\.(?:map|ts|test\.js|log)$/.test(path));
  expect(found).toEqual([]);
  expect(archive.paths.filter((path) => archive.read(path).includes("sourceMappingURL"))).toEqual([]);
});

describe("the version", () => {
  test("is the one of the newest heading in CHANGELOG.md", () => {
    const heading = /^## (\S+) \((.+)\)$/m.exec(archive.read("CHANGELOG.md"));
    expect(heading?.[1]).toBe(manifest.version);
    expect(heading?.[2]).toMatch(isPublished ? /^\d{4}-\d{2}-\d{2}$/ : /^(?:\d{4}-\d{2}-\d{2}|not released yet)$/);
  });
});

describe("the repository", () => {
  test("is told in full, and homepage and bugs are those of it", () => {
    const { repository, homepage, bugs } = manifest;
    expect(repository).toEqual({
      type: "git",
      url: expect.stringMatching(/^git\+https:\/\/github\.com\/[\w.-]+\/copilot-lsp\.git$/),
    });
    const address = repository.url.replace(/^git\+|\.git$/g, "");
    expect([homepage, bugs]).toEqual([`${address}#readme`, `${address}/issues`]);
  });

  test("has an owner, or says that there is none yet", () => {
    const hasOwner = !manifest.repository.url.includes("/OWNER/");
    if (!hasOwner) {
      process.stderr.write(
        "\nNOT READY TO PUBLISH: package.json has OWNER in `repository.url`. Put the name of the GitHub account there and\n" +
          "run `UPDATE_DOCS=yes npx vitest run --config test/vitest.config.ts test/house/documentation.test.ts`.\n",
      );
    }
    expect(hasOwner || !isPublished).toBe(true);
  });
});
