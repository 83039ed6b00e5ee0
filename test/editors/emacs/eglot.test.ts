// Emacs with eglot, which has no ghost text: suggestions come at completion-at-point.

import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { holdAt, meaning } from "../support/model.ts";
import { afterEdits, point } from "../support/point.ts";
import type { Terminal } from "../terminal.ts";
import { openEmacs, runEmacs } from "./emacs.ts";
import { eventually } from "../../support/eventually.ts";

const configuration = "emacs-eglot.el";

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

/** The file after completion at the "|" in it. */
async function complete(text: string): Promise<string> {
  const file = home.path("project/numbers.py");
  writeFileSync(file, text);
  await runEmacs(home, { configuration, scenario: "accept.el", file });
  return readFileSync(file, "utf8");
}

test("in batch, completion at a word writes several lines as they are, also behind a surrogate pair", async () => {
  home.emulator.setModel(() => ["tal = ${x}\n    for n in numbers:\n        total += n\n    return total"]);
  expect(await complete('def mean(numbers):\n    s = "😀"; to|\n')).toBe(
    'def mean(numbers):\n    s = "😀"; total = ${x}\n    for n in numbers:\n        total += n\n    return total\n',
  );
});

test("in batch, completion after a dot, in a file with CRLF and tabs", async () => {
  home.emulator.setModel(() => ["append(1)"]);
  expect(await complete("def add(numbers):\r\n\tnumbers.|\r\n")).toBe("def add(numbers):\r\n\tnumbers.append(1)\r\n");
});

test("on a terminal, a word is typed and completed, and the file is saved", async () => {
  home.emulator.setModel(() => ["tal = sum(numbers)\n    return total / len(numbers)"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, 'def mean(numbers):\n    s = "😀"; \n');
  terminal = await openEmacs(home, { configuration, file, settings: ["(setq make-backup-files nil)"] });
  await terminal.waitFor(/\[eglot:/);
  await terminal.press("C-n", "C-e");
  await terminal.type("to");
  await terminal.waitFor(/"; to/);
  await terminal.press("C-M-i");
  await terminal.waitFor(/return total \/ len/);
  await terminal.press("C-x", "C-s");
  await terminal.waitFor(/Wrote/);
  expect(readFileSync(file, "utf8")).toBe(
    'def mean(numbers):\n    s = "😀"; total = sum(numbers)\n    return total / len(numbers)\n',
  );
  const log = (): string => readFileSync(home.path("copilot-lsp.log"), "utf8");
  await eventually(() => expect(log()).toMatch(/a suggestion stands in the text .*isWhole.?true/));
});

test("an answer that comes after more was typed is not put in, and the next one is not doubled", async () => {
  home.emulator.setModel(meaning("total = sum(numbers)\n    return total"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def mean(numbers):\n    \n");
  terminal = await openEmacs(home, { configuration, file, settings: ["(setq make-backup-files nil)"] });
  await terminal.waitFor(/\[eglot:/);
  await terminal.press("C-n", "C-e");
  await terminal.type("to");
  await terminal.waitFor(/ {4}to/);
  const holding = holdAt(home.emulator, "to");
  await terminal.press("C-M-i");
  const hold = await holding;
  // Emacs gives the question up for the keys.
  await terminal.type("ta");
  await terminal.waitFor(/ {4}tota\s/);
  hold.release();
  // Whatever was still to come of it comes before the next answer.
  await terminal.press("C-M-i");
  await terminal.waitFor(/return total/);
  await terminal.press("C-x", "C-s");
  await terminal.waitFor(/Wrote/);
  expect(readFileSync(file, "utf8")).toBe("def mean(numbers):\n    total = sum(numbers)\n    return total\n");
});

test("the next edit is made as a code action and by the command, which goes there", async () => {
  const file = home.path("project/point.js");
  writeFileSync(file, point);
  const told = await runEmacs(home, { configuration, scenario: "next-edit.el", file });
  const after = (step: string): string => readFileSync(`${file}.${step}`, "utf8");
  expect(after("action"), told).toBe(`action 2\n${afterEdits(1)}`);
  expect(after("command")).toBe(`command 6\n${afterEdits(2)}`);
  const log = (): string => readFileSync(home.path("copilot-lsp.log"), "utf8");
  await eventually(() => expect(log()).toMatch(/a suggestion was accepted .*known.?true/));
});

test("on a terminal, a key makes the next edits and says when there is none, and an undo takes one back", async () => {
  const file = home.path("project/point.js");
  writeFileSync(file, point);
  terminal = await openEmacs(home, { configuration, file, settings: ["(setq make-backup-files nil)"] });
  await terminal.waitFor(/\[eglot:/);
  await terminal.press("C-n", "C-f", "C-f");
  await terminal.type("p");
  await terminal.waitFor(/ px = 0/);
  for (const made of [/constructor\(px, y\)/, /this\.px = px;/, /sqrt\(this\.px \* this\.px/]) {
    await terminal.press("C-c");
    await terminal.type("n");
    await terminal.waitFor(made);
  }
  await terminal.press("C-c");
  await terminal.type("n");
  await terminal.waitFor(/No next edit: /);
  await terminal.press("C-x");
  await terminal.type("u");
  await terminal.waitFor(/sqrt\(this\.x \* this\.x/);
  await terminal.press("C-x", "C-s");
  await terminal.waitFor(/Wrote/);
  expect(readFileSync(file, "utf8")).toBe(afterEdits(2));
});

test("a person signs in with a command, reads the code in the echo area, and asks how it goes", async () => {
  await home.close();
  home = await openEditorHome({ signedIn: false });
  const file = home.path("project/numbers.py");
  writeFileSync(file, "numbers = [1, 2, 3]\n");
  terminal = await openEmacs(home, { configuration, file, settings: [] });
  await terminal.waitFor(/\[eglot:/);
  await terminal.press("M-x");
  await terminal.type("copilot-sign-in");
  await terminal.press("Enter");
  await terminal.waitFor(/[A-Z0-9]{4}-[A-Z0-9]{4}/);
  home.emulator.approveSignIn();
  await terminal.waitFor(/Signed in as octocat/);
  await terminal.press("M-x");
  await terminal.type("copilot-status");
  await terminal.press("Enter");
  await terminal.waitFor(/Copilot: ready\./);
});
