// A core that answers as a test scripts it, and remembers what it was asked.

import type { CompletionRequest, CompletionResult, PartialSink } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import type { AccountState, Status, StatusReport } from "../../../shared/status.ts";
import type { Core } from "../../../server/core/types.ts";
import { createRecordingObserver, previewOf } from "../../support/fake-prompt.ts";

export type Answer = (
  ctx: Ctx,
  request: CompletionRequest,
  onPartial: PartialSink | undefined,
) => Promise<CompletionResult>;

export interface FakeCore extends Core {
  readonly asked: readonly CompletionRequest[];
  /** Contexts of the requests, in the order of `asked`. */
  readonly contexts: readonly Ctx[];
  /** What every request from now on gets. */
  answerWith(answer: Answer): void;
  setAccount(state: AccountState): void;
  setStatus(status: Status): void;
}

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

export function createFakeCore(): FakeCore {
  const asked: CompletionRequest[] = [];
  const contexts: Ctx[] = [];
  let answer: Answer = async () => items("42");
  let account: AccountState = { kind: "signed-in", source: "store", user: "octocat" };
  let status: Status = { kind: "Normal", busy: false };
  const notHere = (): Promise<never> => Promise.reject(new Error("not part of this test"));
  return {
    asked,
    contexts,
    answerWith(next) {
      answer = next;
    },
    setAccount(next) {
      account = next;
    },
    setStatus(next) {
      status = next;
    },
    complete(ctx, request, onPartial) {
      asked.push(request);
      contexts.push(ctx);
      return answer(ctx, request, onPartial);
    },
    account: {
      state: () => account,
      signIn: notHere,
      finishSignIn: notHere,
      cancelSignIn: () => undefined,
      signOut: notHere,
      check: notHere,
    },
    status: () => status,
    onStatus: () => () => undefined,
    report: (): StatusReport => ({
      version: "1.2.3",
      status,
      account,
      server: "https://github.com",
      model: "gpt-41-copilot",
      completions: { asked: asked.length, answered: 0, empty: 0 },
    }),
    model: () => "gpt-41-copilot",
    prompt: async (_ctx, request) => previewOf(request),
    documents: createRecordingObserver(),
    models: notHere,
    shown: () => undefined,
    accepted: () => undefined,
    rejected: () => undefined,
    identify: () => undefined,
    configure: () => [],
  };
}
