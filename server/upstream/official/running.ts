// A process of GitHub's language server that answers, whether this program has started it or shares another's.

import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Connection } from "../../json-rpc/connection.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import type { ItemEvent } from "./feedback.ts";
import type { OfficialText, Position } from "./documents.ts";

export interface Running extends ProcessFacts {
  /** Process of this program that has started it, where that is another one. */
  readonly sharedBy: number | undefined;
  /** As `Child.request`; `HostEndedError` where the process that shares it has ended. */
  request(ctx: Pick<Ctx, "signal">, method: string, params: object, about: RequestAbout): Promise<unknown>;
  /** Asks for a completion; throws as `request`. */
  complete(ctx: Pick<Ctx, "signal">, question: Question): Promise<unknown>;
  /** Closes a document. */
  forget(uri: string): void;
  /** What became of a suggestion. */
  tellEvent(event: ItemEvent): void;
  /** Ends it, or leaves it where it is another's. Idempotent, never rejects. */
  stop(): Promise<void>;
}

export interface Question extends OfficialText {
  /** The newest about a document takes the place of the one before. Undefined: nobody's open document, closed afterwards. */
  readonly documentId: string | undefined;
  readonly position: Position;
  /** LSP 3.18, `InlineCompletionTriggerKind`. */
  readonly triggerKind: number;
}

export interface ProcessFacts {
  readonly processId: number;
  /** As it says itself. */
  readonly version: string;
  /** From the start of the process to its answer to `initialize`. */
  readonly startedInMs: number;
}

export interface RequestAbout {
  /** For a person: `the completion`. */
  readonly what: string;
  readonly limitMs: number;
}

export const completionLimitMs = 30_000;

/**
 * The process that shares its server has ended, or has none to share any more, or this process has left its own for that of
 * another: the question may be asked again.
 */
export class HostEndedError extends CopilotError {
  constructor(what: string) {
    super("upstream-failed", `The process that shares GitHub's language server ended before ${what} came.`, {
      advice: "The next request finds another.",
    });
  }
}

/** One request, with its time. `failed` makes an error of what else went wrong. */
export async function requestWithin(
  { clock, connection }: { readonly clock: Clock; readonly connection: Pick<Connection, "request"> },
  ctx: Pick<Ctx, "signal">,
  [method, params]: readonly [method: string, params: object],
  { what, limitMs }: RequestAbout,
  failed: (error: unknown, what: string) => unknown,
): Promise<unknown> {
  ctx.signal.throwIfAborted();
  const request = ({ signal }: Pick<Ctx, "signal">): Promise<unknown> =>
    connection.request(method, params, signal).catch((error: unknown) => {
      throw error === signal.reason ? error : failed(error, what);
    });
  return withDeadline(
    ctx,
    clock,
    limitMs,
    request,
    () => new CopilotError("timeout", `GitHub's language server did not answer ${what} in ${limitMs / 1000} s.`),
  );
}
