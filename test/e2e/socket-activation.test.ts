// `serve` on a socket that the service manager opened, as sd_listen_fds(3) has it: started by the first connection.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { hasPrograms } from "../house/support/shell.ts";
import { eventually } from "../support/eventually.ts";
import { type Machine, openMachine, program } from "./bridge.ts";

const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-sockets-"));
let machine: Machine;
const cleanUps: (() => Promise<unknown> | void)[] = [];

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await machine.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A socket that listens, as a service manager holds it until it starts somebody for it. */
async function managed(where: { readonly host: string } | { readonly path: string }): Promise<Server> {
  const server = createServer();
  server.listen("host" in where ? { ...where, port: 0 } : where);
  await once(server, "listening");
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Starts `serve` with the sockets as its descriptors from 3 on. `forPid`: whom they are said to be for. */
function activate(
  sockets: readonly Server[],
  options: { readonly args?: readonly string[]; readonly forPid?: string },
) {
  const { args = [], forPid = "$$" } = options;
  // Only the process itself knows its number.
  const script = `LISTEN_PID=${forPid} LISTEN_FDS=${sockets.length} exec "$0" "$@"`;
  const child = spawn("sh", ["-c", script, process.execPath, program, "serve", ...args, "--json"], {
    env: machine.environment,
    stdio: ["ignore", "pipe", "pipe", ...sockets.map(descriptorOf)],
  });
  // This process must not accept what is the other's to answer.
  for (const socket of sockets) socket.close();
  return watch(child);
}

function watch(child: ChildProcess) {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("the process has no output");
  const exited = once(child, "exit").then(([code]) => code as number | null);
  let told = "";
  stderr.on("data", (chunk: Buffer) => {
    told += chunk.toString();
  });
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const stop = (): Promise<number | null> => {
    child.kill("SIGTERM");
    return exited;
  };
  cleanUps.push(stop);
  return {
    exited,
    stop,
    stderr: () => told,
    event: async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? "null"),
  };
}

function descriptorOf(server: Server): number {
  const handle: unknown = Reflect.get(server, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null ? Reflect.get(handle, "fd") : undefined;
  if (typeof fd !== "number" || fd < 0) throw new Error("the socket has no descriptor here");
  return fd;
}

const complete = (url: string): Promise<string> =>
  fetch(url, { method: "POST", body: '{"prompt": "def add(a, b):\\n    ", "language": "python"}' }).then((answer) =>
    answer.text(),
  );

test("sockets that are handed over are answered, and nothing else is bound", async () => {
  const sockets = [await managed({ host: "127.0.0.1" }), await managed({ host: "127.0.0.1" })];
  const [first = "", second = ""] = sockets.map((socket) => `http://127.0.0.1:${portOf(socket)}`);
  const served = activate(sockets, { args: [String(machine.port)] });
  expect(await served.event()).toEqual({ event: "listening", url: first });
  machine.emulator.setModel(() => ["return a + b"]);
  expect([await complete(first), await complete(second)]).toEqual(["return a + b", "return a + b"]);
  await expect(fetch(`http://127.0.0.1:${machine.port}`)).rejects.toThrow();
  // A service manager takes that as its proper end.
  expect(await served.stop()).toBe(0);
});

test("another process that wants the port waits beside it, and does not get it when it asks for it", async () => {
  const socket = await managed({ host: "127.0.0.1" });
  const port = String(portOf(socket));
  const served = activate([socket], {});
  await served.event();
  const other = watch(
    spawn(process.execPath, [program, "serve", port, "--takeover", "--json"], {
      env: machine.environment,
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  expect(await other.event()).toMatchObject({ event: "standby", port: Number(port) });
  expect(await complete(`http://127.0.0.1:${port}`)).not.toBe("");
});

test.each([
  ["that other machines can reach", { host: "0.0.0.0" }, "which others can reach; that needs http.access = token"],
  ["of another kind", { path: join(folder, "socket") }, "the service manager's socket is not one of TCP"],
])("a socket %s is refused, with the reason", async (_, where, reason) => {
  const served = activate([await managed(where)], {});
  expect(await served.exited).not.toBe(0);
  expect(served.stderr()).toContain(reason);
});

test("sockets that are meant for another process are left alone", async () => {
  const socket = await managed({ host: "127.0.0.1" });
  const port = portOf(socket);
  const served = activate([socket], { args: ["0"], forPid: "1" });
  const { url } = (await served.event()) as { url: string };
  expect(url).not.toBe(`http://127.0.0.1:${port}`);
});

test.skipIf(!hasPrograms("systemd-socket-activate"))(
  "systemd starts it by the first request, and answers it",
  async () => {
    const url = `http://127.0.0.1:${machine.port}`;
    const variables = Object.entries(machine.environment).map(([name, value]) => `--setenv=${name}=${value}`);
    const command = [process.execPath, program, "serve", "--json"];
    const manager = watch(
      spawn("systemd-socket-activate", [`--listen=127.0.0.1:${machine.port}`, ...variables, ...command], {
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    await eventually(() => expect(manager.stderr()).toContain("Listening on"));
    machine.emulator.setModel(() => ["return a + b"]);
    expect(await complete(url)).toBe("return a + b");
    expect(await manager.event()).toEqual({ event: "listening", url });
  },
);
