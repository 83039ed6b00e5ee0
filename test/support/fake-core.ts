// A core that answers as a test says, and by default as for a person who is signed in; it remembers what it was asked.

import type { Account, Core } from "../../server/core/types.ts";
import type { CompletionRequest, CompletionResult, PartialSink } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { AccountState, SignInStart, Status, StatusReport } from "../../shared/status.ts";
import { createRecordingObserver, previewOf, type RecordingObserver } from "./fake-prompt.ts";

export type Answer = (
  ctx: Ctx,
  request: CompletionRequest,
  onPartial: PartialSink | undefined,
) => Promise<CompletionResult>;

type Overrides = Partial<Omit<Core, "account" | "report" | "documents">> & {
  readonly account?: Partial<Account>;
  readonly state?: AccountState;
  readonly report?: Partial<StatusReport>;
};

export interface FakeCore extends Core {
  readonly asked: readonly CompletionRequest[];
  /** Contexts of the requests, in the order of `asked`. */
  readonly contexts: readonly Ctx[];
  readonly documents: RecordingObserver;
  /** What every request from now on gets. */
  answerWith(answer: Answer): void;
  setAccount(state: AccountState): void;
  setStatus(status: Status): void;
  /** The plan leaves something else: whoever listens looks again. */
  tellQuotas(): void;
  /** A warning of the plan's, to whoever listens. */
  warn(message: string): void;
}

export const octocat: AccountState = { kind: "signed-in", source: "store", user: "octocat" };
export const nobody: AccountState = { kind: "signed-out" };

export const deviceFlow: SignInStart = {
  kind: "device-flow",
  userCode: "ABCD-EFGH",
  verificationUri: "https://github.com/login/device",
  expiresInSeconds: 900,
  intervalSeconds: 5,
};

export function items(...texts: readonly string[]): CompletionResult {
  return {
    kind: "items",
    model: "gpt-41-copilot",
    source: "upstream",
    items: texts.map((text, index) => ({ id: `item-${index}`, text, replaceBefore: 0, replaceAfter: 0 })),
  };
}

/** Resolves when the request is cancelled, by rejecting with the signal's reason as the core does. */
export function untilCancelled(ctx: Ctx): Promise<never> {
  return new Promise((_, reject) => {
    if (ctx.signal.aborted) reject(ctx.signal.reason);
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason), { once: true });
  });
}

export function createFakeCore(overrides: Overrides = {}): FakeCore {
  const { account: accountOverrides, state = octocat, report, ...rest } = overrides;
  const asked: CompletionRequest[] = [];
  const contexts: Ctx[] = [];
  const listeners = new Set<(status: Status) => void>();
  const quotaListeners = new Set<() => void>();
  const warningListeners = new Set<(message: string) => void>();
  let account = state;
  let status: Status = { kind: "Normal", busy: false };
  let answer: Answer = async (_ctx, { n = 1 }) =>
    items(...Array.from({ length: n }, (_, index) => (index === 0 ? "first + second" : `second + first + ${index}`)));
  return {
    asked,
    contexts,
    exclusionOf: async () => undefined,
    lookUpRules: async () => undefined,
    answerWith(next) {
      answer = next;
    },
    setAccount(next) {
      account = next;
    },
    setStatus(next) {
      status = next;
      for (const listener of listeners) listener(next);
    },
    complete(ctx, request, onPartial) {
      asked.push(request);
      contexts.push(ctx);
      return answer(ctx, request, onPartial);
    },
    account: {
      state: () => account,
      signIn: async () => deviceFlow,
      finishSignIn: async () => ({ user: "octocat" }),
      cancelSignIn: () => undefined,
      signOut: async () => ({ leftInEnvironment: false }),
      check: async () => account,
      ...accountOverrides,
    },
    status: () => status,
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tellQuotas() {
      for (const listener of quotaListeners) listener();
    },
    warn(message) {
      for (const listener of warningListeners) listener(message);
    },
    onQuotas(listener) {
      quotaListeners.add(listener);
      return () => quotaListeners.delete(listener);
    },
    onQuotaWarning(listener) {
      warningListeners.add(listener);
      return () => warningListeners.delete(listener);
    },
    report: () => ({
      version: "1.2.3",
      status,
      account,
      server: "https://github.com",
      completions: { asked: asked.length, answered: 0, empty: 0 },
      ...report,
    }),
    model: () => report?.model,
    prompt: async (_ctx, request) => previewOf(request),
    nextEdit: async () => ({ kind: "empty", reason: "no-changes" }),
    nextEditPrompt: async () => ({ strategy: "xtab275", body: {} }),
    documents: createRecordingObserver(),
    models: async () => [
      { id: "gpt-41-copilot", name: "GPT-4.1", vendor: "OpenAI", kind: "completion", preview: false },
    ],
    shown: () => undefined,
    accepted: () => undefined,
    rejected: () => undefined,
    ...rest,
  };
}
