// A page of another origin in a real browser: whatever it tries, it neither asks nor reads.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createGate } from "./support/gate.ts";
import { isThere } from "./support/program.ts";
import { onCleanUp, serve } from "./support/serve.ts";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const hasChromium = isThere(chromium, "a page in a real browser");

/** The browser itself must reach nothing but this machine. */
const quietFlags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-quic",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-proxy-server",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

/** Tries every way a page has, then tells its own server what it could read. */
const page = (target: string) => `<!doctype html><iframe name="hidden"></iframe><script>
const url = ${JSON.stringify(target)};
const read = async (path, options) => {
  try {
    const answer = await fetch(url + path, options);
    return answer.type + " " + answer.status + " " + await answer.text();
  } catch (error) {
    return "failed";
  }
};
const body = JSON.stringify({ prompt: "from a page" });
(async () => {
  const seen = [];
  seen.push(await read("/", { method: "POST", body }));
  seen.push(await read("/", { method: "POST", body, mode: "no-cors", headers: { "Content-Type": "text/plain" } }));
  seen.push(await read("/", { method: "POST", body, headers: { "Content-Type": "application/json" } }));
  seen.push(await read("/v1/completions", { method: "POST", body }));
  seen.push(await read("/status", {}));
  seen.push(await read("/health", { mode: "no-cors" }));
  navigator.sendBeacon(url + "/", body);
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url + "/", target: "hidden", enctype: "text/plain" });
  const field = document.createElement("input");
  Object.assign(field, { name: '{"prompt":"from a form","x":"', value: '"}' });
  form.append(field);
  document.body.append(form);
  const sent = new Promise((done) => document.querySelector("iframe").addEventListener("load", done));
  form.submit();
  await sent;
  await fetch("/report", { method: "POST", body: JSON.stringify(seen) });
})();
</script>`;

describe.skipIf(!hasChromium)("a page of another origin in Chromium", () => {
  test("neither asks nor reads", async () => {
    const { core, url, port, log } = await serve();
    const reported = createGate<readonly string[]>();
    const site = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        response.writeHead(200, { "Content-Type": "text/html" }).end(request.url === "/" ? page(url) : "");
        if (request.url === "/report") reported.open(JSON.parse(body));
      });
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    onCleanUp(() => {
      site.closeAllConnections();
      site.close();
    });
    const profile = mkdtempSync(join(tmpdir(), "copilot-lsp-chromium-"));
    const origin = `http://localhost:${(site.address() as AddressInfo).port}/`;
    const browser = spawn(chromium, [...quietFlags, `--user-data-dir=${profile}`, origin], {
      stdio: "ignore",
      // A group of its own, so that its helpers end with it.
      detached: true,
    });
    onCleanUp(async () => {
      const gone = new Promise((resolve) => browser.once("exit", resolve));
      if (browser.exitCode === null && browser.pid !== undefined) {
        process.kill(-browser.pid, "SIGKILL");
        await gone;
      }
      try {
        rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      } catch {
        // A process of the browser's that dies slowly may still write there; it is a temporary folder.
      }
    });

    const seen = await reported.opened;
    expect(seen).toHaveLength(6);
    // An opaque answer has neither status nor text.
    expect(seen.filter((line) => line !== "failed" && line !== "opaque 0 ")).toEqual([]);
    expect(core.asked).toEqual([]);
    // It was refused, not merely never sent.
    expect(port).toBeGreaterThan(0);
    const refused = log.lines.filter(({ fields }) => fields?.["status"] === 403);
    expect(refused.length).toBeGreaterThanOrEqual(3);
  }, 60_000);
});
