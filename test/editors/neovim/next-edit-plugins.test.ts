// Clients of next edits in Neovim that send what the plugins send and check what those check, written from what is known of
// them. The plugins are not packages that could be installed here.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../support/eventually.ts";
import { type EditorHome, openEditorHome } from "../home.ts";
import { afterEdits, point } from "../support/point.ts";
import { runNeovim } from "./neovim.ts";

let home: EditorHome;
let file: string;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
  home.emulator.setModel(() => [""]);
  file = home.path("project/point.js");
  writeFileSync(file, point);
});

afterEach(() => home.close());

const log = (): string => readFileSync(home.path("copilot-lsp.log"), "utf8");
const inText = (text: string): string => text.replace(/\n$/, "");

const edits = {
  first: "  constructor(px, y) {",
  line: 4,
  second: "    this.px = px;",
  isGone: true,
  text: inText(afterEdits(1)),
  third: "    return Math.sqrt(this.px * this.px + this.y * this.y);",
  undone: inText(afterEdits(0)),
};

test("sidekick.nvim: an edit is shown, gone to, made, and the next one of its answer follows; Esc sends it away, and undo", async () => {
  expect(await runNeovim(home, { scenario: "next-edit-sidekick.lua", file })).toEqual(edits);
  expect(log()).toContain("profile=nvim-lspconfig");
  expect(log().match(/a suggestion was accepted .*known.?true/g)).toHaveLength(1);
});

test.each([
  ["copilotlsp-nvim/copilot-lsp", "copilot-lsp", 'profile="copilot plugin"'],
  ["copilot.lua", "copilot.lua", "profile=copilot.lua"],
])(
  "%s: no message for a question that was overtaken, an edit that it makes counts as taken, one that is dismissed as seen",
  async (_, keys, profile) => {
    const hold = home.emulator.hold("chat-completions");
    const running = runNeovim(home, { scenario: "next-edit-copilot-lsp.lua", file, keys });
    await hold.reached;
    writeFileSync(`${home.folder}/held`, "");
    await eventually(() => expect(existsSync(`${home.folder}/asked-again`)).toBe(true));
    hold.release();
    expect(await running).toEqual({ ...edits, told: [] });
    expect(log()).toContain(profile);
    expect(log().match(/a suggestion was shown .*known.?true/g)?.length).toBeGreaterThanOrEqual(2);
  },
);
