// Everything a verb may use of the world: streams, settings, the core, the network as `doctor` looks at it. Types only;
// the composition root makes the real one and tests make their own. Nothing in it ever hands out a token.

import type { Readable, Writable } from "node:stream";
import type { Clock, Ctx } from "../../shared/context.ts";
import type { ListenerState, RoleHolder } from "../../shared/http.ts";
import type { Core, SettingProblem } from "../core/types.ts";

export interface CliEnv {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal; 80 when there is none. */
  readonly columns: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Absolute. */
  readonly cwd: string;
  /** Of this program. */
  readonly version: string;
  /** What it runs on, for reports: `Node 20.20.2, linux x64`. */
  readonly runtime: string;
  readonly clock: Clock;
  /** Where the token is kept, for words to a person. */
  readonly tokenFile: string;
  /** The file with the bearer token of the HTTP listener, made if there is none. Throws `bad-request`. */
  httpToken(): string;

  readonly settings: SettingsAccess;
  readonly network: NetworkProbes;

  /** Builds the core and starts it. `close` is idempotent and must be called on every way out. */
  openCore(ctx: Ctx): Promise<OpenCore>;
  /**
   * Builds the core and the HTTP front, and listens, or waits for the process of this person that does. A port that a
   * stranger has is an outcome; one that this user may not have at all throws `bad-request`.
   */
  serve(ctx: Ctx, options: ServeOptions): Promise<ServeOutcome>;
  /** Looks who answers on 127.0.0.1; `port` absent: the one that settings name. */
  probePort(ctx: Ctx, port?: number): Promise<PortReport>;
  /** Starts this same program with other arguments. */
  spawnSelf(args: readonly string[]): ChildProgram;
  /** Whether the system's way to open a page could be started. Never throws. */
  openBrowser(url: string): Promise<boolean>;
}

export interface OpenCore {
  readonly core: Core;
  /**
   * Looks for the sign-in of another Copilot plugin and, if GitHub accepts it, stores it as ours. Throws `bad-request`
   * when there is none, and the codes of the account and of the network.
   */
  importSignIn(ctx: Ctx): Promise<ImportOutcome>;
  close(): Promise<void>;
}

interface ImportOutcome {
  readonly user: string;
  /** The other plugin's file that held it. */
  readonly file: string;
  /** What the person should know about it all the same, in a sentence. */
  readonly warning: string | undefined;
}

/** A setting's value as plain JSON. */
export type SettingJson = boolean | number | string | readonly string[] | Readonly<Record<string, boolean>>;

export interface SettingEntry {
  readonly key: string;
  readonly value: SettingJson;
  readonly source: "flag" | "environment" | "editor" | "file" | "default";
  /** The flag, variable or file that holds it; empty for a default. */
  readonly origin: string;
  /** What it takes, as a phrase: `an integer from 0 to 65535`. */
  readonly takes: string;
  /** The variable that sets it. */
  readonly environmentName: string;
  readonly doc: string;
}

export interface SettingsAccess {
  /** The settings file, whether it is there or not. */
  readonly path: string;
  /** Every setting in force, in the table's order. */
  entries(): readonly SettingEntry[];
  /** What was refused, from every source. */
  problems(): readonly SettingProblem[];
  /** What was refused of the flags alone: those make the command line wrong. */
  flagProblems(): readonly SettingProblem[];
  /**
   * Writes one key into the file; `entries` says the new state afterwards. Throws `bad-request` for an unknown key or a
   * value it does not take, `internal` when the file cannot be written.
   */
  write(key: string, text: string): Promise<void>;
  /** Whether the key was in the file. Throws as `write` does. */
  remove(key: string): Promise<boolean>;
}

export interface ServeOptions {
  /** Absent: the one that settings name. */
  readonly port: number | undefined;
  /** On the built-in stand-in, whatever the command line said. */
  readonly demo: boolean;
  /** What to do when another process of this person has the port. */
  readonly ifHeld: "wait" | "take-over" | "give-up";
}

interface Serving {
  /** Called when the port is taken over, and when another process has it. Returns the way to stop. */
  onState(listener: (state: ListenerState) => void): () => void;
  /** Rejects when the listener breaks; resolves after `close`. */
  readonly ended: Promise<void>;
  /** Stops intake, lets answers under way go, closes the core. Idempotent. */
  close(): Promise<void>;
}

export type ServeOutcome =
  /** `url`: `http://127.0.0.1:8080` */
  | (Serving & { readonly kind: "listening"; readonly url: string })
  | (Serving & { readonly kind: "standby"; readonly port: number; readonly url: string; readonly holder: RoleHolder })
  | { readonly kind: "busy"; readonly port: number; readonly holder: PortHolder };

export type PortHolder =
  | { readonly kind: "nobody" }
  | {
      readonly kind: "copilot-lsp";
      readonly pid: number | undefined;
      readonly version: string | undefined;
      /** Since when it has the port, milliseconds since the epoch. */
      readonly sinceMs?: number | undefined;
    }
  /** `server`: what it calls itself, if it says. `refuses`: it is a copilot-lsp, and lets this person's programs not in. */
  | { readonly kind: "foreign"; readonly server: string | undefined; readonly refuses?: true };

export interface PortReport {
  readonly port: number;
  readonly holder: PortHolder;
}

export interface ChildProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit code; null when a signal ended it. Never rejects; a program that cannot start is 127. */
  readonly exited: Promise<number | null>;
  kill(): void;
}

/** How traffic to an address leaves this machine. */
type Route =
  | { readonly kind: "direct" }
  /** `proxy`: its host and port, never user and password. */
  | { readonly kind: "proxy"; readonly proxy: string }
  /** The setting or variable that names the proxy cannot be used; `problem` says which and why. */
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

/** One look each, with the settings in force for proxy, certificates and deadlines. */
export interface NetworkProbes {
  /** URLs that sign-in and the token exchange talk to, such as `https://github.com` and `https://api.github.com`. */
  addresses(): readonly string[];
  route(url: string): Route;
  /** Addresses of a host name, by the system's resolver. Throws `offline`. */
  resolve(ctx: Ctx, host: string): Promise<readonly string[]>;
  /**
   * A TLS handshake, through the proxy if the route has one; also with a certificate that is not trusted. Throws
   * `offline`, `timeout`, and `tls` when no certificate was seen at all.
   */
  handshake(ctx: Ctx, url: string): Promise<Handshake>;
  /** One GET without a token. Throws the codes of the network. */
  ping(ctx: Ctx, url: string): Promise<Pong>;
}

interface Pong {
  readonly httpStatus: number;
  /** Whether the answer carries GitHub's request id; what answers in its place lacks it. */
  readonly fromGitHub: boolean;
  /** The `Date` header, milliseconds since the epoch. */
  readonly serverNowMs: number | undefined;
}
