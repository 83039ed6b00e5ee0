// The system's keychain: the Secret Service on Linux and BSD, Credential Manager on Windows, Keychain on macOS. Loaded
// only where a token is, or is to be, kept there. Knows nothing of what the secrets are.

import { spawn } from "node:child_process";
import type { Clock } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Keychain } from "../../auth/types.ts";
import { Secret } from "../../runtime/secret.ts";
import { type ChildResult, runChild } from "./child-process.ts";
import type { HelperReply, HelperRequest } from "./helper.ts";
import { readSecurityReply, securityCommand } from "./macos-security.ts";
import type { KeychainReply, KeychainRequest } from "./request.ts";

const service = "copilot-lsp";

export function keychainName(platform: NodeJS.Platform): string {
  if (platform === "darwin") return "macOS Keychain";
  return platform === "win32" ? "Windows Credential Manager" : "Secret Service";
}

/** `helper`: how the program in `helper.ts` is started. `signal` ends whatever is under way. */
export function createKeychain(deps: {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly helper: readonly string[];
  readonly signal: AbortSignal;
}): Keychain {
  const { clock, platform, environment, helper, signal } = deps;
  const name = keychainName(platform);

  const ask = async (request: KeychainRequest, limitMs: number): Promise<string | undefined> => {
    const isMac = platform === "darwin";
    const { command, input } = isMac
      ? securityCommand(service, request)
      : { command: helper, input: `${JSON.stringify({ ...request, service } satisfies HelperRequest)}\n` };
    const result = await runChild(
      { clock, spawn, environment, signal },
      command,
      { text: input, ends: isMac },
      limitMs,
    );
    signal.throwIfAborted();
    const reply = replyOf(result, limitMs, isMac);
    if (reply.kind === "done") return reply.secret;
    throw reply.code === "locked"
      ? new CopilotError("keychain-locked", `The ${name} is locked: ${reply.message}.`, {
          advice: "Unlock it, or run `copilot-lsp login --force --store file`.",
        })
      : new CopilotError("keychain-unavailable", `The ${name} cannot be used: ${reply.message}.`, {
          advice: "Start it, set GH_COPILOT_TOKEN, or run `copilot-lsp login --force --store file`.",
        });
  };

  return {
    name,
    async read(account, limitMs) {
      const secret = await ask({ operation: "read", account }, limitMs);
      return secret === undefined ? undefined : new Secret(secret);
    },
    async write(account, secret, limitMs) {
      await ask({ operation: "write", account, secret: secret.reveal() }, limitMs);
    },
    async erase(account, limitMs) {
      await ask({ operation: "erase", account }, limitMs);
    },
  };
}

function replyOf(result: ChildResult, limitMs: number, isMac: boolean): KeychainReply {
  if (result.kind === "timeout") return unavailable(`it did not answer within ${limitMs / 1_000} s`);
  if (result.kind === "not-started") return unavailable("the program that asks it could not be started");
  return isMac ? readSecurityReply(result) : readHelperReply(result.stdout);
}

function readHelperReply(stdout: string): KeychainReply {
  try {
    const reply = JSON.parse(stdout) as HelperReply;
    if (reply.kind === "done") return { kind: "done", secret: reply.secret };
    return reply.code === "no-library"
      ? unavailable("the optional package @napi-rs/keyring is not installed")
      : { kind: "failed", code: reply.code, message: reply.message };
  } catch {
    return unavailable("the program that asks it gave no answer");
  }
}

const unavailable = (message: string): KeychainReply => ({ kind: "failed", code: "unavailable", message });
