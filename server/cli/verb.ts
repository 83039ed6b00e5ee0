// What every verb's file exports, and where to find it by name. Each is loaded only when it is asked for.

import type { Ctx } from "../../shared/context.ts";
import type { Arguments } from "./args/arguments.ts";
import type { CliEnv } from "./env.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { VerbName } from "./args/flags.ts";

export interface Verb {
  readonly name: VerbName;
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

const loaders: Readonly<Record<VerbName, () => Promise<{ readonly verb: Verb }>>> = {
  login: () => import("./verbs/login.ts"),
  logout: () => import("./verbs/logout.ts"),
  status: () => import("./verbs/status.ts"),
  complete: () => import("./verbs/complete.ts"),
  prompt: () => import("./verbs/prompt.ts"),
  serve: () => import("./verbs/serve.ts"),
  config: () => import("./verbs/config.ts"),
  doctor: () => import("./verbs/doctor.ts"),
  demo: () => import("./verbs/demo.ts"),
};

export async function loadVerb(name: VerbName): Promise<Verb> {
  return (await loaders[name]()).verb;
}
