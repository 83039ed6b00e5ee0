// What becomes of one answer of the service in a document, without the service and the engine around it.

import type { CompletionItem } from "../../shared/completion.ts";
import { cursorContextOf } from "../../server/completion/postprocess/cursor-context.ts";
import { createPostprocess } from "../../server/completion/postprocess/postprocess.ts";

/** Undefined: it would not be offered. */
export function fitted(
  text: string,
  document: {
    readonly languageId: string;
    readonly before: string;
    readonly after: string;
    readonly lineCount: number;
  },
): CompletionItem | undefined {
  const request = {
    ...document,
    kind: "document",
    documentId: "a",
    trigger: "typed",
    lines: "auto",
    beforeOffset: 0,
  } as const;
  return createPostprocess(cursorContextOf(request), () => "")({ index: 0, text });
}
