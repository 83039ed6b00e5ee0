// A question at the terminal and the line that a person answers with.

import { Writable } from "node:stream";
import type { Ctx } from "../../../shared/context.ts";
import type { CliEnv } from "../env.ts";

/**
 * Absent when the input ends instead, as by Ctrl-D. `hidden`: the terminal does not show what is typed. Rejects with the
 * signal's reason.
 */
export async function askLine(
  ctx: Ctx,
  env: CliEnv,
  question: string,
  options: { readonly hidden: boolean },
): Promise<string | undefined> {
  const { createInterface } = await import("node:readline/promises");
  const terminal = env.isTerminal.stdin;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (terminal && options.hidden) env.stderr.write(question);
  const lines = createInterface({ input: env.stdin, output: options.hidden ? silent : env.stderr, terminal });
  // It takes Ctrl-C from the terminal, which is for the process.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await new Promise((resolve, reject) => {
      lines.once("close", () => resolve(undefined));
      lines.question(options.hidden ? "" : question, { signal: ctx.signal }).then(resolve, (error: unknown) => {
        if (ctx.signal.aborted) reject(ctx.signal.reason);
        else if (error instanceof Error && error.name === "AbortError") resolve(undefined);
        else reject(error);
      });
    });
  } finally {
    lines.close();
    if (terminal && options.hidden) env.stderr.write("\n");
  }
}
