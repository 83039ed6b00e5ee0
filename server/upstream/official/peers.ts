// What the official server asks of the connections between the processes of one person.

import type { Duplex } from "node:stream";
import type { Ctx } from "../../../shared/context.ts";

/** Where the other processes of the person are. */
export interface Peers {
  role(): PeerRole;
  onRole(listener: () => void): () => void;
  /** To the process that has the port; undefined where this one is to have a server of its own. Rejects as its signal says. */
  connect(ctx: Pick<Ctx, "signal">): Promise<Peer | undefined>;
  /** Called with the connection of each process that comes while this one has the port. */
  onPeer(listener: (stream: Duplex) => void): void;
}

export type PeerRole =
  | { readonly kind: "undecided" | "holder" | "beside" }
  /** `why`: for a person. */
  | { readonly kind: "alone"; readonly why: string };

export interface Peer {
  readonly stream: Duplex;
  readonly processId: number;
}
