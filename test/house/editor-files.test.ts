// The files in `shared/editors/` that no editor runs in a test: what they name must exist.

import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { isSettingKey, settingsTable } from "../../server/config/settings.ts";
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
