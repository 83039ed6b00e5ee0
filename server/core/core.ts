// Puts the account and the engine behind the one interface that fronts know, counts what was asked and keeps the status
// true. It decides nothing about completions.

import type { CompletionResult, ReasonCode } from "../../shared/completion.ts";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { DocumentObserver } from "../../shared/documents.ts";
import type { ExclusionReport } from "../../shared/exclusion.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import type { AccountBinding, ModelInfo, ServiceReport, SessionReport } from "../../shared/status.ts";
import type { Engine } from "../completion/types.ts";
import type { Edits } from "../edits/types.ts";
import { createEmitter } from "../runtime/emitter.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { createQuotaWarnings } from "./quota-warnings.ts";
import { createStatusBoard } from "./status-board.ts";
import type { Account, Core } from "./types.ts";

export interface CoreDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly engine: Engine;
  readonly edits: Edits;
  readonly account: Account;
  /** Why no session can be had just now, while that is so. */
  readonly trouble: () => CopilotError | undefined;
  /** The account's state or the trouble is another one. */
  readonly onAccountChange: (listener: () => void) => () => void;
  /** Why this account answers; undefined for the one without a name. */
  readonly binding: AccountBinding | undefined;
  readonly session: () => SessionReport | undefined;
  /** Of a service in Copilot's place. */
  readonly service: () => ServiceReport | undefined;
  readonly server: () => string;
  /** `session` may say something else of what the plan leaves. */
  readonly onQuotas: (listener: () => void) => () => void;
  /** Whether this program's own requests use up the allowance of this name. */
  readonly usesQuota: (name: string) => boolean;
  /** Whether nobody has claimed `key` before, in any process of this person. Never rejects. */
  readonly claim: (key: string) => Promise<boolean>;
  readonly models: (ctx: Ctx) => Promise<readonly ModelInfo[]>;
  readonly exclusionOf: Core["exclusionOf"];
  readonly lookUpRules: Core["lookUpRules"];
  readonly exclusions: () => ExclusionReport;
  readonly onEnabledChange: (listener: (enabled: boolean) => void) => () => void;
}

function describeBinding({ account, rule }: AccountBinding): string {
  return `Account ${account}${rule === undefined ? "" : `, by ${rule} in auth.account`}.`;
}

export interface RunningCore extends Core {
  /** Another service answers in place of the one that was chosen; undefined: that one again. */
  setFallback(fallback: { readonly name: string; readonly error: CopilotError } | undefined): void;
  /** Stops listening to the parts below; they are closed by whoever made them. */
  close(): void;
}

export function createCore(deps: CoreDeps, settings: () => { readonly enabled: boolean }): RunningCore {
  const { clock, log, engine, edits } = deps;
  const board = createStatusBoard({ clock, log, wellMessage: deps.binding && describeBinding(deps.binding) });
  const quotas = createEmitter<void>(log);
  const warnings = createQuotaWarnings({
    clock,
    log,
    isUsed: deps.usesQuota,
    claim: deps.claim,
    account: deps.binding?.account,
  });
  const lookAtQuotas = (): void => {
    const session = deps.session();
    if (!session) return;
    quotas.emit();
    const state = deps.account.state();
    void warnings.look(session, ("user" in state ? state.user : undefined) ?? "");
  };
  const counts = { asked: 0, answered: 0, empty: 0 };
  let lastEmpty: { reason: ReasonCode; atMs: number } | undefined;
  const noteEmpty = (reason: ReasonCode): void => {
    counts.empty += 1;
    lastEmpty = { reason, atMs: clock.nowMs() };
  };

  board.setEnabled(settings().enabled);
  const lookAtAccount = (): void => {
    board.setAccount(deps.account.state());
    board.setTrouble(deps.trouble());
  };
  lookAtAccount();
  const forget = [
    deps.onAccountChange(lookAtAccount),
    deps.onEnabledChange(board.setEnabled),
    deps.onQuotas(lookAtQuotas),
  ];

  return {
    async complete(ctx, request, onPartial, onItem) {
      counts.asked += 1;
      const end = board.begin();
      try {
        const result = await engine.complete(ctx, request, onPartial, onItem);
        if (result.kind === "items") counts.answered += 1;
        else noteEmpty(result.reason);
        if (request.trigger !== "script") board.setExcluded(messageOf(result));
        // An answer that never reached the service says nothing about it.
        if (result.kind === "items" ? result.source === "upstream" : result.model !== undefined) board.succeeded();
        return result;
      } catch (error) {
        // A signal to the process has its own reason.
        const isStopped = ctx.signal.aborted && !(error instanceof CopilotError);
        const code = isStopped ? "cancelled" : errorCodeOf(error);
        if (code === "internal") {
          log.error("a completion failed unexpectedly", {
            request: ctx.id,
            error: error instanceof Error ? error.stack : String(error),
          });
        }
        if (code !== "cancelled" && code !== "superseded") noteEmpty(code);
        if (!isStopped) board.failed(error);
        throw error;
      } finally {
        end();
      }
    },
    nextEdit: edits.next,
    nextEditPrompt: edits.preview,
    // Ids are unique over both.
    shown(itemId) {
      engine.shown(itemId);
      edits.shown(itemId);
    },
    accepted(itemId, part) {
      engine.accepted(itemId, part);
      edits.accepted(itemId);
    },
    rejected(itemIds) {
      engine.rejected(itemIds);
      edits.rejected(itemIds);
    },
    prompt: (ctx, request) => untilAborted(ctx.signal, engine.preview(request)),
    documents: observers(engine.documents, edits.documents),
    account: deps.account,
    status: board.current,
    onStatus: board.onChange,
    onQuotas: quotas.on,
    onQuotaWarning(listener) {
      const stop = warnings.onWarning(listener);
      // What was learnt before somebody listened.
      lookAtQuotas();
      return stop;
    },
    report: () => ({
      version: deps.version,
      status: board.current(),
      account: deps.account.state(),
      binding: deps.binding,
      server: deps.server(),
      session: deps.session(),
      service: deps.service(),
      model: engine.model(),
      lastEmpty,
      completions: { ...counts },
      exclusions: shownExclusions(deps.exclusions()),
    }),
    exclusionOf: deps.exclusionOf,
    lookUpRules: deps.lookUpRules,
    model: engine.model,
    models: deps.models,
    setFallback: board.setFallback,
    close() {
      for (const stop of forget) stop();
      board.close();
    },
  };
}

/** Why the file is kept from being sent, if it is. */
function messageOf(result: CompletionResult): string | undefined {
  if (result.kind !== "empty" || result.reason !== "excluded") return undefined;
  return result.detail ?? "This file is kept from being sent.";
}

function shownExclusions(report: ExclusionReport): ExclusionReport | undefined {
  return report.repositories.length + report.keptBack.length > 0 ? report : undefined;
}

/** Tells both, in this order. */
function observers(one: DocumentObserver, other: DocumentObserver): DocumentObserver {
  return {
    opened(document) {
      one.opened(document);
      other.opened(document);
    },
    changed(id, lines) {
      one.changed(id, lines);
      other.changed(id, lines);
    },
    closed(id) {
      one.closed(id);
      other.closed(id);
    },
    focused(id) {
      one.focused(id);
      other.focused(id);
    },
  };
}
