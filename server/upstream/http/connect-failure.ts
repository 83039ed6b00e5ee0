// Why no connection came about, and how far it got. Put into words for a person by `failure.ts`.

/**
 * `proxy`: reaching the proxy; `tunnel`: the proxy reaching the host; `host`: reaching the host; `tls`: agreeing on
 * certificates and ciphers with the host; `settings`: the proxy that is set cannot be used.
 */
export type ConnectStage = "settings" | "proxy" | "tunnel" | "host" | "tls";

export interface ConnectFacts {
  readonly stage: ConnectStage;
  /** Host and port of the proxy, if one is used. */
  readonly proxyHost: string | undefined;
  /** The deadline that passed, if one did. */
  readonly timedOutAfterMs?: number;
  /** Status of the proxy's answer to CONNECT. */
  readonly proxyStatus?: number;
  /** Who signed the certificate that was refused. */
  readonly issuer?: string;
  readonly problem?: string;
}

/** Its `code` is never one that undici takes for a lost connection and tries again for ever. */
export class ConnectFailure extends Error {
  override readonly name = "ConnectFailure";
  readonly code = "CONNECT_FAILURE";
  readonly facts: ConnectFacts;

  constructor(facts: ConnectFacts, cause: unknown) {
    super(`no connection at stage ${facts.stage}`, { cause });
    this.facts = facts;
  }
}
