// `getCompletionsCycling`, of older plugins: several suggestions at the cursor, because the person wants others.

import { legacyCompletions } from "../suggestions/legacy-completions.ts";
import { cycledItems } from "../suggestions/suggest.ts";
import type { Method } from "../types.ts";

export const getCompletionsCycling: Method = (session) => (ctx, params) =>
  legacyCompletions(session, ctx, params, { trigger: "invoked", n: cycledItems });
