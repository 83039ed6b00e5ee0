// Warnings about a client's faults, each logged once: most clients repeat a fault with every key, and the repetitions
// would hide the other lines of the log.

import { LRUCache } from "lru-cache";
import type { Log, LogFields } from "../../shared/context.ts";

const maxRemembered = 100;

/** Logs a warning the first time that `key` comes up, and a debug line after that. */
export type WarnOnce = (key: string, message: string, fields?: LogFields) => void;

export function createWarnOnce(log: Log): WarnOnce {
  const warned = new LRUCache<string, true>({ max: maxRemembered });
  return (key, message, fields) => {
    if (warned.has(key)) return log.debug(message, fields);
    warned.set(key, true);
    log.warn(message, fields);
  };
}
