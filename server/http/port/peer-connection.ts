// A connection between two processes of a person: from one that waits for the port, or from a command, to the one that has
// it. Each end is sure that the other is the same person's before anything is said. It is opened by CONNECT (RFC 9110,
// section 9.3.6) and not by Upgrade: Node would take every request away from the routes that offers an upgrade, and some
// clients offer one to h2c with each.

import { randomUUID } from "node:crypto";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../../shared/context.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { FindPeerOwner } from "../guard/peer-owner.ts";
import type { FindLeader } from "./leader.ts";
import { isLeaderProof, proofFor } from "./proof.ts";

/** What the processes share: one process of GitHub's own server; what the page shows of requests. */
export type PeerPurpose = "service" | "requests";

/** What is asked for in place of a host; no name on any network has this form. */
const peerTargets: Readonly<Record<PeerPurpose, string>> = {
  service: "peer.copilot-lsp:1",
  requests: "requests.peer.copilot-lsp:1",
};

export type PeerOpening =
  | { readonly kind: "open"; readonly socket: Socket; readonly processId: number }
  /** Nobody has the port just now, or the process that had it gives it up. */
  | { readonly kind: "gone" }
  /** Who has it is not this person's, or takes no such connections. */
  | { readonly kind: "refused" };

export interface PeerDeps {
  readonly clock: Clock;
  readonly findLeader: FindLeader;
  readonly findPeerOwner: FindPeerOwner;
  /** Of this process; undefined where there are none. */
  readonly uid: number | undefined;
  readonly token: () => Secret;
}

/** `url`: of the process that has the port. Never rejects; a connection that is no use is closed. */
export async function openPeerConnection(
  deps: PeerDeps,
  url: string,
  timeoutMs: number,
  purpose: PeerPurpose = "service",
): Promise<PeerOpening> {
  const look = await deps.findLeader(url, timeoutMs);
  if (look.kind !== "leader") return { kind: look.kind === "gone" ? "gone" : "refused" };
  try {
    const challenge = randomUUID();
    const answer = await connectTo(deps, url, timeoutMs, purpose, {
      "X-Copilot-Challenge": challenge,
      ...proofHeader(deps, look.nonce),
    });
    if (answer.kind !== "open") return answer;
    const { socket, proof } = answer;
    if (await isOwn(deps, url, socket, challenge, proof)) {
      return { kind: "open", socket, processId: look.holder.pid };
    }
    socket.destroy();
    return { kind: "refused" };
  } finally {
    look.watch.leave();
  }
}

function proofHeader({ token }: PeerDeps, nonce: string): Record<string, string> {
  try {
    return { "X-Copilot-Proof": proofFor(token(), nonce) };
  } catch {
    // A token that is not kept safely proves nothing; where the kernel tells who asks, none is needed.
    return {};
  }
}

/** The port may have changed hands since it was looked at: this very connection counts. */
async function isOwn(
  { findPeerOwner, uid, token }: PeerDeps,
  url: string,
  socket: Socket,
  challenge: string,
  proof: string | undefined,
): Promise<boolean> {
  const owner = uid === undefined ? undefined : await findPeerOwner(socket);
  if (owner && owner.kind !== "no-table") return owner.kind === "user" && owner.uid === uid;
  return isLeaderProof(token, url, challenge, proof);
}

type Connecting =
  | { readonly kind: "open"; readonly socket: Socket; readonly proof: string | undefined }
  | Exclude<PeerOpening, { readonly kind: "open" }>;

function connectTo(
  { clock }: PeerDeps,
  url: string,
  timeoutMs: number,
  purpose: PeerPurpose,
  headers: Readonly<Record<string, string>>,
): Promise<Connecting> {
  return new Promise((resolve) => {
    const outgoing = request(url, { method: "CONNECT", path: peerTargets[purpose], agent: false, headers });
    const end = (connecting: Connecting): void => {
      deadline.cancel();
      if (connecting.kind !== "open") outgoing.destroy();
      resolve(connecting);
    };
    const deadline = clock.after(timeoutMs, () => end({ kind: "refused" }));
    outgoing.on("error", () => end({ kind: "gone" }));
    outgoing.on("connect", ({ statusCode, headers: told }: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on("error", () => undefined);
      if (statusCode !== 200) {
        socket.destroy();
        // It has just got the port, or is just giving it up.
        return end({ kind: statusCode === 503 ? "gone" : "refused" });
      }
      if (head.length > 0) socket.unshift(head);
      socket.setNoDelay(true);
      const proof = told["x-copilot-proof"];
      end({ kind: "open", socket, proof: typeof proof === "string" ? proof : undefined });
    });
    outgoing.end();
  });
}

/** What such a connection is asked for; undefined: none is. Programs that take this process for a proxy bring no challenge. */
export function purposeOf({ url, headers }: IncomingMessage): PeerPurpose | undefined {
  if (typeof headers["x-copilot-challenge"] !== "string") return undefined;
  return (["service", "requests"] as const).find((purpose) => peerTargets[purpose] === url);
}

/** The head of the answer that lets a process in. */
export function peerWelcome({ headers }: IncomingMessage, prove: (challenge: string) => string | undefined): string {
  const proof = prove(String(headers["x-copilot-challenge"]));
  return `HTTP/1.1 200 OK\r\n${proof === undefined ? "" : `X-Copilot-Proof: ${proof}\r\n`}\r\n`;
}
