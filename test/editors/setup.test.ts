// From nothing to a suggestion: `copilot-lsp setup` in an empty home, then the editor as a person starts it.

import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "./home.ts";
import { meaning } from "./support/model.ts";
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

async function setUp(editor: string, program: "nvim" | "hx" | "vim"): Promise<void> {
  symlinkSync(editorProgram(program), home.path("bin", program));
  const { stdout } = await promisify(execFile)(home.path("bin/copilot-lsp"), ["setup", editor, "--yes"], {
    env: home.environment,
    cwd: home.folder,
  });
  expect(stdout).toContain("A completion came");
}

async function open(program: "nvim" | "hx" | "vim", name: string, text: string): Promise<Terminal> {
  const file = home.path("project", name);
  writeFileSync(file, text);
  // Asked once the editor has initialized its server; keys that come before that are not asked about.
  const isConnected = home.emulator.nextCall("session-token");
  terminal = await openTerminal([editorProgram(program), file], { environment: home.environment, cwd: home.folder });
  if (program !== "vim") await isConnected;
  return terminal;
}

test("Neovim shows ghost text", async () => {
  await setUp("neovim", "nvim");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const neovim = await open("nvim", "numbers.py", "one = 1\n");
  await neovim.waitFor(/one = 1/);
  await neovim.type("Goanswer = ");
  await neovim.waitFor(/answer = 6 \* 7/);
});

test("Helix has the suggestion in its menu", async () => {
  await setUp("helix", "hx");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const helix = await open("hx", "numbers.py", "one = 1\n");
  await helix.waitFor(/one = 1/);
  await helix.type("Goanswer = ");
  await helix.press("C-x");
  await helix.waitFor(/6 \* 7/);
});

test("Vim puts it in by the key", async () => {
  await setUp("vim", "vim");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const vim = await open("vim", "numbers.py", "one = 1\n");
  await vim.waitFor(/one = 1/);
  await vim.type("Goanswer = ");
  await vim.press("C-l");
  await vim.waitFor(/answer = 6 \* 7/);
});
