// `copilot/models`: what the account may ask, by what each model is for. Models that are for neither completion nor chat
// are left out.

import type { LspModel } from "../../../shared/lsp.ts";
import type { Method } from "../types.ts";

export const models: Method =
  (session) =>
  async (ctx): Promise<readonly LspModel[]> => {
    const core = await session.core(ctx);
    const list = await core.models(ctx);
    const model = core.model();
    return list.flatMap(({ id, name, kind, preview }): LspModel[] => {
      if (kind !== "completion" && kind !== "chat") return [];
      const scopes = [kind === "completion" ? "completion" : "chat-panel"] as const;
      return [{ id, modelName: name, scopes, preview, default: id === model || undefined }];
    });
  };
