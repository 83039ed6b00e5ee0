// The page in headless Chromium, or in Firefox: opened as a person opens it, driven by keys, and looked at by its words.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import axe from "axe-core";
import { afterEach, expect } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";

const root = resolve(import.meta.dirname, "../..");
/** Where `prepare.sh` puts what drives Chromium. */
const packages = process.env["PAGE_PREFIX"] ?? join(root, ".cache/page");
const launching = {
  chromium: {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", "--disable-background-networking"],
  },
  firefox: {
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    // It would look for updates and for a portal of the network.
    extraPrefsFirefox: { "network.captive-portal-service.enabled": false, "app.update.enabled": false },
  },
};
const waitMs = 20_000;

/** Of puppeteer-core, what is used. */
export interface BrowserPage {
  goto(url: string): Promise<{ status(): number } | null>;
  reload(): Promise<{ status(): number } | null>;
  evaluate<T = unknown>(code: string): Promise<T>;
  waitForFunction(code: string, options: { readonly timeout: number }): Promise<unknown>;
  setViewport(size: { readonly width: number; readonly height: number }): Promise<void>;
  setBypassCSP(isOn: boolean): Promise<void>;
  emulateMediaFeatures(features: readonly { readonly name: string; readonly value: string }[]): Promise<void>;
  screenshot(options: { readonly path: string; readonly fullPage: true }): Promise<unknown>;
  bringToFront(): Promise<void>;
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): void;
  on(event: "pageerror", listener: (error: Error) => void): void;
  on(event: "request", listener: (request: { url(): string }) => void): void;
  readonly keyboard: {
    press(key: string): Promise<void>;
    down(key: string): Promise<void>;
    up(key: string): Promise<void>;
    type(text: string): Promise<void>;
  };
}

interface Browser {
  newPage(): Promise<BrowserPage>;
  close(): Promise<void>;
}

const cleanUps: (() => unknown)[] = [];
const complaints: string[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  expect(complaints.splice(0), "what the page's console says").toEqual([]);
});

/** A machine of its own, closed after the test. */
export async function openTestMachine(options: Parameters<typeof openMachine>[0]): Promise<Machine> {
  const machine = await openMachine(options);
  cleanUps.push(machine.close);
  return machine;
}

export interface TabOptions {
  /** Whatever its console complains of fails the test. Default true. */
  readonly listens?: boolean;
  /** Default `chromium`. */
  readonly browser?: keyof typeof launching;
}

/** An empty tab. */
export async function openTab({ listens = true, browser: name = "chromium" }: TabOptions = {}): Promise<BrowserPage> {
  if (!existsSync(launching[name].executablePath) || !existsSync(join(packages, "node_modules/puppeteer-core"))) {
    throw new Error(`${name} or what drives it is not installed: run test/page/prepare.sh`);
  }
  const puppeteer = createRequire(join(packages, "package.json"))("puppeteer-core") as {
    launch(options: object): Promise<Browser>;
  };
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-page-"));
  const browser = await puppeteer.launch({
    ...launching[name],
    env: { HOME: home, PATH: "/usr/bin:/bin" },
  });
  cleanUps.push(async () => {
    await browser.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
  const tab = await browser.newPage();
  await tab.setViewport({ width: 1000, height: 900 });
  if (listens) {
    tab.on("console", (message) => {
      if (["error", "warn", "assert"].includes(message.type())) complaints.push(message.text());
    });
    tab.on("pageerror", (error) => complaints.push(error.message));
  }
  return tab;
}

/** The address that `copilot-lsp page` prints. */
export async function pageAddress(machine: Machine): Promise<string> {
  const { code, stdout, stderr } = await machine.run(["page", "--no-open"]);
  const [, url] = /^Page {2}(http:\S+)$/m.exec(stdout) ?? [];
  if (code !== 0 || url === undefined) throw new Error(`copilot-lsp page said ${stdout}${stderr}`);
  return url;
}

/** The page of the machine's listener, which has to be there. */
export async function openPage(machine: Machine, options?: TabOptions): Promise<BrowserPage> {
  const tab = await openTab(options);
  expect((await tab.goto(await pageAddress(machine)))?.status()).toBe(200);
  await shows(tab, "#account", "Address");
  return tab;
}

/** Waits until the element of that selector shows the text. */
export async function shows(tab: BrowserPage, selector: string, text: string): Promise<void> {
  const found = `document.querySelector(${JSON.stringify(selector)})?.innerText.includes(${JSON.stringify(text)})`;
  try {
    await tab.waitForFunction(found, { timeout: waitMs });
  } catch {
    throw new Error(`${selector} does not show ${text}, but ${await textOf(tab, selector)}`);
  }
}

export function textOf(tab: BrowserPage, selector: string): Promise<string> {
  return tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ""`);
}

/** Presses Tab until the element of that id has the focus. */
export async function tabTo(tab: BrowserPage, id: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await tab.evaluate("document.activeElement?.id")) === id) return;
    await tab.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${id}`);
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  readonly passes: readonly unknown[];
}

/** What axe finds wrong with the page as it is, in lines. */
export async function accessibilityFaults(tab: BrowserPage): Promise<readonly string[]> {
  await tab.evaluate(`${axe.source};0`);
  const { violations, passes } = await tab.evaluate<AxeResults>("axe.run(document, { resultTypes: ['violations'] })");
  expect(passes.length).toBeGreaterThan(10);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
