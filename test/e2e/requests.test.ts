// Every byte that this program sends to GitHub and to the Copilot API, beside what was agreed on. GitHub may refuse a client
// whose requests look otherwise than they did, so a change of one header or field is a change to be decided, not to happen.
// `UPDATE_GOLDEN=yes` writes down what is sent now.

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { expectGolden } from "../cli/support/golden.ts";
import { eventually } from "../support/eventually.ts";
import { type Machine, openMachine } from "./bridge.ts";

let machine: Machine;
const servers: Server[] = [];

afterEach(async () => {
  await machine.close();
  for (const server of servers.splice(0)) server.close();
});

/** Passes bytes on to `to` and keeps those of the clients, by connection. */
async function startWiretap(to: string): Promise<{ readonly url: string; readonly heard: () => readonly Buffer[] }> {
  const { hostname, port } = new URL(to);
  const heard: Buffer[][] = [];
  const server = createServer((client: Socket) => {
    const chunks: Buffer[] = [];
    heard.push(chunks);
    const target = connect(Number(port), hostname);
    client.on("data", (chunk: Buffer) => chunks.push(chunk));
    client.on("error", () => target.destroy());
    target.on("error", () => client.destroy());
    client.pipe(target).pipe(client);
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const { port: own } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}`, heard: () => heard.map((chunks) => Buffer.concat(chunks)) };
}

/** The requests on one connection: heads as they are, bodies by their length. */
function requestsIn(bytes: Buffer): readonly string[] {
  const requests: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf("\r\n\r\n", at);
    if (end < 0) throw new Error(`half a head: ${bytes.toString("utf8", at)}`);
    const head = bytes.toString("latin1", at, end);
    if (/^transfer-encoding:/im.test(head)) throw new Error(`a body of unknown length: ${head}`);
    const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
    const from = end + 4;
    requests.push(`${head}\n\n${bytes.toString("utf8", from, from + length)}`);
    at = from + length;
  }
  return requests;
}

/** Without what is another each time. A length stays: it counts what stands in its place too. */
function withoutChance(request: string): string {
  return request
    .replaceAll("\r", "")
    .replaceAll(/127\.0\.0\.1:\d+/g, "<host>")
    .replaceAll(/^(authorization: \w+) .+$/gim, "$1 <token>")
    .replaceAll(/\bdevice_code=[\da-f]{40}\b/g, "device_code=<code>")
    .replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}(\d{13})?/g, (_id, ms) => (ms ? "<id><time>" : "<id>"))
    .replaceAll(/\b[\da-f]{64}\b/g, "<machine>")
    .replaceAll(/copilot-lsp\/\d+\.\d+\.\d+/g, "copilot-lsp/<version>");
}

test("all requests of a sign-in, a completion, a next edit and the commands are as they were, byte for byte", async () => {
  machine = await openMachine({ emulator: { approval: "at-once" } });
  const { emulator } = machine;
  emulator.setDeviceFlow({ intervalSeconds: 1 });
  const github = await startWiretap(emulator.url);
  emulator.setSession({ hasExclusionRules: true, endpoints: { api: github.url, proxy: github.url } });
  emulator.setExclusionRules({});
  emulator.setModel(() => ["    return left + right"]);
  const env = {
    COPILOT_LSP_GITHUB_URI: github.url,
    COPILOT_LSP_EDITS_ENABLED: "on",
    COPILOT_LSP_COMPLETION_SPECULATION: "off",
  };
  expect((await machine.run(["login"], { env })).code).toBe(0);
  expect((await machine.run(["status"], { env })).code).toBe(0);

  const uri = "file:///project/numbers.py";
  const text = "def add(left, right):\n    \n\nprint(add(1, 2))\n";
  const editor = machine.edit({ env });
  await editor.initialize({
    processId: process.pid,
    clientInfo: { name: "Neovim", version: "0.12.4" },
    initializationOptions: { editorPluginInfo: { name: "copilot.lua", version: "1.2.3" } },
    rootUri: "file:///project",
    workspaceFolders: [{ uri: "file:///project", name: "project" }],
    capabilities: {},
  });
  editor.open("file:///project/other.py", "def subtract(left, right):\n    return left - right\n");
  editor.open(uri, text);
  const at = async (line: number, character: number, triggerKind: number): Promise<number> => {
    const asked = editor.inlineCompletion<{ items: readonly unknown[] }>(
      uri,
      { line, character },
      { context: { triggerKind } },
    );
    return (await asked.answer).items.length;
  };
  expect(await at(1, 4, 2)).toBe(1);
  editor.change(uri, 2, { at: { line: 1, character: 4 }, insert: "xyz = " });
  // By hand, and by hand again for others.
  expect(await at(1, 10, 1)).toBe(1);
  await at(1, 10, 1);
  await editor.request("textDocument/copilotInlineEdit", {
    textDocument: { uri, version: 2 },
    position: { line: 1, character: 10 },
  });
  await editor.request("copilot/models", {});
  await eventually(() => {
    for (const route of ["session-token", "copilot-user", "models", "completions", "chat-completions"] as const)
      expect(emulator.callsTo(route).length, route).toBeGreaterThan(0);
  });
  await editor.shutdown();
  await editor.exited;
  expect((await machine.run(["doctor"], { env })).code).toBe(0);

  const requests = new Set(github.heard().flatMap(requestsIn).map(withoutChance));
  expectGolden(
    new URL("./golden/copilot-requests.txt", import.meta.url),
    `${[...requests].sort().join("\n\n---\n\n")}\n`,
  );
});
