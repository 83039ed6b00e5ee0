// A connection between two processes of a person, over the port that one of them has: who is let in, and who is believed.

import { spawn } from "node:child_process";
import { createServer as createHttp, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createPeerOwnerFinder, type PeerOwner } from "../../server/http/guard/peer-owner.ts";
import { createLeaderFinder } from "../../server/http/port/leader.ts";
import {
  openPeerConnection,
  type PeerDeps,
  type PeerOpening,
  type PeerPurpose,
} from "../../server/http/port/peer-connection.ts";
import type { ListenerState } from "../../shared/http.ts";
import { createPeers } from "../../server/http/port/peers.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { eventually } from "../support/eventually.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { onCleanUp, serve } from "./support/serve.ts";

const token = new Secret("a-token-for-tests-0123456789");
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isRoot)
  process.stderr.write("NOT TESTED: another user's process that asks to be let in: it takes Linux and root\n");

/** By the kernel's word, as on Linux. */
const byKernel = {
  clock: systemClock,
  findPeerOwner: createPeerOwnerFinder(),
  uid: process.getuid?.(),
  token: () => token,
};
/** As a system that does not tell whose a connection is. */
const byProof = { ...byKernel, findPeerOwner: async (): Promise<PeerOwner> => ({ kind: "no-table" }), uid: undefined };

async function open(
  url: string,
  deps: Omit<PeerDeps, "findLeader"> = byKernel,
  purpose?: PeerPurpose,
): Promise<PeerOpening> {
  const opening = await openPeerConnection({ ...deps, findLeader: createLeaderFinder(deps) }, url, 3_000, purpose);
  if (opening.kind === "open") onCleanUp(() => opening.socket.destroy());
  return opening;
}

/** Answers what comes with `echo: `. */
function echo(socket: Socket): void {
  socket.on("data", (chunk: Buffer) => socket.write(`echo: ${chunk.toString()}`));
}

async function impostor(
  answer: RequestListener,
  onConnect: (challenge: string, socket: Socket) => void,
): Promise<string> {
  const server = createHttp(answer).listen(0, "127.0.0.1");
  server.on("connect", ({ headers }, socket: Socket) => onConnect(String(headers["x-copilot-challenge"]), socket));
  onCleanUp(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a process of the same person", () => {
  test.each([
    ["by the kernel's word", byKernel],
    ["by the proof of both, where the system does not tell", byProof],
  ])("is let in %s, and each hears the other", async (_name, deps) => {
    const { url } = await serve({ onPeer: echo });
    const opening = await open(url, deps);
    expect(opening).toMatchObject({ kind: "open", processId: process.pid });
    if (opening.kind !== "open") return;
    let heard = "";
    opening.socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    opening.socket.write("hello");
    await eventually(() => expect(heard).toBe("echo: hello"));
  });

  test("is not let in where there is nothing to share, and the listener goes on", async () => {
    const { url, post } = await serve();
    expect(await open(url)).toEqual({ kind: "refused" });
    expect((await post("/", { prompt: "x" })).status).toBe(200);
  });

  test.each([
    ["is no JSON", "hello\n"],
    ["is no request", '{"pid": 1}\n'],
    ["has text in the place of a code", '{"pid":1,"atMs":1,"front":"lsp","kind":"edit","outcome":"<b>","totalMs":1}\n'],
    ["does not end", "x".repeat(3_000)],
  ])("is not heard any more when what it tells of a request %s", async (_name, line) => {
    const { url } = await serve();
    const opening = await open(url, byKernel, "requests");
    if (opening.kind !== "open") throw new Error(opening.kind);
    const closed = new Promise((resolve) => opening.socket.once("close", resolve));
    opening.socket.resume();
    opening.socket.write(line);
    await closed;
  });

  test("hears at once that the listener is closed, and does not hold that up", async () => {
    const { url, server } = await serve({ onPeer: echo, limits: { drainMs: 60_000 } });
    const opening = await open(url);
    if (opening.kind !== "open") throw new Error(opening.kind);
    const closed = new Promise((resolve) => opening.socket.once("close", resolve));
    await server.close();
    await closed;
    expect(await open(url)).toEqual({ kind: "gone" });
  });

  test("is not counted among the connections of programs", async () => {
    const { url, post } = await serve({ onPeer: echo, limits: { maxConnections: 1 } });
    const [one, other] = [await open(url), await open(url)];
    expect([one.kind, other.kind]).toEqual(["open", "open"]);
    expect((await post("/", { prompt: "x" })).status).toBe(200);
  });
});

describe("what has the port is not believed", () => {
  const proofless: RequestListener = (_request, response) => response.writeHead(404).end("not here");

  test("when it is another program", async () => {
    expect(await open(await impostor(proofless, (_challenge, socket) => socket.end()))).toEqual({ kind: "refused" });
  });

  test("when it has taken the port since it was looked at", async () => {
    const { url } = await serve({ onPeer: echo });
    let looks = 0;
    const findPeerOwner = async (): Promise<PeerOwner> => ({ kind: "user", uid: (looks += 1) === 1 ? 7 : 8 });
    expect(await open(url, { ...byKernel, findPeerOwner, uid: 7 })).toEqual({ kind: "refused" });
    expect(looks).toBe(2);
  });

  test.each([undefined, "", "0".repeat(64)])(
    "when it passes on who it is and then proves itself by %j",
    async (proof) => {
      const own = await serve({ onPeer: echo });
      const { port } = new URL(own.url);
      // As it would be for a process on the port that this program was told of.
      const url = await impostor(
        (request, response) => {
          const headers = { "X-Copilot-Challenge": String(request.headers["x-copilot-challenge"]) };
          void fetch(`${own.url}/role`, { headers }).then(async ({ body }) => {
            for await (const chunk of body ?? []) response.write(chunk);
          });
        },
        (_challenge, socket) =>
          socket.write(`HTTP/1.1 200 OK\r\n${proof === undefined ? "" : `X-Copilot-Proof: ${proof}\r\n`}\r\n`),
      );
      const findLeader = async (): ReturnType<PeerDeps["findLeader"]> => ({
        kind: "leader",
        holder: { pid: 1, version: "1", sinceMs: 1 },
        nonce: port,
        watch: { onGone: () => undefined, leave: () => undefined },
      });
      expect(await open(url, byProof)).toEqual({ kind: "refused" });
      expect(await openPeerConnection({ ...byProof, findLeader }, url, 3_000)).toEqual({ kind: "refused" });
    },
  );
});

describe("what asks is not let in", () => {
  test("when it takes the listener for a proxy", async () => {
    const taken: Socket[] = [];
    const { connect } = await serve({ onPeer: (socket) => void taken.push(socket) });
    for (const target of ["example.com:443", "peer.copilot-lsp:1"]) {
      const client = connect();
      client.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
      expect(await client.ended()).toMatch(/^HTTP\/1\.1 405 /);
    }
    expect(taken).toEqual([]);
  });

  test.skipIf(!isRoot)("when it is another user's", async () => {
    const taken: Socket[] = [];
    const { port } = await serve({ onPeer: (socket) => void taken.push(socket) });
    const script = `
      const request = require("node:http").request({ host: "127.0.0.1", port: ${port}, method: "CONNECT",
        path: "peer.copilot-lsp:1", headers: { "X-Copilot-Challenge": "1", "X-Copilot-Proof": "1" } });
      request.on("connect", ({ statusCode }) => { console.log(statusCode); process.exit(); }).end();`;
    const child = spawn(process.execPath, ["-e", script], { uid: 65_534, gid: 65_534, cwd: "/" });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    expect(said.trim()).toBe("403");
    expect(taken).toEqual([]);
  });
});

describe("a process that looks for the one that has the port", () => {
  const beside = { kind: "standby", port: 1, url: "http://127.0.0.1:1", holder: { pid: 1, version: "1", sinceMs: 1 } };
  const won = { kind: "listening", port: 1, url: "http://127.0.0.1:1", address: "127.0.0.1", sinceMs: 1 };

  test("does not go to itself where it gets the port while it looks", async () => {
    const { url } = await serve({ onPeer: echo });
    let closed: Promise<unknown> | undefined;
    const peers = createPeers({
      clock: systemClock,
      log: createRecordingLog(),
      async open() {
        const opening = await open(url);
        if (opening.kind === "open") closed = new Promise((resolve) => opening.socket.once("close", resolve));
        peers.tell(won as ListenerState);
        return opening;
      },
    });
    peers.tell(beside as ListenerState);
    expect(await peers.connect(createTestCtx())).toBeUndefined();
    expect(closed).toBeDefined();
    await closed;
  });

  test("goes to the next one where the one that it asks has lost the port meanwhile", async () => {
    const { url } = await serve({ onPeer: echo });
    const asked: string[] = [];
    const peers = createPeers({
      clock: systemClock,
      log: createRecordingLog(),
      async open(at) {
        asked.push(at);
        if (asked.length > 1) return open(url);
        peers.tell({ ...beside, url } as ListenerState);
        return { kind: "refused" };
      },
    });
    peers.tell(beside as ListenerState);
    expect(await peers.connect(createTestCtx())).toMatchObject({ processId: process.pid });
    expect(asked).toEqual([beside.url, url]);
  });
});
