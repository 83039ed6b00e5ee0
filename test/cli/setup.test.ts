// `setup` as the built program does it in a home with stand-ins for editors on the PATH: only their answers to
// `--version` and `--health` are needed.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createSession, type Session } from "./support/fake-env.ts";

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
const addEmacs = (version: string): void => addProgram("emacs", `echo 'GNU Emacs ${version}'`);
const addKakoune = (): void => {
  addProgram("kak", ":");
  addProgram("kak-lsp", ":");
};
const addZed = (): void => addProgram("zed", "echo 'Zed 0.210.4 – /usr/lib/zed/zed-editor'");
/** Python has two servers, of which one is not installed; every other language has none. */
const addHelix = (): void =>
  addProgram(
    "hx",
    `case $2 in python) printf 'Configured language servers:\\n  ✓ pylsp: /usr/bin/pylsp\\n  ✘ ruff: not found\\nConfigured debug adapter: None\\n' ;;
     *) printf 'Configured language servers: None\\nConfigured debug adapter: None\\n' ;; esac`,
  );
const write = (path: string, text: string | Buffer): void => {
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

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function setup(...args: readonly string[]): Promise<Outcome> {
  return setupWithPath(`${join(home, "bin")}:${dirname(process.execPath)}:/bin`, ...args);
}

function setupWithPath(path: string, ...args: readonly string[]): Promise<Outcome> {
  const env = { HOME: home, PATH: path };
  return new Promise((settle) => {
    const command = [join(home, "bin/copilot-lsp"), "setup", ...args];
    const child = execFile(process.execPath, command, { env, timeout: 60_000 }, (error, output, errors) =>
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
  addNeovim("0.10.4");
  expect(await setup("neovim", "--yes", "--demo")).toMatchObject({
    code: 1,
    errors: expect.stringContaining("This Neovim is too old: it takes 0.11 or newer."),
  });
});

test("Emacs without eglot gets nothing, because its init file would not load", async () => {
  addEmacs("28.2");
  expect((await setup("emacs", "--yes", "--demo")).errors).toContain("it takes 29 or newer");
  // As old: it has no ghost text.
  write(".emacs.d/elpa/lsp-mode-8.0.0/lsp-mode.el", "");
  expect((await setup("emacs", "--yes", "--demo")).errors).toContain("it takes 29 or newer");
  write(".emacs.d/elpa/lsp-mode-10.0.0/lsp-inline-completion.el", "");
  await setup("emacs", "--yes", "--demo");
  expect(read(".emacs.d/init.el")).toContain("(require 'lsp-inline-completion)");
});

test("an editor that does not say its version is named, and the next one configured", async () => {
  addProgram("nvim", "echo 'libluv is missing' >&2; exit 127");
  addKakoune();
  const { code, errors } = await setup("--yes", "--demo");
  expect([code, errors]).toEqual([1, expect.stringMatching(/`\S+nvim --version` failed: libluv is missing/)]);
  expect(written()).toEqual([".config/kak/kakrc"]);
});

test("the same is not written twice", async () => {
  addHelix();
  write(".config/helix/languages.toml", "# mine\n");
  await setup("helix", "--yes", "--demo");
  const first = read(".config/helix/languages.toml");
  const { output } = await setup("helix", "--dry-run");
  expect(output).toContain("has it already");
  expect(read(".config/helix/languages.toml")).toBe(first);
});

test("older lines of ours are replaced", async () => {
  addKakoune();
  write(".config/kak/kakrc", "# mine\n\n# begin copilot-lsp\nold\n# end copilot-lsp\n# mine too\n");
  await setup("kakoune", "--yes", "--demo");
  expect(read(".config/kak/kakrc")).toMatch(
    /^# mine\n\n# begin copilot-lsp\neval[^]*\n# end copilot-lsp\n# mine too\n$/,
  );
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
  addKakoune();
  write(".config/nvim/init.lua", 'vim.lsp.enable("copilot_lsp")\n');
  write(".config/kak/kakrc", "# copilot-lsp is below\n");
  const { output } = await setup("--yes", "--demo");
  expect(output.match(/left as it is/g)).toHaveLength(2);
  expect(written()).toEqual([".config/kak/kakrc", ".config/nvim/init.lua"]);
});

test("what a person wrote among Neovim's modules is seen, and a plugin of the same name is not taken for it", async () => {
  addNeovim("0.12.4");
  write(".config/nvim/lua/plugins/nes.lua", 'return { "copilotlsp-nvim/copilot-lsp", opts = {} }\n');
  expect((await setup("neovim", "--dry-run")).output).toContain("+ vim.lsp.inline_completion.enable()");
  write(".config/nvim/lua/config/servers.lua", 'return { cmd = { "copilot-lsp", "--stdio" } }\n');
  expect((await setup("neovim", "--dry-run")).output).toContain("servers.lua mentions copilot-lsp already");
});

test("Emacs's init file keeps its text, the first of the places where Emacs looks", async () => {
  addEmacs("30.2");
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
  const path = ".config/sublime-text/Packages/User/LanguageServers.sublime-settings";
  write(path, '{\n  // mine\n  "pyright": {"enabled": true},\n}\n');
  await setup("sublime", "--yes", "--demo");
  expect(read(path)).toContain("// mine");
  expect(read(path)).toContain('"pyright"');
  expect(read(path)).toContain('"selector": "source"');
  expect((await setup("sublime", "--yes", "--demo")).output).toContain("has it already");
});

test("a server that Sublime Text has at its former place is left there", async () => {
  addProgram("subl", ":");
  write(".config/sublime-text/Packages/User/LSP.sublime-settings", '{"clients": {"copilot-lsp": {"enabled": true}}}\n');
  expect((await setup("sublime", "--yes", "--demo")).output).toContain(
    "LSP.sublime-settings mentions copilot-lsp already",
  );
  expect(written()).toEqual([".config/sublime-text/Packages/User/LSP.sublime-settings"]);
});

test("a file that is a link, as dotfiles are, stays one", async () => {
  addKakoune();
  write("dotfiles/kakrc", "# mine\n");
  mkdirSync(join(home, ".config/kak"), { recursive: true });
  symlinkSync(join(home, "dotfiles/kakrc"), join(home, ".config/kak/kakrc"));
  await setup("kakoune", "--yes", "--demo");
  expect(read("dotfiles/kakrc")).toContain("# begin copilot-lsp");
});

test("a file is kept as it was before it is changed, and so is one of ours that a person changed", async () => {
  addKakoune();
  addNeovim("0.12.4");
  write(".config/kak/kakrc", "# mine\n");
  const changed = `${editorFile("neovim-0.12.lua")}-- mine\n`;
  write(".config/nvim/plugin/copilot-lsp.lua", changed);
  const { output } = await setup("--yes", "--demo");
  expect(read(".config/kak/kakrc.before-copilot-lsp")).toBe("# mine\n");
  expect(read(".config/nvim/plugin/copilot-lsp.lua.before-copilot-lsp")).toBe(changed);
  expect(output).toContain(`In place of older lines in ${join(home, ".config/nvim/plugin/copilot-lsp.lua")}`);
  expect(output).toContain(`As it was: ${join(home, ".config/kak/kakrc.before-copilot-lsp")}`);
});

test("line ends of Windows stay what they are, and are no reason to write again", async () => {
  addKakoune();
  write(".config/kak/kakrc", "# mine\r\nset global tabstop 4\r\n");
  await setup("kakoune", "--yes", "--demo");
  expect(read(".config/kak/kakrc")).toMatch(/^# mine\r\n/);
  expect(read(".config/kak/kakrc")).not.toMatch(/[^\r]\n/);
  expect((await setup("kakoune", "--yes", "--demo")).output).toContain("has it already");
});

test("Kakoune's language client is loaded and turned on where the person does not do it", async () => {
  addKakoune();
  await setup("kakoune", "--yes", "--demo");
  expect(read(".config/kak/kakrc")).toMatch(/^eval %sh\{kak-lsp\}\nlsp-enable\n/m);
  write(".config/kak/kakrc", "eval %sh{kak-lsp}\nlsp-enable\n");
  await setup("kakoune", "--yes", "--demo");
  expect(read(".config/kak/kakrc").match(/^lsp-enable$/gm)).toHaveLength(1);
});

test("Vim gets its file in the folder that it reads", async () => {
  addProgram("vim", "echo 'VIM - Vi IMproved 9.2 (2026 Feb 14)'");
  write(".config/vim/vimrc", "set number\n");
  await setup("vim", "--yes", "--demo");
  expect(read(".config/vim/plugin/copilot-lsp.vim")).toBe(editorFile("vim9.vim"));
  write(".vimrc", "set number\n");
  await setup("vim", "--yes", "--demo");
  expect(read(".vim/plugin/copilot-lsp.vim")).toBe(editorFile("vim9.vim"));
});

describe("Zed's settings", () => {
  const path = ".config/zed/settings.json";
  beforeEach(addZed);

  test("keep what else is set about predictions", async () => {
    write(path, '\uFEFF// mine\n{"edit_predictions": {"mode": "subtle"}}\n');
    await setup("zed", "--yes", "--demo");
    expect(read(path)).toContain('"mode": "subtle"');
    expect(read(path)).toContain('"provider": "open_ai_compatible_api"');
    expect((await setup("zed", "--yes", "--demo")).output).toContain("has it already");
  });

  test("keep the person's comments where there is nothing else", async () => {
    write(path, "// mine\n");
    await setup("zed", "--yes", "--demo");
    expect(read(path)).toMatch(/^\/\/ mine\n[^]*"edit_predictions"/);
  });

  test("keep another service, and the lines are shown", async () => {
    const text = '{"edit_predictions": {"provider": "copilot"}}';
    write(path, text);
    const { code, output } = await setup("zed", "--yes", "--demo");
    expect([code, output]).toEqual([0, expect.stringContaining("has its own edit_predictions.provider")]);
    expect(output).toContain("http://127.0.0.1:8080/v1/completions");
    expect(read(path)).toBe(text);
  });

  test.each([
    ["a comma is missing", '{\n  "a": 1\n  "b": 2\n}\n', "settings.json is not JSON, line 3 (CommaExpected): mend it"],
    ["it is no object", "[]\n", "settings.json holds no object: it is left as it is."],
    ["something else is in the way", '{"edit_predictions": "no"}', "holds no object at edit_predictions"],
    ["it is not UTF-8", Buffer.from('{"a": "\xe9"}', "latin1"), "settings.json cannot be read: it is not UTF-8."],
  ])("are left alone when %s", async (_, content, words) => {
    write(path, content);
    const { code, errors } = await setup("zed", "--yes", "--demo");
    expect([code, errors]).toEqual([1, expect.stringContaining(words)]);
    expect(readFileSync(join(home, path))).toEqual(Buffer.from(content));
    expect(written()).toEqual([path]);
  });

  test("are not written for the daemon of ZFS, which has the same name", async () => {
    addProgram("zed", "echo 'zed-2.3.1-1'");
    expect((await setup("zed", "--yes", "--demo")).errors).toContain("This is not the editor Zed.");
    expect(written()).toEqual([]);
  });
});

describe("VS Code", () => {
  const npm =
    'for last; do :; done; mkdir -p "$last/node_modules/client"; echo "//" >"$last/node_modules/client/main.js"';
  /** Its command line as far as `setup` uses it; keeps the file that it was told to install. */
  const code = `case $1 in
    --list-extensions) [ ! -e $HOME/installed.vsix ] || echo local.copilot-lsp-client@0.1.0 ;;
    --install-extension) cp "$2" $HOME/installed.vsix ;; esac`;
  beforeEach(() => addProgram("code", code));

  test("installs the extension with the packages that it takes, once", async () => {
    addProgram("npm", npm);
    const first = await setup("vscode", "--yes", "--demo");
    expect([first.code, first.errors]).toEqual([0, ""]);
    expect(first.output).toContain("To be installed: local.copilot-lsp-client 0.1.0");
    const names = readFileSync(join(home, "installed.vsix"), "latin1").match(/extension\/[\w./-]+?(?=PK|[^\w./-])/g);
    for (const file of ["package.json", "extension.js", "node_modules/client/main.js"]) {
      expect(names).toContainEqual(expect.stringContaining(`extension/${file}`));
    }
    rmSync(join(home, "bin/npm"));
    expect((await setup("vscode", "--yes", "--demo")).output).toContain("has it already");
  });

  test("is not said to be ready when npm fails, and the other editors are configured all the same", async () => {
    addProgram("npm", "echo 'npm error code ENOTFOUND' >&2; exit 1");
    addProgram("zeditor", "echo 'Zed 0.210.4'");
    const { code: exitCode, output, errors } = await setup("--yes", "--demo");
    expect([exitCode, errors]).toEqual([1, expect.stringMatching(/npm install .* failed: npm error code ENOTFOUND/)]);
    expect(output).not.toContain("Start VS Code again");
    expect(written()).toEqual([".config/zed/settings.json"]);
  });

  test("needs npm", async () => {
    for (const name of ["code", "codium"]) addProgram(name, code);
    const { errors } = await setupWithPath(join(home, "bin"), "vscode", "--yes", "--demo");
    expect(errors).toContain("from npm, which is not on the PATH");
  });
});

describe("nothing is written", () => {
  beforeEach(() => addNeovim("0.12.4"));

  test("into a file that is gone behind its link, or a folder that is none", async () => {
    addKakoune();
    mkdirSync(join(home, ".config/kak"), { recursive: true });
    symlinkSync("/nowhere/kakrc", join(home, ".config/kak/kakrc"));
    write(".config/nvim", "a file\n");
    const { code, errors } = await setup("--yes", "--demo");
    expect([code, errors]).toEqual([1, expect.stringContaining("(a link to /nowhere/kakrc) cannot be written")]);
    expect(errors).toContain("a part of its path is no folder");
    expect(errors).not.toContain("    at ");
    expect(written()).toEqual([".config/nvim"]);
  });

  test("into Kakoune without its language client, which would complain at each start", async () => {
    addProgram("kak", ":");
    expect((await setup("kakoune", "--yes", "--demo")).errors).toContain("there is no kak-lsp on the PATH");
    expect(written()).toEqual([]);
  });

  test("with --dry-run", async () => {
    expect((await setup("--dry-run")).output).toContain("+ vim.lsp.inline_completion.enable()");
    expect(written()).toEqual([]);
  });

  test("where nobody can be asked", async () => {
    expect(await setup("neovim")).toMatchObject({
      code: 1,
      errors: expect.stringContaining("--yes writes without asking"),
    });
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
    expect(errors).toContain("`npm install -g .` in its checkout");
    expect(written()).toEqual([]);
  });
});

describe("at a terminal the person is asked", () => {
  const question = "Write this? [y/N]";
  const ask = async (): Promise<Session> => {
    addKakoune();
    return createSession({
      environment: { HOME: home, PATH: join(home, "bin") },
      packageFolder: root,
      isTerminal: { stdin: true },
    });
  };

  test.each([
    ["says no", "n\r"],
    ["says nothing", "\r"],
    ["ends the input", "\u0004"],
  ])("and nothing is written when they %s", async (_, keys) => {
    const session = await ask();
    const ended = session.run("setup", "kakoune");
    await session.shows(question);
    session.stdin.write(keys);
    expect(await ended).toBe(0);
    expect(session.errors()).toContain("Nothing was written.");
    expect(written()).toEqual([]);
  });

  test("and it is written when they say yes", async () => {
    const session = await ask();
    const ended = session.run("setup", "kakoune");
    await session.shows(question);
    session.stdin.write("y\r");
    await session.shows("Written.");
    expect(written()).toEqual([".config/kak/kakrc"]);
    await ended;
  });
});

test("without a sign-in it says how to get one", async () => {
  addNeovim("0.12.4");
  const { code, errors } = await setup("neovim", "--yes");
  expect([code, errors]).toEqual([1, expect.stringContaining("copilot-lsp login")]);
});
