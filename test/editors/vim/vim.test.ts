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

test("a person signs in with a command and reads the code on the screen", async () => {
  await home.close();
  home = await openEditorHome({ signedIn: false });
  copyFileSync(configuration, home.path(".vimrc"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "numbers = [1, 2, 3]\n");
  terminal = await openTerminal([editorProgram("vim"), file], { environment: home.environment, cwd: home.folder });
  await terminal.waitFor(/numbers = /);
  await terminal.type(":CopilotSignIn");
  await terminal.press("Enter");
  await terminal.waitFor(/[A-Z0-9]{4}-[A-Z0-9]{4}/);
  home.emulator.approveSignIn();
  await terminal.waitFor(/Signed in as octocat/);
  expect(existsSync(home.path(".config/copilot-lsp/auth.json"))).toBe(true);
});
