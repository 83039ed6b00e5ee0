// Vim without any plugin: its own channels speak to the language server, and one key puts a suggestion in.

import { execFile } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const configuration = resolve(import.meta.dirname, "../../../shared/editors/vim9.vim");

let home: EditorHome;
let terminal: Terminal;

beforeEach(async () => {
  terminal = { close: () => Promise.resolve() } as Terminal;
  home = await openEditorHome({ signedIn: true });
});

afterEach(async () => {
  await terminal.close();
  await home.close();
});

/** The file after these keys, typed into Vim without a screen. */
async function edit(text: string, keys: string): Promise<string> {
  const file = home.path("project", "numbers of 😀.py");
  writeFileSync(file, text);
  const commands = ["-c", "filetype on | edit", "-c", `execute "normal ${keys}"`, "-c", "wq"];
  await promisify(execFile)(editorProgram("vim"), ["-N", "-es", "-i", "NONE", "-u", configuration, ...commands, file], {
    env: home.environment,
    cwd: home.folder,
    timeout: 45_000,
    killSignal: "SIGKILL",
  });
  return readFileSync(file, "utf8");
}

test("one key puts a suggestion of several lines in, also behind a surrogate pair", async () => {
  home.emulator.setModel(() => ["tal = sum(numbers)\n    return total"]);
  expect(await edit('def mean(numbers):\n    s = "😀"; \n', "2GAto\\<C-l>\\<Esc>")).toBe(
    'def mean(numbers):\n    s = "😀"; total = sum(numbers)\n    return total\n',
  );
});

test("typing goes on after it, the next suggestion sees both, and CRLF and tabs stay", async () => {
  home.emulator.setModel(({ prompt }) => [
    prompt.endsWith("= 0\r\n\tre") || prompt.endsWith("= 0\n\tre") ? "turn total" : "tal = 0",
  ]);
  expect(await edit("def mean():\r\n\t\r\n", "2GAto\\<C-l>\\<CR>\\tre\\<C-l>\\<Esc>")).toBe(
    "def mean():\r\n\ttotal = 0\r\n\treturn total\r\n",
  );
});

/** Vim on a terminal, with a file of one line. */
async function openVim(): Promise<void> {
  copyFileSync(configuration, home.path(".vimrc"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "numbers = [1, 2, 3]\n");
  terminal = await openTerminal([editorProgram("vim"), file], { environment: home.environment, cwd: home.folder });
  await terminal.waitFor(/"[^"]*numbers\.py" \d+L/);
}

/** What is said stays beside the mode, and nothing is put in. */
async function expectWords(words: RegExp): Promise<void> {
  await terminal.type(":set showmode | filetype on | edit");
  await terminal.press("Enter");
  await terminal.type("oto");
  await terminal.waitFor(/-- INSERT --/);
  await terminal.press("C-l");
  await terminal.waitFor(words);
  await terminal.type("t");
  // It is gone with the next key.
  const screen = await terminal.waitFor(/^tot\s*$[^]*-- INSERT --/m);
  expect(screen).not.toMatch(words);
}

test("asked while nobody is signed in, it says so beside the mode", async () => {
  await home.close();
  home = await openEditorHome({ signedIn: false });
  await openVim();
  await expectWords(/sign.*in/i);
});

test("asked when the plan is used up, it says so", async () => {
  home.emulator.script("completions", { kind: "status", status: 402, body: "quota exceeded" });
  await openVim();
  await expectWords(/quota|used up/i);
});

test("asked while GitHub cannot be reached, it says so", async () => {
  await home.emulator.close();
  await openVim();
  await expectWords(/reach|connect|offline/i);
});

test("asked where the service has nothing to offer, it says so", async () => {
  home.emulator.setModel(() => [""]);
  await openVim();
  await expectWords(/No suggestion/);
});

test("a command says how it goes", async () => {
  await openVim();
  await terminal.type(":CopilotStatus");
  await terminal.press("Enter");
  await terminal.waitFor(/Copilot: ready\.[^]*0 asked/);
});

test("a person signs in with a command and reads the code on the screen", async () => {
  await home.close();
  home = await openEditorHome({ signedIn: false });
  await openVim();
  await terminal.type(":CopilotSignIn");
  await terminal.press("Enter");
  await terminal.waitFor(/[A-Z0-9]{4}-[A-Z0-9]{4}/);
  home.emulator.approveSignIn();
  await terminal.waitFor(/Signed in as octocat/);
  expect(existsSync(home.path(`.config/copilot-lsp/auth/${encodeURIComponent(home.emulator.url)}.json`))).toBe(true);
});
