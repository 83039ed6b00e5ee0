// The document as it will be once a suggestion stands in it.

import type { CompletionItem, DocumentRequest } from "../../../shared/completion.ts";

/** The query that the document will be asked next, with the cursor at the end of `item`. */
export function afterItem(request: DocumentRequest, item: CompletionItem): DocumentRequest {
  const kept = request.before.slice(0, request.before.length - item.replaceBefore);
  const addedLines = item.text.split("\n").length - 1;
  return {
    ...request,
    trigger: "typed",
    n: 1,
    before: kept + item.text,
    after: request.after.slice(item.replaceAfter),
    lineCount: request.lineCount + addedLines,
    ...(request.line === undefined ? {} : { line: request.line + addedLines }),
  };
}
