// Holds the port, or waits for it: a port that somebody else has is no failure, it is tried again until it is free.
// Does not know what is served on it.

import type { Server } from "node:http";
import type { Clock, Log, Timer } from "../../shared/context.ts";
import type { ListenerState } from "../../shared/http.ts";
import { createEmitter } from "../runtime/emitter.ts";
import type { HttpSettings } from "./settings.ts";

export interface Listener {
  /** Resolves with the outcome of the first try. Never rejects. */
  start(): Promise<ListenerState>;
  state(): ListenerState;
  /** Called on each change. Returns the way to stop. */
  onState(listener: (state: ListenerState) => void): () => void;
  /** Gives the port back; what is connected stays so. Idempotent. */
  stop(): void;
}

type Attempt = { readonly kind: "bound" } | { readonly kind: "refused"; readonly error: NodeJS.ErrnoException };

function tryToListen(server: Server, address: string, port: number): Promise<Attempt> {
  return new Promise((resolve) => {
    const settle = (attempt: Attempt): void => {
      server.off("error", refused);
      server.off("listening", bound);
      resolve(attempt);
    };
    const refused = (error: NodeJS.ErrnoException): void => settle({ kind: "refused", error });
    const bound = (): void => settle({ kind: "bound" });
    server.on("error", refused);
    server.on("listening", bound);
    server.listen({ host: address, port, exclusive: true });
  });
}

function listeningState(server: Server): ListenerState {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return { kind: "off" };
  const { address, port, family } = bound;
  const host = family === "IPv6" ? `[${address}]` : address;
  return { kind: "listening", address, port, url: `http://${host}:${port}` };
}

/** `spread`, 0 to 1, sets this process's waits apart from those of others that wait for the same port. */
export function createListener(
  deps: { readonly server: Server; readonly clock: Clock; readonly log: Log; readonly spread: number },
  settings: () => HttpSettings,
): Listener {
  const { server, clock, log, spread } = deps;
  const states = createEmitter<ListenerState>((error) =>
    log.error("HTTP: a listener of the state failed", { error: String(error) }),
  );
  let state: ListenerState = { kind: "off" };
  let retry: Timer | undefined;
  let isStopped = false;

  // A failed attempt to bind is told by its own handler; what comes later is out of file descriptors or the like.
  server.on("error", (error) => {
    if (server.listening) log.warn("HTTP: a connection could not be accepted", { error: error.message });
  });

  const enter = (next: ListenerState): ListenerState => {
    state = next;
    states.emit(next);
    return next;
  };

  const bind = async (tries: number): Promise<ListenerState> => {
    const { port, address, limits } = settings();
    const attempt = await tryToListen(server, address, port);
    if (isStopped) {
      server.close();
      return state;
    }
    if (attempt.kind === "bound") {
      const next = listeningState(server);
      if (next.kind === "listening") log.info("HTTP: listening", { url: next.url });
      return enter(next);
    }
    const { code = "", message: words } = attempt.error;
    if (code !== "EADDRINUSE") {
      const message = `HTTP cannot be served on ${address}:${port}: ${words}.`;
      log.warn(message);
      return enter({ kind: "failed", port, message });
    }
    const waitMs = Math.min(limits.busyRetryMs * 1.5 ** tries, limits.maxBusyRetryMs) * (0.8 + 0.4 * spread);
    retry = clock.after(waitMs, () => void bind(tries + 1));
    if (state.kind === "busy" && state.port === port) return state;
    const message =
      `Port ${port} is in use, perhaps by another window's copilot-lsp, so this process does not serve HTTP. ` +
      "It takes the port over when it is free; the setting http.port names another one.";
    log.warn(message);
    return enter({ kind: "busy", port, sinceMs: clock.nowMs(), message });
  };

  return {
    start: () => bind(0),
    state: () => state,
    onState: (listener) => states.on(listener),
    stop() {
      if (isStopped) return;
      isStopped = true;
      retry?.cancel();
      if (server.listening) server.close();
      enter({ kind: "off" });
    },
  };
}
