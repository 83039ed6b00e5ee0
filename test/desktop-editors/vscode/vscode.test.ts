// From nothing to a suggestion in VS Code, as code-server in Chromium: `copilot-lsp setup` in the home of a person who has
// VS Code, then ghost text, and Tab takes it.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EditorHome, openEditorHome } from "../../editors/home.ts";
import { meaning } from "../../editors/support/model.ts";
import { installed } from "../screen.ts";

const root = resolve(import.meta.dirname, "../../..");
/** Where `prepare.sh` puts code-server, what drives Chromium, and a cache of npm with the packages of the extension. */
const packages = process.env["DESKTOP_PREFIX"] ?? join(root, "node_modules/.cache/copilot-lsp/desktop");
const before = "def add(left, right):\n    return left + right\n\n\ndef multiply(left, right):\n    ";

/** Of puppeteer-core, what is used. */
interface Page {
  goto(url: string): Promise<unknown>;
  waitForSelector(selector: string, options?: { readonly timeout: number }): Promise<unknown>;
  waitForFunction(code: string, options: { readonly timeout: number }): Promise<unknown>;
  click(selector: string): Promise<void>;
  readonly keyboard: {
    down(key: string): Promise<void>;
    up(key: string): Promise<void>;
    press(key: string): Promise<void>;
    type(text: string, options: { readonly delay: number }): Promise<void>;
  };
}
interface Browser {
  newPage(): Promise<Page>;
  close(): Promise<void>;
}
interface Puppeteer {
  launch(options: {
    readonly executablePath: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  }): Promise<Browser>;
}

let home: EditorHome;
let server: ChildProcess | undefined;
let browser: Browser | undefined;

beforeEach(async () => {
  if (!existsSync(join(packages, "node_modules/code-server"))) {
    throw new Error(`code-server is not installed in ${packages}: run test/desktop-editors/prepare.sh`);
  }
  home = await openEditorHome({ signedIn: true });
});

afterEach(async () => {
  await browser?.close();
  if (server?.pid !== undefined && server.exitCode === null) {
    const closed = once(server, "close");
    // With the processes for extensions.
    process.kill(-server.pid);
    await closed;
  }
  await home.close();
});

/** A person who has used VS Code before: it has its list of extensions, and a program that starts it. */
async function installCodeServer(): Promise<void> {
  const entry = join(packages, "node_modules/code-server/out/node/entry.js");
  writeFileSync(home.path("bin/code-server"), `#!/bin/sh\nexec node '${entry}' "$@"\n`, { mode: 0o755 });
  // It sets PATH anew, from a shell, which reads this on Debian.
  writeFileSync(home.path(".profile"), `PATH="${home.environment["PATH"]}"\n`);
  writeFileSync(
    home.path(".local/share/code-server/User/settings.json"),
    // Its own menu of words would stand before ghost text at Tab.
    JSON.stringify({ "editor.wordBasedSuggestions": "off", "workbench.startupEditor": "none" }),
  );
  await run("code-server", "--list-extensions");
  expect(existsSync(home.path(".local/share/code-server/extensions/extensions.json"))).toBe(true);
}

/** Standard output. */
async function run(program: string, ...args: readonly string[]): Promise<string> {
  const offline = { npm_config_cache: join(packages, "npm-cache"), npm_config_offline: "true" };
  const env = { ...home.environment, ...offline };
  return (await promisify(execFile)(home.path("bin", program), [...args], { env, cwd: home.folder })).stdout;
}

/** Resolves with the address of code-server. */
async function startCodeServer(): Promise<string> {
  const quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
  const started = spawn(home.path("bin/code-server"), ["--auth", "none", "--bind-addr", "127.0.0.1:0", ...quiet], {
    env: home.environment,
    cwd: home.folder,
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  server = started;
  for await (const line of createInterface({ input: started.stdout })) {
    const [, url] = /HTTP server listening on (http:\S+?)\/?$/.exec(line) ?? [];
    if (url === undefined) continue;
    // Its output is read on, or it would stop at a full pipe.
    started.stdout.resume();
    return url;
  }
  throw new Error("code-server ended without a word");
}

async function openPage(): Promise<Page> {
  const puppeteer = createRequire(join(packages, "package.json"))("puppeteer-core") as Puppeteer;
  browser = await puppeteer.launch({
    executablePath: installed("chromium"),
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--window-size=1200,800"],
    env: { HOME: home.folder, PATH: "/usr/bin:/bin" },
  });
  return browser.newPage();
}

async function pressWith(page: Page, modifier: string, key: string): Promise<void> {
  await page.keyboard.down(modifier);
  await page.keyboard.press(key);
  await page.keyboard.up(modifier);
}

test("ghost text comes as a person types, and Tab puts it into the file", async () => {
  const file = home.path("project/numbers.py");
  writeFileSync(file, before);
  await installCodeServer();
  expect(await run("copilot-lsp", "setup", "vscode", "--yes")).toContain("A completion came");
  const url = await startCodeServer();
  home.emulator.setModel(meaning("return left * right"));
  const page = await openPage();
  const signedIn = home.emulator.nextCall("session-token");
  const opening = JSON.stringify([["openFile", `vscode-remote://${new URL(url).host}${file}`]]);
  await page.goto(`${url}/?folder=${encodeURIComponent(home.path("project"))}&payload=${encodeURIComponent(opening)}`);
  await page.waitForSelector(".monaco-editor .view-line", { timeout: 60_000 });
  await signedIn;
  await page.click(".monaco-editor .view-lines");
  await pressWith(page, "Control", "End");
  await page.keyboard.type("ret", { delay: 80 });
  // Ghost text stands in the line's element, in spans of its own, and blanks are no-break ones.
  const shown = `[...document.querySelectorAll(".view-line")].some(({ textContent }) =>
    textContent.replaceAll("\\u00a0", " ").includes("return left * right"))`;
  await page.waitForFunction(shown, { timeout: 30_000 });
  expect(readFileSync(file, "utf8")).toBe(before);
  await page.keyboard.press("Tab");
  await pressWith(page, "Control", "s");
  await vi.waitFor(() => expect(readFileSync(file, "utf8").trimEnd()).toBe(`${before}return left * right`), {
    timeout: 10_000,
    interval: 100,
  });
});
