// `POST {server}/login/oauth/access_token`: one poll of the device flow. RFC 8628, sections 3.4 and 3.5.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import { Secret } from "../../runtime/secret.ts";
import { formHeaders, isFormAnswer } from "./device-code.ts";
import type { Endpoints } from "../copilot/endpoints.ts";
import { requestJson } from "../http/json-response.ts";
import type { DevicePoll } from "../types.ts";
import { clean } from "../error-text.ts";

const reply = v.union([
  v.object({ access_token: v.pipe(v.string(), v.minLength(1)) }),
  v.object({
    error: v.string(),
    error_description: v.fallback(v.optional(v.string()), undefined),
    interval: v.fallback(v.optional(v.pipe(v.number(), v.minValue(0))), undefined),
  }),
]);

export async function pollAccessToken(endpoints: Endpoints, ctx: Ctx, deviceCode: Secret): Promise<DevicePoll> {
  const { clientId } = endpoints.settings();
  const { value } = await requestJson(
    endpoints,
    ctx,
    {
      method: "POST",
      url: `${endpoints.server().serverUrl}/login/oauth/access_token`,
      headers: { ...endpoints.identity(), ...formHeaders },
      body: new URLSearchParams({
        client_id: clientId,
        device_code: deviceCode.reveal(),
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      }).toString(),
      what: "the result of the sign-in",
      secrets: [deviceCode],
    },
    reply,
    isFormAnswer,
  );
  if ("access_token" in value) return { kind: "token", token: new Secret(value.access_token) };
  switch (value.error) {
    case "authorization_pending":
      return { kind: "pending" };
    case "slow_down":
      return { kind: "slow-down", intervalSeconds: value.interval };
    case "expired_token":
      return { kind: "expired" };
    case "access_denied":
      return { kind: "denied" };
    default: {
      const error = clean(value.error, [deviceCode]);
      return { kind: "failed", error, description: clean(value.error_description ?? "", [deviceCode]) || error };
    }
  }
}
