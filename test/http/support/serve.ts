// The front on a free port over a scripted core, and plain ways to talk to it.

import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach } from "vitest";
import type { Clock } from "../../../shared/context.ts";
import { createHttpServer, type HttpServer } from "../../../server/http/server.ts";
import { defaultHttpLimits, type HttpLimits, type HttpSettings } from "../../../server/http/settings.ts";
import type { PageSource } from "../../../server/http/page/deps.ts";
import { hearRequests } from "../../../server/http/page/window-requests.ts";
import { createRequestRecorder } from "../../../server/observe/recent-requests.ts";
import { createMeters } from "../../../server/observe/meters.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import { systemClock } from "../../../server/runtime/system-clock.ts";
import { createRecordingLog, type RecordingLog } from "../../support/test-ctx.ts";
import { createFakeCore, type FakeCore, items } from "../../support/fake-core.ts";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Served {
  readonly core: FakeCore;
  readonly server: HttpServer;
  readonly log: RecordingLog;
  readonly port: number;
  readonly url: string;
  readonly settings: HttpSettings;
  /** Rejects when the connection breaks before the answer is whole. */
  ask(method: string, path: string, options?: AskOptions): Promise<Reply>;
  /** `POST` of JSON, or of a string as it is. */
  post(path: string, body: unknown, headers?: Headers): Promise<Reply>;
  /** A bare connection, for what no well-behaved client sends. */
  connect(): RawClient;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

export interface AskOptions {
  readonly headers?: Headers;
  readonly body?: string | Buffer;
}

export interface RawClient {
  readonly socket: Socket;
  write(text: string | Buffer): void;
  /** Everything received so far. */
  received(): string;
  /** Resolves when what was received holds `text`; rejects when the connection ends without it. */
  until(text: string): Promise<void>;
  /** Resolves with everything once the server has closed; rejects when it was reset. */
  ended(): Promise<string>;
}

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Runs after the test, last registered first. */
export function onCleanUp(action: () => unknown): void {
  cleanUps.push(action);
}

function ask(port: number, method: string, path: string, options: AskOptions = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { body } = options;
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const headers = { ...length, ...options.headers } as Record<string, string | string[]>;
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

function connectRaw(port: number): RawClient {
  const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  onCleanUp(() => socket.destroy());
  let text = "";
  const waiters = new Set<() => void>();
  let end: "open" | "ended" | Error = "open";
  const changed = (): void => {
    for (const waiter of waiters) waiter();
  };
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    changed();
  });
  socket.on("end", () => {
    end = "ended";
    changed();
  });
  socket.on("error", (error) => {
    end = error;
    changed();
  });
  const wait = (isDone: () => boolean, isLost: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (isDone()) resolve();
        else if (isLost()) reject(end instanceof Error ? end : new Error(`the connection ended after: ${text}`));
        else return;
        waiters.delete(look);
      };
      waiters.add(look);
      look();
    });
  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    received: () => text,
    until: (wanted) =>
      wait(
        () => text.includes(wanted),
        () => end !== "open",
      ),
    async ended() {
      await wait(
        () => end === "ended",
        () => end instanceof Error,
      );
      return text;
    },
  };
}

/** A page of two elements, and nothing to show on it. */
function createTestPage(clock: Clock): PageSource {
  const recorder = createRequestRecorder({ clock, withoutSecrets: (text) => text });
  return {
    html: async () => '<!doctype html><meta name="key" content="{{key}}"><style>a{}</style><script>1</script>',
    recorder: () => recorder,
    settings: () => [{ key: "http.port", value: "0", source: "flag", origin: "--port" }],
    onSettings: () => () => undefined,
    client: () => ({ name: "Testedit", version: "1.0" }),
    onWindow: (socket) => hearRequests(socket, recorder.add),
  };
}

export interface ServeOptions {
  /** Other processes of the person are let in. */
  readonly onPeer?: (socket: Socket) => void;
  readonly settings?: Partial<Omit<HttpSettings, "limits">>;
  readonly limits?: Partial<HttpLimits>;
  readonly clock?: Clock;
}

export function createServer(
  options: ServeOptions = {},
): Omit<Served, "port" | "url"> & { readonly port: () => number } {
  const core = createFakeCore({ report: { model: "gpt-41-copilot" } });
  core.answerWith(async () => items("42"));
  const log = createRecordingLog();
  const settings: HttpSettings = {
    port: 0,
    address: "127.0.0.1",
    allowedHosts: [],
    allowedOrigins: [],
    maxBodyBytes: 65_536,
    token: () => new Secret("a-token-for-tests-0123456789"),
    ...options.settings,
    // A test that leaves a request open does not wait for it.
    limits: { ...defaultHttpLimits, drainMs: 20, abortGraceMs: 20, ...options.limits },
  };
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `id-${ids}`;
  };
  const clock = options.clock ?? systemClock;
  const meters = createMeters({ clock, version: "1.2.3" });
  // What a test replaces in the core afterwards is replaced here too.
  const counted: FakeCore = Object.assign(Object.create(core), { complete: meters.countFront("http", core.complete) });
  const metrics = { expose: meters.expose, answered: meters.httpAnswered };
  const deps = {
    core: counted,
    clock,
    log,
    newId,
    version: "1.2.3",
    metrics,
    inherited: [],
    page: createTestPage(clock),
    onPeer: options.onPeer,
  };
  const server = createHttpServer(deps, () => settings);
  const port = (): number => {
    const state = server.state();
    if (state.kind !== "listening") throw new Error(`the listener is ${state.kind}`);
    return state.port;
  };
  return {
    core,
    server,
    log,
    settings,
    port,
    ask: (method, path, askOptions) => ask(port(), method, path, askOptions),
    post: (path, body, headers) =>
      ask(port(), "POST", path, { headers, body: typeof body === "string" ? body : JSON.stringify(body) }),
    connect: () => connectRaw(port()),
  };
}

/** Started, and closed after the test. A test with a clock of its own closes by itself or lets the sockets be cut. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const parts = createServer(options);
  const state = await parts.server.start();
  if (state.kind !== "listening") throw new Error(`the listener is ${state.kind}`);
  onCleanUp(() => {
    const closing = parts.server.close();
    if (options.clock && "advance" in options.clock) {
      const { advance } = options.clock as { advance(ms: number): Promise<void> };
      return advance(100).then(() => closing);
    }
    return closing;
  });
  return { ...parts, port: state.port, url: state.url };
}
