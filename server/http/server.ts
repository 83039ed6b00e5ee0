// The HTTP front as a whole: puts its parts together, and starts and ends them in order. Knows the
// core's types and nothing below.

import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { Clock, Log } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { ListenerState } from "../../shared/http.ts";
import type { Core } from "../core/types.ts";
import { orAfter, pendingInput } from "../runtime/cancel.ts";
import { createAccess } from "./guard/access.ts";
import { createConnections } from "./connections.ts";
import { createDispatch } from "./dispatch.ts";
import { createLeaderFinder } from "./port/leader.ts";
import { createStandbys } from "./port/standbys.ts";
import { createPageKey } from "./guard/page-key.ts";
import type { PageSource } from "./page/deps.ts";
import { createListenSockets } from "./port/listen-sockets.ts";
import { createListener } from "./port/listener.ts";
import { createPeerDoor } from "./port/peer-door.ts";
import { leaderProof } from "./port/proof.ts";
import { createPeerOwnerFinder } from "./guard/peer-owner.ts";
import { createHalfCloseWatch } from "./half-closed.ts";
import { createNodeServer } from "./node-server.ts";
import { HttpError } from "./response/problem.ts";
import { createRouter } from "./router.ts";
import { createRoutes } from "./routes.ts";
import type { HttpSettings } from "./settings.ts";

export interface HttpServer {
  /** Tries to bind and answers how that went; a busy port is a state, not an error. Never rejects. Once only. */
  start(): Promise<ListenerState>;
  state(): ListenerState;
  /** Called on each change, also when the port is taken over later. Returns the way to stop. */
  onState(listener: (state: ListenerState) => void): () => void;
  /** Asks the process that has the port for it, once started. Resolves with the state that comes of it. */
  takeOver(): Promise<ListenerState>;
  /** Takes nothing more, lets requests end for a moment, then ends them with `closing`. Idempotent. */
  close(): Promise<void>;
}

export interface HttpServerDeps {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly version: string;
  readonly page: PageSource;
  readonly metrics: {
    /** Everything that is counted, as text for Prometheus. */
    expose(): string;
    /** A request over HTTP was answered with this status. */
    answered(status: number): void;
  };
  /** File descriptors of sockets that the service manager opened for this process; they go before address and port. */
  readonly inherited: readonly number[];
  /** Another process of the person has come to share something with this one; undefined: there is nothing to share. */
  readonly onPeer: ((socket: Socket) => void) | undefined;
}

/** Limits are read once; everything else in `settings` when it is needed. */
export function createHttpServer(deps: HttpServerDeps, settings: () => HttpSettings): HttpServer {
  const { core, clock, log, newId, version, metrics, inherited, page, onPeer } = deps;
  const { limits } = settings();
  const { pid } = process;

  const connections = createConnections({ clock }, limits);
  const findPeerOwner = createPeerOwnerFinder();
  const watchHalfClose = createHalfCloseWatch({ clock, connections, findPeerOwner });
  const uid = process.platform === "linux" ? process.getuid?.() : undefined;
  const access = createAccess({ findPeerOwner, uid, log }, settings);
  const pageKey = createPageKey({ clock });
  const standbys = createStandbys();
  const findLeader = createLeaderFinder({
    clock,
    findPeerOwner,
    uid,
    token: () => settings().token(),
    client: () => ({ pid, ...page.client() }),
  });
  const sockets = createListenSockets({
    clock,
    log,
    createServer: (isPrivate) =>
      createNodeServer({ connections, access, dispatch, door, watchHalfClose, log }, limits, isPrivate),
    inherited,
  });
  const listener = createListener({ sockets, findLeader, clock, log, spread: (pid % 100) / 100 }, settings);
  const handOver = (): void => {
    if (inherited.length > 0) {
      throw new HttpError(
        403,
        "forbidden",
        "The service manager holds the port for this process: it cannot be given up.",
      );
    }
    log.info("HTTP: the port is handed over to another process of yours");
    listener.handOver();
    door.closeAll();
    const reason = new CopilotError("closing", "This process has handed the port over.");
    connections.drainCurrent(limits.handOverDrainMs, reason);
    // The other processes that wait hear of it when the one that asked has had its time.
    clock.after(limits.handOverMs, () => connections.abort(reason, "detached"));
  };
  const nonce = randomUUID();
  const prove = (port: number, challenge: string): string | undefined => {
    try {
      return leaderProof(settings().token(), port, challenge);
    } catch {
      // A token that is not kept safely proves nothing.
      return undefined;
    }
  };
  const door = createPeerDoor({
    connections,
    access,
    listener: listener.state,
    isClosing: () => isClosing,
    nonce,
    prove,
    welcome: { service: onPeer, requests: page.onWindow },
  });
  const router = createRouter(
    createRoutes({
      clock,
      core,
      version,
      pid,
      listener: listener.state,
      metrics: metrics.expose,
      nonce,
      prove,
      detach: ({ request }) => connections.detach(request.socket),
      checkOwner: ({ request }, nonce) => access.checkOwner(request, nonce),
      checkVisitor: ({ request }, hasTicket) => access.checkVisitor(request, hasTicket),
      page,
      pageKey,
      standbys,
      handOver,
    }),
  );
  let isClosing = false;
  let closed: Promise<void> | undefined;
  const dispatch = createDispatch(
    {
      router,
      connections,
      access,
      pageKey,
      clock,
      log,
      newId,
      isClosing: () => isClosing,
      onAnswered: metrics.answered,
    },
    settings,
  );

  const shutDown = async (): Promise<void> => {
    // What has arrived by now is taken: closing a socket resets the connections that wait in it.
    await pendingInput();
    isClosing = true;
    listener.stop();
    door.closeAll();
    const reason = new CopilotError("closing", "This process is shutting down.");
    connections.abort(reason, "detached");
    const gone = connections.drain().then(() => true);
    if (await orAfter(clock, limits.drainMs, gone, false)) return;
    connections.abort(reason, "counted");
    if (await orAfter(clock, limits.abortGraceMs, gone, false)) return;
    connections.destroyAll();
    await gone;
  };

  return {
    start: listener.start,
    state: listener.state,
    onState: listener.onState,
    takeOver: listener.takeOver,
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}
