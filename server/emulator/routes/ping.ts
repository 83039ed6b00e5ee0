// `GET /_ping` of both hosts: whether they can be reached at all.

import type { Route } from "../route.ts";

export const ping: Route = {
  name: "ping",
  method: "GET",
  path: /^\/_ping$/,
  answer: () => ({ kind: "status", status: 200, body: "pong\n" }),
};
