// GitHub's real language server, from npm, below the built program, with GitHub in the emulator: signed in by a token in the
// environment, and by a code through a proxy that stands in for github.com.

import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { type Machine, openMachine } from "../../e2e/bridge.ts";
import { isRunning, openEditor, textsAt } from "../../services/support/official.ts";
import { eventually } from "../../support/eventually.ts";
import type { SpawnedLspServer } from "../../support/lsp-client.ts";
import { serverCertificate } from "../../upstream/certificates.ts";

const command = join(
  process.env["OFFICIAL_SERVER"] ?? resolve(import.meta.dirname, "../../../.cache/official-server"),
  "node_modules/.bin/copilot-language-server",
);
// A run that tests nothing must not look like one that did.
if (!existsSync(command)) throw new Error(`${command} is missing: run test/services/prepare-official-server.sh`);

const uri = "file:///project/numbers.py";
const text = "import os\n\ndef add(a, b):\n    \n\nprint(add(1, 2))\n";
// What it asks before it has a token goes to a fixed host: nowhere, here.
const nowhere = "http://127.0.0.1:9";

let machine: Machine;
const closers: (() => void)[] = [];

afterEach(async () => {
  await machine.close();
  for (const close of closers.splice(0)) close();
});

/** Signed in by the environment; `http` to the emulator. */
async function openSignedIn(environment: Readonly<Record<string, string>> = {}): Promise<Machine> {
  const opened = await openMachine({
    environment: {
      COPILOT_LSP_SERVICE_KIND: "official",
      COPILOT_LSP_SERVICE_COMMAND: command,
      COPILOT_LSP_UPSTREAM_PROXY: nowhere,
      COPILOT_LSP_UPSTREAM_NO_PROXY: "127.0.0.1",
      COPILOT_LSP_COMPLETION_SPECULATION: "off",
      ...environment,
    },
  });
  const { url, githubToken } = opened.emulator;
  const added = {
    GH_COPILOT_TOKEN: githubToken,
    GH_COPILOT_USER: "octocat",
    GH_COPILOT_API_URL: url,
    GH_COPILOT_SERVER_URL: url,
    GITHUB_COPILOT_OVERRIDE_PROXY_URL: url,
    GITHUB_COPILOT_OVERRIDE_CAPI_URL: url,
  };
  return {
    ...opened,
    edit: () => opened.edit({ env: added }),
    run: (args, { env, ...more } = {}) => opened.run(args, { ...more, env: { ...added, ...env } }),
  };
}

/** Stands in for every host over TLS: each tunnel is opened and led to the emulator. */
async function startGitHub(to: string): Promise<string> {
  const { port: emulatorPort, hostname } = new URL(to);
  const proxy: Server = createServer();
  const sockets = new Set<Socket>();
  proxy.on("connection", (socket: Socket) => sockets.add(socket));
  proxy.on("connect", (_request, client: Socket) => {
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    const plain = new TLSSocket(client, { isServer: true, ...serverCertificate });
    const target = connect(Number(emulatorPort), hostname);
    plain.on("error", () => target.destroy());
    target.on("error", () => plain.destroy());
    client.on("error", () => target.destroy());
    plain.pipe(target).pipe(plain);
  });
  await new Promise<void>((settle) => proxy.listen(0, "127.0.0.1", settle));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

interface Status {
  readonly service: { readonly processId: number };
  readonly lastEmpty?: { readonly reason: string };
}

const statusOf = (editor: SpawnedLspServer): Promise<Status> =>
  editor.request("workspace/executeCommand", { command: "copilot.status", arguments: [] });

async function processOf(editor: SpawnedLspServer): Promise<number> {
  return (await statusOf(editor)).service.processId;
}

const completionsOf = ({ emulator }: Machine) => emulator.calls.filter(({ route }) => route === "completions");

describe("GitHub's language server", () => {
  test("answers in the editor and over HTTP, is not asked while one types along, and ends with the editor", async () => {
    machine = await openSignedIn();
    const editor = await openEditor(machine.edit());
    expect(await editor.request("checkStatus", {})).toEqual({ status: "OK", user: "octocat" });
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    editor.change(uri, 2, { at: { line: 3, character: 4 }, insert: "retur" });
    expect(await textsAt(editor, uri, 3, 9)).toEqual(["    return a + b"]);
    expect(completionsOf(machine)).toHaveLength(1);
    await eventually(async () => {
      const body = JSON.stringify({ prompt: "def add(a, b):\n    return ", language: "python" });
      expect(await (await fetch(machine.url, { method: "POST", body })).text()).toBe("a + b");
    });
    const processId = await processOf(editor);
    await editor.shutdown();
    await editor.exited;
    await eventually(() => expect(isRunning(processId)).toBe(false));
    // It is the client, with its own names; this program sent nothing.
    const names = new Set(machine.emulator.calls.map(({ headers }) => headers["user-agent"]));
    expect([...names].filter((name) => name?.includes("copilot-lsp"))).toEqual([]);
  });

  test("is tried out by use and examined by doctor", async () => {
    machine = await openSignedIn();
    const used = await machine.run(["use", "official"]);
    expect(used.stdout).toMatch(/Version +1\.\d+\.\d+/);
    expect(used.stdout).toMatch(/Wrote +return a \+ b/);
    const { stdout } = await machine.run(["doctor"]);
    expect(stdout).toContain("All is well.");
    expect(stdout).toMatch(/ok +sign-in +octocat/);
    expect(machine.emulator.calls.some(({ route, method }) => route === "telemetry" && method === "POST")).toBe(false);
  });

  test("is left by a cancelled request at once, and answers the next", async () => {
    machine = await openSignedIn();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    machine.emulator.setDelays({ firstByteDelayMs: 5_000 });
    editor.open("file:///project/slow.py", "def multiply(a, b):\n    \n");
    const before = completionsOf(machine).length;
    const asked = editor.inlineCompletion("file:///project/slow.py", { line: 1, character: 4 });
    await eventually(() => expect(completionsOf(machine).length).toBe(before + 1));
    asked.cancel();
    await expect(asked.answer).rejects.toMatchObject({ code: -32_800 });
    machine.emulator.setDelays({});
    editor.open("file:///project/next.py", "def add(a, b):\n    \n");
    expect(await textsAt(editor, "file:///project/next.py", 1, 4)).toEqual(["    return a + b"]);
  });

  test("is started again after it was killed", async () => {
    machine = await openSignedIn();
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    const first = await processOf(editor);
    process.kill(first, "SIGKILL");
    await eventually(() => expect(editor.stderr()).toContain("ended by itself: it was ended by SIGKILL"));
    editor.open("file:///project/b.py", "def add(a, b):\n    \n");
    expect(await textsAt(editor, "file:///project/b.py", 1, 4)).toEqual(["    return a + b"]);
    expect(await processOf(editor)).not.toBe(first);
  });

  test("is one for two windows, answers each by its own text, and the one that is left goes on with one of its own", async () => {
    machine = await openSignedIn();
    const editors = [await openEditor(machine.edit()), await openEditor(machine.edit())] as const;
    const [first, other] = editors;
    const name = "file:///project/same.py";
    first.open(name, "def add(a, b):\n    \n");
    expect(await textsAt(first, name, 1, 4)).toEqual(["    return a + b"]);
    other.open(name, "import os\n\ndef multiply(a, b):\n    \n");
    expect(await textsAt(other, name, 3, 4)).toEqual(["    return a * b"]);
    const [id = 0, sameId] = await Promise.all(editors.map(processOf));
    expect(sameId).toBe(id);
    // What it was told of one window is in no prompt of the other.
    const prompts = completionsOf(machine).map(({ body }) => JSON.stringify(body));
    expect(prompts.filter((prompt) => prompt.includes("multiply"))).toHaveLength(1);
    expect(prompts.find((prompt) => prompt.includes("multiply"))).not.toContain("def add");
    // It drops a question for the next one: those of two windows wait for one another.
    machine.emulator.setDelays({ firstByteDelayMs: 300 });
    const together = editors.map((editor, index) => {
      editor.open(`file:///project/together-${index}.py`, "def add(a, b):\n    \n");
      return textsAt(editor, `file:///project/together-${index}.py`, 1, 4);
    });
    expect(await Promise.all(together)).toEqual([["    return a + b"], ["    return a + b"]]);
    machine.emulator.setDelays({});
    await first.kill();
    other.open("file:///project/next.py", "def add(a, b):\n    \n");
    expect(await textsAt(other, "file:///project/next.py", 1, 4)).toEqual(["    return a + b"]);
    await eventually(() => expect(isRunning(id)).toBe(false));
    expect(await processOf(other)).not.toBe(id);
  });

  test("keeps a file back by the rules of the organisation, which it reads itself, and that is the reason", async () => {
    machine = await openSignedIn();
    machine.emulator.setSession({ hasExclusionRules: true });
    const remote = "https://github.com/acme/engine.git";
    const source = { type: "Organization", name: "acme" };
    machine.emulator.setExclusionRules({ [remote]: [{ paths: ["secret.py"], source }] });
    const folder = join(machine.home, "project");
    execFileSync("git", ["init", "--quiet", folder]);
    execFileSync("git", ["-C", folder, "remote", "add", "origin", remote]);
    for (const name of ["secret.py", "open.py"]) writeFileSync(join(folder, name), text);
    const editor = await openEditor(machine.edit(), `file://${folder}`);
    editor.open(`file://${folder}/open.py`, text);
    expect(await textsAt(editor, `file://${folder}/open.py`, 3, 4)).toEqual(["    return a + b"]);
    const before = completionsOf(machine).length;
    editor.open(`file://${folder}/secret.py`, text);
    expect(await textsAt(editor, `file://${folder}/secret.py`, 3, 4)).toEqual([]);
    const { lastEmpty } = await statusOf(editor);
    expect(lastEmpty?.reason).toBe("excluded");
    expect(completionsOf(machine)).toHaveLength(before);
    const statusIn = async (name: string): Promise<string> =>
      (await editor.request<{ status: string }>("checkFileStatus", { uri: `file://${folder}/${name}` })).status;
    expect([await statusIn("secret.py"), await statusIn("open.py")]).toEqual(["excluded", "included"]);
  });

  test.each([true, false])("tells GitHub what was shown and accepted where telemetry is %s", async (isOn) => {
    machine = await openSignedIn({ COPILOT_LSP_SERVICE_TELEMETRY: String(isOn) });
    const editor = await openEditor(machine.edit());
    editor.open(uri, text);
    const asked = editor.inlineCompletion<{ items: readonly { command: object }[] }>(uri, { line: 3, character: 4 });
    const [item] = (await asked.answer).items;
    editor.notify("textDocument/didShowCompletion", { item });
    expect(await editor.request("workspace/executeCommand", item?.command)).toBe(true);
    await editor.shutdown();
    await editor.exited;
    const told = machine.emulator.calls.filter(({ route, method }) => route === "telemetry" && method === "POST");
    const words = told.map(({ body }) => JSON.stringify(body)).join("");
    if (!isOn) expect(told).toEqual([]);
    else expect(words).toMatch(/ghostText\.(?:shown|accepted)/);
  });

  test("signs in with its own code, keeps that for the next start, and signs out", async () => {
    machine = await openMachine({
      emulator: { approval: "at-once" },
      environment: {
        COPILOT_LSP_SERVICE_KIND: "official",
        COPILOT_LSP_SERVICE_COMMAND: command,
        COPILOT_LSP_GITHUB_URI: "https://github.com",
        COPILOT_LSP_UPSTREAM_NO_PROXY: "127.0.0.1",
        COPILOT_LSP_UPSTREAM_STRICT_TLS: "false",
        COPILOT_LSP_COMPLETION_SPECULATION: "off",
      },
    });
    machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
    const env = { COPILOT_LSP_UPSTREAM_PROXY: await startGitHub(machine.emulator.url) };
    const editor = await openEditor(machine.edit({ env }));
    expect(await editor.request("checkStatus", {})).toMatchObject({ status: "NotSignedIn" });
    const start = await editor.request<{ status: string; command: object }>("signIn", {});
    expect(start).toMatchObject({ status: "PromptUserDeviceFlow" });
    expect(await editor.request("workspace/executeCommand", start.command)).toMatchObject({ status: "OK" });
    editor.open(uri, text);
    expect(await textsAt(editor, uri, 3, 4)).toEqual(["    return a + b"]);
    await editor.shutdown();
    await editor.exited;
    const status = await machine.run(["status"], { env });
    expect(status.stdout).toMatch(/Account +signed in as/);
    expect((await machine.run(["logout"], { env })).code).toBe(0);
    expect((await machine.run(["status"], { env })).stdout).toMatch(/Account +signed out/);
  });
});
