// What of this layer can be set while it runs, and what it may know of the editor that drives it.

/** Read anew for each request; a change of the way to the network closes the old connections when they fall idle. */
export interface UpstreamSettings {
  /** `https://github.com`, `https://NAME.ghe.com` or an own server; scheme and trailing slash may be missing. */
  readonly githubUri: string;
  /** API of that server; empty: worked out from `githubUri`. */
  readonly githubApiUri: string;
  /** OAuth client id of the device flow. */
  readonly clientId: string;
  /** Proxy URL, user and password included; empty: as the environment says. */
  readonly proxy: string;
  /** Comma-separated hosts that are reached without the proxy; empty: as the environment says. */
  readonly noProxy: string;
  readonly strictTls: boolean;
  /** File of PEM certificates to trust besides the usual ones; empty: none. */
  readonly caFile: string;
  /** For name, TCP, proxy and TLS together. */
  readonly connectTimeoutMs: number;
  /** From sending a request to the head of its answer. */
  readonly headersTimeoutMs: number;
  /** Silence within the body of an answer. */
  readonly stallTimeoutMs: number;
  /** Empty: the header is not sent. */
  readonly integrationId: string;
  /** Empty: `copilot-lsp/VERSION`. */
  readonly userAgent: string;
  /** Empty: as the editor said; and so the next ones. */
  readonly editorName: string;
  readonly editorVersion: string;
  readonly pluginName: string;
  readonly pluginVersion: string;
}

/** Who drives us, as the editor said. */
export interface EditorIdentity {
  readonly editorName: string;
  readonly editorVersion: string;
  readonly pluginName?: string;
  readonly pluginVersion?: string;
}
