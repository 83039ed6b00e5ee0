// From nothing to a suggestion: `copilot-lsp setup` in an empty home, then the editor as a person starts it.

import { readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "./home.ts";
import { answerQuestion, installClient, kakouneEnvironment } from "./kakoune/client.ts";
import { meaning } from "./support/model.ts";
import { openFile, setUp } from "./support/set-up.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

let home: EditorHome;
let terminal: Terminal | undefined;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(async () => {
  await terminal?.close();
  await home.close();
});

type Program = Parameters<typeof editorProgram>[0];

async function configure(editor: string, program: Program): Promise<void> {
  expect(await setUp(home, editor, program)).toContain("A completion came");
}

async function open(program: Program, name: string, text: string, flags: readonly string[] = []): Promise<Terminal> {
  terminal = await openFile(home, [program, ...flags], home.path("project", name), text);
  return terminal;
}

/** Types in Neovim until ghost text is there. */
async function typeUntilOffered(): Promise<Terminal> {
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const neovim = await open("nvim", "numbers.py", "one = 1\n");
  await neovim.waitFor(/one = 1/);
  await neovim.type("Goanswer = ");
  await neovim.waitFor(/answer = 6 \* 7/);
  return neovim;
}

test("Neovim shows ghost text", async () => {
  await configure("neovim", "nvim");
  await typeUntilOffered();
});

test("Neovim keeps what the person has on <Tab>, for where there is no suggestion", async () => {
  writeFileSync(
    home.path(".config/nvim/init.lua"),
    'vim.keymap.set("i", "<Tab>", function() return "mine" end, { expr = true })\n',
  );
  await configure("neovim", "nvim");
  const neovim = await typeUntilOffered();
  await neovim.press("Tab", "Enter", "Tab");
  await neovim.waitFor(/answer = 6 \* 7\n\s*mine/);
});

test("Helix has the suggestion in its menu", async () => {
  await configure("helix", "hx");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const helix = await open("hx", "numbers.py", "one = 1\n");
  await helix.waitFor(/one = 1/);
  await helix.type("Goanswer = ");
  await helix.press("C-x");
  await helix.waitFor(/6 \* 7/);
});

test("Vim puts it in by the key", async () => {
  await configure("vim", "vim");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const vim = await open("vim", "numbers.py", "one = 1\n");
  await vim.waitFor(/one = 1/);
  await vim.type("Goanswer = ");
  await vim.press("C-l");
  await vim.waitFor(/answer = 6 \* 7/);
});

test("Emacs completes at the point, by eglot that it has itself", async () => {
  await configure("emacs", "emacs");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const emacs = await open("emacs", "numbers.py", "one = 1\n", ["-nw"]);
  await emacs.waitFor(/\[eglot:/);
  await emacs.press("M->");
  await emacs.type("answer = ");
  await emacs.waitFor(/answer =/);
  await emacs.press("C-M-i");
  await emacs.waitFor(/answer = 6 \* 7/);
});

test("Emacs shows ghost text where the person has lsp-mode", async () => {
  // Where the package manager of Emacs puts it.
  const packages = join(dirname(dirname(editorProgram("emacs"))), "usr/share/emacs/site-lisp/elpa-src");
  for (const name of readdirSync(packages)) {
    symlinkSync(join(packages, name), home.path(".emacs.d/elpa", name));
  }
  await configure("emacs", "emacs");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  writeFileSync(home.path("project/.git/HEAD"), "ref: refs/heads/main\n");
  // It would ask which folder is the project, and offer to install other servers.
  const quiet = ["--eval", "(setq lsp-auto-guess-root t lsp-enable-suggest-server-download nil)"];
  const emacs = await open("emacs", "numbers.py", "one = 1\n", ["-nw", ...quiet]);
  await emacs.waitFor(/LSP\[copilot-lsp:\d+\]/);
  await emacs.press("M->");
  await emacs.type("answer = ");
  await emacs.waitFor(/answer = 6 \* 7/);
});

test("Kakoune has the suggestion in its menu, though its usual server is not installed", async () => {
  installClient(home);
  await configure("kakoune", "kak");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "one = 1\n");
  const options = { environment: kakouneEnvironment(home), cwd: home.folder };
  const kakoune = (terminal = await openTerminal([editorProgram("kak"), file], options));
  await kakoune.waitFor(/one = 1/);
  await kakoune.type("oanswer = ");
  await answerQuestion(home, file);
  await kakoune.waitFor(/answer = *\n~ *6 \* 7/);
  await kakoune.press("C-n");
  await kakoune.waitFor(/answer = 6 \* 7/);
});
