// One place that connections come in by: an address with a port, or the name of a Unix socket. Hands every connection
// on, and knows nothing of what is said over it.

import { chmodSync, lstatSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface Door {
  /** The port that was given; 0 for a Unix socket. */
  readonly port: number;
  readonly address: string;
  /** Gives the place back before it returns; what came in by it stays. Idempotent. */
  close(): void;
}

export type DoorOpening =
  | { readonly kind: "open"; readonly door: Door }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

export type OnSocket = (socket: Socket) => void;

function listen(
  where: { readonly host: string; readonly port: number; readonly ipv6Only?: boolean } | { readonly path: string },
  onSocket: OnSocket,
  onTrouble: (error: Error) => void,
): Promise<DoorOpening> {
  // As `node:http` would open it.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    // `node:http` takes its own error listener away when it hands a socket over (CONNECT), and an "error" event without
    // a listener is thrown. The "close" event that follows is what the program acts on.
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      resolve({ kind: "refused", code: error.code ?? "", message: error.message }),
    );
    server.listen({ ...where, exclusive: true }, () => {
      // What comes later is out of file descriptors or the like: one connection is lost, not the door.
      server.removeAllListeners("error");
      server.on("error", onTrouble);
      resolve({ kind: "open", door: { ...placeOf(server), close: () => void server.close() } });
    });
  });
}

function placeOf(server: Server): { readonly address: string; readonly port: number } {
  const place = server.address();
  if (place === null) return { address: "", port: 0 };
  return typeof place === "string" ? { address: place, port: 0 } : place;
}

/** `port` 0: any free one. Two processes never have the same: the second is refused with `EADDRINUSE`. */
export function openPort(
  host: string,
  port: number,
  onSocket: OnSocket,
  onTrouble: (error: Error) => void,
): Promise<DoorOpening> {
  // Else `::` would take IPv4 as well, and `::1` beside 127.0.0.1 would be one address too many on some systems.
  return listen({ host, port, ipv6Only: host === "::1" }, onSocket, onTrouble);
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
  onSocket: OnSocket,
  onTrouble: (error: Error) => void,
): Promise<DoorOpening> {
  if (process.platform === "win32") return listen({ path }, onSocket, onTrouble);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket()) return { kind: "refused", code: "EEXIST", message: `${path} is not a socket` };
  if (found && (await isAnswered(path))) {
    return { kind: "refused", code: "EADDRINUSE", message: `${path} is answered by another program` };
  }
  // Made under another name, so that at no moment it stands at its own with the rights of others.
  const draft = `${path}.${process.pid}`;
  const opening = await listen({ path: draft }, onSocket, onTrouble);
  if (opening.kind === "refused") return opening;
  try {
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    opening.door.close();
    rmSync(draft, { force: true });
    return { kind: "refused", code: "", message: error instanceof Error ? error.message : String(error) };
  }
  const inode = inodeOf(path);
  return {
    kind: "open",
    door: {
      address: path,
      port: 0,
      close() {
        // Whoever took the name over has a socket of their own there.
        if (inode !== undefined && inodeOf(path) === inode) rmSync(path, { force: true });
        opening.door.close();
      },
    },
  };
}
