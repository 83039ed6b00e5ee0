// Which programs may ask at all: by default, where the system can tell, only those of the person whose account answers.
// Looked up once per connection, while its first head is still being read.

import type { Socket } from "node:net";
import type { Log } from "../../shared/context.ts";
import type { PeerOwner } from "./peer-owner.ts";
import { HttpError } from "./problem.ts";

/** `same-user` refuses other accounts of this machine; `open` lets in whoever reaches the address. */
export type HttpAccess = "same-user" | "open";

export interface Access {
  /** Starts to look, so that `check` need not wait. */
  begin(socket: Socket): void;
  /** Throws `forbidden`. */
  check(socket: Socket): Promise<void>;
}

export function createAccess(
  deps: {
    readonly findPeerOwner: (socket: Socket) => Promise<PeerOwner>;
    /** Of this process; undefined where there are none. */
    readonly uid: number | undefined;
    readonly log: Log;
  },
  access: () => HttpAccess,
): Access {
  const { findPeerOwner, uid, log } = deps;
  const owners = new WeakMap<Socket, Promise<PeerOwner>>();
  let hasWarned = false;

  const ownerOf = (socket: Socket): Promise<PeerOwner> => {
    const known = owners.get(socket);
    if (known) return known;
    const owner = findPeerOwner(socket);
    owners.set(socket, owner);
    return owner;
  };

  const isChecked = (): boolean => uid !== undefined && access() === "same-user";

  return {
    begin(socket) {
      if (isChecked()) void ownerOf(socket);
    },
    async check(socket) {
      if (!isChecked()) return;
      const owner = await ownerOf(socket);
      if (owner.kind === "no-table" || (owner.kind === "user" && owner.uid === uid)) return;
      if (!hasWarned && owner.kind === "user") {
        hasWarned = true;
        log.warn("HTTP: a program of another user of this machine asked and was refused", { uid: owner.uid });
      }
      throw new HttpError(403, "forbidden", "Programs of other users of this machine may not ask this listener.");
    },
  };
}
