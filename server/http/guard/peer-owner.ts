// Whose program is at the other end of a loopback connection, by the kernel's own table of sockets. Linux only. Sources:
// proc(5) on /proc/net/tcp; RFC 9293, section 3.3.2 for the states.

import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { endianness } from "node:os";
import { errorCode } from "../../runtime/error-code.ts";

export type PeerOwner =
  | { readonly kind: "user"; readonly uid: number }
  /** This system has no such table, or one that leaves out even our own listener. */
  | { readonly kind: "no-table" }
  /** No program holds the other end any more. */
  | { readonly kind: "gone" }
  /** The table does not name this connection: it is closed, or the table could not be read. */
  | { readonly kind: "unknown" };

const listening = "0A";

/** As the table writes an IPv4 address and port: the address as a number in this machine's byte order, in hex. */
function ipv4Key(address: string, port: number): string {
  const bytes = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  if (endianness() === "LE") bytes.reverse();
  return `${bytes.join("")}:${port.toString(16).padStart(4, "0")}`.toUpperCase();
}

/** The text; empty where there is no such file; undefined when it could not be read. */
async function readTable(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    return errorCode(error) === "ENOENT" ? "" : undefined;
  }
}

interface Row {
  readonly uid: number;
  /** False once its program has closed it or ended: the kernel still has it, under the name of root. */
  readonly isHeld: boolean;
}

/** The socket with these ends. A search, because a busy machine's table has thousands of rows. */
function findRow(table: string, local: string, remote: string): Row | undefined {
  const at = table.indexOf(` ${local} ${remote} `);
  if (at < 0) return undefined;
  const [, , , , , , uid, , inode] = table.slice(at, table.indexOf("\n", at)).trim().split(/ +/);
  return uid === undefined ? undefined : { uid: Number(uid), isHeld: inode !== "0" };
}

// How the table for IPv6 writes an IPv4 address: `::ffff:a.b.c.d`, four bytes at a time in the machine's order.
const mapped = endianness() === "LE" ? "0000000000000000FFFF0000" : "00000000000000000000FFFF";
const loopback6 = endianness() === "LE" ? "00000000000000000000000001000000" : "00000000000000000000000000000001";

/** As the table for IPv6 writes `::1` and a port. */
function loopback6Key(port: number): string {
  return `${loopback6}:${port.toString(16).padStart(4, "0").toUpperCase()}`;
}

/** Whose program is at the other end of `socket`, which is connected over IPv4 or from and to `::1`. Never rejects. */
export type FindPeerOwner = (socket: Socket) => Promise<PeerOwner>;

/**
 * Looks at the tables for IPv4 and for IPv4 in IPv6. The kernel writes a table anew for each reading, which takes longer
 * the more connections there are; so all that wait for one share the next, and a thousand connections at once cost two.
 */
export function createPeerOwnerFinder(read: (path: string) => Promise<string | undefined> = readTable): FindPeerOwner {
  const readIpv4 = shareReading(() => read("/proc/net/tcp"));
  const readIpv6 = shareReading(() => read("/proc/net/tcp6"));
  return async ({ remoteAddress, remotePort, localAddress, localPort }) => {
    if (!remoteAddress || !remotePort || !localAddress || !localPort) return { kind: "unknown" };
    const isIpv6 = remoteAddress === "::1";
    if (!isIpv6 && remoteAddress.includes(":")) return { kind: "unknown" };
    const peer = isIpv6 ? loopback6Key(remotePort) : ipv4Key(remoteAddress, remotePort);
    const own = isIpv6 ? loopback6Key(localPort) : ipv4Key(localAddress, localPort);
    const table = await (isIpv6 ? readIpv6() : readIpv4());
    if (table === undefined) return { kind: "unknown" };
    const row =
      findRow(table, peer, own) ??
      (isIpv6 ? undefined : findRow((await readIpv6()) ?? "", mapped + peer, mapped + own));
    if (row) return row.isHeld ? { kind: "user", uid: row.uid } : { kind: "gone" };
    // A table that leaves out our own end as well shows the sockets of another network namespace, or none.
    const any = isIpv6 ? "0".repeat(32) : "00000000";
    const isTruthful = [`${own} ${any}:0000 ${listening}`, `${own} ${peer}`].some((end) => table.includes(` ${end} `));
    return { kind: isTruthful ? "unknown" : "no-table" };
  };
}

/** One reading at a time. Who asks gets one that begins after the asking, shared with all who asked before it began. */
function shareReading<T>(read: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= last.then(() => {
      next = undefined;
      const reading = read();
      last = reading;
      return reading;
    });
    return next;
  };
}
