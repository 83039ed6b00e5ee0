// `GET {proxy}/_ping`: opens the connection before the first completion needs it. What it answers does not matter.

import type { Ctx } from "../../../shared/context.ts";
import type { Endpoints } from "./endpoints.ts";
import type { SessionToken } from "../types.ts";

/** Without a token: nothing is asked but a connection, and not even that when there is one. Never rejects. */
export async function warmUp(
  endpoints: Endpoints,
  isConnected: (origin: string) => boolean,
  ctx: Ctx,
  session: SessionToken,
): Promise<void> {
  try {
    if (isConnected(new URL(session.endpoints.proxy).origin)) return;
    const response = await endpoints.http.request(ctx, {
      method: "GET",
      url: `${session.endpoints.proxy}/_ping`,
      headers: endpoints.identity(),
      what: "a sign of life",
      secrets: [],
    });
    response.drain();
  } catch (error) {
    ctx.log.debug("the connection could not be opened ahead", {
      error: error instanceof Error ? error.message : String(error),
    });
  }
}
