// The picture of the README, from real editors on the built program and the emulator: `npm run picture` writes it.

import { copyFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, openEditorHome } from "../home.ts";
import { meaning } from "../support/model.ts";
import { openFile, setUp } from "../support/set-up.ts";
import type { Terminal } from "../terminal.ts";
import { drawFrames, type Frame } from "./svg.ts";

const root = resolve(import.meta.dirname, "../../..");
const picture = resolve(root, "shared/pictures/editors.svg");
const size = { columns: 66, rows: 17 };

let home: EditorHome;
let terminal: Terminal | undefined;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
});

afterEach(async () => {
  await terminal?.close();
  await home.close();
});

const frames: Frame[] = [];

async function frame(caption: string): Promise<void> {
  const { text, column, row } = (await terminal?.styledScreen()) ?? { text: "", column: 0, row: 0 };
  frames.push({ caption, text, ...size, cursor: { column, row } });
}

async function open(program: "nvim" | "hx", name: string, text: string): Promise<Terminal> {
  const file = home.path("project", name);
  const environment = { ...home.environment, COLORTERM: "truecolor" };
  terminal = await openFile(home, [program], file, text, { environment, cwd: dirname(file), ...size });
  return terminal;
}

const settings = `from pathlib import Path


def read_settings(path: Path) -> dict[str, str]:
    """KEY=VALUE lines, without comments."""
`;
const body = `settings = {}
    for line in path.read_text().splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings[key.strip()] = value.strip()
    return settings`;

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
}
`;

test("Neovim: ghost text", async () => {
  await setUp(home, "neovim", "nvim");
  home.emulator.setModel(meaning(body));
  const neovim = await open("nvim", "settings.py", settings);
  await neovim.waitFor(/read_settings/);
  await neovim.type("Gosett");
  await neovim.waitFor(/return settings/);
  await frame("Neovim: ghost text, <Tab> takes it");
});

test("Helix: the suggestion in the menu", async () => {
  await setUp(home, "helix", "hx");
  home.emulator.setModel(meaning("total = sum(numbers)\n    return total / len(numbers)"));
  const helix = await open(
    "hx",
    "mean.py",
    'def mean(numbers: list[float]) -> float:\n    """The arithmetic mean."""\n',
  );
  await helix.waitFor(/def mean/);
  await helix.type("geotot");
  await helix.waitFor(/total = sum.*text/);
  await helix.press("Tab");
  await helix.waitFor(/return total \/ len[^]*return total \/ len/);
  await frame("Helix: in the completion menu, <Enter> takes it");
});

test("Neovim: next edits", async () => {
  await setUp(home, "neovim", "nvim");
  // Ghost text would stand between the edits.
  home.emulator.setModel(() => [""]);
  const plugin = "neovim-next-edit.lua";
  copyFileSync(resolve(root, "shared/editors", plugin), home.path(".config/nvim/plugin", plugin));
  const neovim = await open("nvim", "point.ts", point);
  await neovim.waitFor(/class Point/);
  await neovim.type("2Gwcwpx");
  await neovim.press("Escape");
  await neovim.waitFor(/constructor\(xpx: number/);
  await frame("Neovim: x was renamed to px, and the next edit shows");
  await neovim.press("Tab", "Tab");
  await neovim.waitFor(/this\.xpx = xpx;/);
  await neovim.press("Tab", "Tab");
  await neovim.waitFor(/Math\.sqrt\(this\.xpx/);
  await frame("Neovim: <Tab> went there and made it, and the one after it");
});

test("the picture is drawn from them", () => {
  expect(frames).toHaveLength(4);
  const svg = drawFrames(frames);
  expect(svg.match(/<g transform="translate\(\d[^>]*>\n<text/g)).toHaveLength(4);
  if (process.env["UPDATE_PICTURE"] === "yes") writeFileSync(picture, svg);
});
