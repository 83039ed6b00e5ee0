import { describe, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { caFile, serverCertificate } from "./certificates.ts";
import { startConnectProxy } from "./connect-proxy.ts";
import { callWith, createHarness, each, emulate, harnessFor, rejection, sessionAt, textOf, until } from "./harness.ts";

const tls = { ...serverCertificate, http2: true };
const githubUri = "https://copilot.test";

describe("behind a proxy", () => {
  test("everything goes through a tunnel, with the user and password of its URL, over HTTP/1.1", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url });
    const { upstream } = createHarness({ githubUri, caFile, proxy: `http://some%40one:p%3Ass@${proxy.host}` });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
    expect(proxy.asked).toEqual(["copilot.test:443"]);
    expect(proxy.headers[0]?.["proxy-authorization"]).toBe(`Basic ${Buffer.from("some@one:p:ss").toString("base64")}`);
    expect(emulator.callsTo("login")[0]?.headers).not.toHaveProperty("proxy-authorization");
    expect(JSON.stringify(proxy.headers)).not.toContain(emulator.githubToken);
    expect(emulator.callsTo("login")[0]?.headers["host"]).toBe("copilot.test");
  });

  test.each([
    ["CORP\\user:pw", "CORP\\user:pw"],
    ["user:100%", "user:100%"],
    ["user:%zz%41%", "user:%zzA%"],
    ["user:p@ss/w#rd?", "user:p@ss/w#rd?"],
    ["user", "user:"],
    ["us%C3%A9r:p%25", "usér:p%"],
    ["user:%E4%41%f6", Buffer.from("user:äAö", "latin1")],
  ])("the user and password may hold what a URL would escape: %s", async (written, sent) => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", status: 502 });
    const { upstream } = createHarness({ githubUri, proxy: `http://${written}@${proxy.host}` });
    await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(proxy.headers[0]?.["proxy-authorization"]).toBe(`Basic ${Buffer.from(sent).toString("base64")}`);
  });

  test("the proxy itself may speak TLS", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url, tls: serverCertificate });
    const { upstream } = createHarness({ githubUri, caFile, proxy: `https://${proxy.host}` });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
  });

  test("leaving a stream closes the tunnel", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url });
    const { upstream } = createHarness({ githubUri, caFile, proxy: proxy.host });
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(githubUri)));
    for await (const piece of each(stream.pieces)) if (piece.text === "a") break;
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
    await until(() => proxy.openTunnels() === 0);
  });

  test.each([
    [407, "intercepted", "password"],
    [403, "intercepted", "refuses"],
    [502, "offline", "could not reach copilot.test"],
  ])("a tunnel refused with %i is said to be the proxy's doing", async (status, code, words) => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", status });
    const { upstream } = createHarness({ githubUri, proxy: `http://${proxy.host}` });
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject({ code, httpStatus: status, message: expect.stringContaining(words) });
    expect(error).toMatchObject({ message: expect.stringContaining(proxy.host) });
  });

  test("a proxy that answers nothing is a timeout of connecting, and is let go", async () => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", hang: true });
    const { upstream, clock } = createHarness({ githubUri, proxy: `http://${proxy.host}`, connectTimeoutMs: 900 });
    const asking = rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    await until(() => proxy.asked.length === 1);
    await clock.advance(900);
    expect(await asking).toMatchObject({ code: "timeout", message: expect.stringContaining(proxy.host) });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a certificate made by the proxy is not trusted until its authority is", async () => {
    const emulator = await emulate({ tls });
    const proxy = await startConnectProxy({ to: emulator.url });
    const { upstream, set } = createHarness({ githubUri, proxy: `http://${proxy.host}` });
    expect(await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")))).toMatchObject({
      code: "tls",
      message: expect.stringContaining("copilot-lsp test CA"),
    });
    set({ caFile });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
  });

  test.each(["socks5://127.0.0.1:1080", "http://", "http://a:b@"])(
    "a proxy that cannot be used is said so and asked nothing: %s",
    async (proxy) => {
      const { upstream } = createHarness({ githubUri, proxy });
      const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
      expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("upstream.proxy") });
    },
  );
});

describe("which hosts go through the proxy", () => {
  test.each([
    ["HTTPS_PROXY", { HTTPS_PROXY: "PROXY" }, true],
    ["https_proxy before HTTPS_PROXY", { https_proxy: "PROXY", HTTPS_PROXY: "http://127.0.0.1:1" }, true],
    ["HTTP_PROXY as a last resort", { HTTPS_PROXY: "", HTTP_PROXY: "PROXY" }, true],
    ["NO_PROXY with the name", { HTTPS_PROXY: "PROXY", NO_PROXY: "other,copilot.test" }, false],
    ["NO_PROXY with a domain above", { HTTPS_PROXY: "PROXY", NO_PROXY: ".test" }, false],
    ["NO_PROXY with *", { HTTPS_PROXY: "PROXY", NO_PROXY: "*" }, false],
    ["NO_PROXY with the port", { HTTPS_PROXY: "PROXY", NO_PROXY: "*.test:443" }, false],
    ["NO_PROXY with another port", { HTTPS_PROXY: "PROXY", NO_PROXY: "copilot.test:8443" }, true],
    ["NO_PROXY with a name that only ends alike", { HTTPS_PROXY: "PROXY", NO_PROXY: "pilot.test" }, true],
    ["NO_PROXY with subnets", { HTTPS_PROXY: "PROXY", NO_PROXY: "10.0.0.0/8,::1/128" }, true],
  ])("%s", async (_name, variables, isProxied) => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", status: 502 });
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace("PROXY", `http://${proxy.host}`)]),
    );
    const { upstream } = createHarness({ githubUri }, environment);
    await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(proxy.asked).toEqual(isProxied ? ["copilot.test:443"] : []);
  });

  test("a subnet of NO_PROXY keeps an address from the proxy", async () => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", status: 502 });
    const environment = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: "192.0.2.0/24" };
    const { upstream, clock } = createHarness({ githubUri: "https://192.0.2.1", connectTimeoutMs: 100 }, environment);
    const asking = rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    await clock.advance(100);
    await asking;
    expect(proxy.asked).toEqual([]);
  });

  test("the settings go before the environment", async () => {
    const proxy = await startConnectProxy({ to: "http://127.0.0.1:1", status: 502 });
    const { upstream, set } = createHarness(
      { githubUri, proxy: proxy.host },
      { HTTPS_PROXY: "http://127.0.0.1:1", NO_PROXY: "elsewhere.test" },
    );
    await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(proxy.asked).toHaveLength(1);
    set({ noProxy: "copilot.test" });
    await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(proxy.asked).toHaveLength(1);
  });

  test("this machine never does", async () => {
    const emulator = await emulate();
    const proxy = await startConnectProxy({ to: emulator.url });
    const { upstream } = harnessFor(emulator, { proxy: `http://${proxy.host}` });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
    expect(proxy.asked).toHaveLength(0);
  });
});

describe("the hosts of a server", () => {
  test.each([
    ["github.com", "api.github.com", "https://api.githubcopilot.com", "https://copilot-proxy.githubusercontent.com"],
    ["acme.ghe.com", "api.acme.ghe.com", "https://copilot-api.acme.ghe.com", "https://copilot-api.acme.ghe.com"],
  ])("of %s follow from the one setting, also where the token names none", async (server, apiHost, api, proxyUrl) => {
    const emulator = await emulate({ tls });
    emulator.setSession({ endpoints: undefined });
    const proxy = await startConnectProxy({ to: emulator.url });
    const { upstream } = createHarness({ githubUri: server, caFile, proxy: `http://${proxy.host}` });
    const ctx = createTestCtx();
    await upstream.github.requestDeviceCode(ctx);
    const session = await upstream.github.exchangeSession(ctx, new Secret(emulator.githubToken));
    expect(session.endpoints).toEqual({ api, proxy: proxyUrl });
    emulator.script("completions", { kind: "stream", choices: [["a"]] });
    expect(await textOf((await upstream.copilot.openCompletions(ctx, callWith(session))).pieces)).toBe("a");
    expect(proxy.asked).toEqual([`${server}:443`, `${apiHost}:443`, `${new URL(proxyUrl).host}:443`]);
  });
});
