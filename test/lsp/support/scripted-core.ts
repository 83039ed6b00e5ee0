// A fake core whose completions wait until the test answers them, unless it was told the answer before, and whose sign-in
// goes as the test scripts it.

import type {
  CompletionItem,
  CompletionRequest,
  CompletionResult,
  ItemSink,
  PartialSink,
} from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { AccountState, ModelInfo, SessionReport, SignInStart, Status } from "../../../shared/status.ts";
import type { Core } from "../../../server/core/types.ts";
import { createFakeCore, deviceFlow, nobody } from "../../support/fake-core.ts";
import type { RecordingObserver } from "../../support/fake-prompt.ts";

/** A completion that waits for the test. */
export interface AskedCompletion {
  readonly ctx: Ctx;
  readonly request: CompletionRequest;
  readonly onPartial: PartialSink | undefined;
  readonly onItem: ItemSink | undefined;
  answer(result: CompletionResult): void;
  fail(error: unknown): void;
}

export interface ScriptedCore {
  readonly core: Core;
  readonly asked: readonly AskedCompletion[];
  /** The nth completion that was asked for, once it has been. */
  nextAsked(index: number): Promise<AskedCompletion>;
  /** Answers every completion from now on by itself. */
  answerAll(answer: (request: CompletionRequest) => CompletionResult | CopilotError): void;
  /** From now on completions wait for the test again. */
  answerNone(): void;
  setStatus(status: Status): void;
  setAccount(state: AccountState): void;
  /** What the report says of the session. */
  setSession(session: SessionReport | undefined): void;
  /** A warning of what the plan leaves. */
  warn(message: string): void;
  /** What `models` answers or throws. */
  setModels(models: readonly ModelInfo[] | CopilotError): void;
  /** What `signIn` answers or throws. */
  setSignIn(start: SignInStart | CopilotError): void;
  /** Ends the device flow. */
  endSignIn(outcome: { readonly user: string } | CopilotError): void;
  readonly signInsCancelled: () => number;
  /** What was said of items, in words: `shown ID`, `accepted ID`, `accepted 3 of ID`, `rejected ID`. */
  readonly signals: readonly string[];
  readonly documents: RecordingObserver;
}

export function item(text: string, more: Partial<CompletionItem> = {}): CompletionItem {
  return { id: `id of ${text}`, text, replaceBefore: 0, replaceAfter: 0, ...more };
}

export function items(...texts: readonly (string | CompletionItem)[]): CompletionResult {
  const list = texts.map((text) => (typeof text === "string" ? item(text) : text));
  return { kind: "items", items: list, model: "gpt-41-copilot", source: "upstream" };
}

export function createScriptedCore(): ScriptedCore {
  const asked: AskedCompletion[] = [];
  const arrivals = new Set<() => void>();
  const finishing = new Set<(outcome: { readonly user: string } | CopilotError) => void>();
  const signals: string[] = [];
  let automatic: ((request: CompletionRequest) => CompletionResult | CopilotError) | undefined;
  let signIn: SignInStart | CopilotError = deviceFlow;
  let session: SessionReport | undefined;
  let models: readonly ModelInfo[] | CopilotError = [];
  let hasFlow = false;
  let cancelled = 0;

  const core = createFakeCore({
    complete(ctx, request, onPartial, onItem) {
      const told = automatic?.(request);
      if (told instanceof CopilotError) return Promise.reject(told);
      if (told) return Promise.resolve(told);
      return new Promise((resolve, reject) => {
        ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason), { once: true });
        asked.push({ ctx, request, onPartial, onItem, answer: resolve, fail: reject });
        for (const arrive of arrivals) arrive();
      });
    },
    account: {
      async signIn() {
        if (signIn instanceof CopilotError) throw signIn;
        hasFlow = signIn.kind === "device-flow";
        return signIn;
      },
      finishSignIn(ctx) {
        if (!hasFlow) return Promise.reject(new CopilotError("bad-request", "No sign-in is under way."));
        return new Promise((resolve, reject) => {
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason), { once: true });
          finishing.add((outcome) => (outcome instanceof CopilotError ? reject(outcome) : resolve(outcome)));
        });
      },
      cancelSignIn() {
        cancelled += 1;
        for (const finish of finishing) finish(new CopilotError("cancelled", "The sign-in was cancelled."));
      },
      async signOut() {
        const before = core.account.state();
        core.setAccount(nobody);
        return { leftInEnvironment: before.kind === "signed-in" && before.source === "GH_COPILOT_TOKEN" };
      },
    },
    report: {
      get session() {
        return session;
      },
      model: "gpt-41-copilot",
      completions: { asked: 3, answered: 2, empty: 1 },
      lastEmpty: { reason: "filtered", atMs: 0 },
    },
    async models() {
      if (models instanceof CopilotError) throw models;
      return models;
    },
    shown: (id) => void signals.push(`shown ${id}`),
    accepted: (id, part) => void signals.push(part ? `accepted ${part.acceptedLength} of ${id}` : `accepted ${id}`),
    rejected: (ids) => void signals.push(...ids.map((id) => `rejected ${id}`)),
  });

  return {
    core,
    asked,
    nextAsked: (index) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = asked[index];
          if (!found) return;
          arrivals.delete(look);
          resolve(found);
        };
        arrivals.add(look);
        look();
      }),
    answerAll: (answer) => void (automatic = answer),
    answerNone: () => void (automatic = undefined),
    setStatus: core.setStatus,
    setAccount: core.setAccount,
    setSession(next) {
      session = next;
      core.tellQuotas();
    },
    warn: core.warn,
    setModels: (next) => void (models = next),
    setSignIn: (start) => void (signIn = start),
    endSignIn(outcome) {
      for (const finish of finishing) finish(outcome);
      finishing.clear();
    },
    signInsCancelled: () => cancelled,
    signals,
    documents: core.documents,
  };
}
