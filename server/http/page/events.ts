// `GET /page/events`: all that the page shows, and each part of it again when it has changed, as server-sent events.

import { CopilotError } from "../../../shared/errors.ts";
import type { PageEvents, RecentRequest } from "../../../shared/page.ts";
import { eventStream, namedEvent } from "../formats/framed.ts";
import { quotaRows } from "../../../shared/words/quota.ts";
import { sleep } from "../../runtime/cancel.ts";
import { explained } from "./words.ts";
import type { RequestContext } from "../request/request-context.ts";
import { beginStream, writePiece } from "../response/stream.ts";
import type { Handler } from "../route.ts";
import type { PageDeps } from "./deps.ts";

type Part = keyof PageEvents;

const parts: readonly Part[] = ["status", "requests", "latency", "clients", "settings"];
// A person sees no more, and an editor ends many requests in a second.
const paceMs = 200;
// What changes without a word: the plot moves on, a session is renewed.
const refreshMs = 15_000;
const maxFollowers = 16;

export function createFollow(deps: PageDeps): Handler {
  const { clock, core, listener, page, pid, standbys } = deps;
  let followers = 0;

  const read: { readonly [P in Part]: () => PageEvents[P] } = {
    status: () => {
      const report = core.report();
      return { ...report, listener: listener(), left: report.session ? quotaRows(report.session, clock.nowMs()) : [] };
    },
    requests: () => {
      const requests = page.recorder().requests();
      const list = requests.list.map((request) => ({ ...explained(request), window: windowOf(request) }));
      return { ...requests, list };
    },
    latency: () => page.recorder().latency(),
    clients: () => [{ pid, ...page.client(), isHere: true }, ...standbys.all()],
    settings: page.settings,
  };

  const windowOf = ({ pid: other }: RecentRequest): string | undefined => {
    if (other === undefined) return undefined;
    const name = standbys.all().find((client) => client.pid === other)?.name;
    return name === undefined ? String(other) : `${name}, ${other}`;
  };

  const follow = async (context: RequestContext): Promise<void> => {
    const { ctx, request, response } = context;
    // Only the newest matters: what a slow reader has missed is not kept for it.
    const changed = new Set(parts);
    let wake = (): void => undefined;
    const note = (...which: readonly Part[]): void => {
      for (const part of which) changed.add(part);
      wake();
    };
    const pause = async (ms: number): Promise<void> => {
      if (ctx.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = clock.after(ms, resolve);
        wake = () => {
          timer.cancel();
          resolve();
        };
      });
    };
    const leave = (): void => wake();
    const stops = [
      core.onStatus(() => note("status")),
      page.recorder().onChange(() => note("status", "requests", "latency")),
      standbys.onChange(() => note("clients")),
      page.onSettings(() => note("settings")),
    ];
    ctx.signal.addEventListener("abort", leave, { once: true });
    try {
      beginStream(context, { "Content-Type": eventStream, "Cross-Origin-Resource-Policy": "same-origin" });
      // A client that only asks for the head is answered.
      while (request.method !== "HEAD" && !ctx.signal.aborted) {
        if (changed.size === 0) {
          await pause(refreshMs);
          if (changed.size === 0) note("status", "latency", "clients");
        }
        const text = [...changed].map((part) => namedEvent(part, read[part]())).join("");
        changed.clear();
        await writePiece(context, text);
        wake = () => undefined;
        // At once when the client leaves.
        await sleep(ctx, clock, paceMs).catch(() => undefined);
      }
    } finally {
      for (const stop of stops) stop();
      ctx.signal.removeEventListener("abort", leave);
    }
    response.end();
  };

  return async (context) => {
    if (followers >= maxFollowers) throw new CopilotError("limited", "Too many pages are open.");
    followers += 1;
    try {
      await follow(context);
    } finally {
      followers -= 1;
    }
  };
}
