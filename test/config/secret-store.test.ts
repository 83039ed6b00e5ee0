// The files of secrets: who may read them, what survives a crash, what several processes do at once, how soon others
// notice, and what becomes of the single file of former versions.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createMemorySecretStore } from "../../server/config/memory-secret-store.ts";
import { createSecretStore } from "../../server/config/secret-store.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { eventually } from "../support/eventually.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { bundleScript, run } from "./support/another-process.ts";

const secret = "ghu_secretSecretSecret01";
let base = "";
let folder = "";
let file = "";
let singleFile = "";

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), "secret-store-"));
  const config = path.join(base, "config", "copilot-lsp");
  folder = path.join(config, "auth");
  file = path.join(folder, "github.com.json");
  singleFile = path.join(config, "auth.json");
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const modeOf = (name: string): number => statSync(name).mode & 0o777;

function open(deps: { readonly watch?: typeof watch; readonly clock?: typeof systemClock } = {}) {
  const log = createRecordingLog();
  return { log, store: createSecretStore({ clock: systemClock, log, watch, ...deps }, { folder, singleFile }) };
}

function makeFolder(): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

describe("what is written", () => {
  test("comes back, in a file for each key, under keys with dots, colons and slashes", async () => {
    const { store } = open();
    const keys = ["github.com", "http://127.0.0.1:8080", "name.ghe.com"];
    for (const key of keys) await store.write(key, `value of ${key}`);
    const other = open().store;
    expect(other.pathOf("github.com")).toBe(file);
    for (const key of keys) expect(await other.read(key)).toBe(`value of ${key}`);
    expect(await other.read("example.com")).toBeUndefined();
    expect(await other.read("github")).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual([
      "github.com.json",
      "http%3A%2F%2F127.0.0.1%3A8080.json",
      "name.ghe.com.json",
    ]);
  });

  test("can be read by its owner only: the file is 0600 in a folder of 0700, whatever the umask", async () => {
    const previous = trySetUmask(0);
    try {
      await open().store.write("github.com", secret);
      expect(modeOf(file)).toBe(0o600);
      expect(modeOf(folder)).toBe(0o700);
    } finally {
      if (previous !== false) trySetUmask(previous);
    }
  });

  test("a folder and a file that were open to others are closed, with a warning", async () => {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chmodSync(folder, 0o755);
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    const { store, log } = open();
    expect(await store.read("github.com")).toBe("old");
    expect(modeOf(file)).toBe(0o600);
    await store.write("github.com", "new");
    expect(modeOf(folder)).toBe(0o700);
    expect(modeOf(file)).toBe(0o600);
    expect(log.lines.filter((line) => line.level === "warn")).toHaveLength(2);
  });

  test("reading creates nothing", async () => {
    const { store } = open();
    expect(await store.read("github.com")).toBeUndefined();
    await store.eraseAll(() => true);
    store.watch(() => undefined)();
    expect(existsSync(path.join(base, "config"))).toBe(false);
  });

  test("is replaced whole: a reader never sees half a file, and nothing is left beside it", async () => {
    const { store } = open();
    await store.write("github.com", "0");
    for (let round = 0; round < 50; round += 1) {
      const writing = store.write("github.com", `${round} `.repeat(5_000));
      for (let reads = 0; reads < 3; reads += 1) {
        expect(new Set((await open().store.read("github.com"))?.trim().split(" ")).size).toBe(1);
      }
      await writing;
    }
    expect(readdirSync(folder)).toEqual(["github.com.json"]);
  });
});

describe("what is not trusted", () => {
  test("a file that is a symbolic link is neither read nor written", async () => {
    makeFolder();
    const target = path.join(base, "published.json");
    writeFileSync(target, "planted");
    symlinkSync(target, file);
    const { store } = open();
    await expect(store.read("github.com")).rejects.toMatchObject({ code: "signed-out" });
    await expect(store.write("github.com", secret)).rejects.toMatchObject({
      code: "sign-in-failed",
      message: expect.stringContaining("symbolic link"),
    });
    await expect(store.assertWritable("github.com")).rejects.toMatchObject({ code: "sign-in-failed" });
    expect(readFileSync(target, "utf8")).not.toContain(secret);
    await store.eraseAll(() => true);
    expect(existsSync(target)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  test("a folder that is a symbolic link to a folder of ours is followed", async () => {
    const real = path.join(base, "dotfiles");
    mkdirSync(real);
    mkdirSync(path.dirname(folder), { recursive: true });
    symlinkSync(real, folder);
    await open().store.write("github.com", secret);
    expect(await open().store.read("github.com")).toBe(secret);
    expect(modeOf(real)).toBe(0o700);
    expect(lstatSync(folder).isSymbolicLink()).toBe(true);
  });

  test.skipIf(process.getuid?.() !== 0)("a folder or a file of another user is refused", async () => {
    const { chownSync } = await import("node:fs");
    const { store } = open();
    await store.write("github.com", secret);
    chownSync(file, 12_345, 12_345);
    await expect(store.read("github.com")).rejects.toThrow("another user");
    await expect(store.write("github.com", "new")).rejects.toMatchObject({ code: "sign-in-failed" });
    chownSync(file, 0, 0);
    chownSync(folder, 12_345, 12_345);
    await expect(store.read("github.com")).rejects.toMatchObject({ code: "signed-out" });
    await expect(store.write("github.com", "new")).rejects.toMatchObject({ code: "sign-in-failed" });
  });

  test("a path that cannot be a folder is said with its name and the system's word", async () => {
    writeFileSync(path.join(base, "config"), "a file");
    await expect(open().store.write("github.com", secret)).rejects.toMatchObject({
      code: "sign-in-failed",
      message: expect.stringMatching(/github\.com\.json.*(ENOTDIR|EEXIST)/),
    });
  });
});

test("a file without an end is not read", async () => {
  makeFolder();
  for (const endless of [file, singleFile]) {
    writeFileSync(endless, "{}", { mode: 0o600 });
    truncateSync(endless, 1024 ** 4);
    await expect(open().store.read("github.com")).rejects.toMatchObject({ code: "signed-out" });
  }
});

describe("erase", () => {
  test("leaves nothing that holds a token: no key, nor what former versions left, nor half a write", async () => {
    const { store } = open();
    await store.write("github.com", secret);
    await store.write("name.ghe.com", secret);
    writeFileSync(path.join(folder, "1-1-1.new"), secret);
    for (const name of ["", ".corrupt", ".tmp-1234567890abcdef"]) writeFileSync(singleFile + name, secret);
    writeFileSync(path.join(folder, "..", "config.json"), "{}");
    await store.eraseAll(() => true);
    expect(readdirSync(folder)).toEqual([]);
    expect(readdirSync(path.dirname(folder)).sort()).toEqual(["auth", "config.json"]);
    expect(await store.read("github.com")).toBeUndefined();
    await store.eraseAll(() => true);
    await store.write("github.com", "again");
    expect(await store.read("github.com")).toBe("again");
  });
});

describe("the single file of former versions", () => {
  const former = { "github.com": "dotcom", "http://127.0.0.1:8080": "local", count: 1, nothing: null };
  const writeFormer = (content: unknown = former): void => {
    mkdirSync(path.dirname(singleFile), { recursive: true, mode: 0o700 });
    writeFileSync(singleFile, typeof content === "string" ? content : JSON.stringify(content), { mode: 0o600 });
  };

  test("is taken apart at the first call, whatever that is, and every token is there", async () => {
    for (const first of ["read", "write"]) {
      writeFormer();
      const { store, log } = open();
      if (first === "read") expect(await store.read("http://127.0.0.1:8080")).toBe("local");
      else await store.write("name.ghe.com", "tenant");
      expect(existsSync(singleFile)).toBe(false);
      expect(await store.read("github.com")).toBe("dotcom");
      expect(await store.read("http://127.0.0.1:8080")).toBe("local");
      expect(modeOf(file)).toBe(0o600);
      expect(log.lines).toEqual([]);
      await store.eraseAll(() => true);
    }
  });

  test("is taken apart by ten processes at once without a loss", async () => {
    writeFormer(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`host${n}`, `token${n}`])));
    const script = await bundleScript(
      `
        import { watch } from "node:fs";
        import { createSecretStore } from "./server/config/secret-store.ts";
        import { systemClock } from "./server/runtime/system-clock.ts";
        const [folder = "", singleFile = ""] = process.argv.slice(2);
        const silent = () => undefined;
        const log = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };
        const store = createSecretStore({ clock: systemClock, log, watch }, { folder, singleFile });
        void store.read("host19").then((text) => process.exit(text === "token19" ? 0 : 1));
      `,
      base,
    );
    const codes = await Promise.all(Array.from({ length: 10 }, () => run(script, folder, singleFile)));
    expect(codes).toEqual(Array.from({ length: 10 }, () => 0));
    const { store } = open();
    for (let n = 0; n < 20; n += 1) expect(await store.read(`host${n}`)).toBe(`token${n}`);
    expect(existsSync(singleFile)).toBe(false);
    expect(readdirSync(folder)).toHaveLength(20);
  });

  test("that a former version writes beside this one counts where it is newer, and not where it is older", async () => {
    const { store } = open();
    await store.write("github.com", "mine");
    writeFormer();
    utimesSync(singleFile, new Date(0), new Date(0));
    expect(await store.read("github.com")).toBe("mine");
    writeFormer();
    utimesSync(singleFile, new Date(), new Date(Date.now() + 5_000));
    expect(await store.read("github.com")).toBe("dotcom");
  });

  test("is neither read nor removed when it is a symbolic link", async () => {
    makeFolder();
    const target = path.join(base, "published.json");
    writeFileSync(target, JSON.stringify(former));
    symlinkSync(target, singleFile);
    await expect(open().store.read("github.com")).rejects.toMatchObject({ code: "signed-out" });
    expect(readFileSync(target, "utf8")).toBe(JSON.stringify(former));
    expect(existsSync(singleFile)).toBe(true);
  });

  test("that is not JSON is moved aside with a warning that quotes none of it, and writing works again", async () => {
    for (const text of ["", `{"github.com": "${secret}`, "\u0000\u0000"]) {
      writeFormer(text);
      const { store, log } = open();
      expect(await store.read("github.com")).toBeUndefined();
      expect(readFileSync(`${singleFile}.corrupt`, "utf8")).toBe(text);
      expect(log.lines).toMatchObject([{ level: "warn" }]);
      expect(JSON.stringify(log.lines)).not.toContain("ghu_");
      await store.write("github.com", "new");
      expect(await open().store.read("github.com")).toBe("new");
      await store.eraseAll(() => true);
    }
  });
});

describe("watch", () => {
  /** Counts what is told after the first time, which comes of itself. */
  async function listen(store: ReturnType<typeof open>["store"]) {
    let told = 0;
    const stop = store.watch(() => (told += 1));
    await eventually(() => expect(told).toBe(1));
    return { count: () => told - 1, stop };
  }

  test.each(["a folder that is there", "a folder that is not there yet"])(
    "tells of a write and of an erase by anybody, in %s, with no timer's help",
    async (where) => {
      if (where === "a folder that is there") makeFolder();
      else mkdirSync(base, { recursive: true });
      // A clock that stands still: no poll falls due.
      const { store } = open({ clock: createManualClock() });
      const { count, stop } = await listen(store);
      await open().store.write("github.com", "one");
      await eventually(() => expect(count()).toBeGreaterThan(0));
      let before = count();
      await open().store.write("github.com", "two");
      await eventually(() => expect(count()).toBeGreaterThan(before));
      before = count();
      await open().store.eraseAll(() => true);
      await eventually(() => expect(count()).toBeGreaterThan(before));
      stop();
    },
  );

  test("notices within a second where the system has no watch to give", async () => {
    const clock = createManualClock();
    const { store } = open({
      clock,
      watch: (() => {
        throw Object.assign(new Error("no space"), { code: "ENOSPC" });
      }) as unknown as typeof watch,
    });
    const { count, stop } = await listen(store);
    await eventually(() => expect(clock.pendingTimers()).toBe(1));
    await open().store.write("github.com", "one");
    await clock.advance(500);
    await eventually(() => expect(count()).toBe(1));
    stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  test("goes on when one who listens throws, and stops with the last who leaves", async () => {
    const clock = createManualClock();
    const { store, log } = open({ clock });
    const stopFirst = store.watch(() => {
      throw new Error("made up");
    });
    const { count, stop } = await listen(store);
    expect(log.lines).toMatchObject([{ level: "error" }]);
    stopFirst();
    stopFirst();
    await open().store.write("github.com", "one");
    await eventually(() => expect(count()).toBeGreaterThan(0));
    await eventually(() => expect(clock.pendingTimers()).toBe(1));
    stop();
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe("two processes", () => {
  test("writing at once lose nothing of each other", async () => {
    const script = await bundleScript(
      `
        import { watch } from "node:fs";
        import { createSecretStore } from "./server/config/secret-store.ts";
        import { systemClock } from "./server/runtime/system-clock.ts";
        const [folder = "", singleFile = "", name = ""] = process.argv.slice(2);
        const silent = () => undefined;
        const log = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };
        const store = createSecretStore({ clock: systemClock, log, watch }, { folder, singleFile });
        void (async () => {
          for (let n = 0; n < 25; n += 1) await store.write(name + n, "v");
        })();
      `,
      base,
    );
    const codes = await Promise.all(["a", "b"].map((name) => run(script, folder, singleFile, name)));
    expect(codes).toEqual([0, 0]);
    const { store } = open();
    for (let n = 0; n < 25; n += 1) {
      expect([n, await store.read(`a${n}`), await store.read(`b${n}`)]).toEqual([n, "v", "v"]);
    }
    expect(readdirSync(folder)).toHaveLength(50);
  });
});

test("what is written while another process deletes everything is stored", async () => {
  const [one, other] = [open().store, open().store];
  await one.write("github.com", "former");
  const writing = one.write("github.com", secret);
  // As the other one deletes it, once it has seen it.
  const drafts = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith(".new"));
  while (drafts().length === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const draft of drafts()) rmSync(path.join(folder, draft), { force: true });
  await writing;
  expect(await other.read("github.com")).toBe(secret);
});

describe("the store in memory", () => {
  test("reads what it was given and what was written, and tells of changes after they are made", async () => {
    const store = createMemorySecretStore({ "github.com": "given" });
    let told = 0;
    const stop = store.watch(() => (told += 1));
    expect(await store.read("github.com")).toBe("given");
    const written = store.write("github.com", "written");
    expect(told).toBe(0);
    await written;
    expect(await store.read("github.com")).toBe("written");
    expect(told).toBe(1);
    await store.eraseAll(() => true);
    expect(await store.read("github.com")).toBeUndefined();
    expect(told).toBe(2);
    stop();
    await store.write("github.com", "unseen");
    expect(told).toBe(2);
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
