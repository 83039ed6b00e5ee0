// Lets other processes of the person in, while this one has the port, and ends their connections when it gives it up: they
// then turn to the one that has it next.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { CopilotError } from "../../../shared/errors.ts";
import type { ListenerState } from "../../../shared/http.ts";
import type { Connections } from "../connections.ts";
import type { Access } from "../guard/access.ts";
import { HttpError, problemOf } from "../response/problem.ts";
import { type PeerPurpose, peerWelcome, purposeOf } from "./peer-connection.ts";

export interface PeerDoor {
  /** What has come by CONNECT; `head`: the first of what follows. */
  take(request: IncomingMessage, head: Buffer): void;
  closeAll(): void;
}

export function createPeerDoor(deps: {
  readonly connections: Pick<Connections, "detach" | "closeAfterRequests">;
  readonly access: Pick<Access, "checkOwner">;
  readonly listener: () => ListenerState;
  readonly isClosing: () => boolean;
  readonly nonce: string;
  /** Shows that this process belongs to the person with the token. */
  readonly prove: (port: number, challenge: string) => string | undefined;
  /** Who takes what comes for each purpose; nobody is let in for one without. */
  readonly welcome: Readonly<Record<PeerPurpose, ((socket: Socket) => void) | undefined>>;
}): PeerDoor {
  const { connections, access, listener, welcome } = deps;
  const open = new Set<Socket>();

  const welcomeOf = (request: IncomingMessage): ((socket: Socket) => void) | undefined => {
    const purpose = purposeOf(request);
    return purpose && welcome[purpose];
  };
  const admit = async (request: IncomingMessage): Promise<number> => {
    if (!welcomeOf(request)) throw new HttpError(405, "method-not-allowed", "This is not a proxy.");
    await access.checkOwner(request, deps.nonce);
    const state = listener();
    if (state.kind !== "listening" || deps.isClosing())
      throw new CopilotError("closing", "This process gives the port up.");
    if (!connections.detach(request.socket))
      throw new CopilotError("limited", "Too many processes are connected to this one.");
    return state.port;
  };

  return {
    take(request, head) {
      const { socket } = request;
      admit(request).then(
        (port) => {
          if (socket.destroyed) return;
          open.add(socket);
          socket.once("close", () => open.delete(socket));
          socket.setNoDelay(true);
          if (head.length > 0) socket.unshift(head);
          socket.write(peerWelcome(request, (challenge) => deps.prove(port, challenge)));
          welcomeOf(request)?.(socket);
        },
        (error: unknown) => connections.closeAfterRequests(socket, problemOf(error)),
      );
    },
    closeAll() {
      for (const socket of open) socket.destroy();
    },
  };
}
