// Emacs with lsp-mode: ghost text beside the code, taken with one key.

import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { afterEdits, point } from "../support/point.ts";
import type { Terminal } from "../terminal.ts";
import { openEmacs } from "./emacs.ts";

const configuration = "emacs-lsp-mode.el";
const settings = [
  // As the package manager does at start-up.
  '(load "lsp-mode-autoloads")',
  // It would ask which folder is the project, and offer to install other servers.
  "(setq lsp-auto-guess-root t lsp-enable-suggest-server-download nil make-backup-files nil)",
];

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

test("ghost text of several lines appears as a line is typed, TAB takes it, and the file holds it", async () => {
  home.emulator.setModel(() => ["tal = sum(numbers)\n    return total / len(numbers)"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, 'def mean(numbers):\n    s = "😀"; \n');
  writeFileSync(home.path("project/.git/HEAD"), "ref: refs/heads/main\n");
  terminal = await openEmacs(home, { configuration, file, settings });
  await terminal.waitFor(/LSP\[copilot-lsp:\d+\]/);
  await terminal.press("C-n", "C-e");
  await terminal.type("to");
  await terminal.waitFor(/"; total = sum\(numbers\)\s+return total/);
  await terminal.press("Tab");
  await terminal.press("C-x", "C-s");
  await terminal.waitFor(/Wrote/);
  expect(readFileSync(file, "utf8")).toBe(
    'def mean(numbers):\n    s = "😀"; total = sum(numbers)\n    return total / len(numbers)\n',
  );
  await terminal.press("M-x");
  await terminal.type("copilot-status");
  await terminal.press("Enter");
  await terminal.waitFor(/Copilot: ready\./);
});

test("a key makes the next edits and goes there, and then says that there is none", async () => {
  home.emulator.setModel(() => [""]);
  const file = home.path("project/point.js");
  writeFileSync(file, point);
  writeFileSync(home.path("project/.git/HEAD"), "ref: refs/heads/main\n");
  terminal = await openEmacs(home, { configuration, file, settings });
  await terminal.waitFor(/LSP\[copilot-lsp:\d+\]/);
  await terminal.press("C-n", "C-f", "C-f");
  await terminal.type("p");
  await terminal.waitFor(/ px = 0/);
  for (const [made, line] of [
    [/constructor\(px, y\)/, 4],
    [/this\.px = px;/, 6],
    [/sqrt\(this\.px \* this\.px/, 10],
  ] as const) {
    await terminal.press("C-c");
    await terminal.type("n");
    await terminal.waitFor(made);
    await terminal.waitFor(new RegExp(` L${line} `));
  }
  await terminal.press("C-x", "C-s");
  await terminal.waitFor(/Wrote/);
  expect(readFileSync(file, "utf8")).toBe(afterEdits(3));
  await terminal.press("C-c");
  await terminal.type("n");
  await terminal.waitFor(/No next edit: /);
});

test("a key that the ghost text does not say sends it away, and TAB behind it does what it does without us", async () => {
  home.emulator.setModel(() => ["tal = sum(numbers)"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def mean(numbers):\n    \n");
  writeFileSync(home.path("project/.git/HEAD"), "ref: refs/heads/main\n");
  terminal = await openEmacs(home, { configuration, file, settings });
  await terminal.waitFor(/LSP\[copilot-lsp:\d+\]/);
  await terminal.press("C-n", "C-e");
  await terminal.type("to");
  await terminal.waitFor(/ {4}total = sum\(numbers\)/);
  await terminal.press("x", "Tab", "C-x", "C-s");
  await terminal.waitFor(/Wrote/);
  expect(readFileSync(file, "utf8")).toBe("def mean(numbers):\n    tox\n");
});
