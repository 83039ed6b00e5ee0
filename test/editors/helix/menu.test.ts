// Helix has no ghost text: suggestions come in its menu, beside those of another language server.

import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { holdAt, meaning } from "../support/model.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const configuration = resolve(import.meta.dirname, "../../../shared/editors/helix-languages.toml");

let home: EditorHome;
let terminal: Terminal;

async function openHelix(name: string, text: string, options: { readonly alone?: boolean } = {}): Promise<void> {
  home = await openEditorHome({ signedIn: true });
  // What comes after the 100 ms that Helix waits for the slower of two is lost when the faster had nothing that fits.
  if (!options.alone) home.addSecondServer("pylsp");
  if (!options.alone) home.addSecondServer("typescript-language-server");
  copyFileSync(configuration, home.path(".config/helix/languages.toml"));
  const file = home.path("project", name);
  writeFileSync(file, text);
  terminal = await openTerminal([editorProgram("hx"), file], { environment: home.environment, cwd: home.folder });
  await terminal.waitFor(new RegExp(name));
  await vi.waitFor(() => expect(bridgeLog()).toContain("a document was opened"), { timeout: 20_000 });
}

function bridgeLog(): string {
  const path = home.path("copilot-lsp.log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function save(): Promise<void> {
  await terminal.press("Escape");
  // Read together with the next key it would be Alt.
  await terminal.waitFor(/^ NOR /m);
  await terminal.type(":w");
  await terminal.press("Enter");
  await terminal.waitFor(/written/);
}

const written = (name: string): string => readFileSync(home.path("project", name), "utf8");

beforeEach(() => {
  terminal = { close: () => Promise.resolve() } as Terminal;
});

afterEach(async () => {
  await terminal.close();
  await home.close();
});

/**
 * Marks one entry after another until the text shows `preview`, as Helix does for the marked one, and takes that: the
 * order of two servers' entries is not fixed. All of them must be in the menu already.
 */
async function take(preview: RegExp): Promise<void> {
  for (let presses = 0; presses < 10; presses += 1) {
    const before = await terminal.screen();
    await terminal.press("Tab");
    const screen = await vi.waitFor(
      async () => {
        const now = await terminal.screen();
        if (now === before) throw new Error("Tab has changed nothing yet");
        return now;
      },
      { timeout: 20_000, interval: 20 },
    );
    if (!preview.test(screen)) continue;
    await terminal.press("Enter");
    return;
  }
  throw new Error(`no entry shows ${preview}:\n${await terminal.screen()}`);
}

/**
 * Waits for a menu that holds all of `pattern`. On a slow machine one server's entries may come too late for the other's,
 * or Helix asks nothing for a key because an answer is under way: the person closes the menu and asks again.
 */
async function waitForMenu(pattern: RegExp): Promise<void> {
  let looks = 0;
  await vi.waitFor(
    async () => {
      const screen = await terminal.screen();
      if (pattern.test(screen)) return;
      // In an open menu C-x does nothing, and C-c closes it.
      if (looks > 0) await terminal.press("C-c", "C-x");
      looks += 1;
      throw new Error(`no menu with ${pattern}:\n${screen}`);
    },
    { timeout: 45_000, interval: 2_000 },
  );
}

test("a suggestion of several lines stands in the menu beside another server's entries, and goes in verbatim", async () => {
  await openHelix("numbers.py", "def total_of(numbers):\n    return sum(numbers)\n\n\ndef mean(numbers):\n    \n");
  home.emulator.setModel(meaning("total = ${x}\n    for n in numbers:\n        total += n\n    return total"));
  await terminal.type("6GA");
  await terminal.type('s = "😀"; to');
  // The order of two servers' entries is not fixed.
  await waitForMenu(/^(?=[^]* total = \$\{x\} …)[^]* total_of /);
  await take(/; total = \$\{x\}\s*$/m);
  await terminal.waitFor(/return total$/m);
  await save();
  expect(written("numbers.py")).toBe(
    'def total_of(numbers):\n    return sum(numbers)\n\n\ndef mean(numbers):\n    s = "😀"; total = ${x}\n' +
      "    for n in numbers:\n        total += n\n    return total\n",
  );
  expect(bridgeLog()).toMatch(/a suggestion stands in the text .*isWhole.?true/);
});

test("a suggestion follows a dot", async () => {
  await openHelix("list.js", "const numbers = [1, 2, 3];\n\n");
  home.emulator.setModel(meaning("numbers.map((n) => n * 2);"));
  await terminal.type("geonumbers");
  // Helix asks nothing at the dot while it waits for the answers to the word.
  await waitForMenu(/ numbers\.map\(\(n\) => n \* 2\);/);
  await terminal.type(".");
  await waitForMenu(/(?=[^]* map\(\(n\) => n \* 2\);)(?=[^]* const )/);
  await take(/ numbers\.map\(\(n\) => n \* 2\);/);
  await save();
  expect(written("list.js")).toBe("const numbers = [1, 2, 3];\n\nnumbers.map((n) => n * 2);\n");
});

test("lines end as the file has them, and tabs stay tabs", async () => {
  await openHelix("sum.go", "package sum\r\n\r\nfunc sum(numbers []int) int {\r\n\t\r\n}\r\n");
  home.emulator.setModel(meaning("total := 0 // 😀"));
  await terminal.type("4GAto");
  await waitForMenu(/total := 0/);
  await take(/total := 0 \/\/ 😀/);
  await save();
  expect(written("sum.go")).toBe("package sum\r\n\r\nfunc sum(numbers []int) int {\r\n\ttotal := 0 // 😀\r\n}\r\n");
});

test("what is typed while the answer is awaited is not doubled", async () => {
  await openHelix("numbers.py", "def mean(numbers):\n    \n", { alone: true });
  home.emulator.setModel(meaning("total = sum(numbers)"));
  const held = holdAt(home.emulator, "    to");
  await terminal.type("2GAto");
  const hold = await held;
  await terminal.type("tal");
  await terminal.waitFor(/ {4}total/);
  hold.release();
  await terminal.waitFor(/total = sum\(numbers\)/);
  await take(/ {4}total = sum\(numbers\)/);
  await save();
  expect(written("numbers.py")).toBe("def mean(numbers):\n    total = sum(numbers)\n");
});

test("an answer that no longer fits what was typed is not shown", async () => {
  await openHelix("numbers.py", "def mean(numbers):\n    \n", { alone: true });
  home.emulator.setModel(meaning("total = sum(numbers)"));
  const held = holdAt(home.emulator, "    to");
  await terminal.type("2GAto");
  const hold = await held;
  const late = await hold.reached;
  await terminal.type("day");
  await terminal.waitFor(/ {4}today/);
  hold.release();
  await late.ended;
  // The next answer comes after the one that is too late.
  home.emulator.setModel(({ prompt }) => [prompt.endsWith(".") ? "strftime()" : ""]);
  // Nothing on the screen says when Helix has the late answer, and until then it asks nothing for a key.
  let dots = 0;
  const screen = await vi.waitFor(
    async () => {
      const shown = await terminal.screen();
      if (shown.includes("strftime")) return shown;
      if (dots > 0) await terminal.press("BSpace");
      await terminal.type(".");
      dots += 1;
      throw new Error("not yet");
    },
    { timeout: 40_000, interval: 3_000 },
  );
  expect(screen).not.toContain("total =");
  await save();
  expect(written("numbers.py")).toBe("def mean(numbers):\n    today.\n");
});
