// Looks who answers at an address of this machine: nobody, a copilot-lsp, or another program.

import type { Clock, Ctx } from "../../shared/context.ts";
import { withDeadline } from "./deadline.ts";
import type { PortHolder } from "./env.ts";
import { askLocal } from "./local-http.ts";

const limitMs = 1_000;
const maxBytes = 65_536;

/** Rejects only with the signal's reason. A program that does not speak HTTP, or says nothing in time, is foreign. */
export async function probePort(ctx: Ctx, clock: Clock, url: string): Promise<PortHolder> {
  try {
    const answer = await withDeadline(ctx, clock, limitMs, (limited) =>
      askLocal(limited, `${url}/health`, { maxBytes }),
    );
    return readHealth(answer.body) ?? { kind: "foreign", server: answer.server };
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    const isFree = error instanceof Error && "code" in error && error.code === "ECONNREFUSED";
    return isFree ? { kind: "nobody" } : { kind: "foreign", server: undefined };
  }
}

/** The body of `GET /health`, if it is one of ours, or of the refusal that another person's gives. */
function readHealth(body: string): PortHolder | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  if ("error" in json && isRefusal(json.error)) return { kind: "foreign", server: undefined, refuses: true };
  if (!("name" in json) || json.name !== "copilot-lsp") return undefined;
  const pid = "pid" in json && typeof json.pid === "number" ? json.pid : undefined;
  const version = "version" in json && typeof json.version === "string" ? json.version : undefined;
  const since = "listeningSinceMs" in json ? json.listeningSinceMs : undefined;
  return { kind: "copilot-lsp", pid, version, sinceMs: typeof since === "number" ? since : undefined };
}

function isRefusal(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === "forbidden";
}
