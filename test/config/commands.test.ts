// Commands that write files of the person's, in the built program.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

test.each([
  ["completion.languages", '{"python": false, "lua": true}', "python=off,lua=on"],
  ["completion.excludeGlobs", '["*.key", "[Mm]akefile"]', "*.key,[Mm]akefile"],
  ["completion.excludeGlobs", "[Mm]akefile,[0-9]", "[Mm]akefile,[0-9]"],
])("config takes for %s the JSON of a settings file as well: %s", async (key, text, shown) => {
  const machine = await machineWith();
  expect(await machine.run(["config", key, text])).toMatchObject({ code: 0, stdout: `${key} = ${shown}\n` });
});

test("config refuses switches that are neither JSON nor names", async () => {
  const machine = await machineWith();
  expect((await machine.run(["config", "completion.languages", "{python: off}"])).code).toBe(2);
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

test.each([401, 403, 404])(
  "login says of a token that something in between refuses with %i that it is unverified",
  async (status) => {
    const machine = await machineWith({ signedIn: true });
    const refusal = { kind: "status", status, body: "Blocked by policy", fromGitHub: false } as const;
    machine.emulator.script("session-token", refusal, { times: 10 });
    const { code, stdout, stderr } = await machine.run(["login"]);
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toContain("The token in GH_COPILOT_TOKEN could not be verified");
    expect(stderr).toContain("Blocked by policy");
  },
);

test("doctor says of a refused token in a variable what to do about that, and nothing else", async () => {
  const machine = await machineWith({ signedIn: true });
  machine.emulator.revokeGitHubTokens();
  const { code, stdout } = await machine.run(["doctor"]);
  expect(code).toBe(1);
  expect(stdout.replace(/\s+/g, " ")).toContain("Unset GH_COPILOT_TOKEN or set it to a token that works.");
  expect(stdout).not.toContain("Sign in again");
});

test("doctor says what follows from a settings file that cannot be read", async () => {
  const machine = await machineWith({ signedIn: true });
  mkdirSync(join(machine.home, ".config/copilot-lsp"), { recursive: true });
  writeFileSync(join(machine.home, ".config/copilot-lsp/config.json"), "{");
  expect((await machine.run(["doctor"])).stdout.replace(/\s+/g, " ")).toContain('http.access is "token"');
});

test("files of other plugins and of one's own may begin with a byte order mark", async () => {
  const machine = await machineWith();
  const { host } = new URL(machine.emulator.url);
  const plugins = join(machine.home, ".config/github-copilot");
  mkdirSync(plugins, { recursive: true });
  writeFileSync(
    join(plugins, "hosts.json"),
    `\uFEFF${JSON.stringify({ [host]: { user: "octocat", oauth_token: machine.emulator.githubToken } })}`,
  );
  expect(JSON.parse((await machine.run(["login", "--import", "--json"])).stdout)).toMatchObject({ user: "octocat" });
  const file = join(machine.home, ".config/copilot-lsp/config.json");
  writeFileSync(file, '\uFEFF{"lsp":{"menu":"never"}}');
  expect(await machine.run(["config", "completion.lines", "one"])).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ lsp: { menu: "never" }, completion: { lines: "one" } });
});
