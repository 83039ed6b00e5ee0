// A core that answers as a test says, and by default as for a person who is signed in.

import type { Account, Core } from "../../../server/core/types.ts";
import type { AccountState, StatusReport } from "../../../shared/status.ts";
import { createRecordingObserver, previewOf } from "../../support/fake-prompt.ts";

type Overrides = Partial<Omit<Core, "account" | "report">> & {
  readonly account?: Partial<Account>;
  readonly state?: AccountState;
  readonly report?: Partial<StatusReport>;
};

export const octocat: AccountState = { kind: "signed-in", source: "store", user: "octocat" };
export const nobody: AccountState = { kind: "signed-out" };

export function createFakeCore(overrides: Overrides = {}): Core {
  const { account, state = octocat, report, ...rest } = overrides;
  return {
    complete: async (_ctx, request) => ({
      kind: "items",
      items: Array.from({ length: request.n ?? 1 }, (_, index) => ({
        id: `id-${index}`,
        text: index === 0 ? "first + second" : `second + first + ${index}`,
        replaceBefore: 0,
        replaceAfter: 0,
      })),
      model: "gpt-41-copilot",
      source: "upstream",
    }),
    account: {
      state: () => state,
      signIn: async () => ({
        kind: "device-flow",
        userCode: "ABCD-1234",
        verificationUri: "https://github.com/login/device",
        expiresInSeconds: 900,
        intervalSeconds: 5,
      }),
      finishSignIn: async () => ({ user: "octocat" }),
      cancelSignIn: () => undefined,
      signOut: async () => ({ leftInEnvironment: false }),
      check: async () => state,
      ...account,
    },
    status: () => ({ kind: "Normal", busy: false }),
    onStatus: () => () => undefined,
    report: () => ({
      version: "1.2.3",
      status: { kind: "Normal", busy: false },
      account: state,
      server: "https://github.com",
      completions: { asked: 0, answered: 0, empty: 0 },
      ...report,
    }),
    model: () => report?.model,
    prompt: async (_ctx, request) => previewOf(request),
    documents: createRecordingObserver(),
    models: async () => [
      { id: "gpt-41-copilot", name: "GPT-4.1", vendor: "OpenAI", kind: "completion", preview: false },
    ],
    shown: () => undefined,
    accepted: () => undefined,
    rejected: () => undefined,
    identify: () => undefined,
    configure: () => [],
    ...rest,
  };
}
