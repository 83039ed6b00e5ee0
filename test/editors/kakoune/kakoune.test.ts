// Kakoune with the configuration that users copy: the servers of a buffer. `test/editors/setup.test.ts` goes on to the menu.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { installClient, kakouneEnvironment, tablesOf } from "./client.ts";

const configuration = resolve(import.meta.dirname, "../../../shared/editors/kakoune.kak");

let home: EditorHome;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
  installClient(home);
});

afterEach(() => home.close());

/** The servers of a buffer of this language. `enable`: before or after the configuration, as a kakrc may have it. */
async function serversOf(filetype: string, enable: "before" | "after" = "before"): Promise<string> {
  const out = home.path("servers.toml");
  const commands = [
    "evaluate-commands %sh{ kak-lsp }",
    ...(enable === "before" ? ["lsp-enable"] : []),
    `source '${configuration}'`,
    ...(enable === "after" ? ["lsp-enable"] : []),
    `set-option buffer filetype ${filetype}`,
    `echo -to-file '${out}' %opt{lsp_servers}`,
    "quit",
  ];
  await promisify(execFile)(editorProgram("kak"), ["-n", "-ui", "dummy", "-e", commands.join("; ")], {
    env: kakouneEnvironment(home),
    cwd: home.folder,
    timeout: 45_000,
    killSignal: "SIGKILL",
  });
  return readFileSync(out, "utf8");
}

test.each(["before", "after"] as const)(
  "a language gets the server beside those that it has, enabled %s",
  async (enable) => {
    home.addSecondServer("pylsp");
    expect(tablesOf(await serversOf("python", enable))).toEqual({
      pylsp: { root_globs: ["setup.py", ".git"] },
      "copilot-lsp": { root_globs: [".git", ".hg"], command: "copilot-lsp", args: ["--stdio"] },
    });
  },
);

test("a usual server that is not installed is taken out, by its name or its command", async () => {
  expect(Object.keys(tablesOf(await serversOf("python")))).toEqual(["copilot-lsp"]);
  expect(Object.keys(tablesOf(await serversOf("rust")))).toEqual(["copilot-lsp"]);
  home.addSecondServer("rust-analyzer");
  expect(Object.keys(tablesOf(await serversOf("rust")))).toEqual(["rust", "copilot-lsp"]);
});

test("a language without any gets it alone, and prose none", async () => {
  expect(Object.keys(tablesOf(await serversOf("go")))).toEqual(["copilot-lsp"]);
  expect(tablesOf(await serversOf("markdown"))).toEqual({});
});
