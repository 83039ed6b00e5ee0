// One small question to whatever service answers, to see that it does and how long it takes.

import type { CompletionResult } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { Core } from "../core/types.ts";
import type { CliEnv } from "./env.ts";

/** Throws as `Core.complete`. Counts against a plan with limits. */
export async function askSample(
  ctx: Ctx,
  env: CliEnv,
  core: Core,
): Promise<{ readonly result: CompletionResult; readonly tookMs: number }> {
  const startedMs = env.clock.monotonicMs();
  const result = await core.complete(ctx, {
    kind: "prompt",
    before: "def add(a, b):\n    ",
    after: "\n\nprint(add(1, 2))\n",
    languageId: "python",
    trigger: "script",
    lines: "one",
    maxTokens: 40,
  });
  return { result, tookMs: Math.round(env.clock.monotonicMs() - startedMs) };
}
