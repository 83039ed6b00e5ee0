// A client of the tests with nothing in it that could retry, follow or decode: what was sent is what comes back.

import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Emulator } from "../../../server/emulator/types.ts";

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Whether the answer came to its end. */
  readonly complete: boolean;
  json(): Record<string, unknown>;
}

export interface OpenRequest {
  readonly request: ClientRequest;
  /** Resolves with the head of the answer; rejects when the connection ends before it. */
  readonly head: Promise<IncomingMessage>;
}

export function open(url: string, { method = "GET", headers = {}, body }: Asked = {}): OpenRequest {
  const bytes = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const sent = {
    ...(typeof body === "object" ? { "content-type": "application/json" } : {}),
    ...(bytes === undefined ? {} : { "content-length": String(Buffer.byteLength(bytes)) }),
    ...headers,
  };
  const outgoing = request(url, { method, headers: sent });
  const head = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on("response", resolve);
    outgoing.on("error", reject);
  });
  outgoing.end(bytes);
  return { request: outgoing, head };
}

export async function ask(url: string, asked: Asked = {}): Promise<Told> {
  const response = await open(url, asked).head;
  const chunks: Buffer[] = [];
  let complete = true;
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch {
    complete = false;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    complete,
    json: () => JSON.parse(text) as Record<string, unknown>,
  };
}

export const clientId = "Iv1.b507a08c87ecfe98";
export const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** A session token, got the usual way. */
export async function newSession(emulator: Emulator): Promise<string> {
  const told = await ask(`${emulator.url}/copilot_internal/v2/token`, {
    headers: { authorization: `Bearer ${emulator.githubToken}` },
  });
  return String(told.json()["token"]);
}

export function sessionHeaders(session: string): Record<string, string> {
  return { authorization: `Bearer ${session}`, "editor-version": "ed/1.0" };
}

export function completionBody(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    prompt: "def add(a, b):\n",
    suffix: "",
    max_tokens: 500,
    temperature: 0,
    top_p: 1,
    n: 1,
    stop: ["\n\n\n"],
    stream: true,
    extra: { language: "python", next_indent: 0, trim_by_indentation: true, prompt_tokens: 1, suffix_tokens: 0 },
    code_annotations: false,
    ...fields,
  };
}

export function completionsUrl(emulator: Emulator, model = "gpt-41-copilot"): string {
  return `${emulator.url}/v1/engines/${model}/completions`;
}

/** Asks for a completion with a session of its own unless given one. */
export async function complete(emulator: Emulator, fields = {}, session?: string): Promise<Told> {
  return ask(completionsUrl(emulator), {
    method: "POST",
    headers: sessionHeaders(session ?? (await newSession(emulator))),
    body: completionBody(fields),
  });
}

export interface Chunk {
  readonly choices: readonly {
    readonly index: number;
    readonly text?: string;
    readonly finish_reason: string | null;
  }[];
}

/** The events of a stream: chunks, and the word that ends it. */
export function eventsIn(text: string): readonly (Chunk | "[DONE]")[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => event.replace(/^data: /, ""))
    .map((data) => (data === "[DONE]" ? data : (JSON.parse(data) as Chunk)));
}

/** Text and end of each choice. */
export function choicesIn(text: string): readonly { readonly text: string; readonly end: string | null }[] {
  const choices: { text: string; end: string | null }[] = [];
  for (const event of eventsIn(text)) {
    if (event === "[DONE]") continue;
    for (const { index, text = "", finish_reason } of event.choices) {
      const choice = (choices[index] ??= { text: "", end: null });
      choice.text += text;
      choice.end = finish_reason ?? choice.end;
    }
  }
  return choices;
}
