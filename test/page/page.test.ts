// What a person does with the page, in Chromium.

import { mkdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { Machine } from "../e2e/bridge.ts";
import { untilHttp } from "../house/support/stage.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import {
  accessibilityFaults,
  type BrowserPage,
  openPage,
  openTab,
  openTestMachine,
  pageAddress,
  shows,
  tabTo,
  textOf,
} from "./browser.ts";

const uri = "file:///home/user/project/sums.py";

async function editorOn(machine: Machine): Promise<SpawnedLspServer> {
  machine.emulator.setModel(() => ["return a + b"]);
  const editor = machine.edit();
  await editor.initialize({
    processId: null,
    clientInfo: { name: "Neovim", version: "0.12.0" },
    capabilities: { textDocument: { inlineCompletion: {} } },
  });
  await untilHttp(machine, "/status", (report) => report.includes('"plan"'));
  return editor;
}

/** Types the text at the end of the first line, and asks at each key. */
async function type(editor: SpawnedLspServer, start: string, keys: string): Promise<void> {
  editor.open(uri, start, { languageId: "python" });
  let character = start.length;
  for (const [index, key] of keys.split("").entries()) {
    editor.change(uri, index + 2, { at: { line: 0, character }, insert: key });
    character += 1;
    await editor.inlineCompletion(uri, { line: 0, character }).answer.catch(() => undefined);
  }
}

describe("sign-in", () => {
  test("goes from the button to the name by keys alone, and back", async () => {
    const machine = await openTestMachine({});
    machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
    const serving = machine.start(["serve"]);
    await serving.line();
    const tab = await openPage(machine);
    await shows(tab, "#account", "not signed in");
    await tabTo(tab, "signin");
    await tab.keyboard.press("Enter");
    await shows(tab, "#account-word", "Waiting for the code to be entered.");
    const code = await textOf(tab, "#flow-code");
    expect(code).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    expect(await tab.evaluate('document.querySelector("#flow-link").href')).toBe(
      `${machine.emulator.url}/login/device`,
    );
    expect(await accessibilityFaults(tab)).toEqual([]);
    // The focus is on the button that copies.
    await tab.keyboard.press("Enter");
    await tab.waitForFunction(
      `document.querySelector("#account-word").innerText.includes("copied") || getSelection().toString() === "${code}"`,
      { timeout: 5_000 },
    );
    machine.emulator.approveSignIn();
    await shows(tab, "#account-word", "Signed in as octocat.");
    await shows(tab, "#account", "octocat");
    await shows(tab, "#state", "Ready.");
    expect(await tab.evaluate("document.activeElement.id")).toBe("signout");

    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Enter");
    // The first answer is No.
    expect(await tab.evaluate('document.querySelector("#leave").hidden')).toBe(true);
    await tab.keyboard.press("Enter");
    await tab.keyboard.down("Shift");
    await tab.keyboard.press("Tab");
    await tab.keyboard.up("Shift");
    await tab.keyboard.press("Enter");
    await shows(tab, "#account-word", "Signed out.");
    await shows(tab, "#account", "not signed in");
  });

  test("says that the code was refused, and can be cancelled", async () => {
    const machine = await openTestMachine({});
    machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
    await machine.start(["serve"]).line();
    const tab = await openPage(machine);
    await tabTo(tab, "signin");
    await tab.keyboard.press("Enter");
    await shows(tab, "#account-word", "Waiting");
    machine.emulator.denySignIn();
    await shows(tab, "#account-word", "The sign-in was refused on GitHub.");
    expect(await tab.evaluate('document.querySelector("#flow").hidden')).toBe(true);

    await tabTo(tab, "signin");
    await tab.keyboard.press("Enter");
    await shows(tab, "#account-word", "Waiting");
    await tabTo(tab, "flow-cancel");
    await tab.keyboard.press("Enter");
    await shows(tab, "#account-word", "cancelled");
  });
});

test("a sign-in is offered also where another service answers meanwhile", async () => {
  const machine = await openTestMachine({
    environment: { COPILOT_LSP_SERVICE_FALLBACK: "llama.cpp@http://127.0.0.1:9" },
  });
  await machine.start(["serve"]).line();
  const tab = await openPage(machine);
  await shows(tab, "#account", "signed out; llama.cpp at 127.0.0.1:9 answers meanwhile");
  expect(await tab.evaluate('document.querySelector("#signin").hidden')).toBe(false);
});

describe("while an editor types", () => {
  test("the page shows each request with its times, and the editor, without being loaded again", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const editor = await editorOn(machine);
    const tab = await openPage(machine);
    await shows(tab, "#clients", "Neovim 0.12.0");
    await shows(tab, "#requests-word", "Nothing was asked yet.");
    await type(editor, "def add(a, b): ", "retu");
    await shows(tab, "#requests", "suggestion");
    await shows(tab, "#requests-word", "Cache share:");
    await shows(tab, "#plot-word", "of the service");
    await tab.waitForFunction('document.querySelector("#requests").rows.length >= 3', { timeout: 10_000 });
    const cells = await tab.evaluate<readonly string[]>(
      '[...document.querySelectorAll("#requests tr")].at(-1).innerText.split("\\t").map((cell) => cell.trim())',
    );
    const [, from, result, source, ...times] = cells;
    expect([from, result, source]).toEqual(["editor", "suggestion", "service"]);
    const [queueMs = NaN, promptMs = NaN, firstByteMs = NaN, totalMs = NaN] = times.map(Number);
    expect(Math.min(queueMs, promptMs, firstByteMs)).toBeGreaterThanOrEqual(0);
    expect(queueMs + promptMs + firstByteMs).toBeLessThanOrEqual(totalMs + 2);
    // What was typed is in no part of it.
    expect(await tab.evaluate<string>("document.documentElement.outerHTML")).not.toContain("def add");
  });

  test("an editor that waits for the port is named beside it, and a next edit is a row of its own", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const editor = await editorOn(machine);
    const tab = await openPage(machine);
    const other = machine.edit();
    await other.initialize({ processId: null, clientInfo: { name: "Helix", version: "25.01" }, capabilities: {} });
    await shows(tab, "#clients", "Helix 25.01");
    await shows(tab, "#clients", "waits for the port");
    await other.shutdown();
    await tab.waitForFunction('!document.querySelector("#clients").innerText.includes("Helix")', { timeout: 10_000 });
    editor.open(uri, "def add(a, b): return a", { languageId: "python" });
    const position = { line: 0, character: 3 };
    const textDocument = { uri, version: 1 };
    await editor.request("textDocument/copilotInlineEdit", { textDocument, position, context: { triggerKind: 2 } });
    await shows(tab, "#requests", "no next edit. no-changes: Nothing was changed that a next edit could follow.");
  });

  test("a request that fails is explained, and so is one that nothing came of", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const editor = await editorOn(machine);
    const tab = await openPage(machine);
    machine.emulator.script("completions", { kind: "status", status: 402, body: "quota exceeded" });
    await type(editor, "def add(a, b): ", "r");
    await shows(tab, "#requests", "quota: The plan's completions are used up.");
    await shows(tab, "#requests", "The account above shows when there is more");
    await shows(tab, "#requests-word", "No completion yet.");
    await shows(tab, "#state", "quota:");
    expect(await tab.evaluate('document.querySelector("#state").dataset.kind')).toBe("Error");
    expect(await accessibilityFaults(tab)).toEqual([]);
    await tab.setViewport({ width: 360, height: 900 });
    const right = 'document.querySelector("#requests td:nth-child(3)").getBoundingClientRect().right';
    expect(await tab.evaluate(right)).toBeLessThanOrEqual(360);
  });

  test("a window that waits for the port shows there why it had no suggestion", async () => {
    const machine = await openTestMachine({ signedIn: true });
    await editorOn(machine);
    const tab = await openPage(machine);
    const other = machine.edit();
    await other.initialize({ processId: null, clientInfo: { name: "Helix", version: "25.01" }, capabilities: {} });
    const notes = "file:///home/user/project/notes.txt";
    other.open(notes, "milk\n", { languageId: "plaintext" });
    await expect
      .poll(
        async () => {
          await other.inlineCompletion(notes, { line: 0, character: 4 }).answer;
          return textOf(tab, "#requests");
        },
        { timeout: 15_000 },
      )
      .toMatch(/Helix, \d+\s+disabled: /);
  });

  test("the page says when the listener is gone, and goes on when another process has taken its place", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const editor = await editorOn(machine);
    // Chromium itself complains of each connection that is refused.
    const tab = await openPage(machine, { listens: false });
    await editor.shutdown();
    await shows(tab, "#state", "The listener does not answer. Trying again.");
    await editorOn(machine);
    // That process has another key.
    await shows(tab, "#state", "Another process may have taken the port over.");
    expect(await tab.evaluate('document.querySelector("#state").dataset.kind')).toBe("Error");
  });

  test("text is recorded when the person wants it, and forgotten when they do not", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const editor = await editorOn(machine);
    const tab = await openPage(machine);
    await tabTo(tab, "record");
    await tab.keyboard.press("Space");
    const settled = '!document.querySelector("#record").hasAttribute("aria-busy")';
    await tab.waitForFunction(`${settled} && document.querySelector("#record").checked`, { timeout: 5_000 });
    const secret = `ghp_${"a1B2".repeat(9)}`;
    await type(editor, `token = "${secret}"; def add(a, b): `, "r");
    await tab.waitForFunction('document.querySelector("#requests details")', { timeout: 10_000 });
    await tab.evaluate('document.querySelector("#requests details").open = true');
    await shows(tab, "#requests", "def add(a, b): r");
    expect(await textOf(tab, "#requests")).not.toContain(secret);
    expect(await accessibilityFaults(tab)).toEqual([]);
    await tab.keyboard.press("Space");
    await tab.waitForFunction('!document.querySelector("#requests details")', { timeout: 10_000 });
    expect(await textOf(tab, "#requests")).not.toContain("def add");
  });
});

test("the box shows the exact body that is then sent", async () => {
  const machine = await openTestMachine({ signedIn: true });
  await editorOn(machine);
  const tab = await openPage(machine);
  await tabTo(tab, "before");
  await tab.keyboard.down("Control");
  await tab.keyboard.press("a");
  await tab.keyboard.up("Control");
  await tab.keyboard.type("def add(a, b):\n    ");
  await tabTo(tab, "show");
  await tab.keyboard.press("Enter");
  await shows(tab, "#tried", "Whole body of the request");
  expect(machine.emulator.callsTo("completions")).toEqual([]);
  const shown = JSON.parse(await tab.evaluate('[...document.querySelectorAll("#tried pre")].at(-1).textContent'));
  expect(await accessibilityFaults(tab)).toEqual([]);
  await tab.evaluate('document.querySelector("#try button").focus()');
  await tab.keyboard.press("Enter");
  await shows(tab, "#tried", "return a + b");
  expect(machine.emulator.callsTo("completions").map(({ body }) => body)).toEqual([shown]);
});

describe("looks", () => {
  const pictures = process.env["PAGE_PICTURES"] ?? resolve(import.meta.dirname, "../../.cache/page/pictures");

  test("are right in light and dark and at 360 px, for axe and for the eye", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const editor = await editorOn(machine);
    await type(editor, "def add(a, b): ", "return");
    const tab = await openPage(machine);
    await shows(tab, "#requests", "suggestion");
    mkdirSync(pictures, { recursive: true });
    const backs: unknown[] = [];
    for (const scheme of ["light", "dark"]) {
      await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      for (const width of [1000, 360]) {
        await tab.setViewport({ width, height: 900 });
        expect(await accessibilityFaults(tab), `${scheme}, ${width} px`).toEqual([]);
        expect(await tab.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
        const path = join(pictures, `${scheme}-${width}.png`);
        await tab.screenshot({ path, fullPage: true });
        expect(statSync(path).size).toBeGreaterThan(10_000);
      }
      backs.push(await tab.evaluate("getComputedStyle(document.body).backgroundColor"));
    }
    expect(new Set(backs).size).toBe(2);
  });

  test("everything that takes keys can be reached, and shows that it has the focus", async () => {
    const machine = await openTestMachine({ signedIn: true });
    await editorOn(machine);
    const tab = await openPage(machine);
    const wanted = await tab.evaluate<number>(
      '[...document.querySelectorAll("a,button,input,textarea,summary,[tabindex=\\"0\\"]")].filter((one) => one.checkVisibility()).length',
    );
    const seen = new Set<string>();
    for (let presses = 0; presses < wanted; presses += 1) {
      await tab.keyboard.press("Tab");
      const [name, width] = await tab.evaluate<readonly [string, string]>(
        "(() => { const one = document.activeElement; return [one.outerHTML.slice(0, 80), getComputedStyle(one).outlineWidth]; })()",
      );
      expect(width, name).toBe("3px");
      seen.add(name);
    }
    expect(seen.size).toBe(wanted);
  });
});

describe("others", () => {
  /** Serves `html` at `/`, and keeps what is posted to `/report`. */
  async function openSite(
    html: string,
    port = 0,
  ): Promise<{ readonly url: string; readonly port: number; report(): Promise<unknown>; close(): void }> {
    let tell: (report: unknown) => void = () => undefined;
    const reported = new Promise<unknown>((resolveReport) => (tell = resolveReport));
    const site = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        response.writeHead(200, { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" });
        response.end(request.url === "/" ? html : "");
        if (request.url === "/report") tell(JSON.parse(body));
      });
    });
    await new Promise<void>((listening) => site.listen(port, "127.0.0.1", listening));
    const { port: bound } = site.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${bound}`,
      port: bound,
      report: () => reported,
      close() {
        site.closeAllConnections();
        site.close();
      },
    };
  }

  /** Tries every way to the page and its data that a script has; answers what it could read. */
  const attempts = (target: string): string => `
    const target = ${JSON.stringify(target)};
    const seen = [];
    const read = async (path, options) => {
      try {
        const answer = await fetch(target + path, options);
        const text = await answer.text();
        if (answer.ok && answer.type !== "opaque") seen.push(path + " " + text.slice(0, 60));
      } catch {}
    };
    const html = { headers: { Accept: "text/html" } };
    await read("/", html);
    await read("/page", html);
    await read("/status", {});
    await read("/events", { signal: AbortSignal.timeout(500) });
    await read("/page/events", { signal: AbortSignal.timeout(500) });
    for (const path of ["/", "/complete", "/signout", "/page/prompt", "/page/recording", "/page/signin", "/page/ticket"]) {
      await read(path, { method: "POST", body: '{"prompt":"x","on":true}' });
      await read(path, { method: "POST", body: '{"prompt":"x","on":true}', headers: { "X-Copilot-Page": "guess" } });
    }
    const frame = document.createElement("iframe");
    frame.src = target + "/";
    const loaded = new Promise((done) => (frame.onload = done));
    document.body.append(frame);
    await loaded;
    try {
      const inner = frame.contentDocument?.documentElement.outerHTML ?? "";
      if (inner.includes("account-title")) seen.push("frame " + inner.slice(0, 60));
    } catch {}
    const opened = window.open(target + "/");
    await new Promise((done) => setTimeout(done, 1500));
    try {
      const inner = opened?.document.documentElement.outerHTML ?? "";
      if (inner.includes("account-title")) seen.push("window " + inner.slice(0, 60));
    } catch {}
    return seen;`;

  test("a page of another site gets nothing of it, by any way that a script has", async () => {
    const machine = await openTestMachine({ signedIn: true });
    await editorOn(machine);
    const site = await openSite(
      `<body><script>(async () => { ${attempts(machine.url)} })().then((seen) => fetch("/report", { method: "POST", body: JSON.stringify(seen) }))</script>`,
    );
    const tab = await openTab({ listens: false });
    await tab.goto(site.url);
    expect(await site.report()).toEqual([]);
    expect(machine.emulator.callsTo("completions")).toEqual([]);
    expect((await machine.fetch("/status")).text).toContain("octocat");
    site.close();
  });

  test("a page that had the same address before gets nothing of it either", async () => {
    const machine = await openTestMachine({ signedIn: true });
    const site = await openSite("<body>An older program.</body>", machine.port);
    const tab = await openTab({ listens: false });
    await tab.goto(site.url);
    site.close();
    await editorOn(machine);
    await expect.poll(async () => (await machine.fetch("/health")).status, { timeout: 15_000 }).toBe(200);
    expect(await tab.evaluate(`(async () => { ${attempts("")} })()`)).toEqual([]);
    expect(machine.emulator.callsTo("completions")).toEqual([]);
    // The person's own visit in the same tab still works, and so does loading it again.
    await tab.bringToFront();
    expect((await tab.goto(await pageAddress(machine)))?.status()).toBe(200);
    expect((await tab.reload())?.status()).toBe(200);
    await shows(tab, "#account", "octocat");
  });

  test("loads nothing but itself", async () => {
    const machine = await openTestMachine({ signedIn: true });
    await editorOn(machine);
    const tab: BrowserPage = await openTab();
    const asked: string[] = [];
    tab.on("request", (request) => asked.push(new URL(request.url()).origin));
    await tab.goto(await pageAddress(machine));
    await shows(tab, "#account", "octocat");
    const own = asked.filter((origin) => origin !== "null");
    expect(new Set(own)).toEqual(new Set([machine.url]));
  });
});
