// Commands that write files of the person's, in the built program.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";

async function machineWith(options: Parameters<typeof openMachine>[0] = {}): Promise<Machine> {
  const machine = await openMachine(options);
  onTestFinished(() => machine.close());
  return machine;
}

test("settings that are written at the same time are all kept", async () => {
  const machine = await machineWith();
  const settings = {
    "http.maxBodyBytes": 2_000,
    "lsp.menu": "never",
    "log.level": "debug",
    "completion.lines": "one",
    "completion.maxTokens": 77,
    "governor.typingBurst": 7,
    "editor.name": "ed",
    "upstream.userAgent": "me",
  };
  const pairs = Object.entries(settings);
  const ends = await Promise.all(pairs.map(([key, value]) => machine.run(["config", key, String(value)])));
  expect(ends.map(({ code }) => code)).toEqual(pairs.map(() => 0));
  const file = join(machine.home, ".config/copilot-lsp/config.json");
  const json: Record<string, Record<string, unknown>> = JSON.parse(readFileSync(file, "utf8"));
  const kept = Object.entries(json).flatMap(([group, values]) =>
    Object.entries(values).map(([name, value]) => [`${group}.${name}`, value]),
  );
  expect(Object.fromEntries(kept)).toEqual(settings);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test("login says before it shows a code that the sign-in could not be stored", async () => {
  const machine = await machineWith();
  const file = join(machine.home, "taken");
  writeFileSync(file, "");
  const { code, stdout, stderr } = await machine.run(["login"], { env: { XDG_CONFIG_HOME: file } });
  expect(code).not.toBe(0);
  expect(stdout).toBe("");
  expect(stderr).toContain("could not be stored");
  expect(machine.emulator.calls).toEqual([]);
});

test("login --force asks for a code although the token works, and login does not", async () => {
  const machine = await machineWith({ signedIn: true });
  expect(JSON.parse((await machine.run(["login", "--json"])).stdout)).toMatchObject({ event: "already-signed-in" });
  const forced = machine.start(["login", "--force", "--json"]);
  expect(JSON.parse(await forced.line())).toMatchObject({ event: "code" });
  forced.kill("SIGINT");
  await forced.exited;
});
