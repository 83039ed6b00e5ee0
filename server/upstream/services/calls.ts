// Requests to one service: its address, its key, and its failures in words. A key goes to the one origin that the person
// named, over https, or over http to this machine.

import { type GenericSchema, type InferOutput, safeParse } from "valibot";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { parseJson } from "../../runtime/json.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import type { Secret } from "../../runtime/secret.ts";
import { isLoopbackHost } from "../github/hosts.ts";
import type { HttpClient } from "../http/http-client.ts";
import type { HttpResponse } from "../http/http-response.ts";
import { readText } from "../http/json-response.ts";
import { authorization } from "../identity.ts";
import { type ServiceAdvice, serviceFailure, usualAdvice } from "./failure.ts";
import type { OtherKind, ServiceChoice } from "./settings.ts";
import { usualUrls } from "./settings.ts";

export interface ServiceCalls {
  /** Host and port, for messages. */
  readonly host: string;
  /** Scheme, host and port; undefined where the address is none. */
  readonly origin: string | undefined;
  /** The address is this machine's. */
  readonly isLocal: boolean;
  /** Looks whether there is a key; rejects when what is stored cannot be read. */
  readonly findKey: () => Promise<boolean>;
  /** Whether the last look, which each request makes, found a key. */
  readonly hasKey: () => boolean;
  /** Opaque; another one when there is another key than was refused, which is looked for once a second. */
  readonly keyMark: () => Promise<number>;
  /** Throws `bad-request` where a key would be sent in clear, or where there is no address to send it to. */
  readonly assertPrivate: (key: Secret) => void;
  /** Rejects with the codes of `serviceFailure` and of the network. `what`: as a noun for messages. */
  json<const S extends GenericSchema>(ctx: Ctx, call: Call, schema: S): Promise<InferOutput<S>>;
  /** The answer with status 200. */
  open(ctx: Ctx, call: Call): Promise<HttpResponse>;
  /** Throws `bad-request` where the address is this program's own listener. */
  refuseOurselves(ctx: Ctx): Promise<void>;
}

export interface Call {
  /** Behind the address that the person named. */
  readonly path: string;
  /** Absent: GET. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly what: string;
}

const maxBytes = 4 * 1024 * 1024;
const maxFailureBytes = 64 * 1024;
/** After the answer, nearly always, which it would hold up. */
const keyLookMs = 1_000;
/** For what a service knows without its model: who waits longer waits for something that hangs. */
const factsMs = 10_000;

export function createServiceCalls(
  { clock, http, userAgent }: { readonly clock: Clock; readonly http: HttpClient; readonly userAgent: string },
  { kind, url: named, key: keyOf, setting }: Pick<ServiceChoice, "kind" | "url" | "key" | "setting">,
): ServiceCalls {
  const base = (named.trim() || usualUrls[kind]).replace(/(?<!\/)\/+$/, "");
  const url = URL.canParse(base) ? new URL(base) : undefined;
  const host = url?.host ?? base;
  const advised = setting === undefined ? usualAdvice : adviceFor(setting, kind, url);
  const { addressSetting } = advised;
  const isLocal = url !== undefined && isLoopbackHost(url.hostname);

  // Reading it takes longer than all else of a request: they use what was read a moment behind one before them.
  let known: { readonly secret: Secret | undefined } | undefined;
  let isLooking = false;
  let hasKey = false;
  let refused: { readonly secret: Secret | undefined; readonly lookAtMs: number } | undefined;
  let mark = 0;
  const look = async (): Promise<Secret | undefined> => {
    try {
      const secret = url === undefined ? undefined : await keyOf(url.origin);
      known = { secret };
      hasKey = secret !== undefined;
      return secret;
    } catch (error) {
      // The next request reads it itself, and says what is wrong.
      known = undefined;
      throw error;
    }
  };
  const lookLater = (): void => {
    if (isLooking) return;
    isLooking = true;
    const lookNow = async (): Promise<void> => {
      await look().catch(() => undefined);
      isLooking = false;
    };
    clock.after(keyLookMs, () => void lookNow());
  };
  const usable = (): URL => {
    if (url?.protocol === "http:" || url?.protocol === "https:") return url;
    throw new CopilotError("bad-request", `${base} is not the address of a service.`, {
      advice: `Set ${addressSetting} to one like ${usualUrls[kind]}.`,
    });
  };
  const assertPrivate = ({ protocol }: URL, secret: Secret | undefined): void => {
    if (secret === undefined || protocol === "https:" || isLocal) return;
    throw new CopilotError("bad-request", `The key for ${host} would be sent in clear over http.`, {
      advice: `Use an https address in ${addressSetting}, or no key.`,
    });
  };

  const noteRefusal = ({ response }: Sent, secret: Secret | undefined): void => {
    const isRefused = response.status === 401 || response.status === 403;
    refused = isRefused ? { secret, lookAtMs: clock.monotonicMs() + keyLookMs } : undefined;
  };
  const send = async (ctx: Ctx, call: Call): Promise<Sent> => {
    const before = known;
    const secret = before ? before.secret : await look();
    const sent = await sendWith(ctx, call, secret);
    noteRefusal(sent, secret);
    if (before === undefined) return sent;
    if (sent.response.status !== 401) {
      lookLater();
      return sent;
    }
    const now = await look();
    if (now === undefined || isSame(now, secret)) return sent;
    sent.response.destroy();
    const again = await sendWith(ctx, call, now);
    noteRefusal(again, now);
    return again;
  };
  const sendWith = async (ctx: Ctx, { path, body, what }: Call, secret: Secret | undefined): Promise<Sent> => {
    assertPrivate(usable(), secret);
    const secrets = secret === undefined ? [] : [secret];
    try {
      const response = await http.request(ctx, {
        method: body === undefined ? "GET" : "POST",
        url: base + path,
        headers: {
          "user-agent": userAgent,
          "accept-encoding": "identity",
          accept:
            body?.["stream"] === true
              ? "text/event-stream, application/x-ndjson, application/json"
              : "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(secret === undefined ? {} : { authorization: keyHeader(secret, advised) }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        what,
        secrets,
      });
      return { response, secrets };
    } catch (error) {
      throw isLocal && error instanceof CopilotError && error.code === "offline" ? notRunning(error) : error;
    }
  };
  const notRunning = (error: CopilotError): CopilotError =>
    new CopilotError("offline", error.message, {
      advice: `Start ${kind} there, or say with ${addressSetting} where it is.`,
      cause: error,
    });

  const soon = <T>(ctx: Ctx, what: string, ask: (limited: Ctx) => Promise<T>): Promise<T> =>
    withDeadline(ctx, clock, factsMs, ask, () => {
      const advice = `Check that ${kind} is what listens there, and that it does not hang.`;
      return new CopilotError("timeout", `${host} has not given ${what} within ${factsMs / 1_000} s.`, { advice });
    });
  const failed = async ({ response, secrets }: Sent, what: string): Promise<CopilotError> => {
    const { host: answering, status, headers } = response;
    const { text: body } = await readText(response, maxFailureBytes);
    return new ServiceRefusal(
      serviceFailure({ host: answering, what, status, headers, body, secrets, nowMs: clock.nowMs() }, advised),
      body,
    );
  };

  return {
    host,
    origin: url?.origin,
    isLocal,
    findKey: async () => (await look()) !== undefined,
    hasKey: () => hasKey,
    async keyMark() {
      if (refused === undefined || clock.monotonicMs() < refused.lookAtMs) return mark;
      const { secret } = refused;
      refused = { secret, lookAtMs: clock.monotonicMs() + keyLookMs };
      // What cannot be read is said by the request.
      const now = await look().catch(() => secret);
      if (isSame(now, secret)) return mark;
      refused = undefined;
      mark += 1;
      return mark;
    },
    assertPrivate: (key) => assertPrivate(usable(), key),
    async json(ctx, call, schema) {
      const read = async (limited: Ctx): Promise<string> => {
        const sent = await send(limited, call);
        if (sent.response.status !== 200) throw await failed(sent, call.what);
        return (await readText(sent.response, maxBytes)).text;
      };
      const text = call.body === undefined ? await soon(ctx, call.what, read) : await read(ctx);
      const parsed = safeParse(schema, parseJson(text));
      if (parsed.success) return parsed.output;
      throw new CopilotError("upstream-failed", `${host} answered with something that is not ${call.what}.`, {
        advice: `Check that ${addressSetting} is that of ${kind}.`,
      });
    },
    async open(ctx, call) {
      const sent = await send(ctx, call);
      const { status, headers } = sent.response;
      if (status !== 200 || /html/i.test(headers["content-type"] ?? "")) throw await failed(sent, call.what);
      return sent.response;
    },
    async refuseOurselves(ctx) {
      if (!isLocal) return;
      const { origin } = usable();
      await soon(ctx, "its role", async (limited) => {
        const call = { method: "GET", url: `${origin}/role`, headers: {}, what: "its role", secrets: [] } as const;
        const response = await http.request(limited, call).catch((error: unknown) => {
          throw error instanceof CopilotError && error.code === "offline" ? notRunning(error) : error;
        });
        // Our own answer goes on until the listener gives the port up.
        for await (const chunk of response.chunks()) {
          if (response.status !== 200 || !/"name":"copilot-lsp"/.test(chunk.toString())) break;
          throw new CopilotError(
            "bad-request",
            `At ${host} listens copilot-lsp itself, which would ask itself for ever.`,
            { advice: `Say with ${addressSetting} where ${kind} is, such as ${usualUrls[kind]}.` },
          );
        }
      });
    },
  };
}

interface Sent {
  readonly response: HttpResponse;
  readonly secrets: readonly Secret[];
}

/** A refusal with its body, which may say what would be accepted. Never leaves this folder as more than its code. */
export class ServiceRefusal extends CopilotError {
  readonly body: string;

  constructor({ code, message, advice, httpStatus, retryAfterMs }: CopilotError, body: string) {
    super(code, message, { advice, httpStatus, retryAfterMs });
    this.body = body;
  }
}

function isSame(one: Secret | undefined, other: Secret | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

/** The key in the environment is not sent to such a service. */
function adviceFor(setting: string, kind: OtherKind, url: URL | undefined): ServiceAdvice {
  const chosen = `--set service.kind=${kind}${url === undefined ? "" : ` --set service.url=${url.origin}`}`;
  return {
    key: `Store its key with \`copilot-lsp login ${chosen}\`.`,
    addressSetting: setting,
    settings: `Check the setting ${setting}.`,
  };
}

function keyHeader(secret: Secret, advised: ServiceAdvice): string {
  try {
    return authorization(secret);
  } catch {
    throw new CopilotError("key-refused", "The key holds characters that no key has.", { advice: advised.key });
  }
}
