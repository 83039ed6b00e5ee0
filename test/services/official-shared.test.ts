// Windows of one person share one process of GitHub's language server: the window that has the port has started it, and the
// others ask it there. What becomes of that when windows come, go and are killed, and who shares it with nobody.

import { createServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { nextHolderPid } from "../e2e/windows.ts";
import { eventually } from "../support/eventually.ts";
import { isRunning, type OfficialMachine, openEditor, openOfficialMachine, textsAt } from "./support/official.ts";

const text = "def add(a, b):\n    \n";
const suggestion = ["    return a + b"];

// Each starts several programs.
vi.setConfig({ testTimeout: 60_000 });

let machine: OfficialMachine;
let documents = 0;

afterEach(() => machine.close());

/** A document of its own, so that nothing is answered from memory. */
async function complete(editor: SpawnedLspServer, name = `file:///project/${(documents += 1)}.py`) {
  editor.open(name, text);
  return textsAt(editor, name, 1, 4);
}

async function open(env: Readonly<Record<string, string>> = {}): Promise<SpawnedLspServer> {
  const editor = await openEditor(machine.edit({ env }));
  expect(await complete(editor)).toEqual(suggestion);
  return editor;
}

const running = (): readonly number[] => machine.processes().filter(isRunning);
const closed = (): readonly string[] =>
  machine.told("textDocument/didClose").map(({ params }) => params.textDocument.uri as string);
const asked = (): number => machine.told("textDocument/inlineCompletion").length;

/** Asks a question that the server has got and does not answer. */
async function askAndHang(editor: SpawnedLspServer) {
  const before = asked();
  machine.behave({ hang: true });
  editor.open("file:///project/slow.py", text);
  const question = editor.inlineCompletion("file:///project/slow.py", { line: 1, character: 4 });
  await eventually(() => expect(asked()).toBe(before + 1));
  return question;
}

async function sharingOf(editor: SpawnedLspServer): Promise<string> {
  const report = await editor.request<{ service: { sharing: string } }>("workspace/executeCommand", {
    command: "copilot.status",
    arguments: [],
  });
  return report.service.sharing;
}

describe("windows of one person", () => {
  test("that start at once have one process, and each is answered", async () => {
    machine = await openOfficialMachine();
    const editors = await Promise.all([open(), open(), open()]);
    expect(machine.processes()).toHaveLength(1);
    const sharings = await Promise.all(editors.map(sharingOf));
    expect(sharings.filter((sharing) => sharing.startsWith("shared with process"))).toHaveLength(2);
    for (const editor of editors) expect(await complete(editor)).toEqual(suggestion);
    expect(machine.processes()).toHaveLength(1);
  });

  test("go on with the next one's process when the window that had started it is killed, and nobody warns", async () => {
    machine = await openOfficialMachine();
    const first = await open();
    const others = [await open(), await open()];
    const [before = 0] = running();
    await first.kill();
    expect(await Promise.all(others.map((editor) => complete(editor)))).toEqual([suggestion, suggestion]);
    await eventually(() => expect(running()).toHaveLength(1));
    expect(running()).not.toContain(before);
    expect(machine.processes()).toHaveLength(2);
    for (const editor of others) expect(editor.stderr()).not.toMatch(/ (?:warn|error) /);
  });

  test("are all answered each time that the one that has started it ends, and then there is one process again", async () => {
    machine = await openOfficialMachine();
    let windows: readonly SpawnedLspServer[] = await Promise.all([open(), open(), open()]);
    for (const isKilled of [false, true, false, true]) {
      const pid = await nextHolderPid(machine);
      const holder = windows.find(({ process }) => process.pid === pid);
      const others = windows.filter((window) => window !== holder);
      const ending = isKilled ? holder?.kill() : holder?.shutdown();
      expect(await Promise.all(others.map((editor) => complete(editor)))).toEqual([suggestion, suggestion]);
      await ending;
      await eventually(() => expect(running()).toHaveLength(1));
      windows = [...others, await open()];
    }
  });

  test("have a question asked again when the window that had started it is killed in its middle", async () => {
    machine = await openOfficialMachine();
    const first = await open();
    const other = await open();
    machine.behave({ hang: true });
    const answer = complete(other, "file:///project/hanging.py");
    const isAsked = (): boolean => JSON.stringify(machine.told("textDocument/inlineCompletion")).includes("hanging.py");
    await eventually(() => expect(isAsked()).toBe(true));
    machine.behave({});
    await first.kill();
    expect(await answer).toEqual(suggestion);
  });

  test("leave no process behind when the last one ends, killed or not", async () => {
    machine = await openOfficialMachine();
    const editors = [await open(), await open()];
    await editors[0]?.shutdown();
    await editors[0]?.exited;
    await eventually(() => expect(running()).toHaveLength(1));
    const last = editors[1];
    if (last) expect(await complete(last)).toEqual(suggestion);
    await last?.kill();
    await eventually(() => expect(running()).toEqual([]));
  });

  test("hand over to serve that takes the port, and the process follows the port", async () => {
    machine = await openOfficialMachine();
    const editors = [await open(), await open()];
    const taking = machine.start(["serve", "--takeover", "--json"]);
    expect(JSON.parse(await taking.line())).toMatchObject({ event: "listening" });
    await eventually(async () => {
      for (const editor of editors) expect(await sharingOf(editor)).toContain(`shared with process ${taking.pid}`);
    });
    for (const editor of editors) expect(await complete(editor)).toEqual(suggestion);
    await eventually(() => expect(running()).toHaveLength(1));
  });

  test("are joined by commands", async () => {
    machine = await openOfficialMachine();
    await open();
    expect((await machine.run(["doctor"])).stdout).toContain("All is well.");
    expect(machine.processes()).toHaveLength(1);
  });

  test("hear at once that one of them has signed in", async () => {
    machine = await openOfficialMachine({ behaviour: { signedOut: true } });
    const first = await openEditor(machine.edit());
    const other = await openEditor(machine.edit());
    for (const editor of [first, other])
      expect(await editor.request("checkStatus", {})).toMatchObject({ status: "NotSignedIn" });
    const start = await other.request<{ command: object }>("signIn", {});
    const finished = other.request("workspace/executeCommand", start.command);
    await eventually(() => expect(machine.told("workspace/executeCommand")).toHaveLength(1));
    machine.behave({ approved: true });
    expect(await finished).toMatchObject({ status: "OK", user: "octocat" });
    for (const editor of [first, other]) expect(await complete(editor)).toEqual(suggestion);
    expect(machine.processes()).toHaveLength(1);
  });
});

describe("the shared process", () => {
  test("has the documents of one window at a time, and gives no window another's text under the same name", async () => {
    machine = await openOfficialMachine();
    const first = await open();
    const other = await open();
    const name = "file:///project/same.py";
    first.open(name, "def add(a, b):\n    \n");
    other.open(name, "import os\n\ndef add(a, b):\n    \n");
    expect(await textsAt(first, name, 1, 4)).toEqual(suggestion);
    expect(await textsAt(other, name, 3, 4)).toEqual(suggestion);
    first.change(name, 2, { at: { line: 1, character: 4 }, insert: "x" });
    expect(await textsAt(first, name, 1, 5)).toEqual(["    xreturn a + b"]);
    const isOpen = new Set<string>();
    for (const { method, params } of machine.told()) {
      if (method === "textDocument/didOpen") {
        expect([...isOpen]).not.toContain(params.textDocument.uri);
        isOpen.add(params.textDocument.uri);
      } else if (method === "textDocument/didClose") isOpen.delete(params.textDocument.uri);
      else if (method === "textDocument/inlineCompletion") expect([...isOpen]).toContain(params.textDocument.uri);
    }
    expect([...isOpen].some((uri) => uri.endsWith("same.py"))).toBe(true);
  });

  test("is told to close what an editor has closed, and all of a window that is killed", async () => {
    machine = await openOfficialMachine();
    await open();
    const other = await open();
    await complete(other, "file:///project/closed.py");
    other.notify("textDocument/didClose", { textDocument: { uri: "file:///project/closed.py" } });
    await eventually(() => expect(closed()).toContain("file:///project/closed.py"));
    await complete(other, "file:///project/killed.py");
    await other.kill();
    await eventually(() => expect(closed()).toContain("file:///project/killed.py"));
    expect(running()).toHaveLength(1);
  });

  test("has a question cancelled that was cancelled in another window, and is free for the next", async () => {
    machine = await openOfficialMachine();
    const first = await open();
    const other = await open();
    const question = await askAndHang(other);
    question.cancel();
    await expect(question.answer).rejects.toMatchObject({ code: -32_800 });
    await eventually(() => expect(machine.told("$/cancelRequest")).toHaveLength(1));
    machine.behave({});
    expect(await complete(first)).toEqual(suggestion);
  });

  test("is free again when the window whose question it works on is killed", async () => {
    machine = await openOfficialMachine();
    const first = await open();
    const other = await open();
    (await askAndHang(other)).answer.catch(() => undefined);
    machine.behave({});
    await other.kill();
    expect(await complete(first)).toEqual(suggestion);
  });

  test("dies, that is said once in each window, and each is answered by the next", async () => {
    machine = await openOfficialMachine();
    const editors = [await open(), await open()];
    machine.behave({ crash: true });
    for (const editor of editors.toReversed()) expect(await complete(editor)).toEqual([]);
    machine.behave({});
    // After the second time in a row it is left alone for a moment.
    for (const editor of editors) await eventually(async () => expect(await complete(editor)).toEqual(suggestion));
    expect(running()).toHaveLength(1);
  });

  test("is started again by the window that asks first, whichever that is, and has read its sign-in before it is asked", async () => {
    machine = await openOfficialMachine();
    const [first, other] = [await open(), await open()];
    machine.behave({ crash: true });
    expect(await complete(first)).toEqual([]);
    machine.behave({});
    expect(await complete(other)).toEqual(suggestion);
    expect(await complete(first)).toEqual(suggestion);
    expect(machine.processes()).toHaveLength(2);
  });
});

describe("a window shares no process", () => {
  const others: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["another proxy", { COPILOT_LSP_UPSTREAM_PROXY: "http://127.0.0.1:9" }],
    ["another telemetry", { COPILOT_LSP_SERVICE_TELEMETRY: "true" }],
    ["another GitHub", { COPILOT_LSP_GITHUB_URI: "https://octo.ghe.com" }],
    ["another account in the environment", { GH_COPILOT_TOKEN: "ghu_another" }],
  ];
  test.each(others)("with one that has %s", async (_name, env) => {
    machine = await openOfficialMachine();
    const first = await open();
    const other = await open(env);
    expect(running()).toHaveLength(2);
    expect(await sharingOf(other)).toContain("this process's own");
    expect(await complete(first)).toEqual(suggestion);
    expect(JSON.stringify([...machine.written()])).not.toContain("ghu_another");
  });

  test("with HTTP turned off, and says so", async () => {
    machine = await openOfficialMachine();
    await open();
    const other = await open({ COPILOT_LSP_HTTP_ENABLED: "false" });
    expect(running()).toHaveLength(2);
    expect(await sharingOf(other)).toContain("http.enabled");
  });

  test("with another program that has the port, which is told nothing", async () => {
    machine = await openOfficialMachine();
    const connected: string[] = [];
    const impostor = createServer((_request, response) => response.end("I am another program."));
    impostor.on("connect", ({ url }: IncomingMessage, socket: Socket) => {
      connected.push(url ?? "");
      socket.end("HTTP/1.1 200 OK\r\n\r\n");
    });
    await new Promise<void>((settle) => impostor.listen(machine.port, "127.0.0.1", settle));
    try {
      const editors = [await open(), await open()];
      expect(running()).toHaveLength(2);
      for (const editor of editors) expect(await sharingOf(editor)).toContain("the port of HTTP is not to be had");
      expect((await machine.run(["doctor"])).stdout.replaceAll(/\s+/g, " ")).toContain("no other process has the port");
      expect(connected).toEqual([]);
    } finally {
      impostor.close();
      impostor.closeAllConnections();
    }
  });

  test("with one that asks Copilot itself", async () => {
    machine = await openOfficialMachine();
    await openEditor(machine.edit({ env: { COPILOT_LSP_SERVICE_KIND: "copilot" } }));
    await eventually(async () => expect((await machine.fetch("/health")).status).toBe(200));
    await open();
    expect(running()).toHaveLength(1);
  });
});
