// The connections between the processes of one person, for what they share.

import type { Clock, Log } from "../../shared/context.ts";
import type { HttpToken } from "../config/http-token.ts";
import type { FindLeader } from "../http/port/leader.ts";
import type { PeerDeps, PeerOpening, PeerPurpose } from "../http/port/peer-connection.ts";
import type { PeersOfListener } from "../http/port/peers.ts";

/** Never rejects; see `openPeerConnection`. */
export type OpenPeer = (url: string, timeoutMs: number, purpose?: PeerPurpose) => Promise<PeerOpening>;

export interface SharedPeers {
  /** Who has the port. */
  readonly findLeader: FindLeader;
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

  let loaded: Promise<PeerDeps> | undefined;
  async function load(): Promise<PeerDeps> {
    const [{ createLeaderFinder }, { createPeerOwnerFinder }] = await Promise.all([
      import("../http/port/leader.ts"),
      import("../http/guard/peer-owner.ts"),
    ]);
    const findPeerOwner = createPeerOwnerFinder();
    const uid = platform === "linux" ? process.getuid?.() : undefined;
    const own = { clock, findPeerOwner, uid, token: httpToken.read };
    return { ...own, findLeader: createLeaderFinder(own) };
  }
  const peerDeps = (): Promise<PeerDeps> => (loaded ??= load());

  async function opener(): Promise<OpenPeer> {
    const [{ openPeerConnection }, own] = await Promise.all([import("../http/port/peer-connection.ts"), peerDeps()]);
    return (...args) => openPeerConnection(own, ...args);
  }

  async function create(): Promise<PeersOfListener> {
    const [{ createPeers }, open] = await Promise.all([import("../http/port/peers.ts"), opener()]);
    return createPeers({ clock, log, open });
  }

  return {
    findLeader: async (...args) => (await peerDeps()).findLeader(...args),
    opener,
    open: () => (peers ??= create()),
    opened: () => peers,
  };
}
