// Which programs may ask at all: by default, where the system can tell, only those of the person whose account answers.
// Looked up once per connection, with its first request, so that an idle one costs nothing.

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Log } from "../../../shared/context.ts";
import type { Secret } from "../../runtime/secret.ts";
import { isLoopbackAddress } from "../port/loopback.ts";
import type { PeerOwner } from "./peer-owner.ts";
import { HttpError } from "../response/problem.ts";
import { proofFor, sameText } from "../port/proof.ts";
import type { HttpAccess } from "../settings.ts";

export interface Access {
  /** The connection came by a place that only this user can open. */
  trust(socket: Socket): void;
  /** Throws `forbidden` and `unauthorized`. `needsToken` false: a program of this machine is let in without one. */
  check(request: IncomingMessage, needsToken: boolean): Promise<void>;
  /**
   * Throws `forbidden` unless this person's browser asks, whatever the setting says: by the system's word, or with a
   * ticket where the system has none and where the listener wants a token. `hasTicket` is called at most once.
   */
  checkVisitor(request: IncomingMessage, hasTicket: () => boolean): Promise<void>;
  /**
   * Throws `forbidden` unless the request is this person's own, whatever the setting says: by the system's word, or by
   * a proof for `nonce` where the system has none.
   */
  checkOwner(request: IncomingMessage, nonce: string): Promise<void>;
}

const challenge = { "WWW-Authenticate": 'Bearer realm="copilot-lsp"' };

export function createAccess(
  deps: {
    readonly findPeerOwner: (socket: Socket) => Promise<PeerOwner>;
    /** Of this process; undefined where there are none. */
    readonly uid: number | undefined;
    readonly log: Log;
  },
  settings: () => { readonly access?: HttpAccess; readonly token: () => Secret },
): Access {
  const { findPeerOwner, uid, log } = deps;
  const owners = new WeakMap<Socket, Promise<PeerOwner>>();
  const privates = new WeakSet<Socket>();
  let hasWarned = false;

  const accessNow = (): HttpAccess => settings().access ?? "same-user";

  const ownerOf = (socket: Socket): Promise<PeerOwner> => {
    const owner = owners.get(socket) ?? findPeerOwner(socket);
    owners.set(socket, owner);
    return owner;
  };

  const checkUser = (owner: PeerOwner): void => {
    if (owner.kind === "no-table" || (owner.kind === "user" && owner.uid === uid)) return;
    if (!hasWarned && owner.kind === "user") {
      hasWarned = true;
      log.warn("HTTP: a program of another user of this machine asked and was refused", { uid: owner.uid });
    }
    throw new HttpError(403, "forbidden", "Programs of other users of this machine may not ask this listener.", {
      advice: "Start your own on another port: `copilot-lsp config http.port N`, then `copilot-lsp serve`.",
    });
  };

  const isChecked = (): boolean => uid !== undefined && accessNow() === "same-user";

  const checkToken = ({ headers, socket, method }: IncomingMessage, needsToken: boolean): void => {
    if (!needsToken && isLoopbackAddress(socket.remoteAddress ?? "")) return;
    // A preflight never carries one, and asks for nothing: the Fetch standard, section 3.2.2.
    if (method === "OPTIONS") return;
    const [scheme, given, more] = (headers.authorization ?? "").split(/ +/);
    if (scheme?.toLowerCase() !== "bearer" || given === undefined || more !== undefined) {
      throw new HttpError(401, "unauthorized", "This listener wants a bearer token.", {
        advice: "`copilot-lsp config --token-path` says in which file it is; send it as `Authorization: Bearer TOKEN`.",
        headers: challenge,
      });
    }
    if (sameText(given, settings().token().reveal())) return;
    throw new HttpError(401, "unauthorized", "The bearer token is not the one of this listener.", {
      advice: "`copilot-lsp config --token-path` says in which file the right one is.",
      headers: challenge,
    });
  };

  return {
    trust: (socket) => void privates.add(socket),
    async check(request, needsToken) {
      const { socket } = request;
      if (privates.has(socket)) return;
      if (accessNow() === "token") checkToken(request, needsToken);
      if (isChecked()) checkUser(await ownerOf(socket));
    },
    async checkVisitor({ socket }, hasTicket) {
      if (privates.has(socket)) return;
      const owner: PeerOwner = uid === undefined ? { kind: "no-table" } : await ownerOf(socket);
      if (owner.kind === "user") checkUser(owner);
      if (owner.kind === "user" && accessNow() !== "token") return;
      if (hasTicket()) return;
      throw new HttpError(403, "forbidden", "Whose browser this is cannot be told, so that the page is not shown.", {
        advice: "`copilot-lsp page` opens it, and prints an address that is good for one visit.",
      });
    },
    async checkOwner({ socket, headers }, nonce) {
      if (privates.has(socket)) return;
      const owner: PeerOwner = uid === undefined ? { kind: "no-table" } : await ownerOf(socket);
      if (owner.kind === "user" && owner.uid === uid) return;
      const proof = headers["x-copilot-proof"];
      const isProved =
        owner.kind === "no-table" && typeof proof === "string" && sameText(proof, proofFor(settings().token(), nonce));
      if (!isProved) throw new HttpError(403, "forbidden", "Only a process of the same person may ask for the port.");
    },
  };
}
