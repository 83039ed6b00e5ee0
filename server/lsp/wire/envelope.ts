// Decides whether a body is a JSON-RPC message (JSON-RPC 2.0, sections 4 to 6), and if not, who can be told and what.
// Knows nothing of methods.

import { isUtf8 } from "node:buffer";
import { ErrorCodes, type Message } from "./library.ts";

export type MessageId = string | number;

/** An error answer that is owed at once. */
export interface Refusal {
  /** Null when it cannot be known whose answer this is. */
  readonly id: MessageId | null;
  readonly code: number;
  readonly reason: string;
}

export type Envelope =
  | { readonly kind: "request"; readonly id: MessageId; readonly message: Message }
  | { readonly kind: "notification"; readonly message: Message; readonly damaged: boolean }
  /** A notification that means nothing; nobody can be answered. */
  | { readonly kind: "nonsense"; readonly reason: string }
  | { readonly kind: "response"; readonly id: MessageId; readonly message: Message }
  | { readonly kind: "refused"; readonly isJson: boolean; readonly refusals: readonly Refusal[] };

type Json = Readonly<Record<string, unknown>>;

const maxHeadUnits = 1_000;

/** `awaited` tells whether a response with this id is waited for. */
export function readEnvelope(body: Buffer, awaited: (id: MessageId) => boolean): Envelope {
  const text = body.toString("utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return refused(false, [{ id: idInBrokenText(text), code: ErrorCodes.ParseError, reason: clip(reason) }]);
  }
  if (Array.isArray(json)) return refused(true, refuseBatch(json));
  if (!isObject(json)) return refuse(null, "A message must be an object.");
  if (json["method"] === undefined) return readResponse(json, awaited);
  return readCall(json, isUtf8(body));
}

/** Notifications that the connection itself deals with, and what they must say for that. */
const fieldThatNames: ReadonlyMap<string, string> = new Map([
  ["$/cancelRequest", "id"],
  ["$/progress", "token"],
]);

function readCall(json: Json, wellFormed: boolean): Envelope {
  const { id, method } = json;
  const hasId = id !== undefined;
  if (hasId && !isId(id)) return refuse(null, "id must be a string or a number.");
  if (typeof method !== "string") return refuse(hasId ? id : null, "method must be a string.");
  const message: Message & Json = { ...json, jsonrpc: "2.0" };
  if (!hasId) {
    const field = fieldThatNames.get(method);
    if (field !== undefined && !(isObject(json["params"]) && isId(json["params"][field]))) {
      return { kind: "nonsense", reason: `params.${field} of ${method} must be a string or a number.` };
    }
    return { kind: "notification", message, damaged: !wellFormed };
  }
  if (!wellFormed) {
    return refused(true, [{ id, code: ErrorCodes.ParseError, reason: "The message is not valid UTF-8." }]);
  }
  return { kind: "request", id, message };
}

function readResponse(json: Json, awaited: (id: MessageId) => boolean): Envelope {
  const { id } = json;
  const isAwaited = isId(id) && awaited(id);
  const isAnswer = json["result"] !== undefined || isObject(json["error"]);
  if (isAnswer || isAwaited) {
    if (!isId(id)) return refuse(null, "id of a response must be a string or a number.");
    // Some clients drop a result of null on the way out.
    const message: Message & Json = { ...json, ...(isAnswer ? {} : { result: null }), jsonrpc: "2.0" };
    return { kind: "response", id, message };
  }
  return refuse(isId(id) ? id : null, "A message must have a method, a result or an error.");
}

/** LSP has no batches; each request in one is told so. */
function refuseBatch(batch: readonly unknown[]): readonly Refusal[] {
  const reason = "Batches are not supported: send each message by itself.";
  const ids = batch.filter(isObject).map((entry) => entry["id"]);
  const known = ids.filter(isId);
  return (known.length === 0 ? [null] : known).map((id) => ({ id, code: ErrorCodes.InvalidRequest, reason }));
}

/** The id of a request whose JSON is broken further on. Only what stands before the params can be trusted to be it. */
function idInBrokenText(text: string): MessageId | null {
  if (!text.includes('"method"')) return null;
  const params = text.indexOf('"params"');
  const head = text.slice(0, params < 0 ? maxHeadUnits : Math.min(params, maxHeadUnits));
  const found = /"id"\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")\s*[,}]/.exec(head)?.[1];
  if (found === undefined) return null;
  try {
    const id: unknown = JSON.parse(found);
    return isId(id) ? id : null;
  } catch {
    return null;
  }
}

function refuse(id: MessageId | null, reason: string): Envelope {
  return refused(true, [{ id, code: ErrorCodes.InvalidRequest, reason }]);
}

function refused(isJson: boolean, refusals: readonly Refusal[]): Envelope {
  return { kind: "refused", isJson, refusals };
}

// The parser's message quotes the text it stumbled over, which is the person's.
function clip(reason: string): string {
  return reason.replace(/, ?(\.\.\.)?".*$/s, "").slice(0, 200);
}

function isId(value: unknown): value is MessageId {
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
