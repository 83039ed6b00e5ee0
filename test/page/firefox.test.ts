// The page in Firefox: what is done with it most, because its parts are those of every browser.

import { expect, test } from "vitest";
import { accessibilityFaults, openPage, openTestMachine, shows, tabTo } from "./browser.ts";

test("a person signs in by keys, sees why there was no suggestion, and tries one", async () => {
  const machine = await openTestMachine({});
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
  machine.emulator.setModel(() => ["return a + b"]);
  await machine.start(["serve"]).line();
  const tab = await openPage(machine, { browser: "firefox" });
  await shows(tab, "#account", "not signed in");
  expect((await machine.fetch("/", { method: "POST", body: '{"prompt": "def "}' })).status).not.toBe(200);
  await shows(tab, "#requests", "signed-out:");
  await shows(tab, "#requests", "Sign in above.");

  await tabTo(tab, "signin");
  await tab.keyboard.press("Enter");
  await shows(tab, "#account-word", "Waiting for the code to be entered.");
  machine.emulator.approveSignIn();
  await shows(tab, "#account-word", "Signed in as octocat.");
  await shows(tab, "#state", "Ready.");

  await tabTo(tab, "language");
  await tab.keyboard.press("Enter");
  await shows(tab, "#tried", "return a + b");
  await shows(tab, "#requests", "suggestion");
  await shows(tab, "#plot-word", "1 answer of the service");

  expect(await accessibilityFaults(tab)).toEqual([]);
  await tab.setViewport({ width: 360, height: 900 });
  expect(await tab.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
});
