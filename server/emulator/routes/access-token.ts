// `POST /login/oauth/access_token`: one poll of a device flow (RFC 8628, section 3.4). Every outcome has status 200, as
// GitHub does it.

import { field, type Route, signInReply } from "../route.ts";

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

export const accessToken: Route = {
  name: "access-token",
  method: "POST",
  path: /^\/login\/oauth\/access_token$/,
  answer({ accounts }, call) {
    if (field(call.body, "grant_type") !== deviceGrant)
      return signInReply(call, {
        error: "unsupported_grant_type",
        error_description: `The grant type must be ${deviceGrant}.`,
      });
    const reply = accounts.pollDeviceCode(field(call.body, "client_id"), field(call.body, "device_code"));
    return signInReply(call, reply);
  },
};
