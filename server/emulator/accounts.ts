// GitHub's side of signing in: device codes, the person who enters them, and the OAuth tokens that come of it
// (RFC 8628). Knows nothing of Copilot.

import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "../../shared/context.ts";
import type { AccessTokenReply, DeviceCodeReply } from "../../shared/upstream.ts";

export interface Accounts {
  /** An OAuth token that is accepted from the start. */
  readonly firstToken: string;
  /** Every token and device code handed out. */
  readonly secrets: readonly string[];
  /** Undefined when there is no such app. */
  issueDeviceCode(clientId: string, scope: string): DeviceCodeReply | undefined;
  pollDeviceCode(clientId: string, deviceCode: string): AccessTokenReply;
  accepts(githubToken: string): boolean;
  decide(decision: "approved" | "denied"): void;
  expireDeviceCodes(): void;
  slowDownPolls(times: number, namesInterval: boolean): void;
  revokeTokens(): void;
  setDeviceFlow(fields: { readonly intervalSeconds?: number; readonly expiresInSeconds?: number }): void;
}

interface OpenCode {
  readonly clientId: string;
  readonly scope: string;
  readonly expiresAtMs: number;
  state: "pending" | "approved" | "denied" | "void";
  intervalSeconds: number;
  polledAtMs: number | undefined;
}

// RFC 8628, section 3.5: this much is added with every `slow_down`.
const slowDownSeconds = 5;
// Timers may fire a little early, and a client may count from when it sent its last poll.
const pollToleranceMs = 100;
// Ids of GitHub Apps and of OAuth apps, old form and new.
const clientIdShape = /^(Iv1\.[0-9a-f]{16}|Iv23\w{16}|Ov23\w{16}|[0-9a-f]{20})$/;
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ0123456789";

export function createAccounts(clock: Clock, url: () => string, approvesAtOnce: boolean): Accounts {
  const codes = new Map<string, OpenCode>();
  const accepted = new Set<string>();
  const secrets: string[] = [];
  let intervalSeconds = 5;
  let expiresInSeconds = 900;
  let nextDecision: "approved" | "denied" | undefined;
  let forcedSlowDowns = 0;
  let forcedNameInterval = true;

  const issueToken = (): string => {
    // The shape of a user token of a GitHub App: a prefix and 36 letters and digits.
    const token = `ghu_${randomLetters(36)}`;
    accepted.add(token);
    secrets.push(token);
    return token;
  };

  const slowDown = (code: OpenCode, namesInterval: boolean): AccessTokenReply => {
    code.intervalSeconds += slowDownSeconds;
    return {
      error: "slow_down",
      error_description: `Too many requests have been made in the same timeframe. Wait ${code.intervalSeconds} seconds.`,
      error_uri: "https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow",
      ...(namesInterval ? { interval: code.intervalSeconds } : {}),
    };
  };

  return {
    firstToken: issueToken(),
    secrets,
    issueDeviceCode(clientId, scope) {
      if (!clientIdShape.test(clientId)) return undefined;
      const deviceCode = randomBytes(20).toString("hex");
      secrets.push(deviceCode);
      codes.set(deviceCode, {
        clientId,
        scope,
        expiresAtMs: clock.nowMs() + expiresInSeconds * 1000,
        state: approvesAtOnce ? "approved" : (nextDecision ?? "pending"),
        intervalSeconds,
        polledAtMs: undefined,
      });
      nextDecision = undefined;
      return {
        device_code: deviceCode,
        user_code: `${randomLetters(4, userCodeLetters)}-${randomLetters(4, userCodeLetters)}`,
        verification_uri: `${url()}/login/device`,
        expires_in: expiresInSeconds,
        interval: intervalSeconds,
      };
    },
    pollDeviceCode(clientId, deviceCode) {
      const code = codes.get(deviceCode);
      if (!clientIdShape.test(clientId) || (code && code.clientId !== clientId))
        return failed("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
      if (!code) return failed("incorrect_device_code", "The device_code provided is not valid.");
      if (code.state === "void" || clock.nowMs() >= code.expiresAtMs)
        return failed("expired_token", "This 'device_code' has expired.");
      const lastMs = code.polledAtMs;
      const nowMs = clock.monotonicMs();
      code.polledAtMs = nowMs;
      if (forcedSlowDowns > 0) {
        forcedSlowDowns -= 1;
        return slowDown(code, forcedNameInterval);
      }
      if (lastMs !== undefined && nowMs - lastMs < code.intervalSeconds * 1000 - pollToleranceMs)
        return slowDown(code, true);
      switch (code.state) {
        case "pending":
          return failed("authorization_pending", "The authorization request is still pending.");
        case "denied":
          return failed("access_denied", "The authorization request was denied.");
        case "approved":
          // A code works once.
          codes.delete(deviceCode);
          return { access_token: issueToken(), token_type: "bearer", scope: code.scope };
      }
    },
    accepts: (githubToken) => accepted.has(githubToken),
    decide(decision) {
      const open = [...codes.values()].filter(({ state }) => state === "pending");
      for (const code of open) code.state = decision;
      if (open.length === 0) nextDecision = decision;
    },
    expireDeviceCodes() {
      for (const code of codes.values()) code.state = "void";
    },
    slowDownPolls(times, namesInterval) {
      forcedSlowDowns = times;
      forcedNameInterval = namesInterval;
    },
    revokeTokens: () => accepted.clear(),
    setDeviceFlow(fields) {
      intervalSeconds = fields.intervalSeconds ?? intervalSeconds;
      expiresInSeconds = fields.expiresInSeconds ?? expiresInSeconds;
    },
  };
}

function failed(error: string, description: string): AccessTokenReply {
  return {
    error,
    error_description: description,
    error_uri: "https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow",
  };
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

function randomLetters(count: number, from: string = letters): string {
  let text = "";
  for (let index = 0; index < count; index += 1) text += from.charAt(randomInt(from.length));
  return text;
}
