// Who is measured: this program's engine with its own settings and budget, and the rules of the official server.

import { randomUUID } from "node:crypto";
import type { Ctx, Log } from "../../../shared/context.ts";
import type { DocumentObserver } from "../../../shared/documents.ts";
import type { EditResult, OpenDocumentEditRequest } from "../../../shared/edits.ts";
import { createEdits } from "../../../server/edits/edits.ts";
import { createRecorder } from "../../../server/edits/history/recorder.ts";
import type { EditService } from "../../../server/edits/service.ts";
import type { EditSettings } from "../../../server/edits/settings.ts";
import { createGovernor, type GovernorSettings } from "../../../server/governor/governor.ts";
import type { ManualClock } from "../../support/manual-clock.ts";
import { createOfficialRules } from "./official-rules.ts";

export interface BenchEngine {
  readonly observer: DocumentObserver;
  next(ctx: Ctx, request: OpenDocumentEditRequest): Promise<EditResult>;
  rejected(id: string): void;
  close(): Promise<void>;
}

export type MakeEngine = (clock: ManualClock, service: EditService) => BenchEngine;

const settings: EditSettings = { enabled: "on", model: "", eagerness: "auto", jump: "words", secrets: "redact" };
const unlimited = { burst: 0, perMinute: 0 };
const silent = (): void => undefined;
export const quietLog: Log = { error: silent, warn: silent, info: silent, debug: silent, trace: silent };

/** The settings' defaults. */
const own: GovernorSettings = { typing: unlimited, scripts: unlimited, edits: { burst: 5, perMinute: 20 } };

export const ours: MakeEngine = (clock, service) => {
  const edits = createEdits(
    {
      clock,
      log: quietLog,
      governor: createGovernor({ clock }, () => own),
      verdict: () => undefined,
      settleRules: () => undefined,
      mayRecord: () => true,
      loadService: () => Promise.resolve(service),
      onSecrets: silent,
      newId: randomUUID,
    },
    () => settings,
  );
  return { observer: edits.documents, next: edits.next, rejected: (id) => edits.rejected([id]), close: edits.close };
};

export const official: MakeEngine = (clock, service) =>
  createOfficialRules({
    clock,
    service,
    governor: createGovernor({ clock }, () => ({ ...own, edits: unlimited })),
    recorder: createRecorder({ clock, mayRecord: () => true }),
  });
