// Runs Emacs with a configuration that users copy: as a program without a screen, or on a terminal.

import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { type EditorHome, editorProgram } from "../home.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const configurationOf = (name: string): string => resolve(import.meta.dirname, "../../../shared/editors", name);

/**
 * Runs a scenario, a Lisp file beside this one, on a file; without a configuration it is the client itself. Answers what
 * Emacs wrote to standard error.
 */
export async function runEmacs(
  home: EditorHome,
  run: { readonly configuration?: string; readonly scenario: string; readonly file: string },
): Promise<string> {
  const scenario = resolve(import.meta.dirname, run.scenario);
  const configuration = run.configuration === undefined ? [] : ["-l", configurationOf(run.configuration)];
  const { stderr } = await promisify(execFile)(
    editorProgram("emacs"),
    ["-Q", "--batch", ...configuration, "-l", scenario, run.file],
    { env: home.environment, cwd: home.folder, timeout: 45_000, killSignal: "SIGKILL" },
  );
  return stderr;
}

/** Opens a file on a terminal. `settings` are Lisp forms that come before the configuration. */
export function openEmacs(
  home: EditorHome,
  run: { readonly configuration: string; readonly file: string; readonly settings: readonly string[] },
): Promise<Terminal> {
  const settings = run.settings.flatMap((form) => ["--eval", form]);
  return openTerminal(
    [editorProgram("emacs"), "-Q", "-nw", ...settings, "-l", configurationOf(run.configuration), run.file],
    { environment: home.environment, cwd: home.folder },
  );
}
