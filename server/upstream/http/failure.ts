// What befell a connection, in words for a person: which host, what happened, what to do. Knows no HTTP status.

import { CopilotError, type ErrorCode } from "../../../shared/errors.ts";
import { clean } from "../error-text.ts";
import { ConnectFailure, type ConnectFacts } from "./connect-failure.ts";

/** Anything a request can fail with before its response is complete; errors of ours pass through. */
export function networkFailure(error: unknown, host: string): CopilotError {
  if (error instanceof CopilotError) return error;
  if (error instanceof ConnectFailure) return connectFailure(error.facts, error.cause, host);
  const code = codeOf(error);
  if (code === calmCode) return askedForCalm(error, host);
  if (isTlsCode(code)) return tlsFailure({ stage: "tls", proxyHost: undefined }, code, host, error);
  return new CopilotError("offline", `${host} closed the connection before it had answered.`, {
    advice: "Try again; if it stays so, something on the way to it cuts connections.",
    cause: error,
  });
}

/** What ended the body of a response before it was complete. */
export function bodyFailure(error: unknown, host: string, what: string): CopilotError {
  if (error instanceof CopilotError) return error;
  if (codeOf(error) === calmCode) return askedForCalm(error, host);
  return new CopilotError("upstream-failed", `${host} broke off in the middle of ${what}.`, {
    advice: "Try again.",
    cause: error,
  });
}

export function deadlinePassed(what: string, afterMs: number, deadline: "connect" | "headers" | "stall"): CopilotError {
  return new CopilotError("timeout", `${what} ${inSeconds(afterMs)}.`, {
    advice: `Check the network, or wait longer with upstream.${deadline}TimeoutMs.`,
  });
}

const calmCode = "ENHANCE_YOUR_CALM";

/** RFC 9113, section 7: the other side sees behaviour that might be an excessive load. */
function askedForCalm(cause: unknown, host: string): CopilotError {
  return new CopilotError("limited", `${host} was asked too often and closed the request (${calmCode}).`, {
    advice: "Wait a while.",
    cause,
  });
}

/** Whether the connection was lost, and not the request refused. */
export function isLostConnection(error: unknown): boolean {
  const cause = error instanceof ConnectFailure ? error.cause : error;
  return lostCodes.has(codeOf(cause));
}

/** Whether the service says that it did not look at the request. */
export function isNotProcessed(error: unknown): boolean {
  return codeOf(error) === "STREAM_NOT_PROCESSED";
}

const lostCodes = new Set([
  "UND_ERR_SOCKET",
  "UND_ERR_DESTROYED",
  "UND_ERR_CLOSED",
  "CONNECTION_CLOSED",
  "STREAM_BROKEN",
  "STREAM_NOT_PROCESSED",
  "ECONNRESET",
  "EPIPE",
  "ERR_HTTP2_STREAM_ERROR",
  "ERR_HTTP2_SESSION_ERROR",
  "ERR_HTTP2_INVALID_SESSION",
  "ERR_HTTP2_INVALID_STREAM",
  "ERR_HTTP2_GOAWAY_SESSION",
  "ERR_HTTP2_STREAM_CANCEL",
  "ERR_HTTP2_ERROR",
]);

const checkNetwork = "Check the network; behind a proxy, set upstream.proxy or HTTPS_PROXY.";

function connectFailure(facts: ConnectFacts, cause: unknown, host: string): CopilotError {
  const { stage, proxyHost } = facts;
  const code = codeOf(cause);
  const offline = (message: string, advice = checkNetwork): CopilotError =>
    new CopilotError("offline", message, { advice, cause });
  if (stage === "settings") {
    const words = `${host} was not asked: ${lowerFirst(facts.problem ?? "the proxy is unusable.")}`;
    return offline(words, "Write the proxy as http://USER:PASSWORD@HOST:PORT.");
  }
  if (facts.timedOutAfterMs !== undefined) {
    const seconds = inSeconds(facts.timedOutAfterMs);
    const what = {
      proxy: `The proxy ${proxyHost} could not be connected to within ${seconds}.`,
      tunnel: `The proxy ${proxyHost} opened no way to ${host} within ${seconds}.`,
      host: `${host} could not be connected to within ${seconds}.`,
      tls: `${host} was connected to, but TLS was not agreed on within ${seconds}.`,
    }[stage];
    return new CopilotError("timeout", what, {
      advice: `${checkNetwork} The wait is upstream.connectTimeoutMs.`,
      cause,
    });
  }
  if (facts.proxyStatus !== undefined) return tunnelRefused(facts.proxyStatus, proxyHost ?? "", host, cause);
  if (isTlsCode(code)) return tlsFailure(facts, code, host, cause);
  const subject = stage === "proxy" ? `The proxy ${proxyHost}` : host;
  if (nameCodes.has(code)) return offline(`${subject} could not be reached: its name was not found.`);
  if (code === "ECONNREFUSED") {
    const advice = stage === "proxy" ? "Check that the proxy runs and that its address is right." : checkNetwork;
    return offline(`${subject} could not be reached: the connection was refused.`, advice);
  }
  if (stage === "tls") {
    return offline(
      `${host} closed the connection while TLS was agreed on.`,
      `A firewall may be in the way. ${checkNetwork}`,
    );
  }
  if (stage === "tunnel") {
    return offline(
      `The proxy ${proxyHost} closed the connection instead of leading to ${host}.`,
      "Check that its address is that of an HTTP proxy.",
    );
  }
  return offline(`${subject} could not be reached${code === "" ? "" : ` (${code})`}.`);
}

function tunnelRefused(httpStatus: number, proxyHost: string, host: string, cause: unknown): CopilotError {
  const refused = (code: ErrorCode, message: string, advice: string): CopilotError =>
    new CopilotError(code, `The proxy ${proxyHost} ${message} (${httpStatus}).`, { advice, httpStatus, cause });
  if (httpStatus === 407) {
    const advice = "Write them into the proxy's URL: http://USER:PASSWORD@HOST:PORT.";
    return refused("intercepted", "wants a user name and a password", advice);
  }
  if (httpStatus >= 500) return refused("offline", `could not reach ${host}`, checkNetwork);
  return refused("intercepted", `refuses the way to ${host}`, `Ask whoever runs the proxy to allow ${host}.`);
}

const nameCodes = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_NONAME", "EAI_NODATA", "EAI_FAIL"]);

const untrustedCodes = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_UNTRUSTED",
]);

function isTlsCode(code: string): boolean {
  return (
    untrustedCodes.has(code) ||
    code.startsWith("CERT_") ||
    code.startsWith("ERR_TLS_") ||
    code.startsWith("ERR_SSL_") ||
    code === "EPROTO" ||
    code === "HOSTNAME_MISMATCH"
  );
}

function tlsFailure(facts: ConnectFacts, code: string, host: string, cause: unknown): CopilotError {
  const subject = facts.stage === "proxy" ? `the proxy ${facts.proxyHost}` : host;
  const issuer = facts.issuer === undefined ? "" : `, signed by “${clean(facts.issuer.slice(0, 100), [])}”`;
  const failure = (message: string, advice: string): CopilotError =>
    new CopilotError("tls", message, { advice, cause });
  if (untrustedCodes.has(code)) {
    return failure(
      `The certificate of ${subject}${issuer}, is not trusted (${code}).`,
      "Behind a proxy that inspects TLS, put its root certificate into upstream.caFile or NODE_EXTRA_CA_CERTS.",
    );
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") {
    const words = `The certificate of ${subject}${issuer}, is out of its time (${code}).`;
    return failure(words, "Check this machine's clock.");
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") {
    return failure(
      `The certificate shown for ${subject}${issuer}, is for another name.`,
      "Something between here and there answers in its place; check the proxy and the network's sign-in page.",
    );
  }
  return failure(
    `TLS with ${subject} failed (${code}).`,
    "Check that nothing between here and there tampers with TLS, and that the address is an https one.",
  );
}

/** Node gives the errors of several addresses as one. */
function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const code: unknown = Reflect.get(error, "code");
  if (typeof code === "string") return code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : "";
}

export function inSeconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
