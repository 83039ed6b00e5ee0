import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { createProbes } from "../../server/upstream/probes/probes.ts";
import type { NetworkProbes } from "../../shared/network.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx, type RecordingLog } from "../support/test-ctx.ts";
import {
  caFile,
  expiredCertificate,
  expiredFile,
  otherCertificate,
  selfSignedCertificate,
  serverCertificate,
} from "./certificates.ts";
import { startConnectProxy } from "./connect-proxy.ts";
import { defaultSettings, emulate, later, rejection, until } from "./harness.ts";

const tls = { ...serverCertificate, http2: true };
const url = "https://copilot.test";

interface Looking {
  readonly probes: NetworkProbes;
  readonly clock: ManualClock;
  readonly log: RecordingLog;
}

function looking(changes: Partial<typeof defaultSettings> = {}, environment: Record<string, string> = {}): Looking {
  const clock = createManualClock();
  const log = createRecordingLog();
  const deps = { clock, log, environment, version: "1.0.0" };
  return { probes: createProbes(deps, () => ({ ...defaultSettings, ...changes })), clock, log };
}

interface Listener {
  readonly url: string;
  readonly sockets: readonly Socket[];
  open(): number;
}

/** Does with each TCP connection what it is told to. */
async function listen(onConnection: (socket: Socket) => void): Promise<Listener> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  later(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    sockets,
    open: () => sockets.filter(({ destroyed }) => !destroyed).length,
  };
}

describe("a certificate that is shown", () => {
  test("is trusted with the file of extra authorities, and asked nothing more", async () => {
    const emulator = await emulate({ tls });
    const { probes, clock } = looking({ caFile });
    expect(await probes.handshake(createTestCtx(), emulator.url)).toEqual({
      protocol: "TLSv1.3",
      issuer: "copilot-lsp test CA",
      validUntilMs: Date.UTC(2126, 9, 29, 15, 52, 52),
      distrust: undefined,
    });
    expect(emulator.calls).toHaveLength(0);
    expect(clock.pendingTimers()).toBe(0);
  });

  test.each([
    ["an authority nobody knows", tls, "", "the authority that signed it is not one of those trusted here"],
    ["another name", { ...otherCertificate, http2: false }, caFile, "it is for elsewhere.test, not for 127.0.0.1"],
    ["itself", { ...selfSignedCertificate, http2: false }, "", "it is signed by nobody but itself"],
    ["a time that is over", { ...expiredCertificate, http2: false }, expiredFile, "it expired on 2021-01-02"],
  ])("for %s is told with the reason", async (_name, shown, file, distrust) => {
    const emulator = await emulate({ tls: shown });
    const { probes } = looking({ caFile: file });
    expect(await probes.handshake(createTestCtx(), emulator.url)).toMatchObject({ distrust });
  });

  test("is named by the organisation that signed it, where there is one", async () => {
    const emulator = await emulate({ tls: { ...expiredCertificate, http2: false } });
    const seen = await looking().probes.handshake(createTestCtx(), emulator.url);
    expect(seen).toMatchObject({ issuer: "Example Inspection", validUntilMs: Date.UTC(2021, 0, 2) });
  });

  test("is told to be distrusted also when settings do not care", async () => {
    const emulator = await emulate({ tls });
    const { probes } = looking({ strictTls: false });
    expect((await probes.handshake(createTestCtx(), emulator.url)).distrust).toBeDefined();
  });

  test("may come by an older TLS, and is told so", async () => {
    const server = createTlsServer({ ...serverCertificate, maxVersion: "TLSv1.2" });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    later(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const seen = await looking({ caFile }).probes.handshake(createTestCtx(), `https://127.0.0.1:${port}`);
    expect(seen).toMatchObject({ protocol: "TLSv1.2", distrust: undefined });
  });

  test("is judged without a file that cannot be read, which is said once", async () => {
    const emulator = await emulate({ tls });
    const { probes, log } = looking({ caFile: "/nowhere/ca.pem" });
    for (let round = 0; round < 3; round += 1) {
      expect((await probes.handshake(createTestCtx(), emulator.url)).distrust).toBeDefined();
    }
    expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
  });

  test("leaves no connection behind", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url });
    const { probes } = looking({ proxy: proxy.host, caFile });
    await probes.handshake(createTestCtx(), url);
    await until(() => proxy.openTunnels() === 0);
  });
});

describe("through a proxy", () => {
  test("the certificate of the host is seen, and the proxy is told who asks", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url });
    const { probes } = looking({ proxy: `http://some%40one:p%3Ass@${proxy.host}` });
    expect(await probes.handshake(createTestCtx(), url)).toMatchObject({ issuer: "copilot-lsp test CA" });
    expect(proxy.asked).toEqual(["copilot.test:443"]);
    expect(proxy.headers[0]).toMatchObject({
      "proxy-authorization": `Basic ${Buffer.from("some@one:p:ss").toString("base64")}`,
      "user-agent": "copilot-lsp/1.0.0",
    });
  });

  test("that speaks TLS and is trusted, the certificate of the host is seen as well", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url, tls: serverCertificate });
    const { probes } = looking({ proxy: `https://${proxy.host}`, caFile });
    expect(await probes.handshake(createTestCtx(), url)).toMatchObject({ distrust: undefined });
  });

  test("that is not who it says it is, nothing is asked, and no password is given away", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url, tls: serverCertificate });
    const { probes } = looking({ proxy: `https://me:hunter2@${proxy.host}` });
    const error = await rejection(probes.handshake(createTestCtx(), url));
    expect(error).toMatchObject({ code: "tls", message: expect.stringContaining(`the proxy ${proxy.host}`) });
    expect(String(error)).not.toContain("hunter2");
    // What is asked later, by one that trusts it, is all that it sees.
    await looking({ proxy: `https://${proxy.host}`, caFile }).probes.handshake(createTestCtx(), url);
    expect(proxy.asked).toEqual(["copilot.test:443"]);
  });

  test("that need not be trusted, one gets on", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url, tls: serverCertificate });
    const { probes } = looking({ proxy: `https://${proxy.host}`, strictTls: false });
    expect(await probes.handshake(createTestCtx(), url)).toMatchObject({ issuer: "copilot-lsp test CA" });
  });

  test.each([
    [407, "intercepted"],
    [502, "offline"],
  ])("that answers %i, there is nothing to see", async (status, code) => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", status });
    const { probes } = looking({ proxy: proxy.host });
    expect(await rejection(probes.handshake(createTestCtx(), url))).toMatchObject({ code, httpStatus: status });
  });

  test("that cannot be used, the error names the setting", async () => {
    const { probes } = looking({ proxy: "socks5://me:hunter2@127.0.0.1:1080" });
    const error = await rejection(probes.handshake(createTestCtx(), url));
    expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("upstream.proxy") });
    expect(String(error)).not.toContain("hunter2");
  });
});

describe("without a certificate to see", () => {
  test("a host that speaks something else is a failure of TLS", async () => {
    const server = await listen((socket) => void socket.end("SSH-2.0-OpenSSH_9.9\r\n"));
    const { probes, clock } = looking();
    const error = await rejection(probes.handshake(createTestCtx(), server.url));
    expect(error).toMatchObject({ code: "tls", message: expect.stringContaining("127.0.0.1") });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a host that hangs up is offline, and so is one that is not there", async () => {
    const server = await listen((socket) => void socket.once("data", () => socket.destroy()));
    const { probes } = looking();
    expect(await rejection(probes.handshake(createTestCtx(), server.url))).toMatchObject({
      code: "offline",
      message: expect.stringContaining("while TLS was agreed on"),
    });
    expect(await rejection(probes.handshake(createTestCtx(), "https://127.0.0.1:1"))).toMatchObject({
      code: "offline",
    });
  });

  test("a host that is silent is a timeout of connecting, the way to it counted in", async () => {
    const server = await listen((socket) => void socket.resume());
    const proxy = await startConnectProxy({ to: server.url });
    const { probes, clock } = looking({ proxy: proxy.host, connectTimeoutMs: 900 });
    const seeing = rejection(probes.handshake(createTestCtx(), url));
    await until(() => server.sockets.some(({ bytesRead }) => bytesRead > 0));
    await clock.advance(899);
    expect(server.open()).toBe(1);
    await clock.advance(1);
    expect(await seeing).toMatchObject({ code: "timeout", message: expect.stringContaining("TLS was not agreed on") });
    await until(() => server.open() === 0);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a proxy that is silent is a timeout as well", async () => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", hang: true });
    const { probes, clock } = looking({ proxy: proxy.host, connectTimeoutMs: 900 });
    const seeing = rejection(probes.handshake(createTestCtx(), url));
    await until(() => proxy.asked.length === 1);
    await clock.advance(900);
    expect(await seeing).toMatchObject({ code: "timeout", message: expect.stringContaining(proxy.host) });
  });
});

describe("cancelled", () => {
  test("during the handshake, it rejects with the signal's reason and closes the socket", async () => {
    const server = await listen((socket) => void socket.resume());
    const { probes, clock } = looking();
    const ctx = createTestCtx();
    const seeing = rejection(probes.handshake(ctx, server.url));
    await until(() => server.sockets.some(({ bytesRead }) => bytesRead > 0));
    ctx.cancel("enough");
    expect(await seeing).toBe("enough");
    await until(() => server.open() === 0 && clock.pendingTimers() === 0);
  });

  test("while the certificates are being read, it opens nothing that stays open", async () => {
    const server = await listen((socket) => void socket.resume());
    const { probes, clock } = looking({ caFile });
    const ctx = createTestCtx();
    const seeing = rejection(probes.handshake(ctx, server.url));
    ctx.cancel("enough");
    expect(await seeing).toBe("enough");
    await until(() => clock.pendingTimers() === 0);
    // One that comes later is seen, and when it has gone nothing is left.
    const later = createTestCtx();
    const seeingLater = rejection(probes.handshake(later, server.url));
    await until(() => server.sockets.some(({ bytesRead }) => bytesRead > 0));
    later.cancel("enough");
    expect(await seeingLater).toBe("enough");
    await until(() => server.open() === 0);
  });

  test("before it began, it asks nothing", async () => {
    const server = await listen((socket) => void socket.resume());
    const ctx = createTestCtx();
    ctx.cancel("never mind");
    expect(await rejection(looking().probes.handshake(ctx, server.url))).toBe("never mind");
    const later = createTestCtx();
    const seeingLater = rejection(looking().probes.handshake(later, server.url));
    await until(() => server.sockets.some(({ bytesRead }) => bytesRead > 0));
    later.cancel("enough");
    await seeingLater;
    expect(server.sockets).toHaveLength(1);
  });
});
