// What the HTTP front may be told: settings that a person can change while it runs, and limits that only tests do.

import type { Secret } from "../runtime/secret.ts";

/**
 * `same-user` refuses other accounts of this machine; `token` wants a bearer token (RFC 6750, section 2.1) from everyone;
 * `open` lets in whoever reaches the address.
 */
export type HttpAccess = "same-user" | "token" | "open";

export interface HttpSettings {
  /** 0: any free one. Read when the listener binds. */
  readonly port: number;
  /** A loopback one, unless `access` is `token`. */
  readonly address: string;
  /** A Unix socket or named pipe to serve besides; absent or empty: none. */
  readonly socket?: string;
  /** `Host` names let in besides the loopback ones: `name` for any port, or `name:port`. */
  readonly allowedHosts: readonly string[];
  /** Web origins whose pages may ask and read the answers, as `https://host[:port]`. */
  readonly allowedOrigins: readonly string[];
  readonly maxBodyBytes: number;
  /** Absent: `same-user`, which is as good as `open` on systems that cannot tell whose a connection is. */
  readonly access?: HttpAccess;
  /** The bearer token of this person's processes, made when there is none yet. Throws when it cannot be kept safely. */
  readonly token: () => Secret;
  readonly limits: HttpLimits;
}

export interface HttpLimits {
  /** Longest time for the head of a request, and the longest time an idle connection stays open. */
  readonly headTimeoutMs: number;
  /** Longest time for a whole request, head and body. */
  readonly requestTimeoutMs: number;
  /** How often those two are looked at. */
  readonly timeoutCheckMs: number;
  /** Longest time a client may leave an answer unread. */
  readonly readerTimeoutMs: number;
  /** How long a refused body is still taken off the wire, so that its sender comes to read the refusal. */
  readonly lingerMs: number;
  readonly lingerMaxBytes: number;
  readonly maxConnections: number;
  /** Requests under way, over all connections. */
  readonly maxRequests: number;
  readonly maxUrlLength: number;
  /** Connections of processes that wait for the port, which the cap leaves out; further ones count as any other. */
  readonly maxStandbys: number;
  /** Longest wait for the process that has the port to say who it is. */
  readonly leaderTimeoutMs: number;
  /** What a process that did not get the port waits at most before it turns to the one that did. */
  readonly staggerMs: number;
  /** How long a port that was handed over is left to the one that asked for it. */
  readonly handOverMs: number;
  /** How long requests under way may go on after that. */
  readonly handOverDrainMs: number;
  /** First and longest wait before a port that a stranger has is tried again. */
  readonly busyRetryMs: number;
  readonly maxBusyRetryMs: number;
  /** How long `close` lets requests end by themselves, and then how long it waits for the answers to be written. */
  readonly drainMs: number;
  readonly abortGraceMs: number;
}

export const defaultHttpLimits: HttpLimits = {
  headTimeoutMs: 12_000,
  requestTimeoutMs: 15_000,
  timeoutCheckMs: 1_000,
  readerTimeoutMs: 30_000,
  lingerMs: 3_000,
  lingerMaxBytes: 64 * 1024 * 1024,
  maxConnections: 256,
  maxRequests: 128,
  maxUrlLength: 2_048,
  maxStandbys: 128,
  leaderTimeoutMs: 3_000,
  staggerMs: 30,
  handOverMs: 300,
  handOverDrainMs: 30_000,
  busyRetryMs: 5_000,
  maxBusyRetryMs: 60_000,
  drainMs: 1_000,
  abortGraceMs: 250,
};
