// The connections between the processes of one person, for what they share.

import type { Clock, Log } from "../../shared/context.ts";
import { describeError } from "../../shared/errors.ts";
import type { HttpToken } from "../config/http-token.ts";
import type { PeerOpening, PeerPurpose } from "../http/port/peer-connection.ts";
import type { PeersOfListener } from "../http/port/peers.ts";

/** Never rejects; see `openPeerConnection`. */
export type OpenPeer = (url: string, timeoutMs: number, purpose?: PeerPurpose) => Promise<PeerOpening>;

export interface SharedPeers {
  /** Opens connections to the process of this person that has the port. */
  opener(): Promise<OpenPeer>;
  /** One for the process; whoever serves HTTP tells it what becomes of the port. */
  open(): Promise<PeersOfListener>;
  /** Undefined while nobody has asked for it. */
  opened(): Promise<PeersOfListener> | undefined;
}

export function createSharedPeers(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  readonly httpToken: HttpToken;
}): SharedPeers {
  const { clock, log, platform, httpToken } = deps;
  let peers: Promise<PeersOfListener> | undefined;

  async function opener(): Promise<OpenPeer> {
    const [{ openPeerConnection }, { createLeaderFinder }, { createPeerOwnerFinder }] = await Promise.all([
      import("../http/port/peer-connection.ts"),
      import("../http/port/leader.ts"),
      import("../http/guard/peer-owner.ts"),
    ]);
    const findPeerOwner = createPeerOwnerFinder();
    const kernel = { clock, findPeerOwner, uid: platform === "linux" ? process.getuid?.() : undefined };
    const own = { ...kernel, token: httpToken.read };
    const findLeader = createLeaderFinder(own);
    return (...args) => openPeerConnection({ ...own, findLeader }, ...args);
  }

  async function create(): Promise<PeersOfListener> {
    const [{ createPeers }, open] = await Promise.all([import("../http/port/peers.ts"), opener()]);
    return createPeers({
      clock,
      open,
      onListenerError: (error) => log.error("a listener of the port failed", { error: describeError(error) }),
    });
  }

  return {
    opener,
    open: () => (peers ??= create()),
    opened: () => peers,
  };
}
