// The core, opened once and late: requests that need it wait for it here.

import type { Ctx, Log } from "../../../shared/context.ts";
import { CopilotError, describeError } from "../../../shared/errors.ts";
import type { Core } from "../../core/types.ts";
import { untilAborted } from "../../runtime/cancel.ts";

export interface LazyCore {
  /** Begins to open it in the next round of the event loop: what is being answered now goes out first. */
  open(open: () => Promise<Core>, onOpen: (core: Core) => void): void;
  get(ctx: Ctx): Promise<Core>;
  /** The core, if it is open. */
  peek(): Core | undefined;
}

export function createLazyCore(deps: { readonly log: Log }): LazyCore {
  let core: Core | undefined;
  let resolve: (core: Core) => void;
  let reject: (error: unknown) => void;
  const opened = new Promise<Core>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  opened.catch(() => undefined);

  const begin = async (open: () => Promise<Core>, onOpen: (core: Core) => void): Promise<void> => {
    try {
      core = await open();
      onOpen(core);
      resolve(core);
    } catch (error) {
      deps.log.error("the core did not start", { error: error instanceof Error ? error.stack : String(error) });
      reject(new CopilotError("internal", `copilot-lsp did not start: ${describeError(error)}`, { cause: error }));
    }
  };

  return {
    open: (open, onOpen) => void setImmediate(() => void begin(open, onOpen)),
    get: (ctx) => untilAborted(ctx.signal, opened),
    peek: () => core,
  };
}
