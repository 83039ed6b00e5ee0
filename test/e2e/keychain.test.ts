// A new user and the system's keychain, on the built program: with a desktop and without, moved and moved back, locked,
// hung, and signed out with nothing left.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { createKeychain } from "../../server/config/keychain/keychain.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { type Desktop, noDesktop, openDesktop } from "../support/desktop.ts";
import { eventually } from "../support/eventually.ts";
import { json, startStandIn } from "../services/support/stand-in.ts";
import { leaks, type Machine, openMachine } from "./bridge.ts";

/** A command takes seconds on a busy machine, and each of these tests runs up to a dozen. */
const limitMs = 120_000;

let machine: Machine;

afterEach(() => machine.close());

if (noDesktop !== undefined) process.stderr.write(`${noDesktop}\n`);

async function openDesktopMachine(keyring = true): Promise<Desktop> {
  const desktop = await openDesktop({ keyring });
  onTestFinished(() => desktop.close());
  const { DBUS_SESSION_BUS_ADDRESS } = desktop.environment;
  await openNewMachine({ DBUS_SESSION_BUS_ADDRESS });
  return desktop;
}

async function openNewMachine(environment: Readonly<Record<string, string>>): Promise<void> {
  machine = await openMachine({
    emulator: { approval: "at-once" },
    environment: { COPILOT_LSP_AUTH_STORAGE: "auto", ...environment },
  });
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
}

/** What the keychain of `desktop` holds for the emulator. */
async function kept(desktop: Desktop): Promise<string | undefined> {
  const keychain = createKeychain({
    clock: systemClock,
    platform: "linux",
    environment: desktop.environment,
    helper: [process.execPath, resolve("dist/keychain-helper.js")],
    signal: new AbortController().signal,
  });
  return (await keychain.read(machine.emulator.url, 20_000))?.reveal();
}

/** What is left in the folder of settings and sign-ins that could tell anything of an account. */
function leftOver(): readonly string[] {
  const folder = dirname(dirname(machine.storePath));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  // The random number of the installation, and the token that local programs ask this one with.
  return files.filter((name) => !["auth", "machine-id", "http-token"].includes(name));
}

const stored = (): string => readFileSync(machine.storePath, "utf8");

async function statusRow(): Promise<string> {
  const { stdout } = await machine.run(["status"]);
  return /^Token +(.*(?:\n +.*)*)/m.exec(stdout)?.[1]?.replaceAll(/\s+/g, " ") ?? stdout;
}

async function doctorLayer(
  wanted: "token" | "keychain" | "key",
  env: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const { stdout } = await machine.run(["doctor", "--json"], { env });
  const { layers } = JSON.parse(stdout) as { layers: readonly { name: string }[] };
  return layers.find(({ name }) => name === wanted);
}

describe.skipIf(noDesktop !== undefined)("with a desktop", () => {
  test(
    "a new user signs in, reads where the token is, moves it to a file and back, and signs out of everything",
    async () => {
      const desktop = await openDesktopMachine();

      expect(await machine.run(["login"])).toMatchObject({ code: 0, stdout: expect.stringContaining("Signed in as") });
      const token = await kept(desktop);
      expect(desktop.countItems("copilot-lsp")).toBe(1);
      expect(machine.emulator.tokens).toContain(token);
      expect(leaks(machine, new Map([["the store", stored()]]))).toEqual([]);
      expect(await statusRow()).toBe("from the keychain (Secret Service)");
      expect(await doctorLayer("token")).toMatchObject({ verdict: "ok", text: "from the keychain (Secret Service)" });
      expect(await doctorLayer("keychain")).toMatchObject({
        text: expect.stringMatching(/^the Secret Service is not locked and answered in [1-9][\d,]* ms$/),
      });

      const editor = machine.edit();
      await editor.initialize();
      await expect(editor.request("checkStatus", {})).resolves.toMatchObject({ status: "OK", user: "octocat" });

      expect((await machine.run(["login", "--store", "file"])).stdout).toBe(
        `Moved the token from the keychain (Secret Service) to ${machine.storePath}.\n`,
      );
      expect(stored()).toContain(token);
      expect(await kept(desktop)).toBeUndefined();
      expect(await statusRow()).toBe(`from ${machine.storePath}`);
      expect(await doctorLayer("keychain")).toBeUndefined();

      expect((await machine.run(["login", "--store", "keychain"])).stdout).toBe(
        `Moved the token from ${machine.storePath} to the keychain (Secret Service).\n`,
      );
      expect(stored()).not.toContain(token);
      expect(await kept(desktop)).toBe(token);
      await expect(editor.request("checkStatus", {})).resolves.toMatchObject({ status: "OK" });

      expect((await machine.run(["logout"])).stdout).toBe(
        "Signed out octocat: deleted the token in the keychain (Secret Service).\n",
      );
      expect(desktop.countItems("copilot-lsp")).toBe(0);
      expect(leftOver()).toEqual([]);
      await editor.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Error");
      expect(leaks(machine)).toEqual([]);
    },
    limitMs,
  );

  test(
    "the key of a service is kept there as a sign-in is, used, and forgotten",
    async () => {
      const desktop = await openDesktopMachine();
      const service = await startStandIn({
        "/v1/models": json({ data: [{ id: "starcoder2-3b", max_model_len: 4096 }] }),
        "/v1/completions": json({ choices: [{ text: "a + b", finish_reason: "stop" }] }),
      });
      onTestFinished(() => service.close());
      const env = { COPILOT_LSP_SERVICE_KIND: "openai", COPILOT_LSP_SERVICE_URL: `${service.url}/v1` };
      const login = await machine.run(["login"], { env, stdin: "sk-right\n" });
      expect(login.stdout).toMatch(/^Stored in the keychain \(Secret Service\), for openai at /);
      expect(desktop.countItems("copilot-lsp")).toBe(1);
      expect([...machine.written().values()].join("\n")).not.toContain("sk-right");

      await machine.run(["complete", "-"], { env, stdin: "def add(a, b):\n    return " });
      expect(service.asked.at(-1)?.headers.authorization).toBe("Bearer sk-right");
      await machine.run(["logout"], { env: { COPILOT_LSP_SERVICE_KIND: "copilot" } });
      expect(desktop.countItems("copilot-lsp")).toBe(1);

      expect((await machine.run(["logout"], { env })).stdout).toMatch(/^Deleted the key for .* in the keychain/);
      expect(desktop.countItems("copilot-lsp")).toBe(0);

      await machine.run(["login"], { env, stdin: "sk-right\n" });
      await desktop.lock();
      const asked = (): number => service.asked.filter(({ path }) => path.startsWith("/v1/")).length;
      const before = asked();
      const failed = { verdict: "fail", text: expect.stringContaining("is locked") };
      expect(await doctorLayer("key", env)).toMatchObject(failed);
      expect((await machine.run(["logout"], { env })).stderr).toContain("run `copilot-lsp logout` again");
      expect(await doctorLayer("key", env)).toMatchObject(failed);
      expect(asked()).toBe(before);
    },
    limitMs,
  );

  test(
    "a keychain that is locked is said by every front, is never replaced by a file, and can be left by signing in anew",
    async () => {
      const desktop = await openDesktopMachine();
      await machine.run(["login"]);
      await desktop.lock();

      const editor = machine.edit();
      await editor.initialize();
      const status = await editor.waitFor<{ kind: string; message?: string }>(
        "didChangeStatus",
        ({ message }) => message?.includes("locked") ?? false,
      );
      expect(status).toMatchObject({ kind: "Error", message: expect.stringContaining("login --force --store file") });
      const answer = await eventually(() =>
        fetch(machine.url, {
          method: "POST",
          headers: { accept: "application/json" },
          body: JSON.stringify({ prompt: "x = ", language: "python" }),
        }),
      );
      expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("keychain-locked")]);
      expect(await machine.run(["status"])).toMatchObject({ code: 3, stderr: expect.stringContaining("is locked") });
      for (const name of ["token", "keychain"] as const) {
        const layer = { verdict: "fail", text: expect.stringContaining("is locked") };
        expect(await doctorLayer(name)).toMatchObject(layer);
      }
      expect(stored()).toContain("keychain");
      expect(machine.emulator.callsTo("completions")).toEqual([]);

      const logout = await machine.run(["logout"]);
      expect(logout).toMatchObject({ code: 3, stderr: expect.stringContaining("run `copilot-lsp logout` again") });
      expect(logout.stderr).not.toContain("login --force");
      expect(desktop.countItems("copilot-lsp")).toBe(1);

      const moved = await machine.run(["login", "--store", "file", "--force"]);
      expect(moved.code).toBe(0);
      expect(leaks(machine, new Map([["the store", stored()]]))).toHaveLength(1);
      await eventually(async () => {
        expect(await editor.request("checkStatus", {})).toMatchObject({ status: "OK", user: "octocat" });
      });
      expect((await machine.run(["logout"])).code).toBe(0);
      expect(leftOver()).toEqual([]);
    },
    limitMs,
  );

  test(
    "a keychain that hangs holds up neither the editor nor the end of the process",
    async () => {
      const desktop = await openDesktopMachine();
      await machine.run(["login"]);
      desktop.freeze();
      const editor = machine.edit();
      await editor.initialize();
      editor.open("file:///project/a.py", "x = ");
      const began = performance.now();
      await expect(
        editor.inlineCompletion("file:///project/a.py", { line: 0, character: 4 }).answer,
      ).resolves.toMatchObject({ items: [] });
      expect(performance.now() - began).toBeLessThan(10_000);
      await editor.request("shutdown");
      editor.notify("exit");
      expect(await editor.exited).toMatchObject({ code: 0 });
    },
    limitMs,
  );
});

describe("without a desktop", () => {
  test(
    "the token goes into a file, which login, status and doctor say with the reason",
    async () => {
      await openNewMachine({});
      const login = await machine.run(["login"]);
      expect(login).toMatchObject({ code: 0, stderr: expect.stringContaining("no keychain took it") });
      expect(existsSync(machine.storePath)).toBe(true);
      expect(await statusRow()).toContain(
        `from ${machine.storePath} in a file that only you can read, because no keychain took it at the sign-in`,
      );
      expect(await doctorLayer("token")).toMatchObject({
        verdict: "ok",
        text: expect.stringContaining("no keychain took it"),
      });
      await machine.run(["logout"]);
      expect(leftOver()).toEqual([]);
      expect(leaks(machine)).toEqual([]);
    },
    limitMs,
  );

  test(
    "nobody signs in where only the keychain may have the token, and no code is entered for nothing",
    async () => {
      await openNewMachine({ COPILOT_LSP_AUTH_STORAGE: "keychain" });
      const login = await machine.run(["login"]);
      expect(login).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("cannot be used") });
      expect(machine.emulator.callsTo("device-code")).toEqual([]);
      expect(existsSync(machine.storePath)).toBe(false);
      const editor = machine.edit();
      await editor.initialize();
      await expect(editor.request("signIn", {})).rejects.toThrow(/cannot be used/);
    },
    limitMs,
  );

  test(
    "no keychain is asked for where the setting says file",
    async () => {
      await openNewMachine({ COPILOT_LSP_AUTH_STORAGE: "file" });
      const login = await machine.run(["login"]);
      expect(login.stderr).not.toContain("keychain");
      expect(await statusRow()).toBe(`from ${machine.storePath}`);
      expect(readdirSync(join(dirname(machine.storePath)))).toHaveLength(1);
    },
    limitMs,
  );
});
