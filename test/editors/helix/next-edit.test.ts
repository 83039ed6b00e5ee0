// Helix has no part for next edits: the code action and the command make them, and the hint says where.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { afterEdits, point } from "../support/point.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const configuration = readFileSync(
  resolve(import.meta.dirname, "../../../shared/editors/helix-languages.toml"),
  "utf8",
);
/** What its comments say for `config.toml`. */
const keys = [...configuration.matchAll(/^# {3}(.*)$/gm)].map(([, line]) => line).join("\n");

let home: EditorHome;
let terminal: Terminal;
let file: string;

/** Opens a file and renames its field `x` to `px`. */
async function rename(editor = ""): Promise<void> {
  writeFileSync(home.path(".config/helix/languages.toml"), configuration);
  writeFileSync(home.path(".config/helix/config.toml"), `${editor}\n${keys}\n`);
  file = home.path("project/point.js");
  writeFileSync(file, point);
  terminal = await openTerminal([editorProgram("hx"), file], { environment: home.environment, cwd: home.folder });
  await terminal.waitFor(/class Point/);
  await eventually(() => expect(log()).toContain("a document was opened"));
  await terminal.type("2Ggsip");
  await terminal.waitFor(/ px = 0/);
  await terminal.press("Escape");
  // Read together with the next key it would be Alt.
  await terminal.waitFor(/^ NOR /m);
}

function log(): string {
  const path = home.path("copilot-lsp.log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function written(): Promise<string> {
  await terminal.type(":w");
  await terminal.press("Enter");
  await terminal.waitFor(/written/);
  return readFileSync(file, "utf8");
}

beforeEach(async () => {
  terminal = { close: () => Promise.resolve() } as Terminal;
  home = await openEditorHome({ signedIn: true });
});

afterEach(async () => {
  await terminal.close();
  await home.close();
});

test("a code action makes the next edit, the next menu has the one after it, and an undo takes one back", async () => {
  await rename();
  await terminal.press("Space");
  await terminal.type("a");
  await terminal.waitFor(/Copilot: apply next edit \(line 4\)/);
  await terminal.press("Enter");
  await terminal.waitFor(/constructor\(px, y\)/);
  await eventually(() => expect(log()).toMatch(/a suggestion was accepted .*known.?true/));
  const asked = home.emulator.callsTo("chat-completions").length;
  await terminal.press("Space");
  await terminal.type("a");
  await terminal.waitFor(/Copilot: apply next edit \(line 6\)/);
  await terminal.press("Enter");
  await terminal.waitFor(/this\.px = px;/);
  expect(home.emulator.callsTo("chat-completions")).toHaveLength(asked);
  await terminal.type("u");
  await terminal.waitFor(/this\.x = x;/);
  expect(await written()).toBe(afterEdits(1));
});

test("a key makes the next edit and goes there, again and again, and then says that there is none", async () => {
  await rename();
  for (const [made, line] of [
    [/constructor\(px, y\)/, 4],
    [/this\.px = px;/, 6],
    [/sqrt\(this\.px \* this\.px/, 10],
  ] as const) {
    await terminal.press("Space");
    await terminal.type("n");
    await terminal.waitFor(made);
    await terminal.waitFor(new RegExp(` ${line}:\\d+`));
  }
  expect(await written()).toBe(afterEdits(3));
  await terminal.press("Space");
  await terminal.type("n");
  await terminal.waitFor(/No next edit: /);
});

test("with hints, the line of the next edit says what it would be", async () => {
  writeFileSync(home.path(".config/copilot-lsp/config.json"), '{"edits.menu": "hints"}');
  await rename('[editor]\nend-of-line-diagnostics = "hint"');
  await terminal.waitFor(/constructor\(x, y\) \{ +.*Next edit: constructor\(px, y\) \{/);
});
