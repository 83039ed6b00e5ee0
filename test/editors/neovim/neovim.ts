// Runs a real Neovim with the configuration that users copy: one scenario in it without a screen, or Neovim on a terminal.

import { execFile } from "node:child_process";
import { appendFileSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { type EditorHome, editorProgram } from "../home.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface NeovimRun {
  /** Name of a Lua file in `scenarios/`. */
  readonly scenario: string;
  /** File in the home that is opened. */
  readonly file: string;
  /**
   * File of `shared/editors/`; one in `lsp/` is a description of a server, which is turned on by its name. Without one the
   * scenario starts the client itself.
   */
  readonly configuration?: string;
  /** Others of them, put where Neovim loads plugins. */
  readonly plugins?: readonly string[];
  /** What the scenario types, where it leaves that to the test. */
  readonly keys?: unknown;
}

export async function runNeovim(home: EditorHome, run: NeovimRun): Promise<unknown> {
  const answer = home.path("answer.json");
  configure(home, run);
  const driver = resolve(import.meta.dirname, "driver.lua");
  const child = promisify(execFile)(
    editorProgram("nvim"),
    ["--headless", "-n", "-i", "NONE", "--cmd", `luafile ${driver}`, run.file],
    {
      env: {
        ...home.environment,
        SCENARIO: resolve(import.meta.dirname, "scenarios", run.scenario),
        ANSWER: answer,
        KEYS: JSON.stringify(run.keys ?? null),
      },
      timeout: 45_000,
      killSignal: "SIGKILL",
      cwd: home.folder,
    },
  );
  child.child.stdin?.end();
  const { stderr } = await child;
  if (!existsSync(answer)) throw new Error(`Neovim left no answer:\n${stderr}`);
  const result: { answer?: unknown; problem?: string } = JSON.parse(readFileSync(answer, "utf8"));
  if (result.problem !== undefined) throw new Error(`${result.problem}\n${stderr}\n${lspLog(home)}`);
  return result.answer;
}

/** Opens a file on a terminal. `settings`: lines of Lua that come after the configuration. */
export async function openNeovim(
  home: EditorHome,
  run: Pick<NeovimRun, "file" | "configuration" | "plugins"> & { readonly settings?: string },
): Promise<Terminal> {
  configure(home, run);
  if (run.settings !== undefined) appendFileSync(home.path(".config/nvim/init.lua"), `\n${run.settings}\n`);
  return await openTerminal([editorProgram("nvim"), "-n", "-i", "NONE", run.file], {
    environment: home.environment,
    cwd: home.folder,
  });
}

function configure(
  home: EditorHome,
  { configuration, plugins = [] }: Pick<NeovimRun, "configuration" | "plugins">,
): void {
  const path = (name: string): string => resolve(root, "shared/editors", name);
  if (configuration?.startsWith("lsp/")) {
    copyFileSync(path(configuration), home.path(".config/nvim", configuration));
    writeFileSync(home.path(".config/nvim/init.lua"), 'vim.lsp.enable("copilot_lsp")\n');
  } else if (configuration !== undefined) copyFileSync(path(configuration), home.path(".config/nvim/init.lua"));
  for (const plugin of plugins) copyFileSync(path(plugin), home.path(".config/nvim/plugin", plugin));
}

function lspLog(home: EditorHome): string {
  const path = home.path(".local/state/nvim/lsp.log");
  return existsSync(path) ? readFileSync(path, "utf8").slice(-4_000) : "";
}
