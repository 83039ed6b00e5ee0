// The commands about services: choosing one, its key, and what `doctor` says of it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import { type Answer, events, json, type StandIn, startStandIn } from "./support/stand-in.ts";

let machine: Machine;
let service: StandIn;

beforeEach(async () => {
  machine = await openMachine();
  service = await startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: "starcoder2-3b", max_model_len: 4096 }] }),
    "/v1/completions": (response, asked) => {
      const isAllowed = asked.headers.authorization === "Bearer sk-right";
      const answer = isAllowed
        ? events({ choices: [{ index: 0, text: "return a + b", finish_reason: "stop" }] })
        : json({ error: { message: "no such key" } }, 401);
      return answer(response, asked);
    },
  });
});

afterEach(async () => {
  await machine.close();
  await service.close();
});

const settingsFile = (): string => join(machine.home, ".config/copilot-lsp/config.json");
const chosen = (): Record<string, string> => ({
  COPILOT_LSP_SERVICE_KIND: "openai",
  COPILOT_LSP_SERVICE_URL: `${service.url}/v1`,
});

test("use tries a service out, says what it wrote, and writes the choice; copilot takes it back", async () => {
  const env = { COPILOT_LSP_SERVICE_KEY: "sk-right" };
  const { code, stdout } = await machine.run(["use", "openai", "--url", `${service.url}/v1`], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /Model {6}starcoder2-3b\nTemplate {3}starcoder2\nContext {4}4096 tokens\nAnswered {3}in \d+ ms/,
  );
  expect(stdout).toContain("Wrote      return a + b\n");
  expect(JSON.parse(readFileSync(settingsFile(), "utf8"))).toEqual({
    service: { kind: "openai", url: `${service.url}/v1` },
  });
  expect(await machine.run(["use", "copilot"])).toMatchObject({ code: 0, stdout: "Copilot is used.\n" });
  expect(readFileSync(settingsFile(), "utf8")).not.toContain("openai");
  expect(machine.emulator.calls).toEqual([]);
});

test("use says which variable goes before the choice that it has written", async () => {
  const env = { COPILOT_LSP_SERVICE_KEY: "sk-right", COPILOT_LSP_SERVICE_KIND: "ollama" };
  const { code, stdout, stderr } = await machine.run(["use", "openai", "--url", `${service.url}/v1`], { env });
  expect(code).toBe(0);
  expect(stdout).toContain("openai is chosen in the settings file.\n");
  expect(stdout).not.toContain("is used");
  expect(stderr).toContain("COPILOT_LSP_SERVICE_KIND goes before the settings file");
  const back = await machine.run(["use", "copilot"], { env });
  expect(back.stdout).toBe("Copilot is chosen in the settings file.\n");
  expect(back.stderr).toContain("COPILOT_LSP_SERVICE_KIND goes before the settings file");
});

test("use and doctor look at the service itself, not at the one that would answer in its place", async () => {
  const next = await startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: "starcoder2-3b" }] }),
    "/v1/completions": events({ choices: [{ index: 0, text: "return a + b", finish_reason: "stop" }] }),
  });
  const env = { COPILOT_LSP_SERVICE_FALLBACK: `openai@${next.url}/v1` };
  const used = await machine.run(["use", "openai", "--url", `${service.url}/v1`], { env });
  expect(used).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("wants a key (401)") });
  expect(existsSync(settingsFile())).toBe(false);
  const { code, stdout } = await machine.run(["doctor"], { env: { ...chosen(), ...env } });
  expect(code).toBe(1);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("wants a key (401): no such key -> Set COPILOT_LSP_SERVICE_KEY");
  expect(next.asked).toEqual([]);
  await next.close();
});

test("demo says what is wrong with a service and what to do, as other commands do", async () => {
  const { code, stderr } = await machine.run(["demo", "--service", "openai"], { env: chosen() });
  expect(code).toBe(3);
  expect(stderr).toBe(
    `copilot-lsp demo: ${new URL(service.url).host} wants a key (401): no such key\n` +
      "Set COPILOT_LSP_SERVICE_KEY, or store the key with `copilot-lsp login`.\n",
  );
});

test("use asks nobody about a kind that it does not know", async () => {
  const env = { GH_COPILOT_TOKEN: machine.emulator.githubToken };
  const { code, stdout, stderr } = await machine.run(["use", "lama.cpp"], { env });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("use does not know the service lama.cpp.\nDid you mean llama.cpp?\n");
  expect(machine.emulator.calls).toEqual([]);
});

test("use writes nothing in a demo, where another service answers", async () => {
  const { code, stderr } = await machine.run(["use", "ollama", "--demo"]);
  expect(code).toBe(2);
  expect(stderr).toContain("`copilot-lsp demo --service ollama`");
  expect(() => readFileSync(settingsFile(), "utf8")).toThrow("ENOENT");
});

test("use writes nothing where the service does not answer", async () => {
  const { code, stderr } = await machine.run(["use", "openai", "--url", `${service.url}/v1`], {
    env: { COPILOT_LSP_SERVICE_KEY: "sk-wrong" },
  });
  expect(code).not.toBe(0);
  expect(stderr).toContain("does not accept the key (401)");
  expect(() => readFileSync(settingsFile(), "utf8")).toThrow("ENOENT");
});

const use = (...more: readonly string[]) => machine.run(["use", "openai", "--url", `${service.url}/v1`, ...more]);

test("use advises a login that knows the service", async () => {
  const locked = await use();
  const [, login = ""] = /`copilot-lsp (login[^`]*)`/.exec(locked.stderr) ?? [];
  expect(login).toContain(`--set service.url=${service.url}/v1`);
  expect(await machine.run(login.split(" "), { stdin: "sk-right\n" })).toMatchObject({ code: 0 });
  expect(await use()).toMatchObject({ code: 0 });
});

test("use advises its own flags, and shows the beginning of a long answer", async () => {
  service.answer("/v1/models", json({ data: [{ id: "own-model" }] }));
  service.answer("/v1/completions", json({ usage: { prompt_tokens: 9 } }));
  const unknown = await use();
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("Set --template to its family: qwen,") });
  service.answer(
    "/v1/completions",
    events({ choices: [{ index: 0, text: "x".repeat(9_000), finish_reason: "stop" }] }),
  );
  const { code, stdout } = await use("--template", "qwen");
  expect(code).toBe(0);
  expect(stdout.length).toBeLessThan(1_000);
});

const ask = (env: Record<string, string>) => machine.run(["complete", "-"], { env, stdin: "def add(a, b):\n    " });
const logIn = () => machine.run(["login"], { env: chosen(), stdin: "sk-right\n" });

test("status and prompt know the model of a service, however late it answers, and status that it does not", async () => {
  const slow = await startStandIn({
    "/v1/models": (response, asked) =>
      void setTimeout(() => void json({ data: [{ id: "starcoder2-3b", max_model_len: 4096 }] })(response, asked), 500),
  });
  const env = { ...chosen(), COPILOT_LSP_SERVICE_URL: `${slow.url}/v1` };
  try {
    expect((await machine.run(["status"], { env })).stdout).toContain("Model     starcoder2-3b\n");
    writeFileSync(join(machine.home, "sum.py"), "def add(a, b):\n    \n");
    const { stdout } = await machine.run(["prompt", "sum.py:2:5"], { env });
    expect(JSON.parse(stdout)).toMatchObject({ model: "starcoder2-3b" });
  } finally {
    await slow.close();
  }
  const gone = await machine.run(["status", "--json"], { env });
  expect(gone.code).toBe(4);
  expect(JSON.parse(gone.stdout)).toMatchObject({ account: { kind: "not-needed" }, error: { code: "offline" } });
  expect(await machine.run(["status", "--local"], { env })).toMatchObject({ code: 0, stderr: "" });
});

test.each([
  ["auth.account", "x", '"x" is not GLOB=NAME.'],
  ["auth.account", "~/acme=a name", "is not a name for an account"],
  ["service.fallback", "ollama,lama.cpp", '"lama.cpp" names no service.'],
  ["edits.service", "mistral", "mistral predicts no edits"],
])("config does not write what nothing works with: %s %s", async (key, text, why) => {
  expect(await machine.run(["config", key, text])).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  expect(existsSync(settingsFile())).toBe(false);
});

test.each([
  ["auth.account", "~/acme=work,/srv/**=home"],
  ["auth.account", ""],
  ["service.fallback", "ollama@http://192.168.1.2:11434#qwen2.5-coder:7b-base,llama.cpp"],
  ["edits.service", "llama.cpp@http://127.0.0.1:8013"],
  ["edits.service", ""],
])("config writes %s %s", async (key, text) => {
  expect((await machine.run(["config", key, text])).code).toBe(0);
});

test("status ends a service's own words before it advises", async () => {
  service.answer("/v1/models", json({ error: { message: "no key" } }, 401));
  const { stdout } = await machine.run(["status"], { env: chosen() });
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("wants a key (401): no key. Set COPILOT_LSP_SERVICE_KEY");
});

test("status says whether a key is sent", async () => {
  expect((await machine.run(["status", "--local"], { env: chosen() })).stdout).toContain("Key       none\n");
  const env = { ...chosen(), COPILOT_LSP_SERVICE_KEY: "sk-right" };
  expect((await machine.run(["status", "--local"], { env })).stdout).toContain("Key       sent with each request\n");
});

test("login keeps a key for one address", async () => {
  expect(await logIn()).toMatchObject({ code: 0, stdout: expect.stringContaining("alone.\n") });
  expect(await ask(chosen())).toMatchObject({ code: 0, stdout: "return a + b" });

  const other = await startStandIn({ "/role": json({}, 404), "/v1/models": json({ data: [{ id: "starcoder2" }] }) });
  await ask({ ...chosen(), COPILOT_LSP_SERVICE_URL: `${other.url}/v1` });
  expect(other.asked.length).toBeGreaterThan(1);
  expect(other.asked.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  await other.close();
});

test("login stores no key that would go over the network in clear, and none that no request can carry", async () => {
  const env = { ...chosen(), COPILOT_LSP_SERVICE_URL: "http://192.0.2.1/v1" };
  const refused = await machine.run(["login"], { env, stdin: "sk-right\n" });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("would be sent in clear over http") });
  const odd = await machine.run(["login"], { env: chosen(), stdin: "sk right\n" });
  expect(odd.stderr).toContain("That is no key");
  expect([...machine.written().values()].join("\n")).not.toMatch(/sk.right/);
});

test("login says as JSON where it has put a key", async () => {
  const { stdout } = await machine.run(["login", "--json"], { env: chosen(), stdin: "sk-right\n" });
  expect(JSON.parse(stdout)).toEqual({
    event: "stored",
    server: expect.stringContaining("openai at"),
    storage: "file",
  });
});

test("logout forgets the key of a service", async () => {
  await logIn();
  expect((await machine.run(["logout"], { env: chosen() })).stdout).toContain("Deleted the key for");
  expect((await ask(chosen())).stderr).toContain("wants a key (401)");
  expect([...machine.written().values()].join("\n")).not.toContain("sk-right");
});

test("logout from GitHub keeps the key of a service", async () => {
  await logIn();
  const { COPILOT_LSP_SERVICE_KIND: _kind, ...gitHub } = chosen();
  expect((await machine.run(["logout"], { env: gitHub })).code).toBe(0);
  expect(await ask(chosen())).toMatchObject({ code: 0, stdout: "return a + b" });
});

test("logout from GitHub speaks of the sign-in also where another service answers in its place", async () => {
  const env = { COPILOT_LSP_SERVICE_FALLBACK: `openai@${service.url}/v1` };
  expect((await machine.run(["logout"], { env })).stdout).toBe("There was no stored sign-in; nothing to delete.\n");
});

test("status and doctor say that nobody is signed in to GitHub, also where another service answers in its place", async () => {
  const env = { COPILOT_LSP_SERVICE_FALLBACK: `openai@${service.url}/v1` };
  const { code, stdout } = await machine.run(["status"], { env });
  expect(code).toBe(0);
  expect(stdout).toContain(`Account   signed out; openai at ${new URL(service.url).host} answers meanwhile\n`);
  const { layers } = JSON.parse((await machine.run(["doctor", "--json"], { env })).stdout) as {
    layers: readonly object[];
  };
  expect(layers).toContainEqual(
    expect.objectContaining({ name: "token", verdict: "warn", text: expect.stringContaining("signed out; openai at") }),
  );
});

test("login and logout say that a key in the environment goes first, and that it stays", async () => {
  const env = { ...chosen(), COPILOT_LSP_SERVICE_KEY: "sk-other" };
  expect((await machine.run(["login"], { env, stdin: "sk-right\n" })).stderr).toContain(
    "COPILOT_LSP_SERVICE_KEY holds a key as well, which goes first.",
  );
  const { stdout, stderr } = await machine.run(["logout"], { env });
  expect(stdout).toContain("Deleted the key for");
  expect(stderr).toContain("COPILOT_LSP_SERVICE_KEY still holds a key");
  expect((await machine.run(["logout"], { env: chosen() })).stdout).toContain("There was no stored key for");
  const { stdout: json } = await machine.run(["logout", "--json"], { env });
  expect(JSON.parse(json)).toEqual({ deleted: null, leftIn: ["COPILOT_LSP_SERVICE_KEY"] });
});

/** What `doctor` says of each layer behind the settings and the listener. */
async function verdictsOf(env: Record<string, string>): Promise<readonly string[]> {
  const { stdout } = await machine.run(["doctor", "--json"], { env });
  const { layers } = JSON.parse(stdout) as { layers: readonly { name: string; verdict: string }[] };
  const verdicts = new Map(layers.map(({ name, verdict }) => [name, verdict]));
  expect([...verdicts.keys()]).toEqual(["settings", "listener", "address", "key", "model", "template", "completion"]);
  return [...verdicts.values()].slice(2);
}

test("doctor looks at address, key, model and template, and says which is at fault", async () => {
  const right = { ...chosen(), COPILOT_LSP_SERVICE_KEY: "sk-right" };
  expect(await verdictsOf(right)).toEqual(["ok", "ok", "ok", "ok", "ok"]);
  const gone = { ...chosen(), COPILOT_LSP_SERVICE_URL: "http://127.0.0.1:1/v1" };
  expect(await verdictsOf(gone)).toEqual(["fail", "skip", "skip", "skip", "skip"]);
  const inClear = { ...right, COPILOT_LSP_SERVICE_URL: "http://192.0.2.1/v1" };
  expect(await verdictsOf(inClear)).toEqual(["fail", "skip", "skip", "skip", "skip"]);
  service.answer("/v1/models", json({}, 401));
  expect(await verdictsOf(chosen())).toEqual(["ok", "fail", "skip", "skip", "skip"]);
  service.answer("/v1/models", json({ data: [{ id: "own-model" }] }));
  service.answer("/v1/completions", json({ usage: { prompt_tokens: 9 } }));
  expect(await verdictsOf(chosen())).toEqual(["ok", "ok", "ok", "fail", "skip"]);
});

test("doctor takes a web page for another address, and says of Mistral's key what a completion says", async () => {
  const page: Answer = (response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<html>Welcome</html>");
  };
  service.answer("/v1/models", page);
  expect(await verdictsOf(chosen())).toEqual(["fail", "skip", "skip", "skip", "skip"]);
  const mistral = { COPILOT_LSP_SERVICE_KIND: "mistral", COPILOT_LSP_SERVICE_URL: service.url };
  service.answer("/v1/fim/completions", page);
  expect(await verdictsOf(mistral)).toEqual(["fail", "skip", "skip", "skip", "skip"]);
  service.answer("/v1/fim/completions", json({ message: "Unauthorized" }, 401));
  const wrong = { ...mistral, COPILOT_LSP_SERVICE_KEY: "sk-wrong" };
  expect(await verdictsOf(wrong)).toEqual(["ok", "fail", "skip", "skip", "skip"]);
});
