// One request on its way through the front, as guards and routes see it.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Ctx } from "../../../shared/context.ts";
import type { Dialect } from "../response/error-format.ts";
import type { HeadLines } from "../response/head.ts";
import type { HttpSettings } from "../settings.ts";

export interface Exchange {
  /** Aborted with `cancelled` when the client leaves, with `closing` when the front closes. */
  readonly ctx: Ctx;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the answer's head says whatever the answer is. Guards may add to it. */
  readonly head: HeadLines;
  /** `isTaken`: all of it is here and was read, though Node may not have said yet that it has ended. */
  readonly body: { isTaken: boolean };
  /** Values of the `{name}` parts of the route's path; none before the route is known. */
  params: Readonly<Record<string, string>>;
  readonly settings: HttpSettings;
  readonly clock: Clock;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

/** Answers the exchange, or throws before anything was written. */
export type Handler = (exchange: Exchange) => void | Promise<void>;

export type Method = "GET" | "POST";

/** What the table says of one path. `HEAD` is answered wherever `GET` is. */
export interface Route {
  /** `{name}` stands for one part between slashes. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
  /** Programs of this machine are answered without a token, because the answer is nobody's secret. */
  readonly needsNoToken?: true;
  /** How its errors look. */
  readonly dialect: Dialect;
}
