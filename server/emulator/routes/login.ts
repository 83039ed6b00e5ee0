// `GET {api}/user`: who the GitHub token belongs to.

import { json, refuseStranger, type Route } from "../route.ts";

export const login: Route = {
  name: "login",
  method: "GET",
  path: /^\/user$/,
  answer: (world, call) =>
    refuseStranger(world, call) ?? json({ login: "octocat", id: 1, type: "User", name: "Octocat", email: null }),
};
