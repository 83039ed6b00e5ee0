// The LSP front: puts one session together over two streams. What it does for the editor is in `methods/` and
// `commands/`; what it needs of the program comes through the core, which is opened once `initialize` has been answered.
// It never ends the process; it says when the process should end.

import type { Timer } from "../../shared/context.ts";
import { createDispatch } from "./dispatch.ts";
import { createEditor } from "./session/editor.ts";
import { createLifecycle } from "./session/lifecycle.ts";
import { methodTable } from "./methods/table.ts";
import { createParentWatch } from "./session/parent-watch.ts";
import { createSession } from "./session/session.ts";
import type { LspSettings } from "./settings.ts";
import type { Handler, LspServer, LspServerDeps } from "./types.ts";
import { createConnection } from "./wire/connection.ts";

/** An editor that has stopped reading does not hold up the end. */
const maxFlushMs = 1_000;

export type { LspSettings } from "./settings.ts";
export type { LspInit, LspServer, LspServerDeps } from "./types.ts";

export function createLspServer(deps: LspServerDeps, settings: () => LspSettings): LspServer {
  const { input, output, log } = deps;
  const lifecycle = createLifecycle((exitCode) => {
    parentWatch.stop();
    deps.onExit(exitCode);
  });
  const parentWatch = createParentWatch({ clock: deps.clock, log, onGone: () => lifecycle.end(0) });
  const connection = createConnection({
    input,
    output,
    log,
    onRequest: (method, params, cancelled) => dispatch.request(method, params, cancelled),
    onNotification: (method, params) => dispatch.notification(method, params),
    onEnd: () => lifecycle.end(0),
  });
  const editor = createEditor(connection, log);
  const session = createSession({ ...deps, lifecycle, editor, parentWatch }, settings);
  const handlers = new Map(
    Object.entries(methodTable).map(([name, method]): [string, Handler] => [name, method(session)]),
  );
  const dispatch = createDispatch({
    log,
    lifecycle,
    handlers,
    onUse: session.ready,
    onDone: session.lookAtQuota,
  });

  return {
    start: connection.listen,
    async close() {
      parentWatch.stop();
      lifecycle.stop();
      let timer: Timer | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = deps.clock.after(maxFlushMs, resolve);
      });
      await Promise.race([connection.close(), patience]);
      timer?.cancel();
    },
    logSink: editor.logSink,
  };
}
