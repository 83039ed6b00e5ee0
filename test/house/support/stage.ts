// Where the examples of `shared/PROTOCOL.md` are played: the built program on a machine of its own, with the emulator in
// the place of GitHub. What the program says is put into the document's words: `https://github.com` and port 8080.

import { request as httpRequest } from "node:http";
import { expect } from "vitest";
import { type Machine, openMachine } from "../../e2e/bridge.ts";
import { LspError, type Sent, type ServerMessage, type SpawnedLspServer } from "../../support/lsp-client.ts";
import { differenceOf, fill, type Known, parseExample } from "./expectation.ts";
import { type HttpExample, type Json, type Line, readHttp, readTranscript } from "./transcript.ts";

export interface Stage {
  /** Puts the client's answers to the server's requests in place, before the first of them can come. */
  prepare(transcripts: readonly string[]): void;
  /** Plays a conversation of LSP messages, from `line` of the document on. */
  playTranscript(text: string, line: number): Promise<void>;
  /** Sends the request and compares the answer. */
  playHttp(request: string, answer: string, line: number): Promise<void>;
  /** Does what a stage direction says. */
  direct(text: string): Promise<void>;
  close(): Promise<void>;
}

const documentPort = 8080;
const patienceMs = 10_000;

const directions: Readonly<Record<string, (machine: Machine) => void | Promise<void>>> = {
  "The person enters the code.": ({ emulator }) => emulator.approveSignIn(),
  "The plan's completions are used up.": ({ emulator }) =>
    emulator.script("completions", { kind: "status", status: 402, body: "quota exceeded" }),
  "The service asks for a pause.": ({ emulator }) =>
    emulator.script("completions", { kind: "status", status: 429, headers: { "retry-after": "30" }, body: "slow" }),
  "The service offers nothing.": ({ emulator }) => emulator.setModel(() => [""]),
  "The answer takes its time.": ({ emulator }) => void emulator.hold("completions"),
  "The account has been looked up.": (machine) =>
    untilHttp(machine, "/status", (report) => report.includes('"plan"') && report.includes('"model"')),
};

export async function openStage(account: "signed in" | "signed out"): Promise<Stage> {
  const machine = await openMachine({ signedIn: account === "signed in" });
  machine.emulator.setDeviceFlow({ intervalSeconds: 1 });
  const editor = machine.edit();
  const known: Known = new Map();
  const sent = new Map<unknown, Sent<unknown>>();
  let isInitialized = false;
  let isListening = false;

  const inDocumentWords = (text: string): string =>
    text
      .replaceAll(machine.emulator.url, "https://github.com")
      .replaceAll(`127.0.0.1:${machine.port}`, `127.0.0.1:${documentPort}`)
      .replaceAll(`"port":${machine.port}`, `"port":${documentPort}`);
  const seen = (value: unknown): unknown => JSON.parse(inDocumentWords(JSON.stringify(value ?? null)));
  const expectSame = (example: unknown, actual: unknown, where: string): void => {
    const difference = differenceOf(example, seen(actual), known);
    if (difference !== undefined) expect.fail(`${where}: ${difference}`);
  };

  const initialize = async (): Promise<void> => {
    if (isInitialized) return;
    isInitialized = true;
    await editor.initialize();
  };

  const say = async (json: Json): Promise<void> => {
    const { id, method, params } = fill(json, known) as { id?: unknown; method?: string; params?: unknown };
    // An answer of the client's is given by the handler that was put there in advance.
    if (method === undefined) return;
    if (method === "initialize") isInitialized = true;
    else await initialize();
    // The client numbers its requests by itself.
    if (method === "$/cancelRequest") sent.get((params as { id: unknown }).id)?.cancel();
    else if (id === undefined) editor.notify(method, params);
    else sent.set(id, editor.send(method, params));
  };

  const hear = async (json: Json, where: string): Promise<void> => {
    await initialize();
    const { id, method } = json;
    if (typeof method === "string") {
      const example = json["params"];
      const fits = (message: ServerMessage): boolean =>
        message.method === method && differenceOf(example, seen(message.params), new Map(known)) === undefined;
      const message = await editor.waitForMessage(fits).catch(() => undefined);
      const others = editor.calls(method).map((params) => inDocumentWords(JSON.stringify(params)));
      if (!message) expect.fail(`${where}: no ${method} like this came; others were:\n${others.join("\n")}`);
      differenceOf(example, seen(message.params), known);
      return;
    }
    const question = sent.get(id);
    if (!question) expect.fail(`${where}: there is no request ${String(id)} to answer`);
    try {
      expectSame({ result: json["result"] ?? null }, { result: await question.answer }, where);
    } catch (error) {
      if (!(error instanceof LspError)) throw error;
      const { code, message, data } = error;
      expectSame(json["error"], { code, message, ...(data === undefined ? {} : { data }) }, where);
    }
  };

  const direct = async (text: string): Promise<void> => {
    const direction = directions[text];
    if (!direction) throw new Error(`nobody knows how to play: ${text}`);
    await direction(machine);
  };

  return {
    direct,
    prepare: (transcripts) => answerServerAsWritten(editor, transcripts.flatMap(readTranscript)),
    async playTranscript(text, line) {
      for (const step of readTranscript(text)) {
        if (step.kind === "direction") await direct(step.text);
        else if (step.from === "client") await say(step.json);
        else await hear(step.json, `the conversation of line ${line}`);
      }
    },
    async playHttp(request, answer, line) {
      await initialize();
      if (!isListening) await untilHttp(machine, "/health", () => true);
      isListening = true;
      await comparedHttp(
        machine,
        readHttp(request),
        readHttp(answer),
        { known, inDocumentWords },
        `the request of line ${line}`,
      );
    },
    close: () => machine.close(),
  };
}

function answerServerAsWritten(editor: SpawnedLspServer, lines: readonly Line[]): void {
  const messages = lines.flatMap((line) => (line.kind === "message" ? [line] : []));
  for (const asked of messages) {
    const { id, method } = asked.json;
    if (asked.from !== "server" || id === undefined || typeof method !== "string") continue;
    const reply = messages.find(({ from, json }) => from === "client" && json["id"] === id && "result" in json);
    if (reply) editor.handle(method, () => reply.json["result"]);
  }
}

/** Waits until something answers at `path` and `isReady` says yes to its body. */
export async function untilHttp({ url }: Machine, path: string, isReady: (body: string) => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const body = await fetch(url + path).then(
      (answer) => answer.text(),
      () => undefined,
    );
    if (body !== undefined && isReady(body)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${url}${path} is not as it should be`);
}

interface Words {
  readonly known: Known;
  readonly inDocumentWords: (text: string) => string;
}

/** Settles as soon as the answer is as the document says, or has ended otherwise: some answers have no end. */
function comparedHttp(
  machine: Machine,
  example: HttpExample,
  expected: HttpExample,
  words: Words,
  where: string,
): Promise<void> {
  const [method = "", path = ""] = example.first.split(" ");
  const toMachine = (text: string): string => text.replaceAll(`127.0.0.1:${documentPort}`, `127.0.0.1:${machine.port}`);
  const headers = Object.fromEntries(example.headers.map(([name, value]) => [name, toMachine(value)]));
  return new Promise((resolve, reject) => {
    const question = httpRequest({ host: "127.0.0.1", port: machine.port, method, path, headers }, (answer) => {
      let body = "";
      const look = (): string | undefined => {
        const status = `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`;
        if (status !== expected.first) return `it is ${status}, the document says ${expected.first}\n${body}`;
        for (const [name, value] of expected.headers) {
          const found = answer.headers[name.toLowerCase()];
          const difference = differenceOf(value, found, words.known, name);
          if (difference !== undefined) return difference;
        }
        const isStream = answer.headers["content-type"]?.startsWith("text/event-stream") ?? false;
        const shown = isStream ? firstEvents(body, expected.body) : body;
        return bodyDifference(expected.body, words.inDocumentWords(shown), words.known);
      };
      const settle = (): void => {
        clearTimeout(deadline);
        const difference = look();
        if (difference === undefined) resolve();
        else reject(new Error(`${where}: ${difference}`));
      };
      const deadline = setTimeout(() => question.destroy(), patienceMs);
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        // Several events may come in one packet; a document may show the first of them.
        for (const event of chunk.split(/(?<=\n\n)/)) {
          body += event;
          if (expected.body === "" || look() !== undefined) continue;
          question.destroy();
          break;
        }
      });
      answer.once("close", settle);
    });
    question.once("error", (error) => reject(new Error(`${where}: ${error.message}`)));
    question.end(example.body);
  });
}

/** As many events as the document shows: it may leave off, and all of them may come together. */
function firstEvents(stream: string, shown: string): string {
  return stream.split("\n\n").slice(0, shown.trimEnd().split("\n\n").length).join("\n\n");
}

function bodyDifference(expected: string, actual: string, known: Known): string | undefined {
  if (!expected.startsWith("{")) return differenceOf(expected.trimEnd(), actual.trimEnd(), known);
  try {
    return differenceOf(parseExample(expected), JSON.parse(actual), known);
  } catch {
    return differenceOf(expected, actual.trimEnd(), known);
  }
}
