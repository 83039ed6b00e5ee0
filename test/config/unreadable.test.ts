// Settings that cannot be understood never open the HTTP listener wider than the person may have wanted it.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createConfig } from "../../server/config/layers.ts";
import { createSettingsFile } from "../../server/config/settings-file.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

function readWith(
  write: (path: string) => void,
  environment: Readonly<Record<string, string>> = {},
  fileFlag?: string,
) {
  const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-unreadable-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "settings.json");
  write(path);
  return createConfig({
    flags: [],
    environment,
    file: createSettingsFile(systemClock, path).read(),
    fileFlag,
    log: createRecordingLog(),
  });
}

describe("a settings file that cannot be read", () => {
  test.each<[string, (path: string) => void]>([
    ["is not JSON", (path) => writeFileSync(path, '{"http.access": "token",')],
    ["is no object", (path) => writeFileSync(path, "[]")],
    ["is a folder", (path) => mkdirSync(path)],
  ])("because it %s has the listener ask for the token, and says so", (_why, write) => {
    const config = readWith(write);
    expect(config.settings()["http.access"]).toBe("token");
    expect(config.problems()).toEqual([
      { key: "", message: expect.any(String), consequence: 'until that is mended http.access is "token"' },
    ]);
    config.setEditorLayer({ "http.access": "open" });
    expect(config.settings()["http.access"]).toBe("token");
  });

  test("is overruled by the person's own word elsewhere", () => {
    const config = readWith((path) => writeFileSync(path, "{"), { COPILOT_LSP_HTTP_ACCESS: "open" });
    expect(config.settings()["http.access"]).toBe("open");
  });

  test("that was named and is not there counts as one", () => {
    const config = readWith(() => undefined, {}, "--config");
    expect(config.settings()["http.access"]).toBe("token");
  });

  test("that nobody wrote changes nothing", () => {
    expect(readWith(() => undefined).settings()["http.access"]).toBe("same-user");
  });
});

test("a value of http.access that is none has the listener ask for the token, wherever it stands", () => {
  const file = readWith((path) => writeFileSync(path, '{"http.access": "tokn"}'));
  expect(file.settings()["http.access"]).toBe("token");
  expect(file.problems()[0]?.consequence).toBe('until that is mended http.access is "token"');
  const environment = readWith(() => undefined, { COPILOT_LSP_HTTP_ACCESS: "tokn" });
  expect(environment.settings()["http.access"]).toBe("token");
  const enabled = readWith((path) => writeFileSync(path, '{"http.enabled": "no"}'));
  expect(enabled.settings()["http.enabled"]).toBe(false);
});
