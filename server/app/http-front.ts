// The HTTP front: a server for one port, with the page.

import { randomUUID } from "node:crypto";
import type { Log } from "../../shared/context.ts";
import { section } from "../config/settings.ts";
import type { PageSource } from "../http/page/deps.ts";
import { createHttpServer, type HttpServer } from "../http/server.ts";
import { defaultHttpLimits } from "../http/settings.ts";
import { createSelector } from "../runtime/memoize.ts";
import type { Opened } from "./accounts.ts";
import { createPageSource } from "./page-source.ts";
import type { Parts } from "./parts.ts";

export async function createHttp(
  parts: Parts,
  assembly: Opened,
  port: () => number,
  httpLog: Log,
  inherited: readonly number[],
  client: PageSource["client"] = () => undefined,
): Promise<HttpServer> {
  const { inputs, clock, config, httpToken, tracer, peers } = parts;
  const { meters } = assembly;
  const complete = tracer.front("http", meters.countFront("http", assembly.byPath.complete));
  const core = { ...assembly.byPath, complete, nextEdit: tracer.editFront("http", assembly.byPath.nextEdit) };
  const page = createPageSource(parts, client);
  const metrics = { expose: meters.expose, answered: meters.httpAnswered };
  const settingsNow = createSelector(
    () => [config.settings(), port()],
    (settings, portNow) => ({
      ...section(settings, "http"),
      port: portNow,
      token: httpToken.read,
      limits: defaultHttpLimits,
    }),
  );
  const shared = await peers.opened();
  const onPeer = shared?.take;
  const deps = {
    core,
    clock,
    log: httpLog,
    newId: randomUUID,
    version: inputs.version,
    metrics,
    inherited,
    page,
    onPeer,
  };
  const server = createHttpServer(deps, settingsNow);
  server.onState(page.follow);
  if (shared) server.onState(shared.tell);
  return server;
}
