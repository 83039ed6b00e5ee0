// A service without a network: answers each question from a function, in one piece, and keeps what it was asked.

import type { CompletionsBody } from "../../../shared/upstream.ts";
import type { SessionSource } from "../../../server/auth/types.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import type { CompletionPiece, CopilotApi, SessionToken } from "../../../server/upstream/types.ts";

export interface ScriptedCopilot extends CopilotApi {
  readonly bodies: readonly CompletionsBody[];
}

export function scriptedCopilot(answer: (body: CompletionsBody) => readonly string[]): ScriptedCopilot {
  const bodies: CompletionsBody[] = [];
  return {
    bodies,
    warm: () => undefined,
    fetchModels: () => Promise.resolve([]),
    openCompletions(_ctx, { body }) {
      bodies.push(body);
      const pieces = answer(body).map((text, index) => ({ index, text, finishReason: "stop" }));
      return Promise.resolve({ pieces: each(pieces) });
    },
  };
}

async function* each(pieces: readonly CompletionPiece[]): AsyncGenerator<readonly CompletionPiece[]> {
  for (const piece of pieces) yield await Promise.resolve([piece]);
}

function session(name = "one"): SessionToken {
  return {
    token: new Secret(`tid=${name};exp=1`),
    expiresAtSeconds: 2_000_000_000,
    refreshInSeconds: 1_500,
    serverNowMs: undefined,
    endpoints: { api: "http://127.0.0.1:9", proxy: "http://127.0.0.1:9" },
    sku: undefined,
    hasExclusionRules: false,
    completionsRemaining: undefined,
  };
}

export function oneSession(): SessionSource {
  const only = session();
  return {
    get: () => Promise.resolve(only),
    peek: () => only,
    reject: () => undefined,
    onRenewed: () => () => undefined,
  };
}
