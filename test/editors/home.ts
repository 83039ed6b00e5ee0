// A person's machine for one editor: a home of their own, `copilot-lsp` on the PATH, and GitHub in the emulator.

import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { vi } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator } from "../../server/emulator/types.ts";

const root = resolve(import.meta.dirname, "../..");

/** Where `prepare.sh` puts the editors. */
const editorsPrefix = process.env["EDITORS_PREFIX"] ?? join(root, "node_modules/.cache/copilot-lsp/editors");

/** Path of an editor's program. Throws when it is not there: a run that tests no editor must not look like one that did. */
export function editorProgram(name: "nvim" | "hx" | "emacs" | "vim" | "kak"): string {
  const path = join(editorsPrefix, "bin", name);
  if (!existsSync(path)) throw new Error(`${name} is not installed in ${editorsPrefix}: run test/editors/prepare.sh`);
  return path;
}

export interface EditorHome {
  readonly folder: string;
  readonly emulator: Emulator;
  readonly environment: Readonly<Record<string, string>>;
  /** An absolute path in the home; its folder exists. */
  path(...parts: readonly string[]): string;
  /** Puts a language server of another make on the PATH, under the name that the editor's configuration calls it by. */
  addSecondServer(name: string): void;
  close(): Promise<void>;
}

export async function openEditorHome(options: { readonly signedIn: boolean }): Promise<EditorHome> {
  const emulator = await startEmulator({ approval: "when-told" });
  const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-editor-"));
  mkdirSync(join(folder, "bin"));
  symlinkSync(join(root, "dist/copilot-lsp.js"), join(folder, "bin/copilot-lsp"));
  const environment: Record<string, string> = {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, ".config"),
    XDG_STATE_HOME: join(folder, ".local/state"),
    XDG_DATA_HOME: join(folder, ".local/share"),
    XDG_CACHE_HOME: join(folder, ".cache"),
    PATH: `${join(folder, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin`,
    LANG: "C.UTF-8",
    TERM: "tmux-256color",
    COPILOT_LSP_GITHUB_URI: emulator.url,
    COPILOT_LSP_HTTP_PORT: "0",
    COPILOT_LSP_LOG_FILE: join(folder, "copilot-lsp.log"),
    COPILOT_LSP_LOG_LEVEL: "debug",
  };
  if (options.signedIn) environment["GH_COPILOT_TOKEN"] = emulator.githubToken;
  return {
    folder,
    emulator,
    environment,
    path(...parts) {
      const path = join(folder, ...parts);
      mkdirSync(dirname(path), { recursive: true });
      return path;
    },
    addSecondServer(name) {
      symlinkSync(join(import.meta.dirname, "support/second-server.mjs"), join(folder, "bin", name));
    },
    async close() {
      await emulator.close();
      // An editor that is going may still write there.
      await vi.waitFor(() => rmSync(folder, { recursive: true, force: true }), { timeout: 10_000, interval: 50 });
    },
  };
}
