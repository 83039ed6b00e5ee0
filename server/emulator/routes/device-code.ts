// `POST /login/device/code`: a device code and what the person needs to enter it (RFC 8628, section 3.2).

import { field, type Route, signInReply } from "../route.ts";

export const deviceCode: Route = {
  name: "device-code",
  method: "POST",
  path: /^\/login\/device\/code$/,
  answer({ accounts }, call) {
    const reply = accounts.issueDeviceCode(field(call.body, "client_id"), field(call.body, "scope"));
    // GitHub does not tell an unknown app from an unknown page.
    return reply ? signInReply(call, reply) : signInReply(call, { error: "Not Found" }, 404);
  },
};
