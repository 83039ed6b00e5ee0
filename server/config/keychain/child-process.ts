// Runs a program for a moment and kills it at its limit. A keychain may wait for a person's password or hang for ever;
// the call that waits is in a process of its own, so that it blocks neither this one nor its end.

import type { spawn } from "node:child_process";
import type { Clock } from "../../../shared/context.ts";

export type ChildResult =
  | { readonly kind: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "timeout" }
  /** There is no such program, or it may not be run. */
  | { readonly kind: "not-started" };

/** Answers are a token or a sentence. */
const maxOutput = 64 * 1024;

export interface ChildInput {
  /** Goes to the standard input: an argument could be read by every user of the machine. */
  readonly text: string;
  /** Whether the standard input ends there; else it ends with this process, however that ends. */
  readonly ends: boolean;
}

/** Never rejects. */
export async function runChild(
  deps: {
    readonly clock: Clock;
    readonly spawn: typeof spawn;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly signal: AbortSignal;
  },
  [program = "", ...args]: readonly string[],
  input: ChildInput,
  limitMs: number,
): Promise<ChildResult> {
  const { clock, environment, signal } = deps;
  if (signal.aborted) return { kind: "timeout" };
  return new Promise((resolve) => {
    const child = deps.spawn(program, args, {
      env: { ...environment },
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    let stdout = "";
    let stderr = "";
    const end = (result: ChildResult): void => {
      timer.cancel();
      signal.removeEventListener("abort", stop);
      resolve(result);
    };
    const stop = (): void => {
      child.kill("SIGKILL");
      end({ kind: "timeout" });
    };
    const timer = clock.after(limitMs, stop);
    signal.addEventListener("abort", stop, { once: true });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout = (stdout + text).slice(0, maxOutput)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(0, maxOutput)));
    child.once("error", () => end({ kind: "not-started" }));
    child.once("close", (code) => end({ kind: "exited", code: code ?? 1, stdout, stderr }));
    // A program that ends without reading: its exit says more.
    child.stdin.on("error", () => undefined);
    child.stdin.write(input.text);
    if (input.ends) child.stdin.end();
  });
}
