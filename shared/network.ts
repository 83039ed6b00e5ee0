// What can be found out about the way to a host, for a person who wants to know why it does not work.

import type { Ctx } from "./context.ts";

/** How traffic to an address leaves this machine. */
export type NetworkRoute =
  | { readonly kind: "direct" }
  /** `proxy`: its host and port, never user and password. */
  | { readonly kind: "proxy"; readonly proxy: string }
  /** `problem` says which setting or variable names the proxy and why it cannot be used. */
  | { readonly kind: "unusable"; readonly problem: string };

export interface Handshake {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** Who signed the certificate that was shown: organisation or common name. */
  readonly issuer: string;
  readonly validUntilMs: number;
  /** Absent when the certificate is trusted; else why it is not, in a clause. */
  readonly distrust: string | undefined;
}

export interface Pong {
  readonly httpStatus: number;
  /** Whether the answer carries GitHub's request id; what answers in its place lacks it. */
  readonly fromGitHub: boolean;
  /** The `Date` header, milliseconds since the epoch. */
  readonly serverNowMs: number | undefined;
}

/**
 * One look each, with the settings in force for proxy, certificates and deadlines. Every look that waits rejects with
 * `ctx.signal.reason` when cancelled.
 */
export interface NetworkProbes {
  /** URLs that sign-in and the token exchange talk to, each once. Throws `bad-request` for settings that name none. */
  addresses(): readonly string[];
  route(url: string): NetworkRoute;
  /** Addresses of a host name, by the system's resolver. Throws `offline`, `timeout`. */
  resolve(ctx: Ctx, host: string): Promise<readonly string[]>;
  /**
   * A TLS handshake with an https URL's host, through the proxy if the route has one; also with a certificate that is
   * not trusted. Throws the codes of the network, `tls` when no certificate was seen.
   */
  handshake(ctx: Ctx, url: string): Promise<Handshake>;
  /** One GET without a token. No status is an error. Throws the codes of the network. */
  ping(ctx: Ctx, url: string): Promise<Pong>;
}
