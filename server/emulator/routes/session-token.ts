// `GET {api}/copilot_internal/v2/token`: a GitHub token for a session token.

import { json, refuseStranger, type Route } from "../route.ts";

export const sessionToken: Route = {
  name: "session-token",
  method: "GET",
  path: /^\/copilot_internal\/v2\/token$/,
  answer: (world, call) => refuseStranger(world, call) ?? json(world.sessions.issue()),
};
