// Decides whether a body is a JSON-RPC message (JSON-RPC 2.0, sections 4 to 6), and if not, which error answers are owed.
// Knows no method but `$/cancelRequest` and `$/progress`.

import { isUtf8 } from "node:buffer";
import { isJsonObject, type Json } from "../runtime/json.ts";
import { rpcCodes, RpcError } from "./rpc-error.ts";

export type MessageId = string | number;

/** An error answer that is owed at once. */
export interface Refusal {
  /** Null when it cannot be known whose answer this is. */
  readonly id: MessageId | null;
  readonly code: number;
  readonly reason: string;
}

export type Envelope =
  | { readonly kind: "request"; readonly id: MessageId; readonly method: string; readonly params: unknown }
  | { readonly kind: "notification"; readonly method: string; readonly params: unknown; readonly damaged: boolean }
  | { readonly kind: "cancel"; readonly id: MessageId }
  /** A notification without what it needs; a notification has no answer. */
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "response"; readonly id: MessageId; readonly result: unknown; readonly error?: RpcError }
  | { readonly kind: "refused"; readonly isJson: boolean; readonly refusals: readonly Refusal[] };

const maxHeadUnits = 1_000;

/** `awaited` tells whether a response with this id is waited for. */
export function readEnvelope(body: Buffer, awaited: (id: MessageId) => boolean): Envelope {
  const text = body.toString("utf8");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    return refused(false, [{ id: idInBrokenText(text), code: rpcCodes.parseError, reason: clip(reason) }]);
  }
  if (Array.isArray(json)) return refused(true, refuseBatch(json));
  if (!isJsonObject(json)) return refuse(null, "A message must be an object.");
  if (json["method"] === undefined) return readResponse(json, awaited);
  return readCall(json, isUtf8(body));
}

/** The field that names what a notification is about; without it the notification is ignored. */
const subjectFields: ReadonlyMap<string, string> = new Map([
  ["$/cancelRequest", "id"],
  ["$/progress", "token"],
]);

function readCall({ id, method, params }: Json, wellFormed: boolean): Envelope {
  if (id !== undefined && !isId(id)) return refuse(null, "id must be a string or a number.");
  if (typeof method !== "string") return refuse(id ?? null, "method must be a string.");
  if (id !== undefined) {
    if (wellFormed) return { kind: "request", id, method, params };
    return refused(true, [{ id, code: rpcCodes.parseError, reason: "The message is not valid UTF-8." }]);
  }
  const field = subjectFields.get(method);
  if (field === undefined) return { kind: "notification", method, params, damaged: !wellFormed };
  const subject = isJsonObject(params) ? params[field] : undefined;
  if (!isId(subject)) {
    return { kind: "ignored", reason: `params.${field} of ${method} must be a string or a number.` };
  }
  if (method === "$/cancelRequest") return { kind: "cancel", id: subject };
  return { kind: "notification", method, params, damaged: !wellFormed };
}

function readResponse({ id, result, error }: Json, awaited: (id: MessageId) => boolean): Envelope {
  if (result === undefined && !isJsonObject(error) && !(isId(id) && awaited(id))) {
    return refuse(isId(id) ? id : null, "A message must have a method, a result or an error.");
  }
  if (!isId(id)) return refuse(null, "id of a response must be a string or a number.");
  // Some clients drop a result of null on the way out.
  if (!isJsonObject(error)) return { kind: "response", id, result: result ?? null };
  const { code, message } = error;
  const failure = new RpcError(Number(code), typeof message === "string" ? message : "");
  return { kind: "response", id, result: undefined, error: failure };
}

/** LSP has no batches: each request in one gets an error. */
function refuseBatch(batch: readonly unknown[]): readonly Refusal[] {
  const reason = "Batches are not supported: send each message by itself.";
  const ids = batch.filter(isJsonObject).map((entry) => entry["id"]);
  const known = ids.filter(isId);
  return (known.length === 0 ? [null] : known).map((id) => ({ id, code: rpcCodes.invalidRequest, reason }));
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
  return refused(true, [{ id, code: rpcCodes.invalidRequest, reason }]);
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
