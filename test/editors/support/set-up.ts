// An editor as a person has it after `copilot-lsp setup`, and a file opened in it.

import { execFile } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { type EditorHome, editorProgram } from "../home.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

type Program = Parameters<typeof editorProgram>[0];

/** Puts the program on the PATH and lets `setup` configure it; what that wrote to standard output. */
export async function setUp(home: EditorHome, editor: string, program: Program): Promise<string> {
  symlinkSync(editorProgram(program), home.path("bin", program));
  const { stdout } = await promisify(execFile)(home.path("bin/copilot-lsp"), ["setup", editor, "--yes"], {
    env: home.environment,
    cwd: home.folder,
  });
  return stdout;
}

/** Opens `file`, whose text is `text`. Resolves once the server is initialized: keys that come before are not asked about. */
export async function openFile(
  home: EditorHome,
  command: readonly [Program, ...string[]],
  file: string,
  text: string,
  options: Partial<Parameters<typeof openTerminal>[1]> = {},
): Promise<Terminal> {
  writeFileSync(file, text);
  const isConnected = home.emulator.nextCall("session-token");
  const [program, ...flags] = command;
  const usual = { environment: home.environment, cwd: home.folder };
  const terminal = await openTerminal([editorProgram(program), ...flags, file], { ...usual, ...options });
  // Vim starts the server with the first key that needs it.
  if (program !== "vim") await isConnected;
  return terminal;
}
