// Runs patterns that others wrote. A regular expression that backtracks takes as long as it likes, and runs on the thread
// that answers keys; V8 can be told to give it up after a time. A worker would not hold up the thread at all, but would
// take 10 MB and make every verdict wait; a check that refuses all but linear patterns would refuse what works.

import { createContext, Script } from "node:vm";

/** `work`, unless it takes longer than `limitMs`. Nothing that `work` began may be used then. */
export type TimeLimit = <T>(limitMs: number, work: () => T) => { readonly value: T } | "too-slow";

export function createTimeLimit(): TimeLimit {
  const globals: { work?: () => void } = {};
  const context = createContext(globals);
  const script = new Script("work()");
  return <T>(limitMs: number, work: () => T) => {
    const results: { readonly value: T }[] = [];
    globals.work = () => void results.push({ value: work() });
    try {
      script.runInContext(context, { timeout: limitMs });
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return "too-slow";
      throw error;
    } finally {
      delete globals.work;
    }
    return results[0] ?? "too-slow";
  };
}
