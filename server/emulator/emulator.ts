// The stand-in for GitHub and the Copilot API: puts its parts together and hands out the controls. The demo, the tests
// and the benchmarks talk to it over real sockets.

import { randomBytes, randomUUID } from "node:crypto";
import { createAccounts } from "./accounts.ts";
import { type Answer, type AnswerDeps, playAnswer } from "./answer.ts";
import { createCallRecord } from "./calls.ts";
import { continueEdits } from "./edits/edit-model.ts";
import { createExchange, type Exchange, readBody } from "./exchange.ts";
import { createFaults } from "./faults.ts";
import { type OnRequest, startListener } from "./listener.ts";
import { machineClock } from "./machine-clock.ts";
import { continueText } from "./model/model.ts";
import { githubError, type World } from "./route.ts";
import { answerChat } from "./routes/chat-completions.ts";
import { findRoute, type FoundRoute } from "./routes.ts";
import { createSessions } from "./sessions.ts";
import type { Emulator, EmulatorOptions, ScriptedAnswer } from "./types.ts";

const defaultMaxCalls = 10_000;

/** Resolves when it listens. Rejects when the port is taken. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const clock = options.clock ?? machineClock;
  let url = "";
  const accounts = createAccounts(clock, () => url, options.approval === "at-once");
  const sessions = createSessions(clock, () => url);
  const calls = createCallRecord(options.maxCalls ?? defaultMaxCalls);
  const faults = createFaults();
  let model = continueText;
  let editModel = continueEdits;
  let delays = { firstByteDelayMs: options.firstByteDelayMs ?? 0, chunkDelayMs: options.chunkDelayMs ?? 0 };

  const world: World = {
    accounts,
    sessions,
    askModel: (question) => model(question),
    askEditModel: (question) => editModel(question),
  };
  const deps: AnswerDeps = {
    clock,
    usualDelays: () => delays,
    serviceHeaders: ({ call }) => ({
      date: new Date(sessions.nowMs()).toUTCString(),
      "x-github-request-id": requestId(),
      "x-request-id": call.headers["x-request-id"] ?? randomUUID(),
    }),
  };

  const answerTo = (
    scripted: ScriptedAnswer | undefined,
    found: FoundRoute | undefined,
    { call }: Exchange,
  ): Answer => {
    try {
      if (scripted?.kind === "faulty-edit") return answerChat(world, call, scripted.fault);
      if (scripted) return scripted;
      return found?.route.answer(world, call, found.match) ?? githubError(404, "Not Found");
    } catch (error) {
      // A replaced model may throw; the service then has a bad day, and whoever waits is told.
      return githubError(500, String(error));
    }
  };

  const serve = async (...[incoming, outgoing, connection]: Parameters<OnRequest>): Promise<void> => {
    const atMs = clock.monotonicMs();
    const found = findRoute(incoming.method ?? "GET", incoming.url ?? "/");
    const body = await readBody(incoming).catch(() => undefined);
    // The client left before it had said what it wants.
    if (!body) return;
    const exchange = createExchange(found?.route.name ?? "unknown", incoming, outgoing, connection, body, atMs);
    calls.add(exchange.call);
    const { answer, released } = faults.claim(exchange.call);
    await released;
    if (exchange.gone.aborted) return;
    await playAnswer(deps, exchange, answerTo(answer, found, exchange));
  };

  const listener = await startListener(options, (...request) => void serve(...request));
  url = listener.url;

  return {
    url,
    calls: calls.all,
    callsTo: calls.to,
    nextCall: calls.next,
    githubToken: accounts.firstToken,
    approveSignIn: () => accounts.decide("approved"),
    denySignIn: () => accounts.decide("denied"),
    expireDeviceCodes: accounts.expireDeviceCodes,
    slowDownPolls: (times, { namesInterval }) => accounts.slowDownPolls(times, namesInterval),
    revokeGitHubTokens: accounts.revokeTokens,
    expireSessions: sessions.expireAll,
    setSession: sessions.set,
    setDeviceFlow: accounts.setDeviceFlow,
    setExclusionRules: sessions.setExclusionRules,
    setQuota: sessions.setQuota,
    setUser: sessions.setUser,
    setQuotaHeaders: sessions.setQuotaHeaders,
    setCompletionModels: sessions.setCompletionModels,
    setModel: (replacement) => {
      model = replacement ?? continueText;
    },
    setEditModels: sessions.setEditModels,
    setEditModel: (replacement) => {
      editModel = replacement ?? continueEdits;
    },
    setDelays: ({ firstByteDelayMs = delays.firstByteDelayMs, chunkDelayMs = delays.chunkDelayMs }) => {
      delays = { firstByteDelayMs, chunkDelayMs };
    },
    script: (route, answer, { times = 1 } = {}) => faults.script(route, answer, times),
    hold: faults.hold,
    dropConnections: listener.cutConnections,
    inFlight: calls.inFlight,
    get tokens() {
      return [...accounts.secrets, ...sessions.secrets];
    },
    close: listener.close,
  };
}

/** In the form of GitHub's own: five groups of upper-case hexadecimal digits. */
function requestId(): string {
  const hex = randomBytes(16).toString("hex").toUpperCase();
  return [hex.slice(0, 4), hex.slice(4, 10), hex.slice(10, 17), hex.slice(17, 24), hex.slice(24)].join(":");
}
