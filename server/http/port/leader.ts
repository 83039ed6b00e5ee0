// The one connection of a process that waits for the port to the one that has it: learns who that is, and hears at once
// when it gives the port up or dies. Decides nothing about who is next.

import { randomUUID } from "node:crypto";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../../shared/context.ts";
import type { RoleHolder, RoleReply } from "../../../shared/http.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { FindPeerOwner } from "../guard/peer-owner.ts";
import type { PageClient } from "../../../shared/page.ts";
import { type Json, objectOf, parseJson } from "../../runtime/json.ts";
import { clientHeader } from "./standbys.ts";
import { isLeaderProof } from "./proof.ts";

export type LeaderLook =
  /** Nobody listens, or not any more, or not yet. `isFree`: the connection was refused. */
  | { readonly kind: "gone"; readonly isFree: boolean }
  /** A process of this person: by the kernel's word, or by a proof where it has none. */
  | { readonly kind: "leader"; readonly holder: RoleHolder; readonly nonce: string; readonly watch: LeaderWatch }
  /** A copilot-lsp of another person, or a program that says so of itself. */
  | { readonly kind: "refused" }
  /** Something else, or something that says nothing in time (`isSilent`). `server`: what it calls itself. */
  | { readonly kind: "stranger"; readonly server?: string | undefined; readonly isSilent?: true };

export interface LeaderWatch {
  /** Called once when the leader is gone, at once if it is already. */
  onGone(listener: () => void): void;
  /** Leaves; `onGone` is not called any more. */
  leave(): void;
}

/** Never rejects. The connection does not keep the process alive. */
export type FindLeader = (url: string, timeoutMs: number) => Promise<LeaderLook>;

type Answer = { readonly look: LeaderLook; readonly socket?: Socket; readonly proof?: string | undefined };

const rolePath = "/role";
const maxLineBytes = 4_096;

export function createLeaderFinder(deps: {
  readonly clock: Clock;
  readonly findPeerOwner: FindPeerOwner;
  /** Of this process; undefined where there are none. */
  readonly uid: number | undefined;
  readonly token: () => Secret;
  /** Which process asks, where it is one that waits. */
  readonly client?: () => Omit<PageClient, "isHere">;
}): FindLeader {
  const { findPeerOwner, uid, token } = deps;

  const findProved = async (url: string, timeoutMs: number): Promise<LeaderLook> => {
    const challenge = randomUUID();
    const { look, proof } = await ask(deps, url, timeoutMs, challenge);
    if (look.kind !== "leader") return look;
    if (isLeaderProof(token, url, challenge, proof)) return look;
    look.watch.leave();
    return { kind: "refused" };
  };

  return async (url, timeoutMs) => {
    if (uid === undefined) return findProved(url, timeoutMs);
    const { look, socket } = await ask(deps, url, timeoutMs, undefined);
    if (look.kind !== "leader" || !socket) return look;
    const owner = await findPeerOwner(socket);
    if (owner.kind === "user" && owner.uid === uid) return look;
    look.watch.leave();
    if (owner.kind === "no-table") return findProved(url, timeoutMs);
    return owner.kind === "user" ? { kind: "refused" } : { kind: "gone", isFree: false };
  };
}

function ask(
  { clock, client }: { readonly clock: Clock; readonly client?: () => Omit<PageClient, "isHere"> },
  url: string,
  timeoutMs: number,
  challenge: string | undefined,
): Promise<Answer> {
  return new Promise((resolve) => {
    let gone = false;
    let listener: (() => void) | undefined;
    const headers = {
      ...(challenge !== undefined && { "X-Copilot-Challenge": challenge }),
      ...(client && { "X-Copilot-Client": clientHeader(client()) }),
    };
    const outgoing = request(`${url}${rolePath}`, { agent: false, headers });
    const end = (answer: Answer): void => {
      deadline.cancel();
      if (answer.look.kind !== "leader") outgoing.destroy();
      resolve(answer);
    };
    const endGone = (isFree: boolean): void => end({ look: { kind: "gone", isFree } });
    const deadline = clock.after(timeoutMs, () => end({ look: { kind: "stranger", isSilent: true } }));
    const lose = (): void => {
      if (gone) return;
      gone = true;
      listener?.();
    };
    const watch: LeaderWatch = {
      onGone(next) {
        listener = next;
        if (gone) next();
      },
      leave() {
        gone = true;
        listener = undefined;
        outgoing.destroy();
      },
    };
    outgoing.on("socket", (socket) => socket.unref());
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      lose();
      // A leader that dies while it is asked resets the connection, or ends it without a word.
      if (["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(error.code ?? "")) endGone(error.code === "ECONNREFUSED");
      else end({ look: { kind: "stranger" } });
    });
    outgoing.on("response", (answer) => {
      answer.on("error", lose);
      answer.on("close", lose);
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        if (text.includes("\n")) return;
        text += chunk;
        if (!text.includes("\n") && text.length < maxLineBytes) return;
        end(readAnswer(answer, text.slice(0, text.indexOf("\n")), watch));
      });
      answer.on("end", () => (text === "" ? endGone(false) : end(readAnswer(answer, text, watch))));
      answer.on("close", () => endGone(false));
    });
    outgoing.end();
  });
}

function readAnswer({ statusCode, headers, socket }: IncomingMessage, line: string, watch: LeaderWatch): Answer {
  const [server] = [headers["server"] ?? []].flat();
  const stranger: Answer = { look: { kind: "stranger", server } };
  const json = objectOf(parseJson(line));
  if (statusCode === 200 && isRoleReply(json)) {
    const { pid, version, sinceMs, nonce, proof } = json;
    return { look: { kind: "leader", holder: { pid, version, sinceMs }, nonce, watch }, socket, proof };
  }
  // Of our own error bodies: `{error: {code}}`.
  switch (objectOf(json["error"])["code"]) {
    case "forbidden":
    case "unauthorized":
      return { look: { kind: "refused" } };
    // It has just got the port, or is just giving it up.
    case "closing":
      return { look: { kind: "gone", isFree: false } };
    default:
      return stranger;
  }
}

function isRoleReply(json: Json): json is Json & RoleReply {
  const { name, pid, version, sinceMs, nonce, proof } = json;
  return (
    name === "copilot-lsp" &&
    typeof pid === "number" &&
    typeof version === "string" &&
    typeof sinceMs === "number" &&
    typeof nonce === "string" &&
    (proof === undefined || typeof proof === "string")
  );
}

/**
 * Asks the leader to give the port up. Whether it did; a refusal, a failure and silence are all no. `proof` shows that
 * this is the same person's process.
 */
export function askForPort(clock: Clock, url: string, proof: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request(`${url}${rolePath}/release`, {
      method: "POST",
      agent: false,
      headers: { "Content-Length": "0", "X-Copilot-Proof": proof },
    });
    const end = (released: boolean): void => {
      deadline.cancel();
      outgoing.destroy();
      resolve(released);
    };
    const deadline = clock.after(timeoutMs, () => end(false));
    outgoing.on("error", () => end(false));
    outgoing.on("response", (answer) => {
      answer.on("error", () => end(false));
      end(answer.statusCode === 200);
    });
    outgoing.end();
  });
}
