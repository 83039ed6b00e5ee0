// Everything a verb may use of the world: streams, settings, the core, the network as `doctor` looks at it. Types only;
// the composition root makes the real one and tests make their own. Nothing in it ever hands out a token.

import type { Readable, Writable } from "node:stream";
import type { Clock, Ctx } from "../../shared/context.ts";
import type { ListenerState, RoleHolder } from "../../shared/http.ts";
import type { NetworkProbes } from "../../shared/network.ts";
import type { SettingsAccess } from "../../shared/settings.ts";
import type { TokenPlace } from "../../shared/status.ts";
import type { Core } from "../core/types.ts";

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
  /** The package of this program: the folder with `shared/editors/`. */
  readonly packageFolder: string;
  /** Of this program. */
  readonly version: string;
  /** What it runs on, for reports: `Node 20.20.2, linux x64`. */
  readonly runtime: string;
  readonly clock: Clock;
  /** Where the token of an account, or of the one without a name, is kept in a file; for words to a person. */
  readonly tokenFile: (account?: string) => string;
  /** The file with the bearer token of the HTTP listener, made if there is none. Throws `bad-request`. */
  httpToken(): string;

  readonly settings: SettingsAccess;
  readonly network: NetworkProbes;

  /** Builds the core and starts it. `close` is idempotent and must be called on every way out. */
  openCore(options?: CoreOptions): Promise<OpenCore>;
  /**
   * Builds the core and the HTTP front, and listens, or waits for the process of this person that does. A port that a
   * stranger has is an outcome; one that this user may not have at all throws `bad-request`.
   */
  serve(ctx: Ctx, options: ServeOptions): Promise<ServeOutcome>;
  /** Looks who answers on 127.0.0.1; `port` absent: the one that settings name. */
  probePort(ctx: Ctx, port?: number): Promise<PortReport>;
  /**
   * The address of the page at the process of this person's that has the port, good for one visit. Throws `offline` when
   * none has it, and `upstream-failed` when it has no page.
   */
  pageAddress(ctx: Ctx, port: number): Promise<string>;
  /** Starts this same program with other arguments. */
  spawnSelf(args: readonly string[]): ChildProgram;
  /** Whether the system's way to open a page could be started. Never throws. */
  openBrowser(url: string): Promise<boolean>;
}

export interface SettingOverride {
  readonly key: string;
  readonly text: string;
}

export interface CoreOptions {
  /** Go before every other setting. */
  readonly overrides?: readonly SettingOverride[] | undefined;
  /** Name of the account; absent: that of the folder. */
  readonly account?: string | undefined;
  /** No service is asked for anything until somebody wants an answer. */
  readonly isQuiet?: boolean;
}

export interface OpenCore {
  readonly core: Core;
  /**
   * Keeps a key for the service in Copilot's place, and answers where; absent for Copilot. Rejects with `sign-in-failed` and
   * the keychain's codes where it cannot be kept, with `bad-request` where it would never be sent.
   */
  readonly storeKey?: ((key: string) => Promise<TokenPlace>) | undefined;
  /**
   * Looks for the sign-in of another Copilot plugin and, if GitHub accepts it, stores it as ours. Throws `bad-request`
   * when there is none, and the codes of the account and of the network.
   */
  importSignIn(ctx: Ctx): Promise<ImportOutcome>;
  /** Moves the stored sign-in. Rejects with `signed-out`, `keychain-locked`, `keychain-unavailable`, `sign-in-failed`. */
  moveSignIn(ctx: Ctx, to: "keychain" | "file"): Promise<{ readonly from: TokenPlace; readonly to: TokenPlace }>;
  close(): Promise<void>;
}

interface ImportOutcome {
  readonly user: string;
  /** The other plugin's file that held it. */
  readonly file: string;
  /** What the person should know about it all the same, in a sentence. */
  readonly warning: string | undefined;
}

export interface ServeOptions {
  /** Absent: the one that settings name. */
  readonly port: number | undefined;
  /** On the built-in stand-in, whatever the command line said. */
  readonly demo: boolean;
  /** Go before every other setting. */
  readonly overrides?: readonly SettingOverride[];
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
