// Neovim 0.12 with the configurations that users copy, on the built program and the emulator.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { meaning } from "../support/model.ts";
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

const ghostText = "neovim-0.12.lua";

/** The scenario has said so. */
const told = (word: string): Promise<void> =>
  vi.waitFor(() => expect(existsSync(`${home.folder}/${word}`)).toBe(true), { timeout: 20_000, interval: 20 });
const tell = (word: string): void => writeFileSync(`${home.folder}/${word}`, "");

test("ghost text shrinks as it is typed, also behind a surrogate pair, and what is left is taken: CRLF stays", async () => {
  home.emulator.setModel(meaning("total = sum(numbers)"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, 'def mean(numbers):\r\n\ts = "😀"; \r\n');
  const answer = await runNeovim(home, { scenario: "type-through.lua", file, configuration: ghostText });
  expect(answer).toEqual({
    first: expect.stringContaining("al = sum"),
    second: expect.stringContaining("um(numbers)"),
  });
  expect(readFileSync(file, "utf8")).toBe('def mean(numbers):\r\n\ts = "😀"; total = sum(numbers)\r\n');
});

test("an answer that comes too late does not replace the newer one on screen", async () => {
  let asked = 0;
  home.emulator.setModel(() => [(asked += 1) === 1 ? "newer()" : "_OLD()"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def mean(numbers):\n    \n");
  const hold = home.emulator.hold("completions");
  const running = runNeovim(home, { scenario: "late-answer.lua", file, configuration: ghostText });
  const late = await hold.reached;
  tell("held");
  await told("newer-is-shown");
  hold.release();
  await late.ended;
  tell("released");
  expect(await running).toEqual({ ghost: expect.stringContaining("newer()") });
  expect(readFileSync(file, "utf8")).toBe("def mean(numbers):\n    sloernewer()\n");
});

test("each press of <M-]> shows another suggestion, the first one too, and the one on screen is taken", async () => {
  home.emulator.setModel(({ n }) => ["tal = 1", "tal = 2", "tal = 3"].slice(0, n));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def mean(numbers):\n    \n");
  const answer = await runNeovim(home, { scenario: "cycle.lua", file, configuration: ghostText });
  expect(answer).toEqual({ seen: [expect.stringContaining("2 (2/3)"), expect.stringContaining("3 (3/3)")] });
  expect(readFileSync(file, "utf8")).toBe("def mean(numbers):\n    total = 3\n");
});

test("a person signs in from inside, and the first suggestion follows", async () => {
  await home.close();
  home = await openEditorHome({ signedIn: false });
  home.emulator.setModel(meaning("total = sum(numbers)"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def mean(numbers):\n    \n");
  const running = runNeovim(home, { scenario: "sign-in.lua", file, configuration: ghostText });
  await told("code-is-shown");
  home.emulator.approveSignIn();
  expect(await running).toEqual({ code: expect.stringMatching(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/) });
  expect(readFileSync(file, "utf8")).toBe("def mean(numbers):\n    total = sum(numbers)\n");
});

test("the description of the server brings its own commands to sign in and out and to say how it goes", async () => {
  await home.close();
  home = await openEditorHome({ signedIn: false });
  const file = home.path("project/numbers.py");
  writeFileSync(file, "numbers = [1, 2, 3]\n");
  const running = runNeovim(home, { scenario: "lsp-sign-in.lua", file, configuration: "lsp/copilot_lsp.lua" });
  await told("code-is-shown");
  home.emulator.approveSignIn();
  expect(await running).toEqual({ signedOut: true });
});

test("the popup offers a suggestion of several lines, and all of them go in", async () => {
  home.emulator.setModel(() => ["tal = sum(numbers)\n    return total"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, 'def mean(numbers):\n    s = "😀"; \n');
  const answer = await runNeovim(home, { scenario: "popup.lua", file, configuration: "neovim-0.11.lua" });
  expect(answer).toEqual({ entry: "total = sum(numbers) …" });
  expect(readFileSync(file, "utf8")).toBe('def mean(numbers):\n    s = "😀"; total = sum(numbers)\n    return total\n');
});

test("the popup's suggestion takes the place of the brackets right of the cursor that it has itself", async () => {
  home.emulator.setModel(() => ["mbers) + 1\n    return total"]);
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def mean(numbers):\n    total = sum()\n");
  await runNeovim(home, { scenario: "popup-in-brackets.lua", file, configuration: "neovim-0.11.lua" });
  expect(readFileSync(file, "utf8")).toBe("def mean(numbers):\n    total = sum(numbers) + 1\n    return total\n");
});
