// The shapes in which a route tells its clients that something failed. Each turns the same problem into the JSON that
// they can read.

import { withAdvice } from "../../../shared/errors.ts";
import type { ErrorReply } from "../../../shared/http.ts";
import type { Problem } from "./problem.ts";

/** The JSON body of an error. */
export type ErrorFormat = (problem: Problem) => unknown;

/** Our own: `{error: {code, message, advice}}`. */
export const plainErrors: ErrorFormat = ({ code, message, advice }): ErrorReply => ({
  error: advice === undefined ? { code, message } : { code, message, advice },
});

function openaiType({ status, code }: Problem): string {
  if (code === "quota") return "insufficient_quota";
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** OpenAI's: `{error: {message, type, param, code}}`. Also Mistral's clients read the message there. */
export const openaiErrors: ErrorFormat = (problem) => ({
  error: { message: withAdvice(problem), type: openaiType(problem), param: null, code: problem.code },
});

function llamaType({ status }: Problem): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 503) return "unavailable_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

/** The llama.cpp server's: `{error: {code, message, type}}`, with the HTTP status as code. */
export const llamaErrors: ErrorFormat = (problem) => ({
  error: { code: problem.status, message: withAdvice(problem), type: llamaType(problem) },
});

/** Ollama's: `{error}`. */
export const ollamaErrors: ErrorFormat = (problem) => ({ error: withAdvice(problem) });
