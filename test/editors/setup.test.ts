// From nothing to a suggestion: `copilot-lsp setup` in an empty home, then the editor as a person starts it.

import { execFile } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kakouneLsp } from "../lsp/support/initialize-by-source.ts";
import { spawnLspServer } from "../support/lsp-client.ts";
import { type EditorHome, editorProgram, openEditorHome } from "./home.ts";
import { meaning } from "./support/model.ts";
import { openFile, setUp } from "./support/set-up.ts";
import type { Terminal } from "./terminal.ts";

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

test("Neovim shows ghost text", async () => {
  await configure("neovim", "nvim");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  const neovim = await open("nvim", "numbers.py", "one = 1\n");
  await neovim.waitFor(/one = 1/);
  await neovim.type("Goanswer = ");
  await neovim.waitFor(/answer = 6 \* 7/);
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
  await emacs.waitFor(/LSP\[copilot-lsp/);
  await emacs.press("M->");
  await emacs.type("answer = ");
  await emacs.waitFor(/answer = 6 \* 7/);
});

test("Kakoune has a server for its language client that completes", async () => {
  await configure("kakoune", "kak");
  home.emulator.setModel(meaning("answer = 6 * 7"));
  // kakoune-lsp is in no Debian suite. This is what it declares, and then reads, to know whom to start for a buffer.
  const autoload = home.path(".config/kak/autoload/client.kak");
  writeFileSync(autoload, "declare-option -docstring 'language servers' str lsp_servers\n");
  const file = home.path("project/numbers.py");
  writeFileSync(file, "one = 1\n");
  const out = home.path("servers.toml");
  const commands = `set-option buffer filetype python; echo -to-file '${out}' %opt{lsp_servers}; quit`;
  await promisify(execFile)(editorProgram("kak"), ["-ui", "dummy", "-e", commands, file], {
    env: { ...home.environment, XDG_RUNTIME_DIR: home.folder },
    cwd: home.folder,
    timeout: 45_000,
    killSignal: "SIGKILL",
  });
  const [, command, args] = /command = (".*")\s+args = (.*)/.exec(readFileSync(out, "utf8")) ?? [];
  const server = spawnLspServer([JSON.parse(command ?? ""), ...JSON.parse(args ?? "")], {
    env: home.environment,
    cwd: home.folder,
  });
  try {
    await server.initialize(kakouneLsp);
    const uri = `file://${file}`;
    server.open(uri, "one = 1\nanswer = \n", { languageId: "python" });
    const ask = async (): Promise<readonly unknown[]> => {
      const place = { textDocument: { uri }, position: { line: 1, character: 9 } };
      return (await server.request<{ items: readonly unknown[] }>("textDocument/completion", place)).items;
    };
    // This client waits for every server, so that the first question may be answered before Copilot's answer is there.
    await expect
      .poll(ask, { timeout: 15_000 })
      .toEqual([expect.objectContaining({ label: expect.stringContaining("6 * 7") })]);
  } finally {
    await server.kill();
  }
});
