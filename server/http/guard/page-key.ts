// What the page of this process proves itself with, and the tickets that let a browser fetch the page where the system
// does not say whose it is. Both are made here and end with the process.

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock } from "../../../shared/context.ts";
import { pageKeyHeader, type TicketReply } from "../../../shared/page.ts";
import { Secret } from "../../runtime/secret.ts";
import { sameText } from "../port/proof.ts";

export interface PageKey {
  /** For the page alone. */
  readonly secret: Secret;
  /** The request comes from a page of this process. */
  isCarriedBy(request: IncomingMessage): boolean;
  /** Good for one visit. */
  newTicket(): TicketReply;
  /** Whether it was good; it is not any more. */
  redeem(ticket: string): boolean;
}

const keyBytes = 32;
// Time to carry the address from a terminal to a browser.
const ticketSeconds = 600;
const maxTickets = 16;

export function createPageKey({ clock }: { readonly clock: Clock }): PageKey {
  const secret = new Secret(randomBytes(keyBytes).toString("base64url"));
  // Until when each is good, by the monotonic clock; oldest first.
  const tickets = new Map<string, number>();
  return {
    secret,
    isCarriedBy({ headers }) {
      const given = headers[pageKeyHeader];
      return typeof given === "string" && sameText(given, secret.reveal());
    },
    newTicket() {
      const [oldest] = tickets.size < maxTickets ? [] : tickets.keys();
      if (oldest !== undefined) tickets.delete(oldest);
      const ticket = randomBytes(keyBytes).toString("base64url");
      tickets.set(ticket, clock.monotonicMs() + ticketSeconds * 1_000);
      return { ticket, expiresInSeconds: ticketSeconds };
    },
    redeem(ticket) {
      const known = [...tickets].find(([one]) => sameText(one, ticket));
      if (!known) return false;
      tickets.delete(known[0]);
      return clock.monotonicMs() < known[1];
    },
  };
}
