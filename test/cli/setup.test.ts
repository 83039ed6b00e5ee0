// `setup` as the built program does it in a home with stand-ins for editors on the PATH: only their answers to
// `--version` and `--health` are needed.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const editorFile = (name: string): string => readFileSync(join(root, "shared/editors", name), "utf8");

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "copilot-lsp-setup-"));
  mkdirSync(join(home, "bin"));
  symlinkSync(join(root, "dist/copilot-lsp.js"), join(home, "bin/copilot-lsp"));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

const addProgram = (name: string, script: string): void =>
  writeFileSync(join(home, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const addNeovim = (version: string): void => addProgram("nvim", `echo 'NVIM v${version}'`);
/** Python has two servers, of which one is not installed; every other language has none. */
const addHelix = (): void =>
  addProgram(
    "hx",
    `case $2 in python) printf 'Configured language servers:\\n  ✓ pylsp: /usr/bin/pylsp\\n  ✘ ruff: not found\\nConfigured debug adapter: None\\n' ;;
     *) printf 'Configured language servers: None\\nConfigured debug adapter: None\\n' ;; esac`,
  );
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
};
const read = (path: string): string => readFileSync(join(home, path), "utf8");
const written = (): readonly string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
    .filter((path) => !path.startsWith("bin/"))
    .toSorted();

function setup(...args: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  const env = { HOME: home, PATH: `${join(home, "bin")}:${dirname(process.execPath)}:/bin` };
  return new Promise((settle) => {
    const program = join(home, "bin/copilot-lsp");
    const child = execFile(program, ["setup", ...args], { env, timeout: 60_000 }, (error, output, errors) =>
      settle({ code: error ? Number(error.code) : 0, output, errors }),
    );
    child.stdin?.end();
  });
}

test("Neovim gets a file of its own, shown before it is written, and a completion proves the rest", async () => {
  addNeovim("0.12.4");
  const { code, output, errors } = await setup("neovim", "--yes", "--demo");
  expect([code, errors]).toEqual([0, ""]);
  expect(written()).toEqual([".config/nvim/plugin/copilot-lsp.lua"]);
  expect(read(".config/nvim/plugin/copilot-lsp.lua")).toBe(editorFile("neovim-0.12.lua"));
  expect(output).toContain("+ vim.lsp.inline_completion.enable()");
  const [, offered = ""] = /For next edits in the text, copy (\S+) into \S+\/nvim\/plugin\./.exec(output) ?? [];
  expect(readFileSync(offered, "utf8")).toBe(editorFile("neovim-next-edit.lua"));
  expect(output).toMatch(/A completion came in \d+ ms\./);
});

test("Neovim 0.11 gets what it can run, and an older one nothing", async () => {
  addNeovim("0.11.2");
  await setup("neovim", "--yes", "--demo");
  expect(read(".config/nvim/plugin/copilot-lsp.lua")).toBe(editorFile("neovim-0.11.lua"));
  addNeovim("0.9.5");
  expect((await setup("neovim", "--yes", "--demo")).errors).toContain("too old");
});

test("the same is not written twice, and an older one of ours is replaced", async () => {
  addHelix();
  write(".config/helix/languages.toml", "# mine\n");
  await setup("helix", "--yes", "--demo");
  const first = read(".config/helix/languages.toml");
  const { output } = await setup("helix", "--yes", "--demo");
  expect(output).toContain("has it already");
  expect(read(".config/helix/languages.toml")).toBe(first);

  write(".config/helix/languages.toml", first.replace('args = ["--stdio"]', 'args = ["--stdio", "--old"]'));
  await setup("helix", "--yes", "--demo");
  expect(read(".config/helix/languages.toml")).toBe(first);
});

test("Helix keeps its own servers, and the tables that a person has", async () => {
  addHelix();
  write(".config/helix/languages.toml", '[[language]]\nname = "rust"\nauto-format = false');
  const { output } = await setup("helix", "--yes", "--demo");
  const text = read(".config/helix/languages.toml");
  expect(text).toContain('name = "python"\nlanguage-servers = ["pylsp", "ruff", "copilot-lsp"]');
  expect(text.match(/name = "rust"/g)).toHaveLength(1);
  expect(text.startsWith('[[language]]\nname = "rust"\nauto-format = false\n')).toBe(true);
  expect(output).toContain('Your file sets rust itself: add "copilot-lsp"');
});

test("what a person wrote by hand is left alone", async () => {
  addNeovim("0.12.4");
  addProgram("kak", ":");
  write(".config/nvim/init.lua", 'vim.lsp.enable("copilot_lsp")\n');
  write(".config/kak/kakrc", "# copilot-lsp is below\n");
  const { output } = await setup("--yes", "--demo");
  expect(output.match(/left as it is/g)).toHaveLength(2);
  expect(written()).toEqual([".config/kak/kakrc", ".config/nvim/init.lua"]);
});

test("Emacs's init file keeps its text, the first of the places where Emacs looks", async () => {
  addProgram("emacs", ":");
  write(".emacs", "(setq mine t)");
  write(".emacs.d/init.el", "(setq not-read t)\n");
  await setup("emacs", "--yes", "--demo");
  expect(read(".emacs")).toBe(
    `(setq mine t)\n\n;; begin copilot-lsp\n${editorFile("emacs-eglot.el").trimEnd()}\n;; end copilot-lsp\n`,
  );
  expect(read(".emacs.d/init.el")).toBe("(setq not-read t)\n");
});

test("settings in JSON keep their comments, their commas and what else is in them", async () => {
  addProgram("subl", ":");
  const path = ".config/sublime-text/Packages/User/LSP.sublime-settings";
  write(path, '{\n  // mine\n  "clients": {\n    "pyright": {"enabled": true},\n  },\n}\n');
  await setup("sublime", "--yes", "--demo");
  expect(read(path)).toContain("// mine");
  expect(read(path)).toContain('"pyright"');
  expect(read(path)).toContain('"selector": "source"');
  expect((await setup("sublime", "--yes", "--demo")).output).toContain("has it already");
});

test("a file that is a link, as dotfiles are, stays one", async () => {
  addProgram("kak", ":");
  write("dotfiles/kakrc", "# mine\n");
  mkdirSync(join(home, ".config/kak"), { recursive: true });
  symlinkSync(join(home, "dotfiles/kakrc"), join(home, ".config/kak/kakrc"));
  await setup("kakoune", "--yes", "--demo");
  expect(read("dotfiles/kakrc")).toContain("# begin copilot-lsp");
});

describe("nothing is written", () => {
  beforeEach(() => addNeovim("0.12.4"));

  test("with --dry-run", async () => {
    expect((await setup("--dry-run")).output).toContain("+ vim.lsp.inline_completion.enable()");
    expect(written()).toEqual([]);
  });

  test("where nobody can be asked", async () => {
    expect((await setup("neovim")).errors).toContain("--yes writes without asking");
    expect(written()).toEqual([]);
  });

  test("for an editor that is not here, or that nobody knows", async () => {
    expect((await setup("helix")).errors).toContain("No helix was found on this machine.");
    expect(await setup("neovin")).toMatchObject({ code: 2, errors: expect.stringContaining("Did you mean neovim?") });
    expect(written()).toEqual([]);
  });

  test("where editors could not start the program", async () => {
    rmSync(join(home, "bin/copilot-lsp"));
    const env = { HOME: home, PATH: `${join(home, "bin")}:/bin` };
    const errors = await new Promise<string>((settle) => {
      execFile(process.execPath, [join(root, "dist/copilot-lsp.js"), "setup", "--yes"], { env }, (_, __, text) =>
        settle(text),
      );
    });
    expect(errors).toContain("npm install -g copilot-lsp");
    expect(written()).toEqual([]);
  });
});

test("without a sign-in it says how to get one", async () => {
  addNeovim("0.12.4");
  const { code, errors } = await setup("neovim", "--yes");
  expect([code, errors]).toEqual([1, expect.stringContaining("copilot-lsp login")]);
});
