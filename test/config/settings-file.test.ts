import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSettingsFile } from "../../server/config/settings-file.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { createManualClock } from "../support/manual-clock.ts";

const place = (): string => join(mkdtempSync(join(tmpdir(), "copilot-lsp-settings-")), "config.json");

test("a file that is not there holds nothing and is no problem", () => {
  expect(createSettingsFile(systemClock, place()).read()).toMatchObject({ json: undefined });
  expect(createSettingsFile(systemClock, place()).read().problem).toBeUndefined();
});

test("what is written is read again, and the rest of the file stays", async () => {
  const path = place();
  writeFileSync(path, JSON.stringify({ "http.port": 1, http: { enabled: false }, completion: { lines: "one" } }));
  const file = createSettingsFile(systemClock, path);
  await file.write("http.port", 8181);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    http: { enabled: false, port: 8181 },
    completion: { lines: "one" },
  });
});

test("a key that is removed is gone, however it was written", async () => {
  const path = place();
  writeFileSync(path, JSON.stringify({ "http.port": 1, completion: { lines: "one" } }));
  const file = createSettingsFile(systemClock, path);
  expect(await file.remove("http.port")).toBe(true);
  expect(await file.remove("completion.lines")).toBe(true);
  expect(await file.remove("log.level")).toBe(false);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ completion: {} });
});

test.each([
  ["{ port: 1 }", "is not JSON"],
  ["[1]", "does not hold a JSON object"],
])("a broken file (%s) is a problem in words, not a crash, and is left as it is", async (text, words) => {
  const path = place();
  writeFileSync(path, text);
  const file = createSettingsFile(systemClock, path);
  expect(file.read().problem).toContain(words);
  await expect(file.write("http.port", 1)).rejects.toThrow();
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a byte order mark does not matter", () => {
  const path = place();
  writeFileSync(path, '\uFEFF{"http":{"port":3}}');
  expect(createSettingsFile(systemClock, path).read().json).toEqual({ http: { port: 3 } });
});

test("only this user may read what is written: a proxy's address may hold a password", async () => {
  const path = join(place(), "..", "fresh", "config.json");
  await createSettingsFile(systemClock, path).write("upstream.proxy", "http://me:secret@proxy");
  expect([statSync(path).mode & 0o777, statSync(join(path, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
});

test.skipIf(process.platform === "win32")(
  "a FIFO in place of its lock file holds a write up for a moment only",
  async () => {
    const path = place();
    execFileSync("mkfifo", [`${path}.lock`]);
    const file = createSettingsFile(systemClock, path);
    await file.write("http.port", 8181);
    expect(file.read().json).toEqual({ http: { port: 8181 } });
  },
);

test("the lock of a process that has ended does not hold a write up", async () => {
  const path = place();
  // Beyond the largest process id that systems give.
  writeFileSync(`${path}.lock`, `2147483646\n${hostname()}`);
  const clock = createManualClock();
  const written = createSettingsFile(clock, path).write("http.port", 8181);
  await expect.poll(() => clock.pendingTimers()).toBe(1);
  await clock.advance(10);
  await written;
  expect(existsSync(`${path}.lock`)).toBe(false);
});
