// Two accounts of one person, on the built program: each folder's files go to the account that it is bound to, by editor,
// HTTP and command line, and nothing of one account's folder is sent for the other.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Machine, openMachine } from "./bridge.ts";

const limitMs = 120_000;

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine({ emulator: { approval: "at-once" } });
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
  for (const folder of ["acme", "play"]) mkdirSync(join(machine.home, folder), { recursive: true });
  writeFileSync(join(machine.home, "acme/job.py"), "salary_of_everybody = 1\nx = ");
  writeFileSync(join(machine.home, "play/game.py"), "score_of_player = 1\ny = ");
});
afterEach(() => machine.close());

const workStore = (): string =>
  join(dirname(machine.storePath), `work@${encodeURIComponent(machine.emulator.url)}.json`);

const tokenIn = (path: string): string => (JSON.parse(readFileSync(path, "utf8")) as { token: string }).token;

/** The GitHub tokens that were exchanged for sessions, in order, since the last call. */
function exchanged(): readonly string[] {
  const names = new Map([
    [tokenIn(workStore()), "work"],
    [tokenIn(machine.storePath), "nameless"],
  ]);
  const calls = machine.emulator.callsTo("session-token").slice(seen);
  seen += calls.length;
  return calls.map(({ headers }) => names.get(headers["authorization"]?.split(" ").at(-1) ?? "") ?? "nobody");
}
let seen = 0;

async function signInBoth(): Promise<void> {
  seen = 0;
  expect((await machine.run(["login"])).code).toBe(0);
  const login = await machine.run(["login", "--account", "Work"]);
  expect(login.stdout).toContain("Signed in as octocat, as account work.");
  expect((await machine.run(["config", "auth.account", "~/acme=work"])).code).toBe(0);
  expect(tokenIn(workStore())).not.toBe(tokenIn(machine.storePath));
  exchanged();
}

test(
  "complete, status and logout follow the folder, and say why",
  async () => {
    await signInBoth();
    await machine.run(["complete", "acme/job.py:2:5"]);
    expect(exchanged()).toContain("work");
    await machine.run(["complete", "play/game.py:2:5"]);
    expect(exchanged()).toEqual(["nameless"]);

    expect((await machine.run(["status"])).stdout).toMatch(/^Account +signed in as octocat$/m);
    const atHome = { env: { COPILOT_LSP_AUTH_ACCOUNT: "~=work" } };
    const { stdout } = await machine.run(["status"], atHome);
    expect(stdout).toMatch(/^Account +signed in as octocat, as account work \(~=work in auth\.account\)$/m);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(`Token from ${workStore()}`);
    const doctor = await machine.run(["doctor", "--json"], atHome);
    expect(doctor.stdout).toContain("as account work (~=work in auth.account)");
    const wrong = await machine.run(["status"], { env: { COPILOT_LSP_AUTH_ACCOUNT: "~/acme" } });
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("is not GLOB=NAME")]);
    exchanged();

    const out = await machine.run(["logout", "--account", "work"]);
    expect(out.stdout).toBe(`Signed out octocat, as account work: deleted the token in ${workStore()}.\n`);
    expect([existsSync(workStore()), existsSync(machine.storePath)]).toEqual([false, true]);

    const answer = await machine.run(["complete", "acme/job.py:2:5"]);
    expect([answer.code, answer.stderr]).toEqual([3, expect.stringContaining("login --account work")]);
  },
  limitMs,
);

test(
  "an editor and its HTTP listener ask for each file with its own account, and mix nothing",
  async () => {
    await signInBoth();
    const uri = (path: string): string => `file://${join(machine.home, path)}`;
    const editor = machine.edit();
    await editor.initialize({
      processId: process.pid,
      rootUri: uri("acme"),
      capabilities: {},
    });
    editor.open(uri("acme/job.py"), "salary_of_everybody = 1\nx = ");
    await editor.inlineCompletion(uri("acme/job.py"), { line: 1, character: 4 }).answer;
    expect(exchanged()).toEqual(["work"]);
    editor.open(uri("play/game.py"), "salary = 1\ny = ");
    await editor.inlineCompletion(uri("play/game.py"), { line: 1, character: 4 }).answer;
    expect(exchanged()).toEqual(["nameless"]);
    const [, second] = machine.emulator.callsTo("completions");
    expect(JSON.stringify(second?.body)).not.toContain("everybody");

    const report = await editor.request<{ binding: unknown }>("workspace/executeCommand", {
      command: "copilot.status",
      arguments: [],
    });
    expect(report).toMatchObject({ binding: { account: "work", rule: "~/acme=work" } });
    await editor.waitFor<{ message?: string }>("didChangeStatus", ({ message }) =>
      message === undefined ? false : message === "Account work, by ~/acme=work in auth.account.",
    );

    const post = (path: string | undefined): Promise<Response> =>
      fetch(machine.url, { method: "POST", body: JSON.stringify({ prompt: "z = ", language: "python", path }) });
    const sessionOf = async (path: string | undefined): Promise<unknown> => {
      await (await post(path)).text();
      return machine.emulator.callsTo("completions").at(-1)?.headers["authorization"];
    };
    const [work, play, none] = [
      await sessionOf(join(machine.home, "acme/job.py")),
      await sessionOf(join(machine.home, "play/game.py")),
      await sessionOf(undefined),
    ];
    expect(work).not.toBe(play);
    expect(none).toBe(play);
    expect(exchanged()).toEqual([]);
  },
  limitMs,
);

test(
  "what an editor says of accounts is not taken",
  async () => {
    await signInBoth();
    const editor = machine.edit();
    await editor.initialize({
      processId: process.pid,
      rootUri: `file://${join(machine.home, "play")}`,
      initializationOptions: { "copilot-lsp": { "auth.account": ["**=work"] } },
      capabilities: {},
    });
    const uri = `file://${join(machine.home, "play/game.py")}`;
    editor.open(uri, "score_of_player = 1\ny = ");
    await editor.inlineCompletion(uri, { line: 1, character: 4 }).answer;
    expect(exchanged()).toEqual(["nameless"]);
  },
  limitMs,
);
