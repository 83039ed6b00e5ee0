// Vim without any plugin: one key makes the edit that should follow the last ones.

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { afterEdits, point } from "../support/point.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const configuration = resolve(import.meta.dirname, "../../../shared/editors/vim9.vim");

let home: EditorHome;
let terminal: Terminal;

beforeEach(async () => {
  terminal = { close: () => Promise.resolve() } as Terminal;
  home = await openEditorHome({ signedIn: true });
});

afterEach(async () => {
  await terminal.close();
  await home.close();
});

/** Opens the file on a terminal, with the server running. */
async function openVim(text: string): Promise<string> {
  copyFileSync(configuration, home.path(".vimrc"));
  const file = home.path("project/point.js");
  writeFileSync(file, text);
  terminal = await openTerminal([editorProgram("vim"), file], { environment: home.environment, cwd: home.folder });
  await terminal.waitFor(/"[^"]*point\.js"/);
  await terminal.type(":CopilotStatus");
  await terminal.press("Enter");
  await terminal.waitFor(/Copilot: ready\./);
  return file;
}

async function save(): Promise<void> {
  await terminal.type(":w");
  await terminal.press("Enter");
  await terminal.waitFor(/written/);
}

test("a key makes the next edit and goes there, then the one after it; an undo takes one back", async () => {
  const file = await openVim(point);
  await terminal.type("2G^ip");
  await terminal.press("Escape");
  await terminal.type("\\n");
  await terminal.waitFor(/constructor\(px, y\)/);
  await terminal.type("\\n");
  await terminal.waitFor(/this\.px = px;/);
  await terminal.type("\\n");
  await terminal.waitFor(/sqrt\(this\.px \* this\.px/);
  await terminal.type("u");
  await terminal.waitFor(/sqrt\(this\.x \* this\.x/);
  await save();
  expect(readFileSync(file, "utf8")).toBe(afterEdits(2));
  expect(readFileSync(home.path("copilot-lsp.log"), "utf8").match(/was accepted .*known.?true/g)).toHaveLength(3);
});

test("lines that come and go at the end of a file with CRLF and wide characters", async () => {
  home.emulator.setEditModel(({ prediction = "" }) =>
    prediction.replace('"😀 日本"', '"😀😀 日本語"').replace("three = 3\n", "drei = 3\nvier = 4\n"),
  );
  const file = await openVim('one = 1\r\ntwo = "😀 日本"\r\nthree = 3\r\n');
  await terminal.type("A0");
  await terminal.press("Escape");
  await terminal.type("\\n");
  await terminal.waitFor(/"😀😀 日本語"\s+drei = 3\s+vier = 4/);
  await save();
  expect(readFileSync(file, "utf8")).toBe('one = 10\r\ntwo = "😀😀 日本語"\r\ndrei = 3\r\nvier = 4\r\n');
});

test("where nothing was changed it says so", async () => {
  await openVim(point);
  await terminal.type("\\n");
  await terminal.waitFor(/No next edit: no-changes/);
});
