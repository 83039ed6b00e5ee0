// GitHub as arithmetic cases need it: answers at once, or when the test lets it, and remembers who asked for what when.

import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError, type ErrorCode, type ErrorDetails } from "../../../shared/errors.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import type { CopilotUser, DeviceCode, DevicePoll, GitHubApi, SessionToken } from "../../../server/upstream/types.ts";

export interface FakeCall {
  readonly name: "device-code" | "poll" | "login" | "session" | "user";
  readonly server: string;
  /** The GitHub token that was sent, if one was. */
  readonly token: string | undefined;
  readonly atMs: number;
  readonly signal: AbortSignal;
}

export interface FakeGitHub extends GitHubApi {
  readonly calls: readonly FakeCall[];
  count(name: FakeCall["name"]): number;
  /** When each call came, in milliseconds since the first clock reading. */
  timesOf(name: FakeCall["name"]): readonly number[];
  server: string;
  /** What the next answers are made of; a test replaces them. */
  session: (call: FakeCall) => SessionToken | Promise<SessionToken>;
  poll: () => DevicePoll | Promise<DevicePoll>;
  code: () => DeviceCode | Promise<DeviceCode>;
  login: (call: FakeCall) => string | Promise<string>;
  user: (call: FakeCall) => CopilotUser | Promise<CopilotUser>;
}

export const failure = (code: ErrorCode, details: ErrorDetails = {}): CopilotError =>
  new CopilotError(code, `made up: ${code}`, details);

let made = 0;

/** `lifetimeSeconds` counts from the service's clock, which is an hour ahead of everybody's unless it says nothing. */
export function sessionToken(fields: Partial<SessionToken> & { readonly lifetimeSeconds?: number } = {}): SessionToken {
  made += 1;
  const { lifetimeSeconds = 1_800, ...rest } = fields;
  const serverNowMs = Date.UTC(2026, 0, 1, 1);
  return {
    token: new Secret(`tid=session${made};exp=1:mac`),
    expiresAtSeconds: serverNowMs / 1_000 + lifetimeSeconds,
    refreshInSeconds: 1_500,
    serverNowMs,
    endpoints: { api: "https://api.example/v1", proxy: "https://proxy.example" },
    sku: "test_sku",
    hasExclusionRules: false,
    completionsRemaining: undefined,
    ...rest,
  };
}

/** Rejects with the signal's reason, as everything that waits does; never resolves by itself. */
export function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export function createFakeGitHub(clock: Clock): FakeGitHub {
  const calls: FakeCall[] = [];
  const startMs = clock.monotonicMs();
  const note = (name: FakeCall["name"], ctx: Ctx, token?: Secret): FakeCall => {
    const call = {
      name,
      server: fake.server,
      token: token?.reveal(),
      atMs: clock.monotonicMs() - startMs,
      signal: ctx.signal,
    };
    calls.push(call);
    return call;
  };
  const fake: FakeGitHub = {
    calls,
    count: (name) => calls.filter((call) => call.name === name).length,
    timesOf: (name) => calls.filter((call) => call.name === name).map((call) => call.atMs),
    server: "https://github.com",
    session: () => sessionToken(),
    poll: () => ({ kind: "pending" }),
    code: () => ({
      deviceCode: new Secret("device-code-0123456789"),
      userCode: "ABCD-1234",
      verificationUri: "https://github.com/login/device",
      expiresInSeconds: 900,
      intervalSeconds: 5,
    }),
    login: () => "octocat",
    user: () => ({
      login: "octocat",
      plan: "individual",
      tokenBasedBilling: undefined,
      quotaResetDate: "2026-02-01",
      quotas: { completions: { unlimited: true, percentRemaining: 100 } },
    }),
    serverUrl: () => fake.server,
    async requestDeviceCode(ctx) {
      note("device-code", ctx);
      return fake.code();
    },
    async pollAccessToken(ctx) {
      note("poll", ctx);
      return fake.poll();
    },
    async fetchLogin(ctx, token) {
      return fake.login(note("login", ctx, token));
    },
    async exchangeSession(ctx, token) {
      return fake.session(note("session", ctx, token));
    },
    fetchExclusionRules: () => Promise.reject(failure("internal")),
    async fetchCopilotUser(ctx, token) {
      return fake.user(note("user", ctx, token));
    },
  };
  return fake;
}
