// A program of another person that answers as the process with the port would: it is never taken for one's own.

import { spawn, type ChildProcess } from "node:child_process";
import { createServer as createHttp, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { createLeaderFinder } from "../../server/http/port/leader.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { createServer, onCleanUp, serve } from "./support/serve.ts";

const reply = { name: "copilot-lsp", pid: 1, version: "9.9.9", sinceMs: 1, nonce: "n" };
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
if (!isRoot) process.stderr.write("NOT TESTED: a program of another user that has the port: it takes Linux and root\n");

async function impostor(answer: RequestListener): Promise<string> {
  const server = createHttp(answer).listen(0, "127.0.0.1");
  onCleanUp(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const token = new Secret("a-token-for-tests-0123456789");

/** As a system that does not tell whose a connection is. */
const findByProof = createLeaderFinder({
  clock: systemClock,
  findPeerOwner: async () => ({ kind: "no-table" }),
  uid: undefined,
  token: () => token,
});

describe("where the system does not tell whose a program is", () => {
  test("a process of one's own proves itself", async () => {
    const { url } = await serve();
    const look = await findByProof(url, 3_000);
    expect(look).toMatchObject({ kind: "leader", holder: { pid: process.pid } });
    if (look.kind === "leader") look.watch.leave();
  });

  test.each([{}, { proof: "" }, { proof: "0".repeat(64) }, { proof: 5 }])(
    "one that answers with %j does not",
    async (more) => {
      const url = await impostor((_request, response) => response.write(`${JSON.stringify({ ...reply, ...more })}\n`));
      expect(["refused", "stranger"]).toContain((await findByProof(url, 3_000)).kind);
    },
  );

  test("one that passes the question on to a process on another port does not", async () => {
    const own = await serve();
    const url = await impostor((request, response) => {
      const headers = { "X-Copilot-Challenge": String(request.headers["x-copilot-challenge"]) };
      void fetch(`${own.url}/role`, { headers }).then(async ({ body }) => {
        for await (const chunk of body ?? []) response.write(chunk);
      });
    });
    expect(await findByProof(url, 3_000)).toEqual({ kind: "refused" });
  });
});

describe.skipIf(!isRoot)("a program of another user that has the port", () => {
  async function startAsNobody(): Promise<{ readonly url: string; readonly port: number }> {
    const script = `
      const server = require("node:http").createServer((request, response) =>
        response.write(${JSON.stringify(`${JSON.stringify(reply)}\n`)}));
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    const child: ChildProcess = spawn(process.execPath, ["-e", script], { uid: 65_534, gid: 65_534, cwd: "/" });
    onCleanUp(() => child.kill());
    if (!child.stdout) throw new Error("the process has no output");
    for await (const line of createInterface({ input: child.stdout })) {
      return { url: `http://127.0.0.1:${line}`, port: Number(line) };
    }
    throw new Error("the process ended without a word");
  }

  test("is not waited beside, and is not called one's own", async () => {
    const { port } = await startAsNobody();
    const waiter = createServer({ settings: { port } });
    onCleanUp(() => waiter.server.close());
    const state = await waiter.server.start();
    expect(state).toMatchObject({ kind: "foreign", message: expect.stringContaining("another person's copilot-lsp") });
    expect(JSON.stringify(waiter.log.lines)).not.toContain("of yours");
    expect(await waiter.server.takeOver()).toEqual(state);
  });
});
