// One address that the front listens on: an IP address with a port, the path of a Unix socket, or a socket that another
// process opened. Knows nothing of what is said over it.

import { chmodSync, lstatSync, renameSync, rmSync } from "node:fs";
import { connect, type Server } from "node:net";

export interface ListenSocket {
  /** The port that was given; 0 for a Unix socket. */
  readonly port: number;
  readonly address: string;
  /** Stops listening before it returns; connections that are in use stay open. Idempotent. */
  close(): void;
}

export type ListenResult =
  | { readonly kind: "open"; readonly socket: ListenSocket }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** A server that does not listen yet. */
export type CreateServer = () => Server;

function listen(
  where:
    | { readonly host: string; readonly port: number; readonly ipv6Only?: boolean }
    | { readonly path: string }
    | { readonly fd: number },
  createServer: CreateServer,
  onTrouble: (error: Error) => void,
): Promise<ListenResult> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "refused", code: error.code ?? "", message: error.message }),
    );
    server.listen({ ...where, exclusive: true }, () => {
      // What comes later is out of file descriptors or the like: one connection is lost, not the listener.
      server.removeAllListeners("error");
      server.on("error", onTrouble);
      resolve({ kind: "open", socket: { ...addressOf(server), close: () => void server.close() } });
    });
  });
}

function addressOf(server: Server): { readonly address: string; readonly port: number } {
  const address = server.address();
  if (address === null) return { address: "", port: 0 };
  return typeof address === "string" ? { address, port: 0 } : address;
}

/** `port` 0: any free one. Two processes never have the same: the second is refused with `EADDRINUSE`. */
export function openPort(
  host: string,
  port: number,
  createServer: CreateServer,
  onTrouble: (error: Error) => void,
): Promise<ListenResult> {
  // Else `::` would take IPv4 as well, and `::1` beside 127.0.0.1 would be one address too many on some systems.
  return listen({ host, port, ipv6Only: host === "::1" }, createServer, onTrouble);
}

/** A socket that is bound already; closing it here closes it for this process alone. TCP only. */
export async function openInherited(
  fd: number,
  createServer: CreateServer,
  onTrouble: (error: Error) => void,
): Promise<ListenResult> {
  try {
    const opening = await listen({ fd }, createServer, onTrouble);
    if (opening.kind === "refused" || opening.socket.port > 0) return opening;
    opening.socket.close();
  } catch (error) {
    // Node throws for what is no socket at all.
    return { kind: "refused", code: "ENOTSOCK", message: error instanceof Error ? error.message : String(error) };
  }
  return { kind: "refused", code: "ENOTSUP", message: "the service manager's socket is not one of TCP" };
}

function inodeOf(path: string): number | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isSocket() ? found.ino : undefined;
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/**
 * A Unix socket that only this user may open, in place of one that nobody answers any more; on Windows a named pipe.
 * Anything else of that name is left alone and refused with `EEXIST`, one that is answered with `EADDRINUSE`.
 */
export async function openSocketFile(
  path: string,
  createServer: CreateServer,
  onTrouble: (error: Error) => void,
): Promise<ListenResult> {
  if (process.platform === "win32") return listen({ path }, createServer, onTrouble);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) return { kind: "refused", code: "EEXIST", message: `${path} is not a socket` };
  if (found && (await isAnswered(path))) {
    return { kind: "refused", code: "EADDRINUSE", message: `${path} is answered by another program` };
  }
  // Made under another name, so that it never stands at its own path with permissions for others.
  const draft = `${path}.${process.pid}`;
  const opening = await listen({ path: draft }, createServer, onTrouble);
  if (opening.kind === "refused") return opening;
  try {
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    opening.socket.close();
    rmSync(draft, { force: true });
    return { kind: "refused", code: "", message: error instanceof Error ? error.message : String(error) };
  }
  const inode = inodeOf(path);
  return {
    kind: "open",
    socket: {
      address: path,
      port: 0,
      close() {
        // A process that took the path over has a socket of its own there.
        if (inode !== undefined && inodeOf(path) === inode) rmSync(path, { force: true });
        opening.socket.close();
      },
    },
  };
}
