// Who answers on a port, as a process sees it that wants the port or only looks.

import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createPeerOwnerFinder } from "../../server/http/guard/peer-owner.ts";
import { createLeaderFinder, type LeaderLook } from "../../server/http/port/leader.ts";
import { Secret } from "../../server/runtime/secret.ts";
import type { Clock } from "../../shared/context.ts";
import { createManualClock } from "../support/manual-clock.ts";

describe("a port", () => {
  const servers: (Server | ReturnType<typeof createTcpServer>)[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  const listen = async (server: Server | ReturnType<typeof createTcpServer>): Promise<number> => {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const answering = (listener: RequestListener) => listen(createServer(listener));

  const look = (port: number, clock: Clock = createManualClock()): Promise<LeaderLook> =>
    createLeaderFinder({
      clock,
      findPeerOwner: createPeerOwnerFinder(),
      uid: process.getuid?.(),
      token: () => new Secret("a-token-for-tests-0123456789"),
    })(`http://127.0.0.1:${port}`, 1_000);

  test("that another web server holds is a stranger's, by the name it gives itself", async () => {
    const port = await answering((_, response) => response.writeHead(404, { server: "Werkzeug" }).end("<html>"));
    expect(await look(port)).toEqual({
      kind: "stranger",
      server: "Werkzeug",
    });
  });

  test.each(['{"name":"another"}', '{"status":"ok"}', "null"])("that answers %s is a stranger's", async (body) => {
    const port = await answering((_, response) => response.end(body));
    expect(await look(port)).toEqual({
      kind: "stranger",
      server: undefined,
    });
  });

  test("that answers with an endless body is a stranger's", async () => {
    const port = await answering((_, response) => {
      response.write("x".repeat(100_000));
    });
    expect(await look(port)).toEqual({
      kind: "stranger",
      server: undefined,
    });
  });

  test("that something without HTTP holds is a stranger's", async () => {
    const port = await listen(createTcpServer((socket) => socket.end("SSH-2.0-x\r\n")));
    expect(await look(port)).toEqual({
      kind: "stranger",
      server: undefined,
    });
  });

  test("that something silent holds is a stranger's after a second", async () => {
    const clock = createManualClock();
    let reached: () => void = () => undefined;
    const connected = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const port = await listen(
      createTcpServer((socket) => {
        socket.on("error", () => undefined);
        reached();
      }),
    );
    const probing = look(port, clock);
    await connected;
    await clock.advance(1_000);
    expect(await probing).toEqual({ kind: "stranger", isSilent: true });
  });

  test("that nobody holds is free", async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await look(port)).toEqual({ kind: "gone", isFree: true });
  });
});
