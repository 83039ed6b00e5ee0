// Logs: one line an event, every line free of tokens, to as many places as are open. Knows nothing of what is logged.

import type { Clock, Log, LogFields, LogLevel } from "../../shared/context.ts";
import { withoutControls } from "../runtime/printable.ts";
import { redact } from "../runtime/secret.ts";

/** A place that lines go to. Must not throw, and must not log. */
export type LogSink = (level: LogLevel, line: string) => void;

export interface LogHub {
  readonly log: Log;
  /** Adds a place; returns the way to take it out again. */
  addSink(sink: LogSink): () => void;
}

const gravity: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3, trace: 4 };

export function createLogHub(level: () => LogLevel): LogHub {
  const sinks = new Set<LogSink>();
  const write = (at: LogLevel, message: string, fields: LogFields | undefined): void => {
    if (gravity[at] > gravity[level()]) return;
    const line = redact(oneLine(fields ? `${message}${renderFields(fields)}` : message));
    for (const sink of sinks) sink(at, line);
  };
  return {
    log: {
      error: (message, fields) => write("error", message, fields),
      warn: (message, fields) => write("warn", message, fields),
      info: (message, fields) => write("info", message, fields),
      debug: (message, fields) => write("debug", message, fields),
      trace: (message, fields) => write("trace", message, fields),
    },
    addSink(sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
  };
}

/** Names and addresses from outside must neither begin a line that looks like another event nor act on a terminal. */
function oneLine(text: string): string {
  return withoutControls(text.replace(/[\r\n\t]+/g, " "));
}

/** A line with time and level in front, for files and terminals. */
export function stampLine(clock: Clock, level: LogLevel, line: string): string {
  return `${new Date(clock.nowMs()).toISOString()} ${level.padEnd(5)} ${line}\n`;
}

function renderFields(fields: LogFields): string {
  let text = "";
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    text += ` ${name}=${typeof value === "string" && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`;
  }
  return text;
}
