// What every part of the composition root works with.

import type { Writable } from "node:stream";
import type { Clock, Log } from "../../shared/context.ts";
import type { GlobalArguments } from "../cli/args/parse.ts";
import type { HttpToken } from "../config/http-token.ts";
import type { Config } from "../config/layers.ts";
import type { createTracer } from "../observe/tracer.ts";
import type { SharedPeers } from "./shared-peers.ts";

export interface AppInputs {
  readonly globals: GlobalArguments;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly cwd: string;
  /** Standard error: for everything that is neither protocol nor result. */
  readonly stderr: Writable;
  /** How this program is started again: the interpreter and what stands before our own arguments. */
  readonly self: readonly [string, ...string[]];
}

export interface Parts {
  readonly inputs: AppInputs;
  readonly clock: Clock;
  readonly log: Log;
  readonly config: Config;
  /** Of the person's configuration. */
  readonly folder: string;
  readonly httpToken: HttpToken;
  readonly tracer: ReturnType<typeof createTracer>;
  readonly peers: SharedPeers;
  /** `close` is called when the program ends, the last one first. */
  onClose(close: () => Promise<void> | void): void;
}
