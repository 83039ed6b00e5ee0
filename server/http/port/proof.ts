// How one process of a person shows another that it is theirs too, where the system cannot tell: both can read the same
// private file. What is shown is never the token itself, since whoever has the port may be somebody else.

import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../runtime/secret.ts";

/** What `POST /role/release` must bring for the holder's `nonce`. RFC 2104. */
export function proofFor(token: Secret, nonce: string): string {
  return createHmac("sha256", token.reveal()).update(nonce).digest("hex");
}

/** Takes as long for a near miss as for a far one. */
export function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
