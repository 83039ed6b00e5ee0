import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { readBounded, readBoundedSync } from "../../server/runtime/read-bounded.ts";
import { openMachine } from "../e2e/bridge.ts";
import { createManualClock } from "../support/manual-clock.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "copilot-lsp-special-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fifo = (path: string): string => {
  execFileSync("mkfifo", [path]);
  return path;
};
const sparse = (path: string, bytes: number): string => {
  writeFileSync(path, "");
  truncateSync(path, bytes);
  return path;
};

describe.each([
  ["waiting for it", (path: string, max: number) => readBounded(path, max)],
  ["blocking", async (path: string, max: number) => readBoundedSync(path, max)],
])("a file that somebody else wrote, read %s,", (_how, read) => {
  test("comes whole up to the bound, through a link as well", async () => {
    writeFileSync(join(folder, "a"), "x".repeat(100_000));
    symlinkSync(join(folder, "a"), join(folder, "b"));
    expect((await read(join(folder, "b"), 100_000)).length).toBe(100_000);
    await expect(read(join(folder, "b"), 99_999)).rejects.toThrow("larger");
  });

  test.each([
    ["a FIFO", () => fifo(join(folder, "pipe"))],
    ["a folder", () => folder],
    ["a device without an end", () => "/dev/zero"],
    ["a sparse file of a terabyte", () => sparse(join(folder, "big"), 1024 ** 4)],
  ])("is refused at once when it is %s", async (_what, make) => {
    await expect(read(make(), 1_000)).rejects.toThrow();
  });

  test.runIf(process.platform === "linux")("is bounded where the system says that it is empty", async () => {
    expect((await read("/proc/self/maps", 10_000_000)).length).toBeGreaterThan(1_000);
    await expect(read("/proc/self/maps", 1_000)).rejects.toThrow("larger");
  });

  test("is refused when it is a socket", async () => {
    const server = createServer().listen(join(folder, "s"));
    onTestFinished(() => void server.close());
    await new Promise((listening) => server.once("listening", listening));
    await expect(read(join(folder, "s"), 1_000)).rejects.toThrow();
  });
});

test("a read that hangs is given up when its time is over", async () => {
  const clock = createManualClock();
  writeFileSync(join(folder, "a"), "x");
  expect((await readBounded(join(folder, "a"), 10, { clock, timeoutMs: 1 })).toString()).toBe("x");
  expect(clock.pendingTimers()).toBe(0);
  const overAtOnce = {
    ...clock,
    after(_ms: number, action: () => void) {
      action();
      return { cancel: () => undefined };
    },
  };
  await expect(readBounded(join(folder, "a"), 10, { clock: overAtOnce, timeoutMs: 1 })).rejects.toThrow("within 1 ms");
});

describe("the program, in a folder with special files,", () => {
  test("completes and ends when git's files are FIFOs, are huge, or take long to look through", async () => {
    const machine = await openMachine({ signedIn: true });
    onTestFinished(() => machine.close());
    const editor = machine.edit();
    await editor.initialize();
    const plant: readonly ((git: string) => void)[] = [
      (git) => {
        mkdirSync(git);
        fifo(join(git, "config"));
      },
      (git) => fifo(git),
      (git) => {
        mkdirSync(git);
        sparse(join(git, "config"), 200_000_000);
      },
      (git) => writeFileSync(git, `gitdir: a${" ".repeat(500_000)}b`),
      (git) => {
        mkdirSync(git);
        writeFileSync(join(git, "config"), `[remote "origin"]\nurl = a${" ".repeat(500_000)}b\n`);
      },
      (git) => {
        mkdirSync(git);
        writeFileSync(join(git, "config"), `[remote ${" ".repeat(500_000)}x\n`);
      },
    ];
    for (const [index, make] of plant.entries()) {
      const work = join(machine.home, `w${index}`);
      mkdirSync(work);
      make(join(work, ".git"));
      const uri = `file://${work}/a.ts`;
      editor.open(uri, "function add(a, b) {\n  \n");
      await editor.inlineCompletion(uri, { line: 1, character: 2 }).answer;
    }
    await editor.shutdown();
    expect(await editor.exited).toMatchObject({ code: 0 });
  });

  test.each([
    ["complete FILE", (pipe: string) => ["complete", `${pipe}:1:1`]],
    ["--suffix-file", (pipe: string) => ["complete", "-", "--suffix-file", pipe]],
    ["--config", (pipe: string) => ["config", "--config", pipe]],
    ["log.file", (pipe: string) => ["config", "--set", `log.file=${pipe}`]],
    ["upstream.caFile", (pipe: string) => ["status", "--set", `upstream.caFile=${pipe}`]],
    ["login --import", (pipe: string) => ["login", "--import", pipe]],
  ])("ends when %s names a FIFO", async (_what, args) => {
    const machine = await openMachine({ signedIn: true });
    onTestFinished(() => machine.close());
    const pipe = fifo(join(machine.home, "pipe.json"));
    expect((await machine.run(args(pipe), { stdin: "x" })).code).not.toBeNull();
  });
});
