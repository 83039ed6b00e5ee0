// The file of secrets: who may read it, what survives a crash, two writers, and how soon others notice.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemorySecretStore } from "../../server/config/memory-secret-store.ts";
import { createSecretStore } from "../../server/config/secret-store.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { bundleScript, run } from "./support/another-process.ts";

const fileName = "auth.json";
const secret = "ghu_secretSecretSecret01";
let base = "";
let folder = "";
let file = "";

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), "secret-store-"));
  folder = path.join(base, "config", "copilot-lsp");
  file = path.join(folder, fileName);
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const modeOf = (name: string): number => statSync(name).mode & 0o777;

function open() {
  const clock = createManualClock();
  const log = createRecordingLog();
  return { clock, log, store: createSecretStore({ clock, log }, { folder, fileName }) };
}

const thrown = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
};

describe("what is written", () => {
  test("comes back, under keys with dots, colons and slashes", () => {
    const { store } = open();
    for (const key of ["github.com", "http://127.0.0.1:8080", "name.ghe.com"]) store.write(key, `value of ${key}`);
    const other = open().store;
    expect(other.path).toBe(file);
    for (const key of ["github.com", "http://127.0.0.1:8080", "name.ghe.com"]) {
      expect(other.read(key)).toBe(`value of ${key}`);
    }
    expect(other.read("example.com")).toBeUndefined();
    expect(other.read("github")).toBeUndefined();
  });

  test("can be read by its owner only: the file is 0600 in a folder of 0700, whatever the umask", () => {
    const previous = trySetUmask(0);
    try {
      open().store.write("github.com", secret);
      expect(modeOf(file)).toBe(0o600);
      expect(modeOf(folder)).toBe(0o700);
    } finally {
      if (previous !== false) trySetUmask(previous);
    }
  });

  test("a folder and a file that were open to others are closed, with a warning", () => {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    writeFileSync(file, JSON.stringify({ "github.com": "old" }));
    chmodSync(file, 0o644);
    const { store, log } = open();
    expect(store.read("github.com")).toBe("old");
    expect(modeOf(file)).toBe(0o600);
    store.write("github.com", "new");
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(file)).toBe(0o600);
    expect(log.lines.filter((line) => line.level === "warn")).toHaveLength(2);
  });

  test("reading creates nothing", () => {
    const { store } = open();
    expect(store.read("github.com")).toBeUndefined();
    store.erase();
    store.watch(() => undefined)();
    expect(existsSync(path.join(base, "config"))).toBe(false);
  });

  test("is replaced whole: a reader never sees half a file, and nothing is left beside it", () => {
    const { store } = open();
    for (let round = 0; round < 20; round += 1) {
      store.write("github.com", `${round} `.repeat(1_000));
      expect(open().store.read("github.com")).toMatch(new RegExp(`^(${round} ){1000}$`));
    }
    expect(readdirSync(folder)).toEqual([fileName]);
  });
});

describe("what is not trusted", () => {
  test("a file that is a symbolic link is neither read nor written", () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = path.join(base, "published.json");
    writeFileSync(target, JSON.stringify({ "github.com": "planted" }));
    symlinkSync(target, file);
    const { store } = open();
    expect(thrown(() => store.read("github.com"))).toMatchObject({ code: "signed-out" });
    expect(thrown(() => store.write("github.com", secret))).toMatchObject({
      code: "sign-in-failed",
      message: expect.stringContaining("symbolic link"),
    });
    expect(readFileSync(target, "utf8")).not.toContain(secret);
    store.erase();
    expect(existsSync(target)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  test("a folder that is a symbolic link to a folder of ours is followed", () => {
    const real = path.join(base, "dotfiles");
    mkdirSync(real);
    mkdirSync(path.dirname(folder), { recursive: true });
    symlinkSync(real, folder);
    open().store.write("github.com", secret);
    expect(open().store.read("github.com")).toBe(secret);
    expect(modeOf(real)).toBe(0o700);
    expect(lstatSync(folder).isSymbolicLink()).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)("a folder or a file of another user is refused", async () => {
    const { chownSync } = await import("node:fs");
    const { store } = open();
    store.write("github.com", secret);
    chownSync(file, 12_345, 12_345);
    expect(thrown(() => store.read("github.com"))).toMatchObject({ message: expect.stringContaining("another user") });
    expect(thrown(() => store.write("github.com", "new"))).toMatchObject({ code: "sign-in-failed" });
    chownSync(file, 0, 0);
    chownSync(folder, 12_345, 12_345);
    expect(thrown(() => store.read("github.com"))).toMatchObject({ code: "signed-out" });
    expect(thrown(() => store.write("github.com", "new"))).toMatchObject({ code: "sign-in-failed" });
  });

  test("a path that cannot be a folder is said with its name and the system's word", () => {
    writeFileSync(path.join(base, "config"), "a file");
    expect(thrown(() => open().store.write("github.com", secret))).toMatchObject({
      code: "sign-in-failed",
      message: expect.stringMatching(/auth\.json.*(ENOTDIR|EEXIST)/),
    });
  });

  test("a file without an end is neither read nor written", () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, "{}", { mode: 0o600 });
    truncateSync(file, 1024 ** 4);
    const { store } = open();
    expect(thrown(() => store.read("github.com"))).toMatchObject({
      message: expect.stringContaining("is larger than"),
    });
    expect(thrown(() => store.write("github.com", secret))).toMatchObject({ code: "sign-in-failed" });
  });

  test("a file that is not JSON is moved aside with a warning that quotes none of it, and writing works again", () => {
    for (const text of ["", `{"github.com": "${secret}`, "\u0000\u0000"]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, text, { mode: 0o600 });
      const { store, log } = open();
      expect(store.read("github.com")).toBeUndefined();
      expect(readFileSync(`${file}.corrupt`, "utf8")).toBe(text);
      expect(log.lines).toMatchObject([{ level: "warn" }]);
      expect(JSON.stringify(log.lines)).not.toContain("ghu_");
      store.write("github.com", "new");
      expect(open().store.read("github.com")).toBe("new");
    }
  });

  test("a file that goes bad between two calls is moved aside as well", () => {
    const { store } = open();
    store.write("github.com", "good");
    writeFileSync(file, "{");
    store.write("name.ghe.com", "new");
    expect(store.read("name.ghe.com")).toBe("new");
    expect(store.read("github.com")).toBeUndefined();
  });

  test("values that are not text count as none", () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify({ a: 1, b: null, c: { d: "e" } }));
    const { store } = open();
    for (const key of ["a", "b", "c", "c.d", "toString", "__proto__"]) expect(store.read(key)).toBeUndefined();
  });
});

describe("erase", () => {
  test("leaves nothing that holds a token: not the file, nor a copy moved aside, nor half a write", () => {
    const { store } = open();
    store.write("github.com", secret);
    writeFileSync(`${file}.corrupt`, secret);
    writeFileSync(`${file}.tmp-1234567890abcdef`, secret);
    writeFileSync(path.join(folder, "config.json"), "{}");
    store.erase();
    expect(readdirSync(folder)).toEqual(["config.json"]);
    expect(store.read("github.com")).toBeUndefined();
    store.erase();
    store.write("github.com", "again");
    expect(store.read("github.com")).toBe("again");
  });
});

describe("watch", () => {
  test("tells of a write and of an erase by anybody within a second, and of nothing else", async () => {
    const { store, clock } = open();
    let told = 0;
    const stop = store.watch(() => (told += 1));
    await clock.advance(5_000);
    expect(told).toBe(0);
    open().store.write("github.com", "one");
    await clock.advance(1_000);
    expect(told).toBe(1);
    open().store.write("github.com", "two");
    await clock.advance(1_000);
    expect(told).toBe(2);
    open().store.erase();
    await clock.advance(1_000);
    expect(told).toBe(3);
    await clock.advance(5_000);
    expect(told).toBe(3);
    stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  test("goes on when one who listens throws, and stops with the last who leaves", async () => {
    const { store, clock, log } = open();
    let told = 0;
    const stops = [
      store.watch(() => {
        throw new Error("made up");
      }),
      store.watch(() => (told += 1)),
    ];
    store.write("github.com", "one");
    await clock.advance(1_000);
    expect(told).toBe(1);
    expect(log.lines).toMatchObject([{ level: "error" }]);
    stops[0]?.();
    store.write("github.com", "two");
    await clock.advance(1_000);
    expect(told).toBe(2);
    stops[1]?.();
    stops[1]?.();
    expect(clock.pendingTimers()).toBe(0);
  });

  test("one who stops listening while being told does not start it again", async () => {
    const { store, clock } = open();
    const stop: () => void = store.watch(() => stop());
    store.write("github.com", "one");
    await clock.advance(1_000);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("two processes", () => {
  test("writing at once lose nothing of each other", async () => {
    const script = await bundleScript(
      `
        import { createSecretStore } from "./server/config/secret-store.ts";
        const [folder = "", fileName = "", name = ""] = process.argv.slice(2);
        const silent = () => undefined;
        const log = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };
        const clock = { nowMs: () => 0, monotonicMs: () => 0, after: () => ({ cancel: silent }) };
        const store = createSecretStore({ clock, log }, { folder, fileName });
        for (let n = 0; n < 25; n += 1) store.write(name + n, "v");
      `,
      base,
    );
    expect(await Promise.all([run(script, folder, fileName, "a"), run(script, folder, fileName, "b")])).toEqual([0, 0]);
    const { store } = open();
    for (let n = 0; n < 25; n += 1) {
      expect([n, store.read(`a${n}`), store.read(`b${n}`)]).toEqual([n, "v", "v"]);
    }
    expect(readdirSync(folder)).toEqual([fileName]);
  });

  test("a lock of a process that is gone holds nobody up", () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Beyond the largest process id that systems give.
    writeFileSync(`${file}.lock`, `2147483646\n${hostname()}\n1`);
    const start = performance.now();
    open().store.write("github.com", "one");
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(readdirSync(folder)).toEqual([fileName]);
  });

  test("a lock that is never given back is broken after a while", () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.lock`, `${process.pid}\nanother-machine\n1`);
    open().store.write("github.com", "one");
    expect(open().store.read("github.com")).toBe("one");
    expect(readdirSync(folder)).toEqual([fileName]);
  });
});

describe("the store in memory", () => {
  test("reads what it was given and what was written, and tells of changes after they are made", async () => {
    const store = createMemorySecretStore({ "github.com": "given" });
    const seen: (string | undefined)[] = [];
    const stop = store.watch(() => seen.push(store.read("github.com")));
    expect(store.read("github.com")).toBe("given");
    store.write("github.com", "written");
    expect(seen).toEqual([]);
    await Promise.resolve();
    store.erase();
    await Promise.resolve();
    stop();
    store.write("github.com", "unseen");
    await Promise.resolve();
    expect(seen).toEqual(["written", undefined]);
  });
});

/** Threads of the test runner may not set it; then the usual one has to do. */
function trySetUmask(mask: number): number | false {
  try {
    return process.umask(mask);
  } catch {
    return false;
  }
}
