// The editors that `setup` knows: how each is found, which file it reads, what goes into it, and what a person does next.

import { join } from "node:path";
import { parse } from "jsonc-parser";
import { CopilotError } from "../../../shared/errors.ts";
import { block, type Change, jsonValue, ownFile } from "./change.ts";
import { helixLanguages } from "./helix.ts";
import type { Machine } from "./machine.ts";

export interface Editor {
  /** As `setup` takes it. */
  readonly name: string;
  readonly title: string;
  /** Its program; absent when it is not on this machine. */
  find(machine: Machine): string | undefined;
  plan(machine: Machine, program: string): Promise<Plan>;
}

export interface Plan {
  readonly changes: readonly Change[];
  /** What to do in the editor then, and what could not be done here; a sentence each. */
  readonly next: readonly string[];
  /** A command that has to run after the files are written. */
  readonly run?: { readonly program: string; readonly args: readonly string[] };
}

const neovim: Editor = {
  name: "neovim",
  title: "Neovim",
  find: (machine) => machine.find("nvim"),
  async plan(machine, program) {
    const [major, minor] = versionIn(await machine.run(program, "--version"), /NVIM v(\d+)\.(\d+)/);
    const minorOfOne = major > 0 ? 99 : minor;
    if (minorOfOne < 11) throw tooOld("Neovim", "0.11");
    const data =
      machine.platform === "win32" ? (machine.environment["LOCALAPPDATA"] ?? machine.home) : machine.configHome;
    const folder = join(data, machine.environment["NVIM_APPNAME"] || "nvim");
    const isCurrent = minorOfOne >= 12;
    const text = await machine.editorFile(isCurrent ? "neovim-0.12.lua" : "neovim-0.11.lua");
    const others = [join(folder, "init.lua"), join(folder, "init.vim"), join(folder, "lsp/copilot_lsp.lua")];
    return {
      changes: [await ownFile(machine, join(folder, "plugin/copilot-lsp.lua"), text, others)],
      next: [
        isCurrent
          ? "Ghost text appears while you type, and <Tab> takes it."
          : "Suggestions come in the completion popup, and anywhere at <C-Space>.",
        // It takes <Tab> in normal mode too, and more is sent: not without being asked for.
        `For next edits in the text, copy ${machine.editorPath("neovim-next-edit.lua")} into ${join(folder, "plugin")}.`,
      ],
    };
  },
};

const vim: Editor = {
  name: "vim",
  title: "Vim",
  find: (machine) => machine.find("vim"),
  async plan(machine, program) {
    const [major, minor] = versionIn(await machine.run(program, "--version"), /Vi IMproved (\d+)\.(\d+)/);
    if (major < 9 || (major === 9 && minor < 1)) throw tooOld("Vim", "9.1");
    const folder = join(machine.home, machine.platform === "win32" ? "vimfiles" : ".vim");
    const others = [join(machine.home, ".vimrc"), join(folder, "vimrc")];
    return {
      changes: [
        await ownFile(machine, join(folder, "plugin/copilot-lsp.vim"), await machine.editorFile("vim9.vim"), others),
      ],
      next: ["<C-l> in insert mode asks for a suggestion and puts it in."],
    };
  },
};

const helix: Editor = {
  name: "helix",
  title: "Helix",
  find: (machine) => machine.find("hx", "helix"),
  async plan(machine, program) {
    const folder = machine.platform === "win32" ? (machine.environment["APPDATA"] ?? machine.home) : machine.configHome;
    const { change, left } = await helixLanguages(machine, program, join(folder, "helix/languages.toml"));
    return {
      changes: [change],
      next: [
        "Suggestions come in the completion menu; <Tab> goes through it and <Enter> takes one.",
        ...(left.length === 0
          ? []
          : [`Your file sets ${left.join(", ")} itself: add "copilot-lsp" to language-servers there.`]),
      ],
    };
  },
};

const emacs: Editor = {
  name: "emacs",
  title: "Emacs",
  find: (machine) => machine.find("emacs"),
  async plan(machine) {
    // In the order in which Emacs looks; with none there it makes the second.
    const files = [".emacs", ".emacs.el", ".emacs.d/init.el"].map((name) => join(machine.home, name));
    const xdg = join(machine.configHome, "emacs/init.el");
    const path = [...files, xdg].find((file) => machine.exists(file)) ?? join(machine.home, ".emacs.d/init.el");
    const packages = join(path.endsWith("init.el") ? join(path, "..") : join(machine.home, ".emacs.d"), "elpa");
    const hasLspMode = machine.list(packages).some((name) => /^lsp-mode-\d/.test(name));
    const text = await machine.editorFile(hasLspMode ? "emacs-lsp-mode.el" : "emacs-eglot.el");
    return {
      changes: [await block(machine, path, ";;", text)],
      next: [
        hasLspMode
          ? "With lsp-mode: ghost text appears when you pause, and TAB takes it."
          : "With M-x eglot: suggestions come at completion-at-point.",
      ],
    };
  },
};

const kakoune: Editor = {
  name: "kakoune",
  title: "Kakoune",
  find: (machine) => machine.find("kak"),
  async plan(machine) {
    const text = await machine.editorFile("kakoune.kak");
    return {
      changes: [await block(machine, join(machine.configHome, "kak/kakrc"), "#", text)],
      next: [
        "Suggestions come in the completion menu.",
        ...(machine.find("kak-lsp", "kakoune-lsp") === undefined
          ? ["It takes kakoune-lsp 18 or newer, which is not on the PATH."]
          : []),
      ],
    };
  },
};

const sublime: Editor = {
  name: "sublime",
  title: "Sublime Text",
  find: (machine) => machine.find("subl", "sublime_text") ?? folderOf(sublimeFolder(machine), machine),
  async plan(machine) {
    const sample = await machine.editorFile("sublime-lsp.jsonc");
    const path = join(sublimeFolder(machine), "Packages/User/LSP.sublime-settings");
    const value: unknown = parse(sample).clients["copilot-lsp"];
    return {
      changes: [await jsonValue(machine, path, ["clients", "copilot-lsp"], value, sample)],
      next: ["Suggestions come in the completion menu. It takes the package LSP, from Package Control."],
    };
  },
};

const zed: Editor = {
  name: "zed",
  title: "Zed",
  find: (machine) => machine.find("zed", "zeditor"),
  async plan(machine) {
    const sample = await machine.editorFile("zed-settings.jsonc");
    const path = join(machine.configHome, "zed/settings.json");
    const value: unknown = parse(sample).edit_predictions;
    return {
      changes: [await jsonValue(machine, path, ["edit_predictions"], value, sample)],
      next: ["Zed asks over HTTP: keep `copilot-lsp serve` running. Ghost text appears as you type."],
    };
  },
};

const vscode: Editor = {
  name: "vscode",
  title: "VS Code",
  find: (machine) => machine.find("code", "codium"),
  async plan(machine, program) {
    const home = /codium/.test(program) ? ".vscode-oss" : ".vscode";
    const folder = join(machine.home, home, "extensions/copilot-lsp-client");
    const files = ["package.json", "extension.js"];
    const changes = await Promise.all(
      files.map(async (name) => ownFile(machine, join(folder, name), await machine.editorFile(`vscode/${name}`), [])),
    );
    const npm = machine.find("npm");
    return {
      changes,
      next: ["Start VS Code again. Ghost text comes as you type. Turn GitHub's own Copilot extension off."],
      ...(npm !== undefined && {
        run: { program: npm, args: ["install", "--omit=dev", "--no-audit", "--prefix", folder] },
      }),
    };
  },
};

export const editors: readonly Editor[] = [neovim, helix, emacs, vim, kakoune, sublime, vscode, zed];

function sublimeFolder({ platform, home, configHome, environment }: Machine): string {
  if (platform === "darwin") return join(home, "Library/Application Support/Sublime Text");
  if (platform === "win32") return join(environment["APPDATA"] ?? home, "Sublime Text");
  return join(configHome, "sublime-text");
}

function folderOf(path: string, machine: Machine): string | undefined {
  return machine.exists(path) ? path : undefined;
}

function versionIn(text: string, pattern: RegExp): readonly [number, number] {
  const found = pattern.exec(text);
  return [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
}

function tooOld(title: string, least: string): CopilotError {
  return new CopilotError("bad-request", `This ${title} is too old: it takes ${least} or newer.`);
}
