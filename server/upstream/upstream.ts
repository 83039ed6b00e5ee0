// Everything that leaves the machine, put together: connections, identity, endpoints. The layers above see `types.ts`
// only.

import { randomUUID } from "node:crypto";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { createEmitter } from "../runtime/emitter.ts";
import { createSelector } from "../runtime/memoize.ts";
import { createHttpClient } from "./http/http-client.ts";
import { pollAccessToken } from "./github/access-token.ts";
import { createCompletions } from "./copilot/completions.ts";
import { fetchCopilotUser } from "./github/copilot-user.ts";
import { requestDeviceCode } from "./github/device-code.ts";
import type { Endpoints } from "./copilot/endpoints.ts";
import { gitHubServer } from "./github/hosts.ts";
import { createQuotaReader } from "./copilot/quota.ts";
import { identityHeaders, userAgent } from "./identity.ts";
import { createConnectionManager } from "./http/connection-manager.ts";
import { fetchLogin } from "./github/login.ts";
import { fetchModels } from "./copilot/models.ts";
import { exchangeSession } from "./github/session-token.ts";
import type { EditorIdentity, UpstreamSettings } from "./settings.ts";
import type { SessionToken, ToldQuotas, Upstream } from "./types.ts";
import { warmUp } from "./copilot/warm-up.ts";

export interface UpstreamDeps {
  readonly clock: Clock;
  /** For what belongs to no request. */
  readonly log: Log;
  /** Of this program. */
  readonly version: string;
  /** For the proxy variables and `NODE_EXTRA_CA_CERTS`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Stable and opaque; never made from anything that tells who or where the person is. */
  readonly machineId: () => string;
  /** Who drives us; undefined until somebody says so. */
  readonly identity: () => EditorIdentity | undefined;
}

export function createUpstream(deps: UpstreamDeps, settings: () => UpstreamSettings): Upstream {
  const { clock, log, version } = deps;
  const connections = createConnectionManager(
    { clock, log, environment: deps.environment, userAgent: () => userAgent(version, settings()) },
    settings,
  );
  const http = createHttpClient({ clock, connections }, settings);
  const clients = [http];
  const quotas = createEmitter<{ readonly session: SessionToken; readonly told: ToldQuotas }>(log);
  const endpoints: Endpoints = {
    clock,
    http,
    settings,
    server: createSelector(() => [settings()], gitHubServer),
    identity: createSelector(
      () => [settings(), deps.identity()],
      (now, identity) => identityHeaders(version, now, identity),
    ),
    readQuotas: createQuotaReader((session, told) => quotas.emit({ session, told })),
  };
  // The form that clients of the service give it: a UUID and the start in milliseconds.
  const sessionId = `${randomUUID()}${clock.nowMs()}`;
  const interactionId = randomUUID();
  const warming = new AbortController();
  const warmCtx: Ctx = { signal: warming.signal, log, id: "warm-up" };

  return {
    github: {
      serverUrl() {
        try {
          return endpoints.server().serverUrl;
        } catch {
          // Shown to a person who is about to see why it cannot be used.
          return settings().githubUri;
        }
      },
      requestDeviceCode: (ctx) => requestDeviceCode(endpoints, ctx),
      pollAccessToken: (ctx, deviceCode) => pollAccessToken(endpoints, ctx, deviceCode),
      fetchLogin: (ctx, githubToken) => fetchLogin(endpoints, ctx, githubToken),
      exchangeSession: (ctx, githubToken) => exchangeSession(endpoints, ctx, githubToken),
      // Loaded by the first account that has such rules.
      fetchExclusionRules: async (ctx, githubToken, remotes) =>
        (await import("./github/exclusion-rules.ts")).fetchExclusionRules(endpoints, ctx, githubToken, remotes),
      fetchCopilotUser: (ctx, githubToken) => fetchCopilotUser(endpoints, ctx, githubToken),
    },
    copilot: {
      warm(session) {
        void warmUp(endpoints, (origin) => connections.poolFor(origin).isConnected(), warmCtx, session);
      },
      fetchModels: (ctx, session) => fetchModels(endpoints, ctx, session),
      openCompletions: createCompletions(endpoints, () => ({ sessionId, machineId: deps.machineId() })),
    },
    client(timeouts) {
      const client = createHttpClient({ clock, connections }, () => ({ ...settings(), ...timeouts }));
      clients.push(client);
      return client;
    },
    copilotEdits: {
      // Loaded by the first who asks: most processes are never asked for an edit.
      fetchEditModels: async (ctx, session) =>
        (await import("./copilot/edit-models.ts")).fetchEditModels(endpoints, ctx, session),
      openChat: async (ctx, call) =>
        (await import("./copilot/chat-completions.ts")).openChat(endpoints, interactionId, ctx, call),
    },
    onQuotas: (listener) => quotas.on(listener),
    async close() {
      for (const client of clients) client.close();
      await connections.close();
    },
  };
}
