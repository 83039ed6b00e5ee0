// A long wait that shows it is alive: a spinner on a terminal, one plain line elsewhere.

import { untilAborted } from "../../runtime/cancel.ts";
import type { Ctx } from "../../../shared/context.ts";
import type { CliEnv } from "../env.ts";
import { note } from "./output.ts";

/** Waits for `promise`, or rejects with the signal's reason; the cursor is back on every way out. */
export async function waitShowing<T>(ctx: Ctx, env: CliEnv, text: string, promise: Promise<T>): Promise<T> {
  if (!env.isTerminal.stderr) {
    note(env, `${text} …`);
    return untilAborted(ctx.signal, promise);
  }
  const { default: createSpinner } = await import("yocto-spinner");
  const spinner = createSpinner({ text, stream: env.stderr, handleSignals: false }).start();
  try {
    return await untilAborted(ctx.signal, promise);
  } finally {
    spinner.stop();
  }
}
