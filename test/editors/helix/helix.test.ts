// Helix with the configuration that the documents show: it signs in through its command, and the bridge is quiet otherwise.

import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type EditorHome, editorProgram, openEditorHome } from "../home.ts";
import { openTerminal, type Terminal } from "../terminal.ts";

const configuration = resolve(import.meta.dirname, "../../../shared/editors/helix-languages.toml");

let home: EditorHome;
let terminal: Terminal;

async function openHelix(options: { readonly signedIn: boolean }): Promise<void> {
  home = await openEditorHome(options);
  copyFileSync(configuration, home.path(".config/helix/languages.toml"));
  const file = home.path("project/numbers.py");
  writeFileSync(file, "def add(left, right):\n    return left + right\n");
  terminal = await openTerminal([editorProgram("hx"), file], { environment: home.environment, cwd: home.folder });
  await terminal.waitFor(/def add/);
}

beforeEach(() => {
  terminal = { close: () => Promise.resolve() } as Terminal;
});

afterEach(async () => {
  await terminal.close();
  await home.close();
});

test("a person signs in with :lsp-workspace-command, reads the code on the screen, and is told when it is done", async () => {
  await openHelix({ signedIn: false });
  await terminal.waitFor(/copilot\.signIn/);
  await terminal.type(":lsp-workspace-command copilot.signIn");
  await terminal.press("Enter");
  const screen = await terminal.waitFor(/[A-Z0-9]{4}-[A-Z0-9]{4}/);
  expect(screen).toContain("/login/device");
  home.emulator.approveSignIn();
  await terminal.waitFor(/Signed in as octocat/);
  const store = home.path(`.config/copilot-lsp/auth/${encodeURIComponent(home.emulator.url)}.json`);
  expect(existsSync(store)).toBe(true);
  expect(readFileSync(store, "utf8")).toContain("octocat");
});

test("when somebody is signed in, opening, typing and saving show nothing of the bridge", async () => {
  await openHelix({ signedIn: true });
  await home.emulator.nextCall("session-token").catch(() => undefined);
  await terminal.type("Gotext = 1");
  await terminal.press("Escape");
  // Read together with the next key it would be Alt.
  await terminal.waitFor(/^ NOR /m);
  await terminal.type(":w");
  await terminal.press("Enter");
  const screen = await terminal.waitFor(/written/);
  expect(screen).not.toMatch(/copilot/i);
  expect(readFileSync(home.path("project/numbers.py"), "utf8")).toContain("text = 1\n");
});
