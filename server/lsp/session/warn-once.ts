// What a client does wrong, told to the log once: most do it again with every key, and a log full of the same line
// hides all the others.

import type { Log, LogFields } from "../../../shared/context.ts";
import { dropOldest } from "../drop-oldest.ts";

const maxRemembered = 100;

/** A warning the first time that `key` comes up; after that a line for those who look closely. */
export type Complain = (key: string, message: string, fields?: LogFields) => void;

export function createComplaints(log: Log): Complain {
  const told = new Set<string>();
  return (key, message, fields) => {
    if (told.has(key)) return log.debug(message, fields);
    told.add(key);
    dropOldest(told, maxRemembered);
    log.warn(message, fields);
  };
}
