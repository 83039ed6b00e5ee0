// What every verb's file exports: its flags, its words for people, and what it does.

import type { Ctx } from "../../shared/context.ts";
import type { Arguments } from "./args/arguments.ts";
import type { CliEnv } from "./env.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Flag } from "./args/flags.ts";

export interface Verb {
  readonly name: string;
  /** Fewest and most words after the verb. */
  readonly words: readonly [number, number];
  /** Those words, as help shows them. */
  readonly takes: string;
  /** What its first word can be, where that can be listed. */
  readonly choices?: readonly string[];
  /** Its own, beside those that every command line may have. */
  readonly flags: readonly Flag[];
  /** Ways to call it, one per line, without the program's name. */
  readonly usage: readonly string[];
  /** What it does, in a line of at most 50 characters. */
  readonly summary: string;
  /** Paragraphs for its own help. */
  readonly help: readonly string[];
  /** Command lines as a person would type them. */
  readonly examples: readonly string[];
  /** It goes on until it is told to stop, so SIGTERM is its proper end. */
  readonly untilStopped?: true;
  /**
   * Does the work and answers the exit code. Throws a `CopilotError` for what `exit-codes.ts` has a code for, and the
   * signal's reason when it is told to stop; leaves nothing behind on any way out.
   */
  run(ctx: Ctx, env: CliEnv, args: Arguments): Promise<ExitCode>;
}
