import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createHttpToken } from "../../server/config/http-token.ts";
import { createServer, onCleanUp, serve } from "./support/serve.ts";

const token = "a-token-for-tests-0123456789";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "copilot-lsp-token-"));
  onCleanUp(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("http.access = token", () => {
  const settings = { access: "token" } as const;

  test("lets in whoever has the token, and says to the others where it is, without saying it", async () => {
    const { ask, core } = await serve({ settings });
    const withHeader = (authorization: string) => ask("GET", "/status", { headers: { Authorization: authorization } });
    expect((await withHeader(`Bearer ${token}`)).status).toBe(200);
    expect((await withHeader(`bearer  ${token}`)).status).toBe(200);
    for (const wrong of ["", "Bearer", "Bearer x", `Bearer ${token}x`, `Bearer ${token} x`, `Basic ${token}`, token]) {
      const reply = await withHeader(wrong);
      expect([wrong, reply.status]).toEqual([wrong, 401]);
      expect(reply.headers["www-authenticate"]).toBe('Bearer realm="copilot-lsp"');
      expect(reply.text).toContain("--token-path");
      expect(reply.text).not.toContain(token);
    }
    expect((await ask("POST", "/", { body: '{"prompt":"x"}' })).status).toBe(401);
    expect(core.asked).toEqual([]);
  });

  test("asks none of a program of this machine that only wants to know who has the port", async () => {
    const { ask, port } = await serve({ settings });
    expect((await ask("GET", "/health")).status).toBe(200);
    const waiter = createServer({ settings: { ...settings, port } });
    onCleanUp(() => waiter.server.close());
    expect(await waiter.server.start()).toMatchObject({ kind: "standby" });
    expect(await waiter.server.takeOver()).toMatchObject({ kind: "listening" });
  });

  test("leaves a preflight of an allowed page to the page's browser", async () => {
    const { ask } = await serve({ settings: { ...settings, allowedOrigins: ["https://ide.example"] } });
    const headers = { Origin: "https://ide.example", "Access-Control-Request-Method": "POST" };
    expect((await ask("OPTIONS", "/", { headers })).status).toBe(204);
    expect((await ask("POST", "/", { headers, body: '{"prompt":"x"}' })).status).toBe(401);
  });
});

describe("the token's file", () => {
  test("is made once, for this user alone", () => {
    const place = join(folder(), "new");
    const first = createHttpToken(place);
    const made = first.read().reveal();
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(createHttpToken(place).read().reveal()).toBe(made);
    expect([statSync(place).mode & 0o777, statSync(first.path).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test("may hold a token of the person's own", () => {
    const { path, read } = createHttpToken(folder());
    writeFileSync(path, "my-own-token-of-some-length\n", { mode: 0o600 });
    expect(read().reveal()).toBe("my-own-token-of-some-length");
  });

  test.skipIf(process.platform === "win32")("is not used when others can read it, or when it is none", () => {
    const { path, read } = createHttpToken(folder());
    read();
    chmodSync(path, 0o644);
    expect(read).toThrow("others can read");
    rmSync(path);
    symlinkSync("/etc/hostname", path);
    expect(read).toThrow("not a file");
    rmSync(path);
    writeFileSync(path, "short", { mode: 0o600 });
    expect(read).toThrow("less than 16 characters");
  });
});

describe.skipIf(process.platform === "win32")("a Unix socket", () => {
  function askSocket(socketPath: string, path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const asking = request({ socketPath, path, agent: false }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0));
      });
      asking.on("error", reject);
      asking.end();
    });
  }

  test("is served besides, to this user alone, and is gone after close", async () => {
    const socket = join(folder(), "http.sock");
    // Who can open it is who its file says, so that neither token nor table is asked for.
    for (const access of ["same-user", "token"] as const) {
      const { server } = await serve({ settings: { socket, access } });
      expect(server.state()).toMatchObject({ kind: "listening", socket });
      expect(statSync(socket).mode & 0o777).toBe(0o600);
      expect(await askSocket(socket, "/status")).toBe(200);
      await server.close();
      expect(existsSync(socket)).toBe(false);
    }
  });

  test("that a killed process left is replaced; one that is answered, or another file, is not", async () => {
    const place = folder();
    const left = join(place, "left.sock");
    const stale = createTcp();
    await new Promise<void>((resolve) => stale.listen(`${left}.x`, resolve));
    // Under another name it is not removed at close.
    renameSync(`${left}.x`, left);
    await new Promise((resolve) => stale.close(resolve));
    expect(existsSync(left)).toBe(true);
    const first = await serve({ settings: { socket: left } });
    expect(await askSocket(left, "/health")).toBe(200);

    const second = await serve({ settings: { socket: left } });
    expect(second.server.state()).not.toHaveProperty("socket");
    await second.server.close();
    expect(await askSocket(left, "/health")).toBe(200);
    await first.server.close();

    const file = join(place, "notes.txt");
    writeFileSync(file, "mine");
    const third = await serve({ settings: { socket: file } });
    expect(third.server.state()).not.toHaveProperty("socket");
    expect(third.log.lines.some(({ level, message }) => level === "warn" && message.includes("not a socket"))).toBe(
      true,
    );
    await third.server.close();
    expect(existsSync(file)).toBe(true);
  });

  test("goes with the port when that is handed over", async () => {
    const socket = join(folder(), "http.sock");
    const holder = await serve({ settings: { socket } });
    const taker = createServer({ settings: { socket, port: holder.port } });
    onCleanUp(() => taker.server.close());
    await taker.server.start();
    expect(await taker.server.takeOver()).toMatchObject({ kind: "listening", socket });
    expect(await askSocket(socket, "/health")).toBe(200);
  });
});
