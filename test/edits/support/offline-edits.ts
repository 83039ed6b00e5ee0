// Next edits without a program around them, in time that a test moves, from a service that answers as a test says.

import { randomUUID } from "node:crypto";
import { createEdits } from "../../../server/edits/edits.ts";
import type { EditSettings } from "../../../server/edits/settings.ts";
import type { EditService } from "../../../server/edits/service.ts";
import type { Edits } from "../../../server/edits/types.ts";
import { createGovernor } from "../../../server/governor/governor.ts";
import type { EditResult, OpenDocumentEditRequest } from "../../../shared/edits.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { createTestCtx } from "../../support/test-ctx.ts";

export interface OfflineEdits {
  readonly clock: ManualClock;
  readonly documents: Edits["documents"];
  /** Asks, and moves the clock until there is an answer. */
  ask(request: OpenDocumentEditRequest): Promise<EditResult>;
  /** Requests to the service so far. */
  asked(): number;
}

/** `answer`: what becomes of the lines that the model may rewrite. */
export function createOfflineEdits(
  answer: (window: string) => string,
  jump: EditSettings["jump"] = "off",
): OfflineEdits {
  const clock = createManualClock();
  const ctx = createTestCtx();
  let asked = 0;
  const service: EditService = {
    account: () => Promise.resolve({ key: "", isSpent: false, isCounted: false }),
    models: () => Promise.resolve(service.knownModels()),
    knownModels: () => [{ name: "model", kind: "edit", strategy: "xtab275" }],
    async *ask(_ctx, { prediction = "" }) {
      asked += 1;
      yield { text: answer(prediction), finishReason: "stop" };
    },
    preview: () => undefined,
    close: () => undefined,
  };
  const unlimited = { burst: 0, perMinute: 0 };
  const edits = createEdits(
    {
      clock,
      log: ctx.log,
      governor: createGovernor({ clock }, () => ({ typing: unlimited, scripts: unlimited, edits: unlimited })),
      verdict: () => undefined,
      settleRules: () => undefined,
      mayRecord: () => true,
      loadService: () => Promise.resolve(service),
      onSecrets: () => undefined,
      newId: randomUUID,
    },
    () => ({ enabled: "on", model: "", eagerness: "auto", jump, secrets: "redact" }),
  );
  return {
    clock,
    documents: edits.documents,
    asked: () => asked,
    async ask(request) {
      const asking = edits.next(ctx, request);
      const answers: EditResult[] = [];
      void asking.then((result) => answers.push(result));
      while (answers.length === 0) await clock.advance(50);
      return await asking;
    },
  };
}
