// What a plain client does: waits 75 ms after each key, asks, and lets the latest win. No memory of any kind.

import type { CompletionResult, DocumentRequest } from "../../../shared/completion.ts";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { linkAbort, type LinkedAbort, sleep } from "../../../server/runtime/cancel.ts";
import type { CopilotApi, SessionToken } from "../../../server/upstream/types.ts";

const debounceMs = 75;

export function createNaiveEngine(clock: Clock, copilot: CopilotApi, session: SessionToken) {
  let newest: LinkedAbort | undefined;
  return {
    async complete(ctx: Ctx, request: DocumentRequest): Promise<CompletionResult> {
      newest?.abort(new Error("superseded"));
      const link = linkAbort(ctx.signal);
      newest = link;
      try {
        const own = { ...ctx, signal: link.signal };
        await sleep(own, clock, debounceMs);
        const { pieces } = await copilot.openCompletions(own, {
          session,
          model: "naive",
          requestId: "",
          speculative: false,
          body: {
            prompt: request.before,
            suffix: request.after,
            max_tokens: 500,
            temperature: 0,
            top_p: 1,
            n: 1,
            stop: ["\n"],
            stream: true,
            extra: {
              language: request.languageId,
              next_indent: 0,
              trim_by_indentation: false,
              prompt_tokens: 0,
              suffix_tokens: 0,
            },
            code_annotations: false,
          },
        });
        let text = "";
        for await (const together of pieces) for (const piece of together) text += piece.text;
        if (text === "") return { kind: "empty", reason: "upstream-empty" };
        const item = { id: "", text, replaceBefore: 0, replaceAfter: 0 };
        return { kind: "items", items: [item], model: "naive", source: "upstream" };
      } finally {
        link.unlink();
      }
    },
    shown: () => undefined,
    accepted: () => undefined,
  };
}
