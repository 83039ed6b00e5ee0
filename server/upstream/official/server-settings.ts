// What GitHub's language server is told of the settings, and what tells apart two processes that may not share one.

import { createHash } from "node:crypto";
import { CopilotError } from "../../../shared/errors.ts";
import { findProgram, type Machine } from "./find-program.ts";

export interface OfficialSettings {
  /** Absolute path; empty: on the PATH. */
  readonly command: string;
  /** What its telemetry is to be. */
  readonly telemetry: boolean;
  /** `github.uri`. */
  readonly githubUri: string;
  readonly proxy: string;
  readonly noProxy: string;
  readonly strictTls: boolean;
  readonly caFile: string;
}

/** By the sections that it asks for. */
export function officialSettings({
  telemetry,
  githubUri,
  proxy,
  noProxy,
  strictTls,
}: OfficialSettings): Readonly<Record<string, object>> {
  const hosts = noProxy.split(",").map((host) => host.trim());
  return {
    // It would hold each answer back for 200 ms; this program has a pace of its own.
    "github.copilot": { completionsDelay: 0 },
    // It takes no address over http.
    "github-enterprise": githubUri.startsWith("https:") && !isGitHubCom(githubUri) ? { uri: githubUri } : {},
    http: {
      proxyStrictSSL: strictTls,
      ...(proxy === "" ? {} : { proxy }),
      ...(noProxy === "" ? {} : { noProxy: hosts }),
    },
    telemetry: { telemetryLevel: telemetry ? "all" : "off" },
  };
}

export function nested(sections: Readonly<Record<string, object>>): object {
  const { "github.copilot": copilot, ...others } = sections;
  return { ...others, github: { copilot } };
}

function isGitHubCom(uri: string): boolean {
  return URL.canParse(uri) && new URL(uri).origin === "https://github.com";
}

/** The environment as this program has it, without what concerns other services, and with the certificates that the settings name. */
export function environmentOf(
  environment: Machine["environment"],
  { caFile }: OfficialSettings,
): Readonly<Record<string, string | undefined>> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("COPILOT_LSP_"));
  const certificates = caFile === "" ? {} : { NODE_EXTRA_CA_CERTS: caFile };
  return { ...Object.fromEntries(kept), ...certificates };
}

// Of the environment, what may change who is signed in, where it asks, and what it keeps where.
const telling =
  /^(?:GH_|GITHUB_|COPILOT_|AGENT_DEBUG_|NODE_|SSL_)|_PROXY$|^(?:HOME|USERPROFILE|APPDATA|LOCALAPPDATA|XDG_(?:CONFIG|CACHE|DATA|STATE)_HOME|DO_NOT_TRACK|DISABLE_TELEMETRY)$/i;

/** Equal for two processes that would start the same server with the same settings. It gives nothing of them away. */
export function settingsKey({
  machine,
  settings,
}: {
  readonly machine: Machine;
  readonly settings: () => OfficialSettings;
}): string {
  const now = settings();
  const environment = Object.entries(environmentOf(machine.environment, now))
    .filter(([name, value]) => value !== undefined && telling.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const all = JSON.stringify([commandOf(machine, now.command), officialSettings(now), environment]);
  return createHash("sha256").update(all).digest("hex");
}

function commandOf(machine: Machine, named: string): readonly string[] {
  try {
    return findProgram(machine, named).command;
  } catch (error) {
    if (error instanceof CopilotError) return [error.message];
    throw error;
  }
}
