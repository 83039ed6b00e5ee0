// `copilot/prompt`: the body that would be sent for a completion at a place in an open document, typed there, and is not
// sent.

import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { PromptResult } from "../../../shared/lsp.ts";
import { excerptAt } from "../documents/excerpt.ts";
import { readDocumentName, readObject, readPosition } from "../params.ts";
import { placeOf, questionAt } from "../suggestions/insertion-point.ts";
import type { Method } from "../types.ts";

export const prompt: Method =
  (session) =>
  async (ctx: Ctx, params): Promise<PromptResult> => {
    const fields = readObject(params, "params");
    const { uri, version } = readDocumentName(fields["textDocument"]);
    const position = readPosition(fields["position"], "position");
    const document = session.documents.get(uri, version);
    const excerpt = excerptAt(document.text, position);
    if (!excerpt) {
      const { lineCount } = document.text;
      throw new CopilotError("bad-request", `position.line must be below ${lineCount}, the document's lines.`);
    }
    const { lines } = session.settings();
    const path = session.workspace.relativePath(uri);
    const file = session.workspace.fullPath(uri);
    const question = questionAt(document, placeOf(excerpt, undefined), { trigger: "typed", lines, path, file });
    return (await session.core(ctx)).prompt(ctx, question);
  };
