// What everything below the fronts is built from. Types only.

import type { Clock, Log } from "../../shared/context.ts";
import type { AccountBinding } from "../../shared/status.ts";
import type { KeychainLimits } from "../auth/keychain-tokens.ts";
import type { Config } from "../config/layers.ts";
import type { ClientIdentity } from "../core/types.ts";
import type { Tracer } from "../observe/tracer.ts";
import type { Peers } from "../upstream/official/peers.ts";

export interface AssemblyInputs {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly config: Config;
  /** Where secrets and the machine id are kept. */
  readonly folder: string;
  /** Run on the built-in stand-in: no account, no network, nothing of the person's is read or written. */
  readonly demo: boolean;
  /** Nothing is asked of a service before somebody wants an answer. */
  readonly isQuiet: boolean;
  /** Which account this is; undefined: the one without a name. */
  readonly binding: AccountBinding | undefined;
  /** The workspace folder, or else the one that the program was started in: paths that programs name begin there. */
  readonly cwd: string;
  /** How this program is started: the interpreter and its file. */
  readonly program: readonly [string, ...string[]];
  readonly keychainLimits: KeychainLimits;
  readonly tracer: Tracer;
  /** Where the person's other processes are, for a service that they share. */
  readonly peers: () => Promise<Peers>;
  /** Who drives this program; undefined when nobody said. Read at each request. */
  readonly identity: () => ClientIdentity | undefined;
}
