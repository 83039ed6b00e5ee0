// What the whole program says of a command line and of itself, each thing once.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { HealthReply } from "../../shared/http.ts";
import { type Machine, openMachine } from "./bridge.ts";
import { eventually } from "../support/eventually.ts";

let machine: Machine;
beforeEach(async () => {
  machine = await openMachine();
});
afterEach(() => machine.close());

test("a setting that no flag can set is complained of once", async () => {
  const { code, stderr } = await machine.run(["status", "--local", "--set", "foo=1"]);
  expect(code).toBe(2);
  expect(stderr.match(/no setting foo/g)).toHaveLength(1);
});

test("what this machine knows of the account is told without asking GitHub, and so is a sign-out", async () => {
  const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken, COPILOT_LSP_LOG_LEVEL: "info" };
  // Were GitHub asked, what is said would hang on whether its answer comes first.
  machine.emulator.revokeGitHubTokens();
  expect(await machine.run(["status", "--local"], { env })).toMatchObject({ code: 0 });
  expect(await machine.run(["logout"], { env })).toMatchObject({ code: 0 });
  expect(machine.emulator.calls).toEqual([]);
});

test("status says by its exit code that GitHub could not be asked, and doctor says of no token that it works", async () => {
  const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken, COPILOT_LSP_LOG_LEVEL: "error" };
  const times = { times: 100 };
  machine.emulator.script("session-token", { kind: "reset" }, times);
  const status = await machine.run(["status", "--json"], { env });
  expect(status.code).toBe(4);
  expect(JSON.parse(status.stdout)).toMatchObject({ account: { kind: "signed-in" }, error: { code: "offline" } });
  const doctor = await machine.run(["doctor"], { env });
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toContain("skip  account        GitHub did not say whether the token works\n");
  expect(doctor.stdout).toContain("Begin with the first: Copilot.");
});

test.skipIf(process.platform === "win32")(
  "Ctrl-C while a completion is awaited is no failure, and no log has it",
  async () => {
    writeFileSync(join(machine.home, "sum.py"), "def add(a, b):\n    ");
    const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken, COPILOT_LSP_LOG_LEVEL: "" };
    const hold = machine.emulator.hold("completions");
    const asking = machine.start(["complete", "sum.py:2:5"], { env });
    await hold.reached;
    asking.kill("SIGINT");
    expect(await asking.exited).toBe(130);
    hold.release();
    expect([...machine.written()].filter(([from]) => from.startsWith("output"))).toEqual([
      ["output 0", ""],
      ["output 1", ""],
    ]);
  },
);

test("logout names the stored sign-in that it deleted, though a variable goes before it", async () => {
  machine.emulator.approveSignIn();
  expect(await machine.run(["login", "--json"])).toMatchObject({ code: 0 });
  const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken };
  const { code, stdout, stderr } = await machine.run(["logout"], { env });
  expect([code, stdout]).toEqual([0, `Signed out: deleted the token in ${machine.storePath}.\n`]);
  expect(stderr).toContain("GH_COPILOT_TOKEN still holds a token");
  const again = await machine.run(["logout", "--json"], { env });
  expect(JSON.parse(again.stdout)).toEqual({ deleted: null, leftIn: ["GH_COPILOT_TOKEN"] });
});

test("login --store moves the stored sign-in, though a variable goes before it", async () => {
  machine.emulator.approveSignIn();
  await machine.run(["login", "--json"]);
  const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken };
  expect(await machine.run(["login", "--store", "file"], { env })).toMatchObject({
    code: 0,
    stdout: `The token is in ${machine.storePath} already.\n`,
  });
});

test("status names the model, and copilot/models the one that is asked, though an earlier list is late", async () => {
  const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken };
  machine.emulator.hold("models");
  const { stdout } = await machine.run(["status", "--json"], { env });
  expect(JSON.parse(stdout)).toMatchObject({ model: "gpt-41-copilot" });
  machine.emulator.hold("models");
  const editor = machine.edit({ env });
  await editor.initialize();
  await vi.waitFor(() => expect(machine.emulator.callsTo("models")).toHaveLength(3));
  expect(await editor.request("copilot/models", {})).toContainEqual(
    expect.objectContaining({ id: "gpt-41-copilot", default: true }),
  );
});

test("a program is told why GitHub refuses the account, also when it asked before GitHub did", async () => {
  const serving = machine.start(["serve"], { env: { GH_COPILOT_TOKEN: machine.emulator.githubToken } });
  machine.emulator.script(
    "session-token",
    { kind: "status", status: 403, body: { message: "No seat." } },
    { times: 9 },
  );
  const hold = machine.emulator.hold("session-token");
  await serving.line();
  await hold.reached;
  const ask = () => machine.fetch("/", { method: "POST", body: JSON.stringify({ prompt: "def add(a, b):\n    " }) });
  const early = ask();
  await eventually(async () => expect((await machine.fetch("/status")).text).toContain('"asked":1'));
  hold.release();
  const late = await early.then(ask);
  expect(late).toMatchObject({ status: 403, text: expect.stringContaining("No seat.") });
  expect(await early).toEqual(late);
});

test("the first answer of a process names its model as the later ones do", async () => {
  const hold = machine.emulator.hold("models");
  const serving = machine.start(["serve"], { env: { GH_COPILOT_TOKEN: machine.emulator.githubToken } });
  await serving.line();
  await hold.reached;
  const body = JSON.stringify({ prompt: "def add(a, b):\n    ", language: "python" });
  const first = fetch(machine.url, { method: "POST", body });
  await eventually(async () => expect((await machine.fetch("/status")).text).toContain('"asked":1'));
  hold.release();
  const answer = await first;
  expect(await answer.text()).toBe("return a + b");
  expect(answer.headers.get("x-copilot-model")).toBe("gpt-41-copilot");
});

test.each(["/v1/completions", "/v1/fim/completions", "/api/generate"])(
  "the first stream of %s names one model from its first piece on",
  async (path) => {
    const hold = machine.emulator.hold("models");
    const serving = machine.start(["serve"], { env: { GH_COPILOT_TOKEN: machine.emulator.githubToken } });
    await serving.line();
    await hold.reached;
    const body = JSON.stringify({ prompt: "def add(a, b):\n    ", stream: true });
    const first = machine.fetch(path, { method: "POST", body });
    await eventually(async () => expect((await machine.fetch("/status")).text).toContain('"asked":1'));
    hold.release();
    expect(new Set((await first).text.match(/"model":"[^"]*"/g))).toEqual(new Set(['"model":"gpt-41-copilot"']));
  },
);

test("a settings file that is named and not there is an error that names it", async () => {
  const file = join(machine.home, "other.json");
  const wrong = await machine.run(["status", "--local", "--config", file]);
  expect(wrong).toEqual({ code: 2, stdout: "", stderr: `copilot-lsp: --config: there is no file ${file}.\n` });
  // Whoever writes a setting into it means to make it.
  expect((await machine.run(["config", "--config", file, "completion.lines", "one"])).code).toBe(0);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ completion: { lines: "one" } });
  expect((await machine.run(["config", "--config", file, "completion.lines"])).stdout).toBe("one\n");
});

test("an editor whose settings file is not there is served all the same, and its log says why", async () => {
  const editor = machine.edit({ args: ["--config", "missing.json"] });
  await editor.initialize();
  await eventually(() => expect(editor.stderr()).toMatch(/--config: there is no file .*missing\.json; it is left out/));
});

test("doctor names a host once that has its API under its own name", async () => {
  const { stdout } = await machine.run(["doctor"]);
  const host = new URL(machine.emulator.url).host;
  expect(stdout).toMatch(new RegExp(`ok +GitHub +${host} answers\n`));
});

test("health says once that nobody is signed in, and the log once in which state the account is", async () => {
  const serving = machine.start(["serve"], { env: { COPILOT_LSP_LOG_LEVEL: "info" } });
  await serving.line();
  const health = (await (await fetch(`${machine.url}/health`)).json()) as HealthReply;
  expect(health.message).toBe(
    `Not signed in to ${machine.emulator.url}. Sign in with the command of your editor or with \`copilot-lsp login\`.`,
  );
  serving.kill("SIGTERM");
  await serving.exited;

  const signedIn = machine.start(["serve"], {
    env: { COPILOT_LSP_LOG_LEVEL: "info", GH_COPILOT_TOKEN: machine.emulator.githubToken },
  });
  await signedIn.line();
  await eventually(async () => expect(await (await fetch(`${machine.url}/status`)).text()).toContain('"octocat"'));
  signedIn.kill("SIGTERM");
  await signedIn.exited;
  const logs = [...machine.written().values()].join("\n");
  expect(logs.match(/another state state=signed-in/g)).toHaveLength(1);
});

test("a port that settings change is given back each time, and the process ends as soon as ever", async () => {
  const editor = machine.edit({ env: { COPILOT_LSP_HTTP_PORT: "", COPILOT_LSP_LOG_LEVEL: "info" } });
  await editor.initialize();
  const set = (port: number): void =>
    editor.notify("workspace/didChangeConfiguration", { settings: { "copilot-lsp": { "http.port": port } } });
  const served = (): Promise<string> =>
    fetch(`${machine.url}/health`).then(
      (answer) => `${answer.status}`,
      () => "refused",
    );
  for (let round = 0; round < 5; round += 1) {
    set(machine.port);
    await vi.waitFor(async () => expect(await served()).toBe("200"), { timeout: 5_000 });
    set(0);
    await vi.waitFor(async () => expect(await served()).toBe("refused"), { timeout: 5_000 });
  }
  set(machine.port);
  await vi.waitFor(async () => expect(await served()).toBe("200"), { timeout: 5_000 });
  await editor.request("shutdown", undefined);
  editor.notify("exit", undefined);
  expect(await editor.exited).toMatchObject({ code: 0 });
  expect(await served()).toBe("refused");
});

test.skipIf(process.platform === "win32")(
  "nohup copilot-lsp serve outlives its terminal, and an editor's process does not",
  async () => {
    const serve = machine.start(["serve", "--json"]);
    await serve.line();
    serve.kill("SIGHUP");
    const answer = await fetch(`${machine.url}/health`);
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
    serve.kill("SIGTERM");
    expect(await serve.exited).toBe(0);

    const editor = machine.edit();
    await editor.initialize();
    editor.process.kill("SIGHUP");
    expect(await editor.exited).toMatchObject({ code: 143 });
  },
);
