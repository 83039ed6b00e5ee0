// Kate with the server configuration that the documents show: a suggestion comes in its menu and is taken.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EditorHome, openEditorHome } from "../../editors/home.ts";
import { meaning } from "../../editors/support/model.ts";
import { installed, openScreen, type Screen } from "../screen.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../../shared/docs/editors.md"), "utf8");
const before = "def add(left, right):\n    return left + right\n\n\ndef multiply(left, right):\n    ";
/** The text of a window of 800 by 530, without the map at its side. */
const textArea = { x: 85, y: 115, width: 640, height: 380 };

let home: EditorHome;
let screen: Screen;
let kate: ChildProcess | undefined;

beforeEach(async () => {
  home = await openEditorHome({ signedIn: true });
  screen = await openScreen();
});

afterEach(async () => {
  if (kate?.pid !== undefined && kate.exitCode === null) {
    const closed = once(kate, "close");
    // With the bus that it was started with.
    process.kill(-kate.pid);
    await closed;
  }
  await screen.close();
  await home.close();
});

async function openKate(file: string): Promise<void> {
  const [, settings = ""] = /`(\{"servers": .*?\})`/.exec(page) ?? [];
  writeFileSync(home.path(".config/kate/lspclient/settings.json"), settings);
  const { command } = (JSON.parse(settings) as { servers: { python: { command: string[] } } }).servers.python;
  const [program = "", ...args] = command;
  writeFileSync(
    home.path(".config/katerc"),
    [
      "[Kate Plugins]",
      "lspclientplugin=true",
      "[lspclient]",
      // The answer to the question that Kate asks once.
      `AllowedServerCommandLines=${[home.path("bin", program), ...args].join(" ")}`,
      // What Kate offers by itself would stand in the menu too.
      "[KTextEditor View]",
      "Keyword Completion=false",
      "Word Completion=false",
      "",
    ].join("\n"),
  );
  kate = spawn(installed("dbus-run-session"), ["--", installed("kate"), "-n", file], {
    env: { ...home.environment, DISPLAY: screen.display, XDG_RUNTIME_DIR: home.folder },
    stdio: "ignore",
    detached: true,
  });
  await screen.focus(await screen.waitForWindow("numbers.py"));
}

/** The menu marks its entry in blue; text and keywords are grey, black and red. */
async function bluePixels(): Promise<number> {
  const bytes = await screen.pixels(textArea);
  let found = 0;
  for (let at = 0; at < bytes.length; at += 3) if ((bytes[at + 2] ?? 0) - (bytes[at] ?? 0) > 25) found += 1;
  return found;
}

test("a suggestion comes in the menu, and Enter puts it into the file", async () => {
  home.emulator.setModel(meaning("return left * right"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, before);
  const started = home.emulator.nextCall("session-token");
  await openKate(file);
  await started;
  await screen.press("ctrl+End");
  expect(await bluePixels()).toBeLessThan(200);
  await screen.type("ret");
  await vi.waitFor(async () => expect(await bluePixels()).toBeGreaterThan(1_000), { timeout: 20_000, interval: 200 });
  await screen.press("Return", "ctrl+s");
  await vi.waitFor(() => expect(readFileSync(file, "utf8").trimEnd()).toBe(`${before}return left * right`), {
    timeout: 10_000,
    interval: 100,
  });
  expect(home.emulator.callsTo("completions").at(-1)?.body).toMatchObject({ extra: { language: "python" } });
});
