// The one connection of a process that waits for the port to the one that has it: learns who that is, and hears at once
// when it gives the port up or dies. Decides nothing about who is next.

import { type IncomingMessage, request } from "node:http";
import type { Clock } from "../../../shared/context.ts";
import type { RoleHolder, RoleReply } from "../../../shared/http.ts";

export type LeaderLook =
  /** Nobody listens, or not any more, or not yet. */
  | { readonly kind: "gone" }
  | { readonly kind: "holder"; readonly holder: RoleHolder; readonly nonce: string; readonly watch: LeaderWatch }
  /** A copilot-lsp that does not let this process in: another person's. */
  | { readonly kind: "refused" }
  /** Something else, or something that says nothing in time. */
  | { readonly kind: "stranger" };

export interface LeaderWatch {
  /** Called once when the holder is gone, at once if it is already. */
  onGone(listener: () => void): void;
  /** Leaves; `onGone` is not called any more. */
  leave(): void;
}

const rolePath = "/role";
const maxLineBytes = 4_096;

/** Never rejects. The connection does not keep the process alive. */
export function findLeader(clock: Clock, url: string, timeoutMs: number): Promise<LeaderLook> {
  return new Promise((resolve) => {
    let gone = false;
    let listener: (() => void) | undefined;
    const outgoing = request(`${url}${rolePath}`, { agent: false });
    const end = (look: LeaderLook): void => {
      deadline.cancel();
      if (look.kind !== "holder") outgoing.destroy();
      resolve(look);
    };
    const deadline = clock.after(timeoutMs, () => end({ kind: "stranger" }));
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
        outgoing.destroy();
      },
    };
    outgoing.on("socket", (socket) => socket.unref());
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      lose();
      // A holder that dies while it is asked resets the connection, or ends it without a word.
      const isGone = ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(error.code ?? "");
      end({ kind: isGone ? "gone" : "stranger" });
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
      answer.on("end", () => end(text === "" ? { kind: "gone" } : readAnswer(answer, text, watch)));
      answer.on("close", () => end({ kind: "gone" }));
    });
    outgoing.end();
  });
}

function readAnswer({ statusCode }: IncomingMessage, line: string, watch: LeaderWatch): LeaderLook {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { kind: "stranger" };
  }
  if (statusCode === 200 && isRoleReply(json)) {
    const { pid, version, sinceMs, nonce } = json;
    return { kind: "holder", holder: { pid, version, sinceMs }, nonce, watch };
  }
  switch (errorCode(json)) {
    case "forbidden":
    case "unauthorized":
      return { kind: "refused" };
    // It has just got the port, or is just giving it up.
    case "closing":
      return { kind: "gone" };
    default:
      return { kind: "stranger" };
  }
}

function isRoleReply(json: unknown): json is RoleReply {
  if (typeof json !== "object" || json === null) return false;
  const { name, pid, version, sinceMs, nonce } = json as Readonly<Record<string, unknown>>;
  return (
    name === "copilot-lsp" &&
    typeof pid === "number" &&
    typeof version === "string" &&
    typeof sinceMs === "number" &&
    typeof nonce === "string"
  );
}

/** Of our own error bodies: `{error: {code}}`. */
function errorCode(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("error" in json)) return undefined;
  const { error } = json;
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/**
 * Asks the holder to give the port up. Whether it did; a refusal, a failure and silence are all no. `proof` shows that
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
