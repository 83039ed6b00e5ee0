// A context for tests: never aborted unless the test does, and a log that keeps what was written.

import type { Ctx, Log, LogFields, LogLevel } from "../../shared/context.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export interface RecordingLog extends Log {
  readonly lines: readonly LogLine[];
}

export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  const at =
    (level: LogLevel) =>
    (message: string, fields?: LogFields): void => {
      lines.push({ level, message, fields });
    };
  return { lines, error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug"), trace: at("trace") };
}

export interface TestCtx extends Ctx {
  readonly log: RecordingLog;
  cancel(reason?: unknown): void;
}

let count = 0;

export function createTestCtx(): TestCtx {
  const controller = new AbortController();
  count += 1;
  return {
    signal: controller.signal,
    log: createRecordingLog(),
    id: `test-${count}`,
    cancel: (reason) => controller.abort(reason),
  };
}
