// Notices that the editor's process is gone, for the case that nobody closed our input: LSP 3.18, InitializeParams,
// `processId`.

import type { Clock, Log, Timer } from "../../../shared/context.ts";
import { isProcessAlive } from "../../runtime/process-alive.ts";

const everyMs = 2_000;

export interface ParentWatch {
  start(processId: number): void;
  stop(): void;
}

export function createParentWatch(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly onGone: () => void;
}): ParentWatch {
  let timer: Timer | undefined;
  const look = (processId: number): void => {
    timer = deps.clock.after(everyMs, () => {
      if (isProcessAlive(processId)) look(processId);
      else deps.onGone();
    });
  };
  return {
    start(processId) {
      if (timer) return;
      // An editor outside this container names a process that was never here; its end shows in our input alone.
      if (isProcessAlive(processId)) look(processId);
      else deps.log.info("the editor's process is not visible from here and is not watched", { processId });
    },
    stop() {
      timer?.cancel();
    },
  };
}
