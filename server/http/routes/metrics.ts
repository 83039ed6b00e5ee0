// `GET /metrics`: all counts in Prometheus's text format, version 0.0.4.

import { plainDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";
import { writeHead } from "../response/head.ts";

export function createMetricsRoute(deps: { readonly metrics: () => string }, path: string): Route {
  return {
    path,
    dialect: plainDialect,
    methods: {
      GET(exchange) {
        const body = Buffer.from(deps.metrics());
        const type = ["Content-Type", "text/plain; version=0.0.4; charset=utf-8"];
        writeHead(exchange, 200, [...type, "Content-Length", String(body.length)]).end(
          exchange.request.method === "HEAD" ? undefined : body,
        );
      },
    },
  };
}
