// How one process of a person shows another that it is theirs too, where the system cannot tell: both can read the same
// private file. What is shown is never the token itself: the process that has the port may be another person's.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../runtime/secret.ts";

/** What `POST /role/release` must bring for the `nonce` of the process that has the port. RFC 2104. */
export function proofFor(token: Secret, nonce: string): string {
  return createHmac("sha256", token.reveal()).update(nonce).digest("hex");
}

/**
 * What the process that has `port` answers to a `challenge` on `GET /role`. With the port in it, so that another program
 * cannot pass on what this person's process on another port would answer.
 */
export function leaderProof(token: Secret, port: number, challenge: string): string {
  return proofFor(token, `leader ${port} ${challenge}`);
}

/** Whether `proof` is what the leader at `url` answers to the challenge. Without a token that is kept safely nothing is proved. */
export function isLeaderProof(token: () => Secret, url: string, challenge: string, proof: string | undefined): boolean {
  try {
    return proof !== undefined && sameText(proof, leaderProof(token(), Number(new URL(url).port), challenge));
  } catch {
    return false;
  }
}

/** Takes as long for a near miss as for a far one. */
export function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
