// The files in `shared/editors/` that no editor runs in a test: what they name must exist.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { isSettingKey, settingsTable } from "../../server/config/settings.ts";
import { clientProfiles } from "../../server/lsp/session/client-profiles.ts";
import { lspCommands } from "../../shared/lsp.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = join(root, "shared/editors");
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const jsonc = (name: string): unknown => JSON.parse(read(name).replaceAll(/^\s*\/\/.*$/gm, ""));

test("the page on editors names every one of them", () => {
  const page = readFileSync(join(root, "shared/docs/editors.md"), "utf8");
  const places = files.map((name) => (name.startsWith("vscode/") ? "vscode" : name));
  expect([...new Set(places)].filter((name) => !page.includes(`editors/${name}`))).toEqual([]);
});

test.each(files)("%s names commands and settings that exist", (name) => {
  const text = read(name);
  const commands: readonly string[] = Object.values(lspCommands);
  const named = [...text.matchAll(/\b(?:github\.)?copilot\.(?:sign\w+|status)\b/g)].map(([command]) => command);
  expect(named.filter((command) => !commands.includes(command))).toEqual([]);
  const settings = [...text.matchAll(/\b(?:lsp|completion|http|github|log)\.[a-z]+[A-Z]?\w*(?=["`\] ])/g)];
  const keys = settings
    .map(([key]) => key)
    .filter((key) => !/^lsp\.(protocol|inline_completion|config|enable)/.test(key));
  expect(keys.filter((key) => !isSettingKey(key))).toEqual([]);
});

describe("what a person is told to type to sign in", () => {
  const where: Readonly<Record<string, readonly string[]>> = {
    neovim: ["neovim-0.11.lua", "neovim-0.12.lua"],
    "nvim-lspconfig": ["lsp/copilot_lsp.lua"],
    vim: ["vim9.vim"],
    eglot: ["emacs-eglot.el"],
    "lsp-mode": ["emacs-lsp-mode.el"],
    kakoune: ["kakoune.kak"],
    helix: ["helix-languages.toml"],
    vscode: ["vscode/package.json"],
  };
  const page = readFileSync(join(root, "shared/docs/editors.md"), "utf8");
  const hints = clientProfiles.flatMap(({ name, signInHint }) =>
    signInHint === undefined ? [] : [[name, signInHint]],
  );

  test.each(hints)("in %s stands in each configuration for it: %s", (name = "", hint = "") => {
    // A command of Lua or Lisp is defined by its name, and VS Code shows category and title.
    const needles = name === "vscode" ? hint.replaceAll('"', "").split(": ") : [hint.replace(/^:|^M-x /, "")];
    const texts = (where[name] ?? []).map(read);
    if (texts.length === 0) texts.push(page);
    for (const text of texts) for (const needle of needles) expect(text).toContain(needle);
  });

  test("is what the configurations say themselves", () => {
    for (const [name, names] of Object.entries(where)) {
      const hint = clientProfiles.find((profile) => profile.name === name)?.signInHint ?? "";
      for (const file of names) {
        const commands = read(file).match(/(?<=\bM-x |[\s`]:)(?:Lsp)?copilot-?sign-?in\b/gi) ?? [];
        for (const command of commands) expect(`${file}: ${hint}`).toContain(command);
      }
    }
  });
});

test("Zed is sent to the port that the server has unless told otherwise", () => {
  const { edit_predictions: predictions } = jsonc("zed-settings.jsonc") as {
    edit_predictions: { open_ai_compatible_api: { api_url: string } };
  };
  const { port, pathname } = new URL(predictions.open_ai_compatible_api.api_url);
  expect([Number(port), pathname]).toEqual([settingsTable["http.port"].defaultValue, "/v1/completions"]);
});

describe("the extension for VS Code", () => {
  const manifest = JSON.parse(read("vscode/package.json")) as {
    main: string;
    contributes: {
      commands: { command: string }[];
      configuration: { properties: Record<string, unknown> };
    };
  };

  test("offers the commands that are for people, and no others", () => {
    const offered = manifest.contributes.commands.map(({ command }) => command);
    expect(offered).toEqual([lspCommands.signIn, lspCommands.signOut, lspCommands.status]);
  });

  test("reads the setting that it declares, which is none of the server's", () => {
    const [setting = ""] = Object.keys(manifest.contributes.configuration.properties);
    const [section = "", key = ""] = setting.split(".");
    expect(section).not.toBe("copilot-lsp");
    expect(read("vscode/extension.js")).toContain(`getConfiguration("${section}").get("${key}")`);
    expect(files).toContain(`vscode/${manifest.main.replace("./", "")}`);
  });
});
