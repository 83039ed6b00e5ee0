import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSettingsFile } from "../../server/config/settings-file.ts";

const place = (): string => join(mkdtempSync(join(tmpdir(), "copilot-lsp-settings-")), "config.json");

test("a file that is not there holds nothing and is no problem", () => {
  expect(createSettingsFile(place()).read()).toMatchObject({ json: undefined });
  expect(createSettingsFile(place()).read().problem).toBeUndefined();
});

test("what is written is read again, and the rest of the file stays", async () => {
  const path = place();
  writeFileSync(path, JSON.stringify({ "http.port": 1, http: { enabled: false }, completion: { lines: "one" } }));
  const file = createSettingsFile(path);
  await file.write("http.port", 8181);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
    http: { enabled: false, port: 8181 },
    completion: { lines: "one" },
  });
});

test("a key that is removed is gone, however it was written", async () => {
  const path = place();
  writeFileSync(path, JSON.stringify({ "http.port": 1, completion: { lines: "one" } }));
  const file = createSettingsFile(path);
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
  const file = createSettingsFile(path);
  expect(file.read().problem).toContain(words);
  await expect(file.write("http.port", 1)).rejects.toThrow();
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("a byte order mark does not matter", () => {
  const path = place();
  writeFileSync(path, '\uFEFF{"http":{"port":3}}');
  expect(createSettingsFile(path).read().json).toEqual({ http: { port: 3 } });
});

test("only this user may read what is written: a proxy's address may hold a password", async () => {
  const path = join(place(), "..", "fresh", "config.json");
  await createSettingsFile(path).write("upstream.proxy", "http://me:secret@proxy");
  expect([statSync(path).mode & 0o777, statSync(join(path, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
});
