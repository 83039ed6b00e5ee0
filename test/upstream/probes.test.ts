import { describe, expect, test } from "vitest";
import { createProbes } from "../../server/upstream/probes/probes.ts";
import type { NetworkProbes } from "../../shared/network.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { caFile, serverCertificate } from "./certificates.ts";
import { startConnectProxy } from "./connect-proxy.ts";
import { defaultSettings, emulate, rejection, until } from "./harness.ts";

const tls = { ...serverCertificate, http2: true };

function probe(changes: Partial<typeof defaultSettings> = {}, environment: Record<string, string> = {}): NetworkProbes {
  const deps = { clock: createManualClock(), log: createRecordingLog(), environment, version: "1.0.0" };
  return createProbes(deps, () => ({ ...defaultSettings, ...changes }));
}

describe("a look at the network", () => {
  test("names the addresses of the server that is set", () => {
    expect(probe().addresses()).toEqual(["https://github.com", "https://api.github.com"]);
    expect(probe({ githubUri: "http://127.0.0.1:1", githubApiUri: "http://127.0.0.1:1" }).addresses()).toEqual([
      "http://127.0.0.1:1",
    ]);
  });

  test("tells the way to a host, without the proxy's password", () => {
    const probes = probe({}, { HTTPS_PROXY: "http://me:hunter2@proxy.test:3128", NO_PROXY: "api.github.com" });
    expect(probes.route("https://github.com")).toEqual({ kind: "proxy", proxy: "proxy.test:3128" });
    expect(probes.route("https://api.github.com")).toEqual({ kind: "direct" });
    expect(probe({ proxy: "socks5://a" }).route("https://github.com")).toMatchObject({ kind: "unusable" });
  });

  test("finds the addresses of a name", async () => {
    const found = await probe().resolve(createTestCtx(), "localhost");
    expect(found.some((address) => address === "127.0.0.1" || address === "::1")).toBe(true);
  });

  test("sees a certificate whether it is trusted or not", async () => {
    const emulator = await emulate({ tls });
    const ctx = createTestCtx();
    expect(await probe().handshake(ctx, emulator.url)).toMatchObject({
      protocol: "TLSv1.3",
      issuer: "copilot-lsp test CA",
      distrust: expect.stringMatching(/\S/),
    });
    const trusted = await probe({ caFile }).handshake(ctx, emulator.url);
    expect(trusted.distrust).toBeUndefined();
    expect(new Date(trusted.validUntilMs).getUTCFullYear()).toBe(2126);
  });

  test("sees it through a proxy as well", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url });
    const seen = await probe({ caFile, proxy: proxy.host }).handshake(createTestCtx(), "https://github.com");
    expect(seen.distrust).toBeUndefined();
    expect(proxy.asked).toEqual(["github.com:443"]);
  });

  test("fails with the codes of the network when there is nothing to see", async () => {
    const ctx = createTestCtx();
    expect(await rejection(probe().handshake(ctx, "https://127.0.0.1:1"))).toMatchObject({ code: "offline" });
    expect(await rejection(probe().ping(ctx, "http://127.0.0.1:1"))).toMatchObject({ code: "offline" });
    const emulator = await emulate();
    const plain = emulator.url.replace("http:", "https:");
    expect(await rejection(probe().handshake(ctx, plain))).toMatchObject({ code: "tls" });
  });

  test("tells whether it is GitHub that answers, and its clock, and sends no token", async () => {
    const emulator = await emulate();
    const ctx = createTestCtx();
    const pong = await probe().ping(ctx, emulator.url);
    expect(pong).toMatchObject({ fromGitHub: true });
    expect(Math.abs((pong.serverNowMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(emulator.calls[0]?.headers).not.toHaveProperty("authorization");
    emulator.script("unknown", { kind: "html", status: 200 });
    expect(await probe().ping(ctx, emulator.url)).toMatchObject({ httpStatus: 200, fromGitHub: false });
  });

  test("waits for an answer as long as settings say, and no longer than is wanted", async () => {
    const emulator = await emulate();
    const clock = createManualClock();
    const deps = { clock, log: createRecordingLog(), environment: {}, version: "1.0.0" };
    const probes = createProbes(deps, () => ({ ...defaultSettings, headersTimeoutMs: 700 }));
    emulator.script("unknown", { kind: "hang" }, { times: 2 });
    const late = rejection(probes.ping(createTestCtx(), emulator.url));
    await until(() => emulator.calls.length === 1);
    await clock.advance(700);
    expect(await late).toMatchObject({ code: "timeout" });

    const ctx = createTestCtx();
    const cancelled = rejection(probes.ping(ctx, emulator.url));
    await until(() => emulator.calls.length === 2);
    ctx.cancel("enough");
    expect(await cancelled).toBe("enough");
    expect(await emulator.calls[1]?.ended).toBe("left");
    expect(clock.pendingTimers()).toBe(0);
  });

  test("ends when it is cancelled", async () => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", hang: true });
    const ctx = createTestCtx();
    const looking = rejection(probe({ proxy: proxy.host }).handshake(ctx, "https://github.com"));
    ctx.cancel("enough");
    expect(await looking).toBe("enough");
  });
});
