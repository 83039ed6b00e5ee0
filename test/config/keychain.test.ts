// The system's keychain, by the helper that is built beside the program: a real gnome-keyring in every state that it can
// be in, and a stand-in for the `security` program of macOS.

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Keychain } from "../../server/auth/types.ts";
import { createKeychain } from "../../server/config/keychain/keychain.ts";
import { readOneAtATime } from "../../server/config/keychain/one-at-a-time.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { CopilotError } from "../../shared/errors.ts";
import { isRunning } from "../services/support/official.ts";
import { eventually } from "../support/eventually.ts";
import { bundleScript } from "./support/another-process.ts";
import { type Desktop, noDesktop, openDesktop } from "../support/desktop.ts";

const helper = [process.execPath, resolve("dist/keychain-helper.js")];
const limitMs = 20_000;
const token = new Secret("ghu_keychainKeychain01");

if (noDesktop !== undefined) process.stderr.write(`${noDesktop}\n`);

function open(environment: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform = "linux") {
  const ending = new AbortController();
  const keychain = createKeychain({ clock: systemClock, platform, environment, helper, signal: ending.signal });
  return { ...keychain, end: () => ending.abort(new CopilotError("closing", "over")) };
}

async function desktop(options: Parameters<typeof openDesktop>[0]): Promise<Desktop> {
  const opened = await openDesktop(options);
  onTestFinished(() => opened.close());
  return opened;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "keychain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.skipIf(noDesktop !== undefined)("the Secret Service", () => {
  test("keeps a token, replaces it, and forgets it", async () => {
    const { environment } = await desktop({ keyring: true });
    const keychain = open(environment);
    expect(await keychain.read("github.com", limitMs)).toBeUndefined();
    await keychain.write("github.com", new Secret("ghu_former"), limitMs);
    await keychain.write("github.com", token, limitMs);
    expect((await keychain.read("github.com", limitMs))?.reveal()).toBe(token.reveal());
    expect(await keychain.read("name.ghe.com", limitMs)).toBeUndefined();
    await keychain.erase("github.com", limitMs);
    await keychain.erase("github.com", limitMs);
    expect(await keychain.read("github.com", limitMs)).toBeUndefined();
  });

  test("is unavailable without a bus, and on a bus without a service", async () => {
    const { environment } = await desktop({ keyring: false });
    for (const each of [{}, { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere" }, environment]) {
      const keychain = open(each);
      await expect(keychain.read("github.com", limitMs)).rejects.toMatchObject({ code: "keychain-unavailable" });
      await expect(keychain.write("github.com", token, limitMs)).rejects.toMatchObject({
        code: "keychain-unavailable",
        message: expect.not.stringContaining(token.reveal()),
      });
    }
  });

  test("that is locked says so, gives nothing and takes nothing", async () => {
    const { environment, lock } = await desktop({ keyring: true });
    const keychain = open(environment);
    await keychain.write("github.com", token, limitMs);
    await lock();
    await expect(keychain.read("github.com", limitMs)).rejects.toMatchObject({ code: "keychain-locked" });
    await expect(keychain.write("github.com", token, limitMs)).rejects.toMatchObject({ code: "keychain-locked" });
    await expect(keychain.erase("github.com", limitMs)).rejects.toMatchObject({ code: "keychain-locked" });
  });

  test("that hangs is given up at the limit, while this process goes on", async () => {
    const { environment, freeze } = await desktop({ keyring: true });
    freeze();
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 10);
    onTestFinished(() => clearInterval(ticking));
    await expect(open(environment).read("github.com", 1_000)).rejects.toMatchObject({
      code: "keychain-unavailable",
      message: expect.stringContaining("1 s"),
    });
    expect(turns).toBeGreaterThan(20);
  });

  test("is not waited for by a process that ends", async () => {
    const { environment, freeze } = await desktop({ keyring: true });
    freeze();
    const keychain = open(environment);
    const reading = keychain.read("github.com", 60_000);
    keychain.end();
    await expect(reading).rejects.toMatchObject({ code: "closing" });
  });

  test("is asked by several processes at once without a loss", async () => {
    const { environment } = await desktop({ keyring: true });
    const names = ["a", "b", "c", "d"];
    await Promise.all(names.map((name) => open(environment).write(name, new Secret(`ghu_${name}`), limitMs)));
    const found = await Promise.all(names.map((name) => open(environment).read(name, limitMs)));
    expect(found.map((secret) => secret?.reveal())).toEqual(names.map((name) => `ghu_${name}`));
  });

  test("is unavailable where the optional package is missing", async () => {
    const { environment } = await desktop({ keyring: true });
    const folder = temporaryFolder();
    const alone = join(folder, "keychain-helper.mjs");
    writeFileSync(alone, readFileSync(helper[1] ?? ""));
    const keychain = createKeychain({
      clock: systemClock,
      platform: "linux",
      environment,
      helper: [process.execPath, alone],
      signal: new AbortController().signal,
    });
    await expect(keychain.read("github.com", limitMs)).rejects.toMatchObject({
      code: "keychain-unavailable",
      message: expect.stringContaining("@napi-rs/keyring is not installed"),
    });
  });
});

test.skipIf(process.platform !== "linux")(
  "a keychain that never answers is asked by no program any more when the process that has started it is killed",
  async () => {
    const folder = temporaryFolder();
    const alone = join(folder, "keychain-helper.mjs");
    writeFileSync(alone, readFileSync(helper[1] ?? ""));
    const library = join(folder, "node_modules/@napi-rs/keyring");
    mkdirSync(library, { recursive: true });
    const asked = join(folder, "asked");
    writeFileSync(
      join(library, "index.js"),
      `exports.Entry = class {
      getPassword() {
        require("node:fs").writeFileSync(${JSON.stringify(asked)}, process.pid + ";");
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }
    };`,
    );
    const script = await bundleScript(
      `
      import { createKeychain } from "./server/config/keychain/keychain.ts";
      import { systemClock as clock } from "./server/runtime/system-clock.ts";
      const { signal } = new AbortController();
      const helper = [process.execPath, ${JSON.stringify(alone)}];
      setInterval(() => undefined, 60_000);
      void createKeychain({ clock, platform: "linux", environment: process.env, helper, signal }).read("a", 60_000);
    `,
      folder,
    );
    const parent = spawn(process.execPath, [script], { stdio: "ignore" });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const pid = await eventually(() => {
      const [, found] = /^(\d+);$/.exec(readFileSync(asked, "utf8")) ?? [];
      if (found === undefined) throw new Error("not asked yet");
      return Number(found);
    });
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, "SIGKILL");
    });
    parent.kill("SIGKILL");
    await eventually(() => expect(isRunning(pid)).toBe(false));
  },
);

describe.skipIf(process.platform === "win32")("the `security` program of macOS", () => {
  /** Keeps one item in a file; writes down its arguments and its standard input. */
  function standIn(exitCode?: number) {
    const folder = temporaryFolder();
    const program = join(folder, "security");
    writeFileSync(
      program,
      `#!${process.execPath}
const fs = require("node:fs");
const at = (name) => ${JSON.stringify(folder)} + "/" + name;
const input = fs.readFileSync(0, "utf8");
fs.appendFileSync(at("calls"), JSON.stringify(process.argv.slice(2)) + "\\n");
if (${exitCode ?? 0} !== 0) process.exit(${exitCode ?? 0});
const [command] = process.argv.slice(2);
if (command === "-i") {
  const words = [...input.trim().matchAll(/"((?:[^"\\\\]|\\\\.)*)"/g)].map((found) => found[1].replace(/\\\\(.)/g, "$1"));
  fs.writeFileSync(at("item"), words.at(-1));
} else if (!fs.existsSync(at("item"))) process.exit(44);
else if (command === "delete-generic-password") fs.unlinkSync(at("item"));
else console.log(fs.readFileSync(at("item"), "utf8"));
`,
    );
    chmodSync(program, 0o755);
    const keychain = open({ PATH: `${folder}${delimiter}${process.env["PATH"]}` }, "darwin");
    return { keychain, calls: () => readFileSync(join(folder, "calls"), "utf8") };
  }

  test("is given the token on its standard input and gives it back; an item that is missing is no failure", async () => {
    const { keychain, calls } = standIn();
    const odd = new Secret('ghu_with"quote\\and$sign');
    expect(await keychain.read("github.com", limitMs)).toBeUndefined();
    await keychain.write("github.com", odd, limitMs);
    expect((await keychain.read("github.com", limitMs))?.reveal()).toBe(odd.reveal());
    await keychain.erase("github.com", limitMs);
    await keychain.erase("github.com", limitMs);
    expect(calls()).not.toContain("quote");
    expect(calls().split("\n")[0]).toBe(
      JSON.stringify(["find-generic-password", "-s", "copilot-lsp", "-a", "github.com", "-w"]),
    );
  });

  test.each([
    [36, "keychain-locked"],
    [51, "keychain-locked"],
    [128, "keychain-locked"],
    [1, "keychain-unavailable"],
  ])("that ends with %s means %s", async (exitCode, code) => {
    await expect(standIn(exitCode).keychain.read("github.com", limitMs)).rejects.toMatchObject({ code });
  });

  test("that is missing means that there is no keychain", async () => {
    const keychain = open({ PATH: temporaryFolder() }, "darwin");
    await expect(keychain.read("github.com", limitMs)).rejects.toMatchObject({ code: "keychain-unavailable" });
  });
});

describe("many windows", () => {
  /** A keychain that shows a prompt, which the test answers. */
  function prompting() {
    const prompts: ((answer: Secret | CopilotError) => void)[] = [];
    let unlocked: Secret | undefined;
    const keychain: Keychain = {
      name: "Secret Service",
      read: () =>
        unlocked
          ? Promise.resolve(unlocked)
          : new Promise((done, refuse) => {
              prompts.push((answer) => {
                if (answer instanceof CopilotError) return refuse(answer);
                unlocked = answer;
                done(answer);
              });
            }),
      write: async () => undefined,
      erase: async () => undefined,
    };
    return { keychain, prompts };
  }

  test.each(["answered", "dismissed"])("make one prompt, whether it is %s", async (how) => {
    const folder = temporaryFolder();
    const { keychain, prompts } = prompting();
    const windows = Array.from({ length: 5 }, () => readOneAtATime(keychain, { clock: systemClock, folder }));
    const readings = Promise.allSettled(windows.map((window) => window.read("github.com", limitMs)));
    await expect.poll(() => prompts.length).toBe(1);
    prompts[0]?.(how === "answered" ? token : new CopilotError("keychain-locked", "dismissed"));
    const kinds = (await readings).map(({ status }) => status);
    expect(new Set(kinds)).toEqual(new Set([how === "answered" ? "fulfilled" : "rejected"]));
    expect(prompts).toHaveLength(1);
    // A later one asks again.
    if (how === "dismissed") {
      const later = windows[0]?.read("github.com", limitMs);
      await expect.poll(() => prompts.length).toBe(2);
      prompts[1]?.(token);
      expect(await later).toBe(token);
    }
  });

  test("are not held up by one that was killed while it asked", async () => {
    const folder = temporaryFolder();
    // Beyond the largest process id that systems give.
    writeFileSync(join(folder, "keychain.lock"), `2147483646\n${hostname()}`);
    const { keychain, prompts } = prompting();
    const reading = readOneAtATime(keychain, { clock: systemClock, folder }).read("github.com", limitMs);
    await expect.poll(() => prompts.length).toBe(1);
    prompts[0]?.(token);
    expect(await reading).toBe(token);
  });
});
