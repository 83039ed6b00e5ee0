// `getCompletions`, of older plugins: one suggestion at the cursor, asked for by typing.

import { legacyCompletions } from "../suggestions/legacy-completions.ts";
import type { Method } from "../types.ts";

export const getCompletions: Method = (session) => (ctx, params) =>
  legacyCompletions(session, ctx, params, { trigger: "typed", n: 1 });
