// The LSP front: one session over two streams. Requests are handled in `methods/` and `commands/`, and answered by the core,
// which is opened after the answer to `initialize`. It never ends the process; `onExit` says when it should end.

import { createConnection } from "../json-rpc/connection.ts";
import { orAfter } from "../runtime/cancel.ts";
import { createDispatch } from "./dispatch.ts";
import { errorBodyOf } from "./errors.ts";
import { createEditor } from "./session/editor.ts";
import { createLifecycle } from "./session/lifecycle.ts";
import { methodTable } from "./methods/table.ts";
import { createParentWatch } from "./session/parent-watch.ts";
import { createSession } from "./session/session.ts";
import type { LspSettings } from "./settings.ts";
import type { Handler, LspServer, LspServerDeps } from "./types.ts";

/** An editor that has stopped reading does not hold up the end. */
const maxFlushMs = 1_000;

export type { LspSettings } from "./settings.ts";
export type { LspServer, LspServerDeps } from "./types.ts";

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
    errorBodyOf,
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
  });

  return {
    start: connection.listen,
    async close() {
      parentWatch.stop();
      lifecycle.stop();
      await orAfter(deps.clock, maxFlushMs, connection.close(), undefined);
    },
    logSink: editor.logSink,
  };
}
