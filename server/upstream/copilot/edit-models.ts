// `GET {proxy}/models`: which models predict edits, and how each wants its prompt laid out.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import { authorization } from "../identity.ts";
import type { EditModelEntry, SessionToken } from "../types.ts";
import type { Endpoints } from "./endpoints.ts";
import { requestJson } from "../http/json-response.ts";

const model = v.object({
  serviceType: v.string(),
  name: v.pipe(v.string(), v.minLength(1)),
  capabilities: v.fallback(v.object({ promptStrategy: v.fallback(v.string(), "") }), { promptStrategy: "" }),
});

// One entry that makes no sense does not hide the others.
const reply = v.object({ models: v.array(v.fallback(v.nullable(model), null)) });

/** In the service's order. */
export async function fetchEditModels(
  endpoints: Endpoints,
  ctx: Ctx,
  session: SessionToken,
): Promise<readonly EditModelEntry[]> {
  const { value } = await requestJson(
    endpoints,
    ctx,
    {
      method: "GET",
      url: `${session.endpoints.proxy}/models`,
      headers: {
        ...endpoints.identity(),
        accept: "application/json",
        authorization: authorization(session.token),
      },
      what: "the list of edit models",
      secrets: [session.token],
    },
    reply,
  );
  return value.models.flatMap((entry) =>
    entry === null
      ? []
      : [{ serviceType: entry.serviceType, name: entry.name, promptStrategy: entry.capabilities.promptStrategy }],
  );
}
