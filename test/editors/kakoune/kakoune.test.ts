// Kakoune with the configuration that users copy, as far as it goes without its language client: kakoune-lsp is in no
// Debian suite. What that client then sends, and does with an entry, is walked by its source in `test/lsp/dialects.test.ts`.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";

const configuration = resolve(import.meta.dirname, "../../../shared/editors/kakoune.kak");
/** As the client declares it, and as its own configuration fills it for a language. */
const client = `declare-option -docstring 'language servers' str lsp_servers
hook global BufSetOption filetype=python %{
    set-option buffer lsp_servers %{
        [pylsp]
        command = "pylsp"
    }
}
`;

let home: EditorHome;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(() => home.close());

/** The servers of a buffer of this language. */
async function serversOf(filetype: string): Promise<string> {
  const kakrc = home.path("kakrc");
  const out = home.path("servers.toml");
  writeFileSync(kakrc, client);
  const commands = [
    `source '${kakrc}'`,
    `source '${configuration}'`,
    `set-option buffer filetype ${filetype}`,
    `echo -to-file '${out}' %opt{lsp_servers}`,
    "quit",
  ];
  await promisify(execFile)(editorProgram("kak"), ["-n", "-ui", "dummy", "-e", commands.join("; ")], {
    env: { ...home.environment, XDG_RUNTIME_DIR: home.folder },
    cwd: home.folder,
    timeout: 45_000,
    killSignal: "SIGKILL",
  });
  return readFileSync(out, "utf8");
}

/** The tables of simple TOML, by name. */
function tablesOf(toml: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const tables: Record<string, Record<string, unknown>> = {};
  let current: Record<string, unknown> = {};
  for (const line of toml.split("\n").map((raw) => raw.trim())) {
    const [, table, key, value] = /^\[([\w-]+)\]$|^(\w+) = (.+)$/.exec(line) ?? [];
    if (table !== undefined) current = tables[table] = {};
    else if (key !== undefined) current[key] = JSON.parse(value ?? "");
    else if (line !== "") throw new Error(`not understood: ${line}`);
  }
  return tables;
}

test("a language gets the server beside those that it has", async () => {
  expect(tablesOf(await serversOf("python"))).toEqual({
    pylsp: { command: "pylsp" },
    "copilot-lsp": { root_globs: [".git", ".hg"], command: "copilot-lsp", args: ["--stdio"] },
  });
});

test("a language without any gets it alone, and prose none", async () => {
  expect(Object.keys(tablesOf(await serversOf("rust")))).toEqual(["copilot-lsp"]);
  expect(tablesOf(await serversOf("markdown"))).toEqual({});
});
