import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { durationInWords } from "../../server/cli/output/in-words.ts";
import { nearest } from "../../server/cli/args/nearest.ts";
import { browserCommand, hasLocalBrowser, openBrowser } from "../../server/cli/open-browser.ts";
import { probePort } from "../../server/cli/probe-port.ts";
import { languageIdOfPath } from "../../shared/language-id.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";

describe("the language of a file", () => {
  test.each([
    ["a.py", "python"],
    ["src/deep/App.TSX", "typescriptreact"],
    ["C:\\code\\x.cs", "csharp"],
    ["types.d.ts", "typescript"],
    ["Makefile", "makefile"],
    ["docker/Dockerfile", "dockerfile"],
    ["CMakeLists.txt", "cmake"],
    ["notes.txt", "plaintext"],
    [".env", "plaintext"],
    ["constructor", "plaintext"],
    ["dir.py/README", "plaintext"],
    ["", "plaintext"],
  ])("of %s is %s", (path, language) => expect(languageIdOfPath(path)).toBe(language));
});

describe("a mistyped word", () => {
  const verbs = ["login", "logout", "status", "complete"];
  test.each([
    ["lgoin", "login"],
    ["log-out", "logout"],
    ["STATUS", "status"],
    ["compl", "complete"],
    ["x", undefined],
    ["frobnicate", undefined],
  ])("%s was meant as %s", (typed, meant) => expect(nearest(typed, verbs)).toBe(meant));
});

test.each([
  [59_999, "less than a minute"],
  [60_000, "1 minute"],
  [24.9 * 60_000, "24 minutes"],
  [3_600_000, "1 hour"],
  [2 * 3_600_000 + 5 * 60_000, "2 hours 5 minutes"],
  [72 * 3_600_000, "3 days"],
])("%i ms are %s", (ms, words) => expect(durationInWords(ms)).toBe(words));

describe("the browser", () => {
  test.each([
    ["linux", ["xdg-open", ["https://github.com/login/device"]]],
    ["darwin", ["open", ["https://github.com/login/device"]]],
    ["win32", ["rundll32", ["url.dll,FileProtocolHandler", "https://github.com/login/device"]]],
  ] as const)("on %s is opened by %j", (platform, command) => {
    expect(browserCommand(platform, "https://github.com/login/device")).toEqual(command);
  });

  test.each(["file:///etc/passwd", "javascript:alert(1)", "--version", ""])("is not handed %s", async (url) => {
    expect(browserCommand("linux", url)).toBeUndefined();
    expect(await openBrowser("linux", url)).toBe(false);
  });

  test("is at hand on a desktop, and not over SSH", () => {
    expect(hasLocalBrowser("darwin", {})).toBe(true);
    expect(hasLocalBrowser("darwin", { SSH_TTY: "/dev/pts/1" })).toBe(false);
    expect(hasLocalBrowser("linux", {})).toBe(false);
    expect(hasLocalBrowser("linux", { WAYLAND_DISPLAY: "wayland-0" })).toBe(true);
  });
});

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

  test("that a copilot-lsp holds names its process and version", async () => {
    const port = await answering((request, response) => {
      expect(request.url).toBe("/health");
      response.end(JSON.stringify({ name: "copilot-lsp", version: "1.2.3", pid: 4711, status: "ok" }));
    });
    expect(await probePort(createTestCtx(), createManualClock(), `http://127.0.0.1:${port}`)).toEqual({
      kind: "copilot-lsp",
      pid: 4711,
      version: "1.2.3",
    });
  });

  test("that another web server holds is foreign, by the name it gives itself", async () => {
    const port = await answering((_, response) => response.writeHead(404, { server: "Werkzeug" }).end("<html>"));
    expect(await probePort(createTestCtx(), createManualClock(), `http://127.0.0.1:${port}`)).toEqual({
      kind: "foreign",
      server: "Werkzeug",
    });
  });

  test.each(['{"name":"another"}', '{"status":"ok"}', "null"])("that answers %s is foreign", async (body) => {
    const port = await answering((_, response) => response.end(body));
    expect(await probePort(createTestCtx(), createManualClock(), `http://127.0.0.1:${port}`)).toEqual({
      kind: "foreign",
      server: undefined,
    });
  });

  test("that answers with an endless body is foreign", async () => {
    const port = await answering((_, response) => {
      response.write("x".repeat(100_000));
    });
    expect(await probePort(createTestCtx(), createManualClock(), `http://127.0.0.1:${port}`)).toEqual({
      kind: "foreign",
      server: undefined,
    });
  });

  test("that something without HTTP holds is foreign", async () => {
    const port = await listen(createTcpServer((socket) => socket.end("SSH-2.0-x\r\n")));
    expect(await probePort(createTestCtx(), createManualClock(), `http://127.0.0.1:${port}`)).toEqual({
      kind: "foreign",
      server: undefined,
    });
  });

  test("that something silent holds is foreign after a second", async () => {
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
    const probing = probePort(createTestCtx(), clock, `http://127.0.0.1:${port}`);
    await connected;
    await clock.advance(1_000);
    expect(await probing).toEqual({ kind: "foreign", server: undefined });
  });

  test("that nobody holds is free", async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await probePort(createTestCtx(), createManualClock(), `http://127.0.0.1:${port}`)).toEqual({
      kind: "nobody",
    });
  });
});
