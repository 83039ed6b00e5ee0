// A listener for HTTP beside an editor, for as long as settings want one.

import { describeError } from "../../shared/errors.ts";
import { section } from "../config/settings.ts";
import type { PageSource } from "../http/page/deps.ts";
import type { HttpServer } from "../http/server.ts";
import type { Opened } from "./accounts.ts";
import type { Parts } from "./parts.ts";

/** Keeps the listener as settings want it, also when an editor changes them. */
export function followHttpSettings(parts: Parts, assembly: Opened, client: PageSource["client"]): void {
  const { config, log, peers, onClose } = parts;
  const wanted = (): string => {
    const { enabled, port, address, socket, access } = section(config.settings(), "http");
    return enabled ? [port, address, socket, access].join(" ") : "";
  };
  const open = async (): Promise<HttpServer> => {
    const { createHttp } = await import("./http-front.ts");
    return createHttp(parts, assembly, () => config.settings()["http.port"], log, [], client);
  };
  let running: HttpServer | undefined;
  let shape: string | undefined;
  let turn = Promise.resolve();
  let isOver = false;
  const follow = (): void => {
    turn = turn
      .then(async () => {
        if (isOver || wanted() === shape) return;
        shape = wanted();
        await running?.close();
        if (shape === "") (await peers.opened())?.leave("this process serves no HTTP (http.enabled)");
        running = shape === "" ? undefined : await open();
        if (!isOver) await running?.start();
      })
      .catch((error: unknown) => log.error(`the HTTP listener did not start: ${describeError(error)}`));
  };
  const stopFollowing = config.onChange(follow);
  onClose(async () => {
    isOver = true;
    stopFollowing();
    // The one that runs now: those before it were closed when they gave way.
    await running?.close();
  });
  follow();
}
