import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { createLogHub } from "../../server/observe/log.ts";
import { openLogFile } from "../../server/observe/log-file.ts";
import type { Clock, LogLevel } from "../../shared/context.ts";
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

test("an event is one line without anything that acts on a terminal, whatever names it holds", () => {
  const hub = createLogHub(() => "trace");
  const lines: string[] = [];
  hub.addSink((_, line) => lines.push(line));
  const hostile = "a\u001b[2J\u009b\u202eb\r\n2026-01-01T00:00:00.000Z error c";
  hub.log.warn(`there is no setting ${hostile}`, { file: hostile, host: "a\u202eb" });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("there is no setting a[2Jb 2026");
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  expect(lines[0]).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test("a full log file turns over, keeps one old one, and only this user may read it", () => {
  const path = join(mkdtempSync(join(tmpdir(), "copilot-lsp-log-")), "deep", "bridge.log");
  const file = openLogFile(createManualClock(), path, (error) => expect.unreachable(String(error)));
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

const megabyte = "x".repeat(1024 * 1024);
const fresh = (): string => join(mkdtempSync(join(tmpdir(), "copilot-lsp-log-")), "bridge.log");
const failing = () => {
  const failures: string[] = [];
  return { failures, onFailure: (error: unknown, line: string) => void failures.push(`${String(error)} ${line}`) };
};

test("where NAME.1 is a folder the file ends with one failure that says so, and the line is handed back", () => {
  const path = fresh();
  mkdirSync(join(`${path}.1`, "inner"), { recursive: true });
  const { failures, onFailure } = failing();
  const file = openLogFile(createManualClock(), path, onFailure);
  for (let round = 0; round < 5; round += 1) file.sink("info", megabyte);
  expect(failures).toEqual([]);
  file.sink("info", "one");
  file.sink("info", "two");
  expect(failures).toEqual([expect.stringMatching(/(?:EISDIR|ENOTEMPTY).* one$/)]);
});

test("several that write to one file rotate it together and lose nothing", () => {
  const path = fresh();
  const { failures, onFailure } = failing();
  const files = [0, 1, 2].map(() => openLogFile(createManualClock(), path, onFailure));
  for (let round = 0; round < 8; round += 1) {
    for (const [index, file] of files.entries()) file.sink("info", `${index}-${round} ${megabyte.slice(0, 300_000)}`);
  }
  const text = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
  expect(failures).toEqual([]);
  expect(text.match(/\d-\d x/g)?.toSorted()).toEqual(
    [0, 1, 2].flatMap((index) => [0, 1, 2, 3, 4, 5, 6, 7].map((round) => `${index}-${round} x`)),
  );
});

test("one that wrote nothing while another rotated goes on in the new file", () => {
  const path = fresh();
  const [idle, busy] = [0, 1].map(() => openLogFile(createManualClock(), path, failing().onFailure));
  idle?.sink("info", "before");
  for (let round = 0; round < 6; round += 1) busy?.sink("info", megabyte);
  idle?.sink("info", "after");
  expect(readFileSync(`${path}.1`, "utf8")).toMatch(/before/);
  expect(readFileSync(path, "utf8")).toMatch(/after\n$/);
});

test("one that finds the file full while another is rotating it does not rotate the new file too", () => {
  const path = fresh();
  const other = openLogFile(createManualClock(), path, failing().onFailure);
  const clock = createManualClock();
  let questions = 0;
  // The second time that a line asks for is that of the lock: after the size was looked at, before the lock is taken.
  const late: Clock = {
    ...clock,
    nowMs() {
      questions += 1;
      if (questions === 2) other.sink("info", "by the other");
      return clock.nowMs();
    },
  };
  const file = openLogFile(late, path, failing().onFailure);
  writeFileSync(path, megabyte.repeat(6), { flag: "a" });
  file.sink("info", "by this one");
  expect(questions).toBeGreaterThan(1);
  expect(statSync(`${path}.1`).size).toBeGreaterThan(5 * 1024 * 1024);
  expect(readFileSync(path, "utf8")).toMatch(/by the other\n.*by this one\n$/);
});

test("processes that write to one file at the same time lose no line at its rotation", async () => {
  const program = join(mkdtempSync(join(tmpdir(), "copilot-lsp-log-")), "write.mjs");
  const logFile = JSON.stringify(resolve("server/observe/log-file.ts"));
  await build({
    stdin: {
      contents: `
        import { openLogFile } from ${logFile};
        const [path, name] = process.argv.slice(2);
        const clock = { nowMs: () => Date.now() };
        const file = openLogFile(clock, path, (error) => { console.error(error); process.exit(1); });
        console.log("open");
        process.stdin.once("data", () => {
          for (let line = 0; line < 300; line += 1) file.sink("info", name + "-" + line + " " + "x".repeat(6_000));
          process.exit(0);
        });`,
      resolveDir: resolve("."),
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
    logLevel: "silent",
  });
  for (let round = 0; round < 5; round += 1) {
    const path = fresh();
    const names = ["a", "b", "c", "d"];
    const children = names.map((name) => spawn(process.execPath, [program, path, name]));
    await Promise.all(children.map((child) => once(child.stdout, "data")));
    for (const child of children) child.stdin.write("go");
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as unknown));
    expect(codes).toEqual([0, 0, 0, 0]);
    const text = readFileSync(`${path}.1`, "utf8") + readFileSync(path, "utf8");
    const wanted = names.flatMap((name) => Array.from({ length: 300 }, (_, line) => `${name}-${line} x`));
    expect(new Set(text.match(/[a-d]-\d+ x/g))).toEqual(new Set(wanted));
  }
}, 60_000);

test("a lock of another process leaves the rotation to it, and one that was left behind goes", () => {
  const path = fresh();
  const file = openLogFile(createManualClock(), path, failing().onFailure);
  writeFileSync(`${path}.lock`, "");
  for (let round = 0; round < 7; round += 1) file.sink("info", megabyte);
  expect([existsSync(`${path}.1`), statSync(path).size > 6 * 1024 * 1024]).toEqual([false, true]);
  utimesSync(`${path}.lock`, 1, 1);
  file.sink("info", "first");
  file.sink("info", "second");
  expect(existsSync(`${path}.1`)).toBe(true);
});

test("a file that others can read is theirs no longer", () => {
  const path = fresh();
  writeFileSync(path, "old\n", { mode: 0o644 });
  openLogFile(createManualClock(), path, failing().onFailure).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a FIFO without a reader is refused at once, and a device is written to and never renamed", () => {
  const path = fresh();
  execFileSync("mkfifo", [path]);
  expect(() => openLogFile(createManualClock(), path, failing().onFailure)).toThrow("ENXIO");
  const { failures, onFailure } = failing();
  const file = openLogFile(createManualClock(), "/dev/null", onFailure);
  for (let round = 0; round < 7; round += 1) file.sink("info", megabyte);
  file.close();
  expect([failures, existsSync("/dev/null.1"), statSync("/dev/null").isCharacterDevice()]).toEqual([[], false, true]);
});
