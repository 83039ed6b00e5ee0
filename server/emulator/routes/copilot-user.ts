// `GET {api}/copilot_internal/user`: the plan and what is left of it.

import { json, refuseStranger, type Route } from "../route.ts";

export const copilotUser: Route = {
  name: "copilot-user",
  method: "GET",
  path: /^\/copilot_internal\/user$/,
  answer: (world, call) => refuseStranger(world, call) ?? json(world.sessions.user()),
};
