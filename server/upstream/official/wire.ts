// What two processes of this program say to each other where one shares the other's server: JSON-RPC with the methods
// below. Both are of one version, so that nothing here has to be read from older ones.

import { CopilotError, errorCodes } from "../../../shared/errors.ts";
import { objectOf } from "../../runtime/json.ts";
import { ExcludedByServiceError } from "../../completion/service.ts";
import type { ProcessFacts } from "./running.ts";

export const methods = {
  /** The first. `JoinParams` → `JoinResult`, or an error: this process's server is not for that one. */
  join: "join",
  /** → null, at once. */
  ping: "ping",
  /** `RequestParams` → `Outcome`. */
  request: "request",
  /** `Question` → `Outcome`. */
  complete: "complete",
  /** Notification, `{uri}`: the window has closed a document. */
  forget: "forget",
  /** Notification, `ItemEvent`: what became of a suggestion. */
  event: "event",
  /** Notification, `Saying`: what the server has said to all. */
  said: "said",
  /** Notification, `ProcessFacts`: the server was started again. */
  started: "started",
} as const;

/** Requests to the server that a process may pass on: none that opens documents or ends it. */
export const passedOn: ReadonlySet<string> = new Set([
  "checkFileStatus",
  "checkStatus",
  "copilot/models",
  "getVersion",
  "signIn",
  "signOut",
  "workspace/executeCommand",
]);

/** Of those, what a server refuses that has not read its sign-in yet. */
export const forSignedIn: ReadonlySet<string> = new Set(["checkFileStatus", "copilot/models"]);

export interface JoinParams {
  readonly version: string;
  readonly key: string;
}

export interface JoinResult extends ProcessFacts {
  /** What a new one has to know of what was said before. */
  readonly said: readonly Saying[];
}

export interface Saying {
  readonly method: string;
  readonly params: unknown;
}

export interface RequestParams {
  readonly method: string;
  readonly params: object;
  readonly what: string;
  readonly limitMs: number;
}

export type Outcome = { readonly result: unknown } | { readonly failure: Failure };

/** Beside the codes of errors. */
const excluded = "excluded";

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly advice?: string | undefined;
}

/** An error that is not this program's own is a defect, and its words stay where it happened. */
export function failureOutcome(error: unknown): Outcome {
  if (error instanceof ExcludedByServiceError) return { failure: { code: excluded, message: error.message } };
  if (!(error instanceof CopilotError)) return { failure: { code: "internal", message: "The request failed." } };
  const { code, message, advice } = error;
  return { failure: { code, message, advice } };
}

/** Throws the failure that it tells of. */
export function resultOf(outcome: unknown): unknown {
  const { result, failure } = objectOf(outcome);
  if (failure === undefined) return result;
  const { code, message, advice } = objectOf(failure);
  if (code === excluded) throw new ExcludedByServiceError(String(message));
  throw new CopilotError(errorCodes.find((known) => known === code) ?? "internal", String(message), {
    ...(typeof advice === "string" && { advice }),
  });
}
