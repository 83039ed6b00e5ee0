import { spawnSync } from "node:child_process";
import { execFile } from "node:child_process";
import { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { createAccess } from "../../server/http/guard/access.ts";
import type { HttpAccess } from "../../server/http/settings.ts";
import { createPeerOwnerFinder, type PeerOwner } from "../../server/http/guard/peer-owner.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { createServer, onCleanUp, serve } from "./support/serve.ts";

const isLinux = process.platform === "linux";
const isRoot = process.getuid?.() === 0;
const hasCurl = spawnSync("curl", ["--version"]).status === 0;

function curlAs(uid: number, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ["-sS", "-d", '{"prompt":"x"}', url];
    execFile("curl", args, { uid, gid: uid }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

describe("a program of another user of this machine", () => {
  // Only root can start one; elsewhere the decision itself is tested below.
  test.skipIf(!isLinux || !isRoot || !hasCurl)("is refused, and one warning says so", async () => {
    const { url, core, log } = await serve();
    expect(await curlAs(65_534, url)).toContain('"code":"forbidden"');
    expect(await curlAs(65_534, url)).toContain('"code":"forbidden"');
    expect(core.asked).toEqual([]);
    expect(log.lines.filter(({ level }) => level === "warn")).toHaveLength(1);
    expect(await curlAs(0, url)).toBe("42");
  });

  test.skipIf(!isLinux || !isRoot || !hasCurl)("is let in when the setting says so", async () => {
    const { url } = await serve({ settings: { access: "open" } });
    expect(await curlAs(65_534, url)).toBe("42");
  });
});

describe.skipIf(!isLinux)("the owner of a connection", () => {
  test("is found for a client of IPv4 and for one of IPv4 in IPv6", async () => {
    const { ask, port, connect: connectRaw } = await serve();
    expect((await ask("GET", "/health")).status).toBe(200);
    const mapped = connect({ host: "::ffff:127.0.0.1", port });
    onCleanUp(() => mapped.destroy());
    mapped.write("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const chunks: Buffer[] = [];
    for await (const chunk of mapped) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 200 /);
    connectRaw();
  });

  test("is unknown when its other end is gone", async () => {
    const { port } = await serve();
    const closed = connect({ host: "127.0.0.1", port });
    await new Promise((resolve) => closed.once("connect", resolve));
    const ends = {
      remoteAddress: closed.localAddress,
      remotePort: 1,
      localAddress: closed.remoteAddress,
      localPort: closed.remotePort,
    };
    closed.destroy();
    expect(await createPeerOwnerFinder()(ends as never)).toEqual({ kind: "unknown" });
  });
});

describe("the decision", () => {
  const decide = async (access: HttpAccess, uid: number | undefined, owner: PeerOwner): Promise<string> => {
    let looks = 0;
    const findOwner = async (): Promise<PeerOwner> => {
      looks += 1;
      return owner;
    };
    const { check } = createAccess({ findPeerOwner: findOwner, uid, log: createRecordingLog() }, () => ({
      access,
      token: () => new Secret("unused"),
    }));
    const { server, port } = createServer();
    await server.start();
    onCleanUp(() => server.close());
    const socket = connect(port(), "127.0.0.1");
    onCleanUp(() => socket.destroy());
    const request = new IncomingMessage(socket);
    const verdict = async (): Promise<string> => {
      try {
        await check(request, true);
        return "let in";
      } catch {
        return "refused";
      }
    };
    const outcome = await verdict();
    // Known by now, and decided the same.
    expect(await verdict()).toBe(outcome);
    return `${outcome} after ${looks}`;
  };

  test.each<[HttpAccess, number | undefined, PeerOwner, string]>([
    ["same-user", 1000, { kind: "user", uid: 1000 }, "let in after 1"],
    ["same-user", 1000, { kind: "user", uid: 0 }, "refused after 1"],
    ["same-user", 1000, { kind: "unknown" }, "refused after 1"],
    ["same-user", 1000, { kind: "no-table" }, "let in after 1"],
    ["same-user", undefined, { kind: "user", uid: 5 }, "let in after 0"],
    ["open", 1000, { kind: "user", uid: 5 }, "let in after 0"],
  ])("with %s for user %s and an owner %j is: %4$s", async (access, uid, owner, outcome) => {
    expect(await decide(access, uid, owner)).toBe(outcome);
  });
});
