// Shares the server that this process has started with other processes of the person that have the same settings for it.

import type { Duplex } from "node:stream";
import type { Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { objectOf } from "../../runtime/json.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import { createConnection } from "../../json-rpc/connection.ts";
import { errorBodyOf, rpcCodes, RpcError } from "../../json-rpc/rpc-error.ts";
import type { ItemEvent } from "./feedback.ts";
import type { OwnProcess } from "./own-process.ts";
import type { Window } from "./questions.ts";
import { HostEndedError, type ProcessFacts, type Question } from "./running.ts";
import {
  failureOutcome,
  forSignedIn,
  type JoinResult,
  methods,
  type Outcome,
  passedOn,
  type RequestParams,
  type Saying,
} from "./wire.ts";

export interface Host {
  /** A process has come; it says first what it wants. */
  welcome(stream: Duplex): void;
  /** Passes on what the server has said. */
  tell(saying: Saying): void;
  tellStarted(facts: ProcessFacts): void;
  /** Ends all connections: each process then looks for itself where it can be. */
  dropAll(): void;
}

/** One that reads nothing for so long is not waited for. */
const maxUnreadBytes = 1024 * 1024;

interface Guest {
  notify(method: string, params: object): void;
  drop(): void;
}

export function createHost(deps: {
  readonly log: Log;
  readonly version: string;
  /** What tells settings that differ apart. */
  readonly key: () => string;
  /** The process, started where none runs. */
  readonly own: (ctx: Pick<Ctx, "signal">) => Promise<OwnProcess>;
  /** Resolves when the process has read its sign-in, which it does after it has started. */
  readonly readAccount: (ctx: Pick<Ctx, "signal">) => Promise<unknown>;
  /** The process that runs, or ran last. */
  readonly last: () => ProcessFacts | undefined;
  /** What a new one has to know. */
  readonly said: () => readonly Saying[];
}): Host {
  const { log, own } = deps;
  const guests = new Set<Guest>();

  const welcome = (stream: Duplex): void => {
    let window: { readonly of: OwnProcess; readonly asked: Window } | undefined;
    let hasJoined = false;
    const life = linkAbort();
    const windowOf = (process: OwnProcess): Window => {
      if (window?.of !== process) window = { of: process, asked: process.openWindow() };
      return window.asked;
    };
    /** While it is left alone after it has died, those that come wait with the others. */
    const processFor = async (ctx: Pick<Ctx, "signal">): Promise<ProcessFacts> => {
      try {
        return await own(ctx);
      } catch (error) {
        const last = deps.last();
        const isPause = error instanceof CopilotError && error.code === "upstream-failed";
        if (!isPause || error instanceof HostEndedError || !last) throw error;
        return last;
      }
    };
    const join = async (ctx: Pick<Ctx, "signal">, params: unknown): Promise<JoinResult> => {
      const { version, key } = objectOf(params);
      if (version !== deps.version || key !== deps.key()) {
        throw new RpcError(rpcCodes.invalidRequest, "The settings are others.");
      }
      const { processId, version: itsVersion, startedInMs } = await processFor(ctx);
      hasJoined = true;
      guests.add(guest);
      log.info("GitHub's language server is shared with another process of yours", { processes: guests.size + 1 });
      return { processId, version: itsVersion, startedInMs, said: deps.said() };
    };
    const outcomeOf = async (ctx: Pick<Ctx, "signal">, method: string, params: unknown): Promise<Outcome> => {
      try {
        if (method === methods.complete) {
          // One that has just started again has to read its sign-in first.
          await deps.readAccount(ctx);
          return { result: await windowOf(await own(ctx)).ask(ctx, params as Question) };
        }
        const { method: asked, params: body, what, limitMs } = params as RequestParams;
        if (!passedOn.has(asked)) throw new CopilotError("bad-request", `${asked} is not passed on.`);
        if (forSignedIn.has(asked)) await deps.readAccount(ctx);
        return { result: await (await own(ctx)).request(ctx, asked, body, { what, limitMs }) };
      } catch (error) {
        if (error instanceof HostEndedError) throw error;
        return failureOutcome(error);
      }
    };
    const connection = createConnection({
      input: stream,
      output: stream,
      log,
      async onRequest(method, params, signal) {
        const link = linkAbort(signal, life.signal);
        try {
          if (method === methods.ping) return null;
          if (method === methods.join) return await join(link, params);
          if (!hasJoined) throw new RpcError(rpcCodes.invalidRequest, "It has not joined.");
          return await outcomeOf(link, method, params);
        } catch (error) {
          // The other one then looks for the process that has the server now.
          if (error instanceof HostEndedError) stream.destroy();
          throw error;
        } finally {
          link.unlink();
        }
      },
      errorBodyOf,
      onNotification(method, params) {
        const { uri } = objectOf(params);
        if (method === methods.forget && typeof uri === "string") window?.asked.forget(uri);
        if (method === methods.event) window?.of.tellEvent(params as ItemEvent);
      },
      onEnd() {
        guests.delete(guest);
        life.abort(new CopilotError("cancelled", "The other process has left."));
        window?.asked.leave();
        stream.destroy();
      },
    });
    const guest: Guest = {
      notify(method, params) {
        if (stream.writableLength > maxUnreadBytes) stream.destroy();
        else void connection.notify(method, params);
      },
      drop: () => void stream.destroy(),
    };
    connection.listen();
  };

  return {
    welcome,
    tell(saying) {
      for (const { notify } of guests) notify(methods.said, saying);
    },
    tellStarted({ processId, version, startedInMs }) {
      for (const { notify } of guests) notify(methods.started, { processId, version, startedInMs });
    },
    dropAll() {
      for (const { drop } of guests) drop();
    },
  };
}
