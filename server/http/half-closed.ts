// Tells a client that has only finished sending (`nc -N`, `socat`) from one that has left: both send a FIN. The first is
// answered; for the second the work is stopped.

import type { Socket } from "node:net";
import type { Clock, Timer } from "../../shared/context.ts";
import type { Connections } from "./connections.ts";
import type { FindPeerOwner } from "./guard/peer-owner.ts";

// A client that is killed later sends nothing more.
const lookAgainMs = 1_000;

/** Watches a new connection. */
export function createHalfCloseWatch(deps: {
  readonly clock: Clock;
  readonly connections: Connections;
  readonly findPeerOwner: FindPeerOwner;
}): (socket: Socket) => void {
  const { clock, connections, findPeerOwner } = deps;
  return (socket) => {
    let timer: Timer | undefined;
    const look = async (): Promise<void> => {
      const { kind } = await findPeerOwner(socket);
      const [current] = connections.requestsOf(socket);
      if (!current || socket.destroyed) return;
      const { response } = current;
      if (kind === "user") timer = clock.after(lookAgainMs, () => void look());
      else if (kind === "gone" || response.headersSent) socket.destroy();
      // Where the system does not tell, an interim answer does: a client that has left resets the connection.
      else if (response.req.httpVersion !== "1.0") response.writeProcessing();
    };
    socket.once("end", () => void look());
    socket.once("close", () => timer?.cancel());
  };
}
