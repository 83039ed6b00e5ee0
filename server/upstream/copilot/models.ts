// `GET {api}/models`: what the account may ask.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import type { ModelInfo } from "../../../shared/status.ts";
import { authorization } from "../identity.ts";
import type { Endpoints } from "./endpoints.ts";
import { requestJson } from "../http/json-response.ts";
import type { SessionToken } from "../types.ts";

const model = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  name: v.fallback(v.optional(v.string()), undefined),
  vendor: v.fallback(v.string(), ""),
  preview: v.fallback(v.boolean(), false),
  capabilities: v.fallback(v.object({ type: v.string() }), { type: "other" }),
});

// One entry that makes no sense does not hide the others.
const reply = v.object({ data: v.array(v.fallback(v.nullable(model), null)) });

/** In the service's order. */
export async function fetchModels(
  endpoints: Endpoints,
  ctx: Ctx,
  session: SessionToken,
): Promise<readonly ModelInfo[]> {
  const { integrationId } = endpoints.settings();
  const { value } = await requestJson(
    endpoints,
    ctx,
    {
      method: "GET",
      url: `${session.endpoints.api}/models`,
      headers: {
        ...endpoints.identity(),
        accept: "application/json",
        authorization: authorization(session.token),
        "x-github-api-version": "2026-06-01",
        ...(integrationId === "" ? {} : { "copilot-integration-id": integrationId }),
      },
      what: "the list of models",
      secrets: [session.token],
    },
    reply,
  );
  return value.data.flatMap((entry) =>
    entry === null
      ? []
      : [
          {
            id: entry.id,
            name: entry.name ?? entry.id,
            vendor: entry.vendor,
            kind: kindOf(entry.capabilities.type),
            preview: entry.preview,
          },
        ],
  );
}

function kindOf(type: string): ModelInfo["kind"] {
  switch (type) {
    case "completion":
    case "chat":
    case "embeddings":
      return type;
    default:
      return "other";
  }
}
