// The routes of the page. What answers them is loaded when somebody opens it.

import { plainErrors } from "../response/error-format.ts";
import type { Handler, Route } from "../route.ts";
import type { PageDeps, PageHandlers } from "./deps.ts";

/** Where `GET /` leads a browser. */
export const pagePath = "/page";

export function createPageRoutes(deps: PageDeps): readonly Route[] {
  let handlers: Promise<PageHandlers> | undefined;
  const handle =
    (name: keyof PageHandlers): Handler =>
    async (context) => {
      handlers ??= import("./handlers.ts").then(({ createPageHandlers }) => createPageHandlers(deps));
      await (await handlers)[name](context);
    };
  const errorFormat = plainErrors;
  return [
    // It has a check of its own, because a browser has no token.
    { path: pagePath, errorFormat, needsNoToken: true, methods: { GET: handle("getPage") } },
    { path: `${pagePath}/events`, errorFormat, needsPage: true, methods: { GET: handle("events") } },
    { path: `${pagePath}/prompt`, errorFormat, needsPage: true, methods: { POST: handle("prompt") } },
    { path: `${pagePath}/recording`, errorFormat, needsPage: true, methods: { POST: handle("recording") } },
    { path: `${pagePath}/signin`, errorFormat, needsPage: true, methods: { POST: handle("signIn") } },
    { path: `${pagePath}/signin/cancel`, errorFormat, needsPage: true, methods: { POST: handle("cancelSignIn") } },
    // Asked by a process of this person, which proves that in a way of its own.
    { path: `${pagePath}/ticket`, errorFormat, needsNoToken: true, methods: { POST: handle("ticket") } },
  ];
}
