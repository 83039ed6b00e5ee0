import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogHub } from "../../server/observe/log.ts";
import { openLogFile } from "../../server/observe/log-file.ts";
import type { LogLevel } from "../../shared/context.ts";
import { createManualClock } from "../support/manual-clock.ts";

test("only what is grave enough is written, to every sink", () => {
  let level: LogLevel = "warn";
  const hub = createLogHub(() => level);
  const lines: string[] = [];
  const remove = hub.addSink((at, line) => lines.push(`${at}: ${line}`));
  hub.log.info("hidden");
  hub.log.error("seen", { status: 500, host: "a b", missing: undefined });
  level = "debug";
  hub.log.debug("seen too");
  remove();
  hub.log.error("nobody listens");
  expect(lines).toEqual(['error: seen status=500 host="a b"', "debug: seen too"]);
});

test("a token in a message or in a field never reaches a sink", () => {
  const hub = createLogHub(() => "trace");
  const lines: string[] = [];
  hub.addSink((_, line) => lines.push(line));
  hub.log.warn("refused: Bearer tid=abc;exp=1:mac", { body: "token ghu_1234567890abcdef" });
  expect(lines.join("\n")).not.toMatch(/tid=|ghu_/);
});

test("a full log file turns over, keeps one old one, and only this user may read it", () => {
  const path = join(mkdtempSync(join(tmpdir(), "copilot-lsp-log-")), "deep", "bridge.log");
  const file = openLogFile(createManualClock(), path);
  file.sink("info", "first");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const big = "x".repeat(1024 * 1024);
  for (let round = 0; round < 6; round += 1) file.sink("info", big);
  file.sink("info", "last");
  file.close();
  file.sink("info", "after the end");
  expect(existsSync(`${path}.1`)).toBe(true);
  expect(readFileSync(`${path}.1`, "utf8")).toMatch(/^2026-01-01T00:00:00\.000Z info {2}first\n/);
  expect(readFileSync(path, "utf8")).toMatch(/last\n$/);
  expect(statSync(path).size).toBeLessThan(3 * 1024 * 1024);
});
