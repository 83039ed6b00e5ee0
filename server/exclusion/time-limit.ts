// Runs patterns that others wrote. A regular expression that backtracks takes as long as it likes, and runs on the thread
// that answers keys; V8 can be told to give it up after a time. A worker would not hold up the thread at all, but would
// take 10 MB and make every verdict wait; a check that refuses all but linear patterns would refuse what works.

import { createContext, Script } from "node:vm";

/** `work`, unless it takes longer than `limitMs`, twice. What the machine did meanwhile for others does not count. */
export type TimeLimit = <T>(limitMs: number, work: () => T) => { readonly value: T } | "too-slow";

const maxTries = 4;
// Once may be bad luck: a collection of garbage, or code that is run for the first time.
const slowTries = 2;

export function createTimeLimit(): TimeLimit {
  const globals: { work?: () => void } = {};
  const context = createContext(globals);
  const script = new Script("work()");

  function attempt<T>(limitMs: number, work: () => T): { readonly value: T } | undefined {
    const results: { readonly value: T }[] = [];
    globals.work = () => void results.push({ value: work() });
    try {
      script.runInContext(context, { timeout: limitMs });
      return results[0];
    } catch (error) {
      if (isTimeout(error)) return undefined;
      throw error;
    } finally {
      delete globals.work;
    }
  }

  return (limitMs, work) => {
    let slow = 0;
    for (let tries = 0; tries < maxTries && slow < slowTries; tries += 1) {
      const before = process.cpuUsage();
      const result = attempt(limitMs, work);
      if (result) return result;
      // V8 goes by the wall clock.
      const { user, system } = process.cpuUsage(before);
      if ((user + system) / 1_000 > limitMs / 2) slow += 1;
    }
    return "too-slow";
  };
}

/** The error is one of the context's, so that it is no instance of this one's `Error`. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
