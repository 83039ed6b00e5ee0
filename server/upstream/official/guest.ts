// Shares the server that another process of the person has started: every question goes there.

import type { Duplex } from "node:stream";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { objectOf } from "../../runtime/json.ts";
import { createConnection } from "../../json-rpc/connection.ts";
import { errorBodyOf, rpcCodes, RpcError } from "../../json-rpc/rpc-error.ts";
import { inWords } from "./failures.ts";
import {
  completionLimitMs,
  HostEndedError,
  type ProcessFacts,
  requestWithin,
  type RequestAbout,
  type Running,
} from "./running.ts";
import { type JoinParams, methods, resultOf } from "./wire.ts";

export interface GuestHandlers {
  /** What the server has said, now or before this process came. */
  onNotification(method: string, params: unknown): void;
  /** The server was started again. */
  onStarted(): void;
  /** The other process shares it no more. Called before the requests under way are rejected. */
  onEnd(): void;
}

const joinLimitMs = 35_000;
/** Longer than the other process waits for the same. */
const graceMs = 1_000;
/** An answer that takes longer may take its time; the other process must then show that it has not been stopped. */
const silenceMs = 2_000;
const pingLimitMs = 3_000;

/** Undefined: the other process does not share its server with this one. Rejects with the signal's reason, or as `request`. */
export async function joinHost(
  ctx: Pick<Ctx, "signal">,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  { stream, processId: sharedBy }: { readonly stream: Duplex; readonly processId: number },
  params: JoinParams,
  { onNotification, onStarted, onEnd }: GuestHandlers,
): Promise<Running | undefined> {
  let facts: ProcessFacts = { processId: 0, version: "", startedInMs: 0 };
  let hasJoined = false;
  const forever = new AbortController().signal;
  const onClosed = (): void => {
    stream.destroy();
    if (hasJoined) onEnd();
    hasJoined = false;
  };
  const connection = createConnection({
    input: stream,
    output: stream,
    log,
    onRequest: async (method) => {
      throw new RpcError(rpcCodes.methodNotFound, `Method not found: ${method}`);
    },
    errorBodyOf,
    onNotification(method, told) {
      const { method: name, params: said } = objectOf(told);
      if (method === methods.said) onNotification(String(name), said);
      if (method !== methods.started) return;
      facts = factsOf(told);
      onStarted();
    },
    onEnd: () => undefined,
  });
  // Before the connection's own listeners, which reject what is under way: who asks again then looks for another process.
  for (const event of ["end", "close", "error"]) stream.on(event, onClosed);
  connection.listen();

  const failed = (error: unknown, what: string): unknown =>
    error instanceof RpcError ? error : new HostEndedError(what);
  let isChecking = false;
  /** Leaves a process that says nothing at all: whoever has asked asks another one. */
  const checkHost = (): void => {
    if (isChecking) return;
    isChecking = true;
    const about = { what: "whether it runs", limitMs: pingLimitMs };
    requestWithin({ clock, connection }, { signal: forever }, [methods.ping, {}], about, failed).then(
      () => (isChecking = false),
      () => {
        log.info("the process that shares GitHub's language server does not answer and is left", { pid: sharedBy });
        stream.destroy();
      },
    );
  };
  const ask = async (
    asked: Pick<Ctx, "signal">,
    method: string,
    body: object,
    about: RequestAbout,
  ): Promise<unknown> => {
    const withGrace = { ...about, limitMs: about.limitMs + graceMs };
    const silence = clock.after(silenceMs, checkHost);
    try {
      return await requestWithin({ clock, connection }, asked, [method, body], withGrace, failed);
    } catch (error) {
      // The other process would have said so itself: it answers nothing at all.
      if (error instanceof CopilotError && error.code === "timeout") stream.destroy();
      throw error;
    } finally {
      silence.cancel();
    }
  };
  const leave = async (): Promise<void> => {
    hasJoined = false;
    stream.destroy();
  };

  try {
    const about = { what: "the other process's server", limitMs: joinLimitMs };
    const joined = await ask(ctx, methods.join, params, about);
    facts = factsOf(joined);
    const { said } = objectOf(joined);
    for (const each of Array.isArray(said) ? said : []) {
      const { method, params: words } = objectOf(each);
      onNotification(String(method), words);
    }
    hasJoined = true;
  } catch (error) {
    stream.destroy();
    if (error instanceof RpcError) return undefined;
    throw error;
  }
  return {
    get processId() {
      return facts.processId;
    },
    get version() {
      return facts.version;
    },
    get startedInMs() {
      return facts.startedInMs;
    },
    sharedBy,
    async request(asked, method, body, about) {
      return resultOf(await ask(asked, methods.request, { method, params: body, ...about }, about));
    },
    async complete(asked, question) {
      return resultOf(
        await ask(asked, methods.complete, question, { what: "the completion", limitMs: completionLimitMs }),
      );
    },
    tellEvent: (event) => void connection.notify(methods.event, event),
    forget: (uri) => void connection.notify(methods.forget, { uri }),
    stop: leave,
  };
}

function factsOf(told: unknown): ProcessFacts {
  const { processId, version, startedInMs } = objectOf(told);
  return { processId: Number(processId), version: inWords(version), startedInMs: Number(startedInMs) };
}
