// `POST {server}/login/device/code`: the first step of the device flow. RFC 8628, sections 3.1 and 3.2.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { Secret } from "../../runtime/secret.ts";
import type { Endpoints } from "../copilot/endpoints.ts";
import { requestJson } from "../http/json-response.ts";
import type { DeviceCode } from "../types.ts";
import { clean } from "../error-text.ts";

const seconds = v.pipe(v.number(), v.minValue(0));

const reply = v.union([
  v.object({
    device_code: v.pipe(v.string(), v.minLength(1)),
    user_code: v.pipe(v.string(), v.minLength(1)),
    verification_uri: v.pipe(v.string(), v.regex(/^https?:\/\//)),
    expires_in: v.fallback(seconds, 900),
    // Section 3.2: without it, 5 seconds.
    interval: v.fallback(seconds, 5),
  }),
  v.object({ error: v.string(), error_description: v.optional(v.string()) }),
]);

const scope = "read:user";

/** Throws `sign-in-failed` when GitHub refuses to begin, besides the codes of the network. */
export async function requestDeviceCode(endpoints: Endpoints, ctx: Ctx): Promise<DeviceCode> {
  const { clientId } = endpoints.settings();
  const { value } = await requestJson(
    endpoints,
    ctx,
    {
      method: "POST",
      url: `${endpoints.server().serverUrl}/login/device/code`,
      headers: { ...endpoints.identity(), ...formHeaders },
      body: new URLSearchParams({ client_id: clientId, scope }).toString(),
      what: "a sign-in code",
      secrets: [],
    },
    reply,
    isFormAnswer,
  );
  if ("error" in value) {
    throw new CopilotError("sign-in-failed", `GitHub does not begin the sign-in: ${explain(value)}`, {
      advice: "Check auth.clientId and github.uri.",
    });
  }
  return {
    deviceCode: new Secret(value.device_code),
    userCode: value.user_code,
    verificationUri: value.verification_uri,
    expiresInSeconds: value.expires_in,
    intervalSeconds: value.interval,
  };
}

/** Without `accept`, GitHub answers with a form. */
export const formHeaders = {
  accept: "application/json",
  "content-type": "application/x-www-form-urlencoded",
} as const;

/** GitHub says errors with 200, RFC 6749, section 5.2 with 400. */
export function isFormAnswer(status: number): boolean {
  return status === 200 || status === 400;
}

function explain(value: { readonly error: string; readonly error_description?: string | undefined }): string {
  return clean(value.error_description ?? value.error, []);
}
