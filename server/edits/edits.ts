// Next edits as the core knows them. The history is recorded from the start, because nobody can say later what was changed
// before; all the rest is loaded by the first who asks.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { DocumentText } from "../../shared/documents.ts";
import type { Governor } from "../governor/governor.ts";
import { untilAborted } from "../runtime/cancel.ts";
import type { EditEngine } from "./engine.ts";
import { createRecorder } from "./history/recorder.ts";
import type { EditService } from "./service.ts";
import type { EditSettings } from "./settings.ts";
import type { Edits, JudgeFile, NamedFile, SettleRules } from "./types.ts";

export interface EditsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly governor: Governor;
  /** Asked again for each prompt. */
  readonly verdict: JudgeFile;
  readonly settleRules: SettleRules;
  /** Whether changes of a file may be remembered: it may turn out later that it may be sent. */
  readonly mayRecord: (file: NamedFile, text: DocumentText) => boolean;
  /** Called once, by the first request. */
  readonly loadService: () => Promise<EditService>;
  /** Names of the kinds of secrets that were kept back from the service. */
  readonly onSecrets: (names: readonly string[]) => void;
  /** A new UUID at each call. */
  readonly newId: () => string;
}

/** `settings` is read at each request. */
export function createEdits(deps: EditsDeps, settings: () => EditSettings): Edits {
  const { clock, mayRecord } = deps;
  const recorder = createRecorder({ clock, mayRecord: (document) => mayRecord(document, document.text()) });
  let loading: Promise<EditEngine> | undefined;
  let engine: EditEngine | undefined;

  const load = (): Promise<EditEngine> => {
    loading ??= (async () => {
      const [{ createEditEngine }, service] = await Promise.all([import("./engine.ts"), deps.loadService()]);
      engine = createEditEngine({ ...deps, service, recorder }, settings);
      return engine;
    })();
    return loading;
  };
  const whenLoaded = async <T>(ctx: Ctx, ask: (engine: EditEngine) => Promise<T>): Promise<T> =>
    ask(engine ?? (await untilAborted(ctx.signal, load())));

  return {
    next: (ctx, request) => whenLoaded(ctx, ({ next }) => next(ctx, request)),
    preview: (ctx, request) => whenLoaded(ctx, ({ preview }) => preview(ctx, request)),
    shown: (id) => engine?.shown(id),
    accepted: (id) => engine?.accepted(id),
    rejected: (ids) => engine?.rejected(ids),
    documents: recorder.observer,
    forget: (reason) => engine?.forget(reason),
    async close() {
      await (await loading)?.close();
    },
  };
}
