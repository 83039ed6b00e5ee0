// <Tab> in Neovim while ghost text is on screen that is older than the last key: Neovim asks again 200 ms after it.

import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { meaning } from "../support/model.ts";
import { runNeovim } from "./neovim.ts";

let home: EditorHome;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(() => home.close());

interface Typing {
  readonly name?: string;
  readonly text: string;
  readonly model: (request: { readonly prompt: string }) => readonly string[];
  readonly untilGhost: string;
  readonly fast: readonly string[];
}

async function type({ name = "numbers.py", text, model, untilGhost, fast }: Typing): Promise<unknown> {
  home.emulator.setModel(model);
  const file = home.path("project", name);
  writeFileSync(file, text);
  return await runNeovim(home, {
    scenario: "fast-keys.lua",
    file,
    configuration: "neovim-0.12.lua",
    keys: { until_ghost: untilGhost, fast },
  });
}

/** Keys that the terminal writes at once, and keys that come one after another. */
describe.each([
  ["at once", (keys: readonly string[]) => [keys.join("")]],
  ["one by one", (keys: readonly string[]) => keys],
])("keys %s", (_how, written) => {
  const total = meaning("total = sum(numbers)");

  test("a suggestion of another line lets <Tab> indent", async () => {
    const answer = await type({
      text: "def mean(numbers):\n    pass\n",
      model: () => ["    return total"],
      untilGhost: "1GA<CR>",
      fast: written(["<Up>", "<Tab>"]),
    });
    expect(answer).toEqual({ lines: ["def     mean(numbers):", "", "    pass"], messages: "" });
  });

  test("a suggestion whose start was deleted lets <Tab> indent", async () => {
    const answer = await type({
      text: "def mean(numbers):\n\t\n",
      model: meaning("return numbers"),
      untilGhost: "2GAretur",
      fast: written(["<BS>", "<BS>", "<Tab>"]),
    });
    expect(answer).toEqual({ lines: ["def mean(numbers):", "\tret "], messages: "" });
  });

  test("a suggestion that says something else than was typed lets <Tab> indent", async () => {
    const answer = await type({
      text: "def mean(numbers):\n\t\n",
      model: total,
      untilGhost: "2GAto",
      fast: written(["x", "<Tab>", "y"]),
    });
    expect(answer).toEqual({ lines: ["def mean(numbers):", "\ttox y"], messages: "" });
  });

  test("a suggestion that was typed on is taken where the cursor is, and what follows comes after it", async () => {
    const answer = await type({
      text: "def mean(numbers):\n\t\n",
      model: total,
      untilGhost: "2GAto",
      fast: written(["t", "a", "<Tab>", "#"]),
    });
    expect(answer).toEqual({ lines: ["def mean(numbers):", "\ttotal = sum(numbers)#"], messages: "" });
  });

  test("what stood right of the cursor and is in the suggestion is replaced, also after typing on", async () => {
    const answer = await type({
      text: "numbers = [1, 2, 3]\nprint()\n",
      model: meaning("print(numbers)"),
      untilGhost: "2G$i",
      fast: written(["n", "u", "<Tab>", "#"]),
    });
    expect(answer).toEqual({ lines: ["numbers = [1, 2, 3]", "print(numbers)#"], messages: "" });
  });

  test("what stands right of the cursor and is not in the suggestion stays, also after typing on", async () => {
    const answer = await type({
      text: "numbers = [1, 2, 3]\nprint()\n",
      model: meaning("print(sum(numbers)"),
      untilGhost: "2G$i",
      fast: written(["s", "<Tab>", "#"]),
    });
    expect(answer).toEqual({ lines: ["numbers = [1, 2, 3]", "print(sum(numbers)#)"], messages: "" });
  });

  test("a cursor that was moved back lets <Tab> indent", async () => {
    const answer = await type({
      text: "def mean(numbers):\n\t\n",
      model: total,
      untilGhost: "2GAto",
      fast: written(["<Left>", "<Tab>"]),
    });
    expect(answer).toEqual({ lines: ["def mean(numbers):", "\tt   o"], messages: "" });
  });

  // Neovim's defaults in a language whose settings it leaves alone.
  const blanks = {
    name: "sum.js",
    text: "function add(left, right) {\n  return left + right;\n}\n\nfunction sum(numbers) {\n",
    model: (): readonly string[] => ["  return numbers.length;"],
    untilGhost: "GA<CR>",
  };

  test.each([
    [["<Tab>"], "  return numbers.length;"],
    [["r", "e", "<Tab>"], "  return numbers.length;"],
    [["x", "<Tab>"], "\tx\t"],
  ])("where Neovim indents by a tab and the suggestion by two blanks, %j gives %j", async (fast, expected) => {
    const answer = await type({ ...blanks, fast: written(fast) });
    expect(answer).toEqual({ lines: [...blanks.text.trimEnd().split("\n"), expected], messages: "" });
  });
});

test("in a snippet, <Tab> jumps to its next place when no suggestion fits", async () => {
  const answer = await type({
    text: "total = 1\n\n",
    model: meaning("print(total)"),
    untilGhost: "2GA<Cmd>lua vim.snippet.expand('print($1)$2')<CR>to",
    fast: ["x<Tab>#"],
  });
  expect(answer).toEqual({ lines: ["total = 1", "print(tox)#"], messages: "" });
});
