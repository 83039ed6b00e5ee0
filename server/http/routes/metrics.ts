// `GET /metrics`: all counts in Prometheus's text format, version 0.0.4.

import { plainErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";
import { sendText } from "../response/answer.ts";

export function createMetricsRoute(deps: { readonly metrics: () => string }, path: string): Route {
  return {
    path,
    errorFormat: plainErrors,
    methods: {
      GET: (context) => sendText(context, deps.metrics(), {}, "text/plain; version=0.0.4; charset=utf-8"),
    },
  };
}
