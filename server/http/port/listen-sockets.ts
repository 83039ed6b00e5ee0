// All the places that the front serves at, opened and closed together: the port is the one that counts, the IPv6
// loopback and the Unix socket come with it where they can be had.

import type { Socket } from "node:net";
import type { Clock, Log, Timer } from "../../../shared/context.ts";
import type { ListenerState } from "../../../shared/http.ts";
import { type Door, type DoorOpening, openPort, openSocketFile } from "./listen-socket.ts";
import { urlOf } from "./loopback.ts";

export type Listening = Extract<ListenerState, { kind: "listening" }>;

export type Opening =
  | { readonly kind: "open"; readonly state: Listening }
  | Extract<DoorOpening, { readonly kind: "refused" }>;

export interface Doors {
  /** Opens all; refused when the port is. Must not be called while they are open. Never rejects. */
  open(place: Place): Promise<Opening>;
  /** Gives all places back before it returns. Idempotent. */
  close(): void;
}

export interface Place {
  readonly address: string;
  readonly port: number;
  /** Empty: none. */
  readonly socket: string;
}

// A holder that was killed may leave its places one after the other.
const companionRetryMs = 50;
const companionTries = 10;
// What a machine without IPv6 says.
const noIpv6: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT", "EINVAL"]);

export function createDoors(deps: {
  readonly clock: Clock;
  readonly log: Log;
  /** `isPrivate`: it came by a place that only this user can open. */
  readonly onSocket: (socket: Socket, isPrivate: boolean) => void;
}): Doors {
  const { clock, log, onSocket } = deps;
  let opened: Door[] = [];
  let turn = 0;
  let retries: Timer[] = [];

  const onTrouble = (error: Error): void =>
    log.warn("HTTP: a connection could not be accepted", { error: error.message });
  const comeByPort = (socket: Socket): void => onSocket(socket, false);
  const comeBySocket = (socket: Socket): void => onSocket(socket, true);

  const openCompanion = async (place: string, open: () => Promise<DoorOpening>, tries = 1): Promise<boolean> => {
    const mine = turn;
    const opening = await open();
    if (opening.kind === "open") {
      if (mine === turn) opened.push(opening.door);
      else opening.door.close();
      return mine === turn;
    }
    if (mine !== turn || noIpv6.has(opening.code)) return false;
    if (opening.code === "EADDRINUSE" && tries < companionTries) {
      retries.push(clock.after(companionRetryMs, () => void openCompanion(place, open, tries + 1)));
    } else log.warn(`HTTP is not served on ${place}: ${opening.message}.`);
    return false;
  };

  return {
    async open({ address, port, socket }) {
      turn += 1;
      const mine = turn;
      const main = await openPort(address, port, comeByPort, onTrouble);
      if (main.kind === "refused") return main;
      if (mine !== turn) {
        main.door.close();
        return { kind: "refused", code: "ECANCELED", message: "it was given up" };
      }
      const { door } = main;
      opened.push(door);
      if (address === "127.0.0.1") {
        await openCompanion(`[::1]:${door.port}`, () => openPort("::1", door.port, comeByPort, onTrouble));
      }
      const hasSocket =
        socket !== "" && (await openCompanion(socket, () => openSocketFile(socket, comeBySocket, onTrouble)));
      return {
        kind: "open",
        state: {
          kind: "listening",
          address: door.address,
          port: door.port,
          url: urlOf(door.address, door.port),
          sinceMs: clock.nowMs(),
          ...(hasSocket ? { socket } : {}),
        },
      };
    },
    close() {
      turn += 1;
      for (const timer of retries) timer.cancel();
      retries = [];
      // The port last: who takes over begins with it and then finds the others free.
      for (const door of opened.reverse()) door.close();
      opened = [];
    },
  };
}
