// The editors that `setup` knows: how each is found, which file it reads, what goes into it, and what a person does next.

import { join } from "node:path";
import { parse } from "jsonc-parser";
import { CopilotError } from "../../../shared/errors.ts";
import { aroundBlock, block, jsonMembers, mentionIn, ownFile, type Plan } from "./change.ts";
import { helixLanguages } from "./helix.ts";
import type { Machine } from "./machine.ts";
import { vscodePlan } from "./vscode.ts";

export interface Editor {
  /** As `setup` takes it. */
  readonly name: string;
  readonly title: string;
  /** Its program; absent when it is not on this machine. */
  find(machine: Machine): string | undefined;
  /** Rejects with `bad-request` where it cannot be configured. */
  plan(machine: Machine, program: string): Promise<Plan>;
}

/** There is a plugin of the name copilot-lsp as well. */
const serverInLua = /copilot_lsp|["']copilot-lsp["'], *["']--stdio/;

const neovim: Editor = {
  name: "neovim",
  title: "Neovim",
  find: (machine) => machine.find("nvim"),
  async plan(machine, program) {
    const [major, minor] = versionIn(await machine.run(program, ["--version"]), /NVIM v(\d+)\.(\d+)/);
    const minorOfOne = major > 0 ? 99 : minor;
    if (minorOfOne < 11) throw tooOld("Neovim", "0.11");
    const data =
      machine.platform === "win32" ? (machine.environment["LOCALAPPDATA"] ?? machine.home) : machine.configHome;
    const folder = join(data, machine.environment["NVIM_APPNAME"] || "nvim");
    const isCurrent = minorOfOne >= 12;
    const text = await machine.editorFile(isCurrent ? "neovim-0.12.lua" : "neovim-0.11.lua");
    const modules = machine.listBelow(join(folder, "lua")).filter((path) => path.endsWith(".lua"));
    const others = ["init.lua", "init.vim", "lsp/copilot_lsp.lua"].map((name) => join(folder, name));
    const path = join(folder, "plugin/copilot-lsp.lua");
    return {
      changes: [await ownFile(machine, path, text, [...others, ...modules], serverInLua)],
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
    const [major, minor] = versionIn(await machine.run(program, ["--version"]), /Vi IMproved (\d+)\.(\d+)/);
    if (major < 9 || (major === 9 && minor < 1)) throw tooOld("Vim", "9.1");
    const usual = join(machine.home, machine.platform === "win32" ? "vimfiles" : ".vim");
    const xdg = join(machine.configHome, "vim");
    const vimrcs = [join(machine.home, ".vimrc"), join(usual, "vimrc")];
    // As Vim itself decides, which reads nothing of the other folder then.
    const folder = machine.exists(join(xdg, "vimrc")) && !vimrcs.some(machine.exists) ? xdg : usual;
    const others = [...vimrcs, join(xdg, "vimrc")];
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
  async plan(machine, program) {
    const [major] = versionIn(await machine.run(program, ["--version"]), /GNU Emacs (\d+)\.(\d+)/);
    // In the order in which Emacs looks; with none there it makes the second.
    const files = [".emacs", ".emacs.el", ".emacs.d/init.el"].map((name) => join(machine.home, name));
    const xdg = join(machine.configHome, "emacs/init.el");
    const path = [...files, xdg].find((file) => machine.exists(file)) ?? join(machine.home, ".emacs.d/init.el");
    const packages = join(path.endsWith("init.el") ? join(path, "..") : join(machine.home, ".emacs.d"), "elpa");
    const has = (file: string): boolean =>
      machine.list(packages).some((name) => machine.exists(join(packages, name, file)));
    const hasLspMode = has("lsp-inline-completion.el");
    // An init file that requires what is not there breaks the start of Emacs.
    if (!hasLspMode && major < 29 && !has("eglot.el")) throw tooOld("Emacs", "29");
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
    if (machine.find("kak-lsp") === undefined) {
      throw new CopilotError("bad-request", "It takes kakoune-lsp 18 or newer, and there is no kak-lsp on the PATH.");
    }
    const path = join(machine.configHome, "kak/kakrc");
    const { head, tail } = aroundBlock((await machine.read(path)) ?? "", "#");
    const isOn = /\b(kak-lsp|kakoune-lsp|lsp-enable)\b/.test(head + tail);
    const text = `${isOn ? "" : "eval %sh{kak-lsp}\nlsp-enable\n"}${await machine.editorFile("kakoune.kak")}`;
    return { changes: [await block(machine, path, "#", text)], next: ["Suggestions come in the completion menu."] };
  },
};

const sublime: Editor = {
  name: "sublime",
  title: "Sublime Text",
  find: (machine) => machine.find("subl", "sublime_text") ?? folderOf(sublimeFolder(machine), machine),
  async plan(machine) {
    const sample = await machine.editorFile("sublime-lsp.jsonc");
    const folder = join(sublimeFolder(machine), "Packages/User");
    // Where it stood before LSP 2.10, which still reads it.
    const older = [join(folder, "LSP.sublime-settings")];
    return {
      changes: [
        (await mentionIn(machine, older)) ??
          (await jsonMembers(machine, join(folder, "LanguageServers.sublime-settings"), [], parse(sample), sample)),
      ],
      next: ["Suggestions come in the completion menu. It takes the package LSP 2.10 or newer, from Package Control."],
    };
  },
};

const zed: Editor = {
  name: "zed",
  title: "Zed",
  find: (machine) => machine.find("zeditor", "zed"),
  async plan(machine, program) {
    // The daemon of ZFS has the same name.
    const version = await machine.run(program, ["--version"]);
    if (!version.startsWith("Zed ")) throw new CopilotError("bad-request", "This is not the editor Zed.");
    const sample = await machine.editorFile("zed-settings.jsonc");
    const isWindows = machine.platform === "win32";
    const path = isWindows
      ? join(machine.environment["APPDATA"] ?? machine.home, "Zed/settings.json")
      : join(machine.configHome, "zed/settings.json");
    return {
      changes: [await jsonMembers(machine, path, ["edit_predictions"], parse(sample).edit_predictions, sample)],
      next: ["Zed asks over HTTP: keep `copilot-lsp serve` running. Ghost text appears as you type."],
    };
  },
};

const vscode: Editor = {
  name: "vscode",
  title: "VS Code",
  find: (machine) => machine.find("code", "codium", "code-server"),
  plan: vscodePlan,
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
