// Neovim 0.12 with the configuration of the README, on the built program and the emulator.

import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { runNeovim } from "./neovim.ts";

let home: EditorHome;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(() => home.close());

test("ghost text appears while a function is written, <Tab> takes it, and the file holds it", async () => {
  home.emulator.setModel(() => ["    return left * right"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def add(left, right):\n    return left + right\n");
  const answer = await runNeovim(home, { scenario: "ghost-text.lua", file, configuration: "neovim-0.12.lua" });
  expect(answer).toEqual({ ghost: expect.stringContaining("return left * right") });
  expect(readFileSync(file, "utf8")).toBe(
    "def add(left, right):\n    return left + right\n\ndef multiply(left, right):\n    return left * right\n",
  );
  expect(home.emulator.callsTo("completions").length).toBeGreaterThan(0);
});
