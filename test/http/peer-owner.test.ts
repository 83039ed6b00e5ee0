import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createPeerOwnerFinder } from "../../server/http/guard/peer-owner.ts";

/** A connection that the tables of this test know nothing of. */
const socket = { remoteAddress: "127.0.0.1", remotePort: 1, localAddress: "127.0.0.1", localPort: 2 } as Socket;

test("a thousand connections at once cost two readings of each table, not two thousand", async () => {
  const readings: string[] = [];
  const find = createPeerOwnerFinder(async (path) => {
    readings.push(path);
    return "";
  });
  const first = find(socket);
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, ...Array.from({ length: 1_000 }, () => find(socket))]);
  expect(readings.filter((path) => path === "/proc/net/tcp")).toHaveLength(2);
  expect(readings.length).toBeLessThanOrEqual(4);
});

test("who comes while a table is being read waits for the next reading, in which it is", async () => {
  const finishes: ((text: string) => void)[] = [];
  const find = createPeerOwnerFinder((path) =>
    path.endsWith("6") ? Promise.resolve("") : new Promise((resolve) => finishes.push(resolve)),
  );
  const row = "   0: 0100007F:0001 0100007F:0002 01 00000000:00000000 00:00000000 00000000  1000        0 1\n";
  const early = find(socket);
  await new Promise((resolve) => setImmediate(resolve));
  const late = find(socket);
  finishes.shift()?.("");
  expect(await early).toEqual({ kind: "no-table" });
  await new Promise((resolve) => setImmediate(resolve));
  finishes.shift()?.(row);
  expect(await late).toEqual({ kind: "user", uid: 1_000 });
});

test.runIf(process.platform === "linux")("the kernel's own tables name the owner of a connection", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const client = connect(typeof address === "object" && address !== null ? address.port : 0, "127.0.0.1");
  const accepted = await new Promise<Socket>((resolve) => server.once("connection", resolve));
  const owner = await createPeerOwnerFinder()(accepted);
  expect(owner.kind === "no-table" || (owner.kind === "user" && owner.uid === process.getuid?.())).toBe(true);
  client.destroy();
  accepted.destroy();
  server.close();
});
