// `GET {api}/copilot_internal/v2/token`: a Copilot session token for a GitHub token. Knows nothing of when to ask.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { Secret } from "../../runtime/secret.ts";
import { asNotAuthorized, type Endpoints, gitHubHeaders } from "../copilot/endpoints.ts";
import { endpointUrl } from "./hosts.ts";
import { requestJson } from "../http/json-response.ts";
import { serviceTimeMs } from "../http/retry-after.ts";
import type { SessionToken } from "../types.ts";

const lenientText = v.fallback(v.optional(v.string()), undefined);

// Three fields are needed; whatever is wrong with the others, the token works.
const reply = v.object({
  token: v.pipe(v.string(), v.minLength(1)),
  expires_at: v.number(),
  refresh_in: v.number(),
  endpoints: v.fallback(v.optional(v.object({ api: lenientText, proxy: lenientText })), undefined),
  sku: lenientText,
  // Whatever is not plainly a no means that rules may exist.
  copilotignore_enabled: v.optional(v.fallback(v.nullable(v.boolean()), true)),
  limited_user_quotas: v.fallback(v.nullish(v.object({ completions: v.number() })), undefined),
});

export async function exchangeSession(endpoints: Endpoints, ctx: Ctx, githubToken: Secret): Promise<SessionToken> {
  const { apiUrl } = endpoints.server();
  const { value, response } = await requestJson(
    endpoints,
    ctx,
    {
      method: "GET",
      url: `${apiUrl}/copilot_internal/v2/token`,
      headers: gitHubHeaders(endpoints, githubToken, "2024-12-15"),
      what: "the session token",
      secrets: [githubToken],
    },
    reply,
  ).catch((error: unknown) => {
    throw asNotAuthorized(error);
  });
  const { defaultEndpoints } = endpoints.server();
  return {
    token: new Secret(value.token),
    expiresAtSeconds: value.expires_at,
    refreshInSeconds: value.refresh_in,
    serverNowMs: serviceTimeMs(response.headers),
    endpoints: {
      api: chosen("api", value.endpoints?.api, defaultEndpoints?.api, response.host),
      proxy: chosen("proxy", value.endpoints?.proxy ?? proxyOf(value.token), defaultEndpoints?.proxy, response.host),
    },
    sku: value.sku,
    hasExclusionRules: value.copilotignore_enabled ?? false,
    completionsRemaining: value.limited_user_quotas?.completions,
  };
}

function chosen(kind: "api" | "proxy", named: string | undefined, usual: string | undefined, host: string): string {
  const text = named || usual;
  if (text === undefined) {
    throw new CopilotError("upstream-failed", `${host} gave a session token without its ${kind} endpoint.`, {
      advice: "Ask whoever runs the server whether it offers Copilot.",
    });
  }
  const url = endpointUrl(text);
  if (url === undefined) {
    throw new CopilotError("upstream-failed", `${host} named an ${kind} endpoint that is not an https address.`, {
      advice: "The token is not sent there; check that github.uri is right.",
    });
  }
  return url;
}

/** The `proxy-ep` field of `k=v;k=v:mac`, a bare host. */
function proxyOf(token: string): string | undefined {
  const fields = token.split(":", 1)[0] ?? "";
  const host = /(?:^|;)proxy-ep=([^;]+)/.exec(fields)?.[1];
  return host === undefined ? undefined : `https://${host}`;
}
