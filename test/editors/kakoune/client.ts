// kakoune-lsp's part, by its source: it is in no Debian suite, nor in any other registry. `kak-lsp` on the PATH prints
// `client.kak`; here is what its program does then (src/controller.rs, src/language_features/completion.rs).

import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";
import { kakouneLsp } from "../../lsp/support/initialize-by-source.ts";
import { type LspClient, spawnLspServer } from "../../support/lsp-client.ts";
import { type EditorHome, editorProgram } from "../home.ts";

interface Item {
  readonly label: string;
  readonly filterText?: string;
  readonly textEdit?: { readonly range: { readonly start: { readonly character: number } }; readonly newText: string };
}

export type Tables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export function installClient(home: EditorHome): void {
  const script = `#!/bin/sh\nexec cat '${join(import.meta.dirname, "client.kak")}'\n`;
  writeFileSync(home.path("bin/kak-lsp"), script, { mode: 0o755 });
}

/** With a place for the sockets of its sessions. */
export function kakouneEnvironment(home: EditorHome): Readonly<Record<string, string>> {
  return { ...home.environment, XDG_RUNTIME_DIR: home.folder };
}

/** The tables of simple TOML, by name. */
export function tablesOf(toml: string): Tables {
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

/** Waits for a question, asks the one server that the buffer has, and puts what it offers into the editor's option. */
export async function answerQuestion(home: EditorHome, file: string): Promise<void> {
  const asked = await vi.waitFor(() => readFileSync(home.path("asked"), "utf8"), { timeout: 15_000, interval: 40 });
  const [head = "", ...servers] = asked.split("\n");
  const [session = "", client = "", timestamp = "", column = ""] = head.split(" ");
  const text = readFileSync(home.path("asked.text"), "utf8");
  rmSync(home.path("asked"));
  const tables = Object.entries(tablesOf(servers.join("\n")));
  const [name = "", { command = name, args = [] } = {}] = tables[0] ?? [];
  // It asks none of them when one does not start.
  if (tables.length !== 1)
    throw new Error(`the buffer has ${tables.map(([table]) => table).join(", ") || "no server"}`);
  const server = spawnLspServer([String(command), ...(args as readonly string[])], {
    env: home.environment,
    cwd: home.folder,
  });
  try {
    await server.initialize(kakouneLsp);
    const [item] = await offered(server, `file://${file}`, text, Number(column) - 1);
    if (item?.textEdit === undefined) throw new Error("nothing was offered");
    const { newText, range } = item.textEdit;
    // Anything else goes through its snippets.
    if (item.filterText !== newText) throw new Error(`${item.filterText} is not ${newText}`);
    const line = text.split("\n").length - 1;
    const entry = [newText, "nop", item.label].map((part) => part.replaceAll(/[\\|]/g, "\\$&")).join("|");
    const place = `${line}.${range.start.character + 1}@${timestamp}`;
    const commands = `evaluate-commands -client ${client} %{ set-option window lsp_completions ${place} ${quoted(entry)} }`;
    const sending = promisify(execFile)(editorProgram("kak"), ["-p", session], { env: kakouneEnvironment(home) });
    sending.child.stdin?.end(commands);
    await sending;
  } finally {
    await server.kill();
  }
}

async function offered(server: LspClient, uri: string, text: string, character: number): Promise<readonly Item[]> {
  server.open(uri, text, { languageId: "python" });
  const position = { line: text.split("\n").length - 2, character };
  // It waits for every server of a buffer, so that the first question may be answered before Copilot's answer is there.
  return vi.waitFor(
    async () => {
      const place = { textDocument: { uri }, position };
      const { items } = await server.request<{ items: readonly Item[] }>("textDocument/completion", place);
      if (items.length === 0) throw new Error("nothing is offered");
      return items;
    },
    { timeout: 15_000, interval: 100 },
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
