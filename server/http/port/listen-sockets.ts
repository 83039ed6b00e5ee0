// All the addresses that the front listens on, opened and closed together: the port decides, the IPv6 loopback and the
// Unix socket are opened beside it where that is possible. Where the service manager opened sockets, it is those and no
// others.

import type { Server } from "node:net";
import type { Clock, Log, Timer } from "../../../shared/context.ts";
import type { ListenerState } from "../../../shared/http.ts";
import { type ListenSocket, type ListenResult, openInherited, openPort, openSocketFile } from "./listen-socket.ts";
import { isLoopbackAddress, urlOf } from "./loopback.ts";

export type Listening = Extract<ListenerState, { kind: "listening" }>;

export type Opening =
  | { readonly kind: "open"; readonly state: Listening }
  | Extract<ListenResult, { readonly kind: "refused" }>;

export interface ListenSockets {
  /** Opens all; refused when the port is. Must not be called while they are open. Never rejects. */
  open(address: ListenAddress): Promise<Opening>;
  /** Stops listening everywhere before it returns. Idempotent. */
  close(): void;
}

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
  /** Empty: none. */
  readonly socket: string;
  /** Whether a socket that was opened elsewhere is refused when other machines can reach it. */
  readonly isLoopbackOnly: boolean;
}

// The addresses of a process that was killed may become free one after the other.
const companionRetryMs = 50;
const companionTries = 10;
// What a machine without IPv6 says.
const noIpv6: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

export function createListenSockets(deps: {
  readonly clock: Clock;
  readonly log: Log;
  /** `isPrivate`: for an address that only this user can connect to. */
  readonly createServer: (isPrivate: boolean) => Server;
  /** File descriptors of sockets that the service manager opened. */
  readonly inherited: readonly number[];
}): ListenSockets {
  const { clock, log, inherited } = deps;
  let opened: ListenSocket[] = [];
  let turn = 0;
  let retries: Timer[] = [];

  const onTrouble = (error: Error): void =>
    log.warn("HTTP: a connection could not be accepted", { error: error.message });
  const createPublic = (): Server => deps.createServer(false);
  const createPrivate = (): Server => deps.createServer(true);

  /** `mine`: the turn that it belongs to. */
  const openCompanion = async (
    mine: number,
    name: string,
    open: () => Promise<ListenResult>,
    tries = 1,
  ): Promise<boolean> => {
    if (mine !== turn) return false;
    const opening = await open();
    if (opening.kind === "open") {
      if (mine === turn) opened.push(opening.socket);
      else opening.socket.close();
      return mine === turn;
    }
    if (mine !== turn || noIpv6.has(opening.code)) return false;
    if (opening.code === "EADDRINUSE" && tries < companionTries) {
      retries.push(clock.after(companionRetryMs, () => void openCompanion(mine, name, open, tries + 1)));
    } else log.warn(`HTTP is not served on ${name}: ${opening.message}.`);
    return false;
  };

  const close = (): void => {
    turn += 1;
    for (const timer of retries) timer.cancel();
    retries = [];
    // The port last: a process that takes over begins with it and then finds the others free.
    for (const each of opened.reverse()) each.close();
    opened = [];
  };

  const stateOf = ({ address, port }: ListenSocket, socket?: string): Listening => ({
    kind: "listening",
    address,
    port,
    url: urlOf(address, port),
    sinceMs: clock.nowMs(),
    ...(socket === undefined ? {} : { socket }),
  });

  const openAllInherited = async (isLoopbackOnly: boolean): Promise<Opening> => {
    const openings = await Promise.all(inherited.map((fd) => openInherited(fd, createPublic, onTrouble)));
    opened = openings.flatMap((opening) => (opening.kind === "open" ? [opening.socket] : []));
    const refused = openings.find((opening) => opening.kind === "refused");
    const exposed = isLoopbackOnly ? opened.find(({ address }) => !isLoopbackAddress(address)) : undefined;
    const [first] = opened;
    if (first && !refused && !exposed) return { kind: "open", state: stateOf(first) };
    close();
    if (refused?.kind === "refused") return refused;
    const message = `the service manager's socket is on ${exposed?.address}, which others can reach; that needs http.access = token`;
    return { kind: "refused", code: "EACCES", message };
  };

  return {
    async open({ address, port, socket, isLoopbackOnly }) {
      if (inherited.length > 0) return openAllInherited(isLoopbackOnly);
      turn += 1;
      const mine = turn;
      const main = await openPort(address, port, createPublic, onTrouble);
      if (main.kind === "refused") return main;
      if (mine !== turn) {
        main.socket.close();
        return { kind: "refused", code: "ECANCELED", message: "it was given up" };
      }
      const bound = main.socket;
      opened.push(bound);
      if (address === "127.0.0.1") {
        await openCompanion(mine, `[::1]:${bound.port}`, () => openPort("::1", bound.port, createPublic, onTrouble));
      }
      const hasSocket =
        socket !== "" && (await openCompanion(mine, socket, () => openSocketFile(socket, createPrivate, onTrouble)));
      return { kind: "open", state: stateOf(bound, hasSocket ? socket : undefined) };
    },
    close,
  };
}
