// `copilot/prompt`: the body that a completion by typing at this place in an open document would send. Sends nothing.

import type { PromptResult } from "../../../shared/lsp.ts";
import { readDocumentPosition, readObject } from "../params.ts";
import { requireRequest } from "../suggestions/document-request.ts";
import type { Method } from "../types.ts";

export const prompt: Method =
  (session) =>
  async (ctx, params): Promise<PromptResult> => {
    const at = readDocumentPosition(readObject(params, "params"));
    const { request } = requireRequest(session, at, { trigger: "typed" });
    return (await session.core(ctx)).prompt(ctx, request);
  };
