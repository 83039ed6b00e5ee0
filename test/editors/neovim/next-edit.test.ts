// Neovim with the front for next edits that users copy, beside the configuration with ghost text, on the built program and
// the emulator.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type EditorHome, openEditorHome } from "../home.ts";
import { meaning } from "../support/model.ts";
import type { Terminal } from "../terminal.ts";
import { openNeovim, runNeovim } from "./neovim.ts";

const configuration = "neovim-0.12.lua";
const plugins = ["neovim-next-edit.lua"];

let home: EditorHome;
let terminal: Terminal;

beforeEach(async () => {
  terminal = { close: () => Promise.resolve() } as Terminal;
  home = await openEditorHome({ signedIn: true });
  home.emulator.setModel(() => [""]);
});

afterEach(async () => {
  await terminal.close();
  await home.close();
});

const point = `class Point {
  x: number;
  y: number;
  constructor(x: number, y: number) {
    this.y = y;
    this.x = x;
  }

  length(): number {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }

  scale(by: number): Point {
    return new Point(this.x * by, this.y * by);
  }
}
`;

const renamed = point
  .replaceAll("this.x", "this.px")
  .replace("  x: n", "  px: n")
  .replace("(x: n", "(px: n")
  .replace("= x;", "= px;");

/** Opens a file in which somebody then changes line 2 from `x` to `px`. */
async function openPoint(options: { readonly text?: string; readonly settings?: string } = {}): Promise<string> {
  const file = home.path("project/point.ts");
  writeFileSync(file, options.text ?? point);
  terminal = await openNeovim(home, { configuration, plugins, file, settings: options.settings ?? "" });
  await eventually(() => expect(log()).toContain("a document was opened"));
  return file;
}

function log(): string {
  const path = home.path("copilot-lsp.log");
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function rename(): Promise<void> {
  await terminal.type("2Gwcwpx");
  await terminal.press("Escape");
}

async function save(): Promise<void> {
  await terminal.press("Escape");
  await terminal.type(":w");
  await terminal.press("Enter");
  await terminal.waitFor(/written/);
}

const models = (): number => home.emulator.callsTo("chat-completions").length;

test("the edit stands in the text, <Tab> goes to it and makes it, and the next one of the answer follows at once", async () => {
  const file = await openPoint();
  await rename();
  await terminal.waitFor(/constructor\(xpx: number/);
  expect(await terminal.screen()).toContain("this.x = x;");
  const asked = models();
  await terminal.press("Tab", "Tab");
  expect(await terminal.waitFor(/this\.xpx = xpx;/)).toContain("constructor(px: number, y: number) {");
  expect(models()).toBe(asked);
  // The cursor is two lines above.
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/this\.px = px;/);
  await terminal.waitFor(/Math\.sqrt\(this\.xpx \* this\.xpx \+ this\.y/);
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/new Point\(this\.xpx \* by, this\.y/);
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/new Point\(this\.px \* by, this\.y/);
  await save();
  expect(readFileSync(file, "utf8")).toBe(renamed);
  await eventually(() => expect(log().match(/a suggestion was accepted .*known.?true/g)).toHaveLength(4));
});

test("in insert mode too: <Tab> makes it where it stands, and an undo takes back the edit alone", async () => {
  const file = await openPoint();
  await terminal.type("2Gwcwpx");
  await terminal.waitFor(/constructor\(xpx: number/);
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/constructor\(px: number/);
  await terminal.type("_typed");
  await terminal.waitFor(/constructor\(px_typed:/);
  await terminal.press("Escape");
  await terminal.type("u");
  await terminal.waitFor(/constructor\(px: /);
  await terminal.type("u");
  await terminal.waitFor(/constructor\(x: /);
  await save();
  expect(readFileSync(file, "utf8")).toBe(point.replace("  x: n", "  px: n"));
});

test("<Esc> sends the edit away for good, and does what it does otherwise", async () => {
  await openPoint({ settings: 'vim.keymap.set("n", "<Esc>", "<Cmd>echo \'as before\'<CR>")' });
  await rename();
  await terminal.waitFor(/constructor\(xpx: number/);
  await terminal.press("Escape");
  await terminal.waitFor(/as before/);
  const screen = await terminal.screen();
  expect(screen).toMatch(/constructor\(x: number/);
  await eventually(() => expect(log()).toMatch(/suggestions were rejected .*known.?1/));
  // The others of the answer are still wanted.
  await terminal.type(":CopilotNextEdit");
  await terminal.press("Enter");
  expect(await terminal.waitFor(/this\.xpx = xpx/)).toMatch(/constructor\(x: number/);
});

test("without an edit on screen <Tab> is what it was, and with one it is put back afterwards", async () => {
  await openPoint({
    settings: `vim.keymap.set("n", "<Tab>", "<Cmd>echo 'of the buffer'<CR>", { buffer = true })
      vim.api.nvim_create_autocmd("BufEnter", { callback = function()
        vim.keymap.set("n", "<Tab>", "<Cmd>echo 'of the buffer'<CR>", { buffer = true })
      end })`,
  });
  await terminal.press("Tab");
  await terminal.waitFor(/of the buffer/);
  await rename();
  await terminal.waitFor(/constructor\(xpx: number/);
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/this\.xpx = xpx/);
  await terminal.press("Escape");
  await terminal.type(":echo 'none'");
  await terminal.press("Enter");
  await terminal.waitFor(/^none/m);
  await terminal.press("Tab");
  await terminal.waitFor(/of the buffer/);
});

test("a mapping of several keys does not run behind <Tab>, and keys that take another key keep theirs", async () => {
  const file = await openPoint({ settings: `vim.keymap.set("n", "<Tab>", ":echo 'ran'<CR>")` });
  await rename();
  await terminal.waitFor(/constructor\(xpx: number/);
  await terminal.type("3G$r");
  await terminal.press("Tab");
  await terminal.type("A");
  await terminal.press("C-v", "Tab");
  await terminal.type("!");
  await terminal.press("Escape", "Tab");
  const screen = await terminal.waitFor(/ 4,15 /);
  expect(screen).not.toMatch(/echo|ran/);
  await terminal.press("Tab");
  await terminal.waitFor(/constructor\(px: number/);
  await save();
  expect(readFileSync(file, "utf8")).toContain("  y: number\t\t!\n  constructor(px: number");
});

test("ghost text is taken first, the edit elsewhere afterwards, and indentation stays a tab", async () => {
  home.emulator.setModel(meaning("total = 1"));
  const file = await openPoint();
  await rename();
  await terminal.waitFor(/constructor\(xpx: number/);
  await terminal.type("Go");
  await terminal.press("Tab");
  await terminal.type("to");
  const both = await terminal.waitFor(/^ {8}total = 1$/m);
  expect(both).toMatch(/constructor\(xpx: number/);
  await terminal.press("Tab");
  await terminal.type("0");
  await terminal.waitFor(/^ {8}total = 10$/m);
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/constructor\(px: number/);
  await save();
  expect(readFileSync(file, "utf8")).toBe(
    `${point.replace("  x: n", "  px: n").replace("(x: n", "(px: n")}\ttotal = 10\n`,
  );
});

test("lines that come and go, in a file with CRLF, tabs, wide characters and a fold, at the end of the file", async () => {
  const lines = ["one = 1", 'two = "😀 日本"', "", "if x:", "\tthree = 3", "\tfour = 4", "\tdone()"];
  const text = lines.map((line) => `${line}\r\n`).join("");
  // Around the cursor: nothing but a change of the line with wide characters. At the end: lines go, and others come.
  home.emulator.setEditModel(({ prediction = "" }) =>
    prediction
      .replace('"😀 日本"', '"😀😀 日本語" + x')
      .replace("\tfour = 4\n", "")
      .replace("\tdone()\n", '\tdone("日本")\n\tdone(\t2)\n'),
  );
  const file = home.path("project/numbers.py");
  writeFileSync(file, text);
  terminal = await openNeovim(home, { configuration, plugins, file, settings: "vim.o.foldmethod = 'indent'" });
  await eventually(() => expect(log()).toContain("a document was opened"));
  await terminal.waitFor(/3 lines: three = 3/);
  await terminal.type("1GA0");
  await terminal.press("Escape");
  await terminal.waitFor(/two = "😀 日本"\ntwo = "😀😀 日本語" \+ x\n/);
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/one = 10\ntwo = "😀😀 日本語" \+ x\n\nif/);
  // The model has said what it knows, until something else is changed.
  await terminal.type("4GA #");
  await terminal.press("Escape");
  await terminal.waitFor(/next edit: line 6/);
  await terminal.press("Tab");
  await terminal.waitFor(/four = 4\n +done\(\)\n +done\("日本"\)\n +done\( +2\)\n/);
  await terminal.press("Tab");
  await terminal.waitFor(/three = 3\n +done\("日本"\)\n +done\( +2\)\n/);
  await save();
  const after = [...lines.slice(0, 5), '\tdone("日本")', "\tdone(\t2)"];
  after.splice(0, 4, "one = 10", 'two = "😀😀 日本語" + x', "", "if x: #");
  expect(readFileSync(file, "utf8")).toBe(after.map((line) => `${line}\r\n`).join(""));
});

test("what changes elsewhere draws the edit no second time, an undo neither; what is typed into it takes it away", async () => {
  const file = home.path("project/point.ts");
  writeFileSync(file, point);
  const answer = await runNeovim(home, { scenario: "next-edit-stays.lua", file, configuration, plugins });
  expect(answer).toEqual({
    drawnWhileTyping: 1,
    isThereAfterTyping: true,
    rowAfterUndo: 5,
    drawnByUndo: 0,
    isThereAfterChange: false,
  });
});

test("an answer about an older text is not shown, and the next one is", async () => {
  const hold = home.emulator.hold("chat-completions");
  await openPoint();
  await rename();
  const late = await hold.reached;
  await terminal.type("4GO// note");
  await terminal.press("Escape");
  await terminal.waitFor(/note\n {2}constructor/);
  hold.release();
  await late.ended;
  const screen = await terminal.waitFor(/xpx/);
  expect(screen).toMatch(/^ {2}constructor\(xpx: number, y: number\) \{$/m);
});

test("two windows on one buffer: both show it, and <Tab> moves in the one that the person is in", async () => {
  await openPoint();
  await terminal.type(":split");
  await terminal.press("Enter");
  await rename();
  await terminal.waitFor(/constructor\(xpx: number[^]*constructor\(xpx: number/);
  await terminal.press("Tab");
  await terminal.waitFor(/4,15 [^]* 1,1 /);
  await terminal.press("Tab");
  await terminal.waitFor(/constructor\(px: number[^]*constructor\(px: number/);
});

test("in a file that is opened next the edit stands too, and is gone from the screen where the person is not", async () => {
  const other = home.path("project/other.ts");
  writeFileSync(other, "export const sum = (p: Point) =>\n  p.x + p.y;\n");
  await openPoint();
  await rename();
  await terminal.waitFor(/constructor\(xpx: number/);
  await terminal.type(`:w | split ${other}`);
  await terminal.press("Enter");
  expect(await terminal.waitFor(/p\.xpx \+ p\.y/)).toContain("constructor(x: number");
  await terminal.press("Tab", "Tab");
  await terminal.waitFor(/p\.px \+ p\.y/);
  await terminal.type(":close");
  await terminal.press("Enter");
  await terminal.waitFor(/constructor\(xpx: number/);
});

test("asked by hand for a text in which nothing changed, it says why there is none", async () => {
  await openPoint();
  await terminal.type(":CopilotNextEdit");
  await terminal.press("Enter");
  await terminal.waitFor(/No next edit: no-changes/);
});

test("asked by hand, it says so too when the time to ask by itself comes before the answer", async () => {
  await openPoint();
  const slow = home.path("slow.lua");
  writeFileSync(
    slow,
    `local client = vim.lsp.get_clients()[1]
local request = client.request
client.request = function(self, method, params, handler, buf)
  return request(self, method, params, function(...)
    local answer = { ... }
    vim.defer_fn(function() handler(unpack(answer)) end, 1000)
  end, buf)
end
vim.cmd.CopilotNextEdit()
vim.cmd.doautocmd("BufEnter")`,
  );
  await terminal.type(`:luafile ${slow}`);
  await terminal.press("Enter");
  await terminal.waitFor(/No next edit: no-changes/);
});

test.each([1, 2])("any edit is made as the protocol means it, and one undo takes it back (seed %i)", async (seed) => {
  const file = home.path("project/any.txt");
  writeFileSync(file, "");
  const cases = 80;
  const answer = await runNeovim(home, { scenario: "next-edit-any.lua", file, plugins, keys: { seed, cases } });
  expect(answer).toEqual({ shown: expect.any(Number) });
  expect((answer as { readonly shown: number }).shown).toBeGreaterThan(cases / 2);
});
