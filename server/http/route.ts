// What the table of routes says of one path.

import type { RequestContext } from "./request/request-context.ts";
import type { ErrorFormat } from "./response/error-format.ts";

/** Answers the request, or throws before anything was written. */
export type Handler = (context: RequestContext) => void | Promise<void>;

export type Method = "GET" | "POST";

/** `HEAD` is answered wherever `GET` is. */
export interface Route {
  /** `{name}` stands for one part between slashes. */
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
  /** Programs of this machine are answered without a token, because the answer is nobody's secret. */
  readonly needsNoToken?: true;
  /** For the page of this listener alone. */
  readonly needsPage?: true;
  readonly errorFormat: ErrorFormat;
}
