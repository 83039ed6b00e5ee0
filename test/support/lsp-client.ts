// An LSP client for tests and benchmarks: raw messages over two streams or a spawned process, everything kept as it
// came. It does what a test says and nothing else, so that a server can be tried with what real clients do wrong.

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { LspErrorData } from "../../shared/lsp.ts";

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** A message as the server sent it. What its parts are is the test's to say. */
export interface ServerMessage {
  readonly jsonrpc: string;
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: LspErrorData };
}

/** An error answer, as it came. */
export class LspError extends Error {
  readonly code: number;
  readonly data: LspErrorData | undefined;

  constructor(error: NonNullable<ServerMessage["error"]>) {
    super(error.message);
    this.code = error.code;
    this.data = error.data;
  }
}

/** A request on its way. */
export interface Sent<T> {
  readonly id: number;
  /** Rejects with `LspError`. */
  readonly answer: Promise<T>;
  /** Sends `$/cancelRequest`. */
  cancel(): void;
}

export interface LspClient {
  /** Resolves with the result; rejects with `LspError`. */
  request<T = unknown>(method: string, params?: unknown): Promise<T>;
  /** As `request`, for those who want to cancel or to look at the order of answers. */
  send<T = unknown>(method: string, params?: unknown): Sent<T>;
  notify(method: string, params?: unknown): void;
  /** `initialize` and `initialized`. */
  initialize<T = unknown>(params?: object): Promise<T>;
  /** `shutdown` and `exit`. */
  shutdown(): Promise<void>;

  open(uri: string, text: string, options?: { readonly languageId?: string; readonly version?: number }): void;
  /** Replaces the whole text, or inserts `insert` at a position. */
  change(uri: string, version: number, change: string | { readonly at: Position; readonly insert: string }): void;
  /** `textDocument/inlineCompletion`, typed unless `extra` says otherwise. */
  inlineCompletion<T = unknown>(uri: string, position: Position, extra?: object): Sent<T>;

  /** Answers the server's requests of this method; throw an `LspError` to refuse. Until then they are refused. */
  handle(method: string, handler: (params: unknown) => unknown): void;
  /** The params of every notification or request of the method that has come. */
  calls(method: string): readonly unknown[];
  /** The params of the first notification or request of the method that fits; waits for one if none has come yet. */
  waitFor<T = unknown>(method: string, fits?: (params: T) => boolean): Promise<T>;
  /** Everything that has come, in order. */
  readonly received: readonly ServerMessage[];
  /** Resolves with the first message that fits, come or to come. */
  waitForMessage(fits: (message: ServerMessage) => boolean): Promise<ServerMessage>;

  /** Writes bytes as they are. */
  sendRaw(bytes: string | Buffer): void;
  /** Frames and writes any JSON. */
  sendMessage(message: unknown): void;
  /** Closes the server's input. */
  end(): void;
}

const defaultPatienceMs = 10_000;

/** Speaks to a server that reads `toServer` and writes `fromServer`. */
export function connectLspClient(streams: {
  readonly toServer: NodeJS.WritableStream;
  readonly fromServer: NodeJS.ReadableStream;
  readonly patienceMs?: number;
}): LspClient {
  const { toServer, fromServer, patienceMs = defaultPatienceMs } = streams;
  const received: ServerMessage[] = [];
  const waiting = new Set<{ fits: (message: ServerMessage) => boolean; resolve: (message: ServerMessage) => void }>();
  const pending = new Map<number | string, { resolve: (result: unknown) => void; reject: (error: unknown) => void }>();
  const handlers = new Map<string, (params: unknown) => unknown>();
  let lastId = 0;

  const sendRaw = (bytes: string | Buffer): void => {
    toServer.write(bytes);
  };
  const sendMessage = (message: unknown): void => sendRaw(frame(message));

  const answerServer = async ({ id, method = "", params }: ServerMessage): Promise<void> => {
    const handler = handlers.get(method);
    try {
      if (!handler) throw new LspError({ code: -32601, message: `Method not found: ${method}` });
      sendMessage({ jsonrpc: "2.0", id, result: (await handler(params)) ?? null });
    } catch (error) {
      const code = error instanceof LspError ? error.code : -32603;
      sendMessage({ jsonrpc: "2.0", id, error: { code, message: String(error) } });
    }
  };
  const take = (message: ServerMessage): void => {
    received.push(message);
    if (message.method === undefined) {
      const asked = pending.get(message.id ?? "");
      pending.delete(message.id ?? "");
      if (message.error) asked?.reject(new LspError(message.error));
      else asked?.resolve(message.result);
    } else if (message.id !== undefined) void answerServer(message);
    for (const waiter of waiting) {
      if (!waiter.fits(message)) continue;
      waiting.delete(waiter);
      waiter.resolve(message);
    }
  };
  const read = createFrameParser(take);
  fromServer.on("data", (chunk: Buffer) => read(chunk));

  const waitForMessage = (fits: (message: ServerMessage) => boolean): Promise<ServerMessage> => {
    const found = received.find(fits);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const waiter = {
        fits,
        resolve: (message: ServerMessage) => {
          clearTimeout(timer);
          resolve(message);
        },
      };
      const timer = setTimeout(() => {
        waiting.delete(waiter);
        reject(
          new Error(
            `waited in vain for ${String(fits)}; received:\n${received.map((m) => JSON.stringify(m)).join("\n")}`,
          ),
        );
      }, patienceMs);
      waiting.add(waiter);
    });
  };
  const send = <T>(method: string, params?: unknown): Sent<T> => {
    lastId += 1;
    const id = lastId;
    const answer = new Promise<T>((resolve, reject) => {
      pending.set(id, { resolve: (result) => resolve(result as T), reject });
    });
    // Whoever awaits it later still sees the error; nobody is told of it before.
    answer.catch(() => undefined);
    sendMessage({ jsonrpc: "2.0", id, method, params });
    return { id, answer, cancel: () => notify("$/cancelRequest", { id }) };
  };
  const request = <T>(method: string, params?: unknown): Promise<T> => send<T>(method, params).answer;
  const notify = (method: string, params?: unknown): void => sendMessage({ jsonrpc: "2.0", method, params });

  return {
    request,
    send,
    notify,
    async initialize<T>(params: object = { processId: null, rootUri: null, capabilities: {} }) {
      const result = await request<T>("initialize", params);
      notify("initialized", {});
      return result;
    },
    async shutdown() {
      await request("shutdown");
      notify("exit");
    },
    open(uri, text, { languageId = "python", version = 1 } = {}) {
      notify("textDocument/didOpen", { textDocument: { uri, languageId, version, text } });
    },
    change(uri, version, change) {
      const contentChanges =
        typeof change === "string"
          ? [{ text: change }]
          : [{ range: { start: change.at, end: change.at }, text: change.insert }];
      notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
    },
    inlineCompletion<T>(uri: string, position: Position, extra: object = {}) {
      const params = { textDocument: { uri }, position, context: { triggerKind: 2 }, ...extra };
      return send<T>("textDocument/inlineCompletion", params);
    },
    handle: (method, handler) => void handlers.set(method, handler),
    calls: (method) => received.filter((message) => message.method === method).map((message) => message.params),
    waitFor: async <T>(method: string, fits: (params: T) => boolean = () => true) =>
      (await waitForMessage((message) => message.method === method && fits(message.params as T))).params as T,
    received,
    waitForMessage,
    sendRaw,
    sendMessage,
    end: () => void toServer.end(),
  };
}

export interface SpawnedLspServer extends LspClient {
  readonly process: ChildProcessWithoutNullStreams;
  /** How it ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** Ends it if it still runs. */
  kill(): Promise<void>;
}

/** Starts a program and speaks LSP to it. */
export function spawnLspServer(
  command: readonly [string, ...string[]],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly patienceMs?: number;
    /** Runs as this user, which only root may have it do. */
    readonly uid?: number;
  } = {},
): SpawnedLspServer {
  const [program, ...args] = command;
  const { env, cwd, uid } = options;
  const child = spawn(program, args, { env, cwd, stdio: "pipe", ...(uid === undefined ? {} : { uid, gid: uid }) });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A server that has gone shows in `exited`.
  child.stdin.on("error", () => undefined);
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  exited.catch(() => undefined);
  const client = connectLspClient({
    toServer: child.stdin,
    fromServer: child.stdout,
    ...(options.patienceMs === undefined ? {} : { patienceMs: options.patienceMs }),
  });
  return {
    ...client,
    process: child,
    exited,
    stderr: () => stderr,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await exited.catch(() => undefined);
    },
  };
}

export function frame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), "utf8");
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

function createFrameParser(take: (message: ServerMessage) => void): (chunk: Buffer) => void {
  let bytes: Buffer = Buffer.alloc(0);
  return (chunk) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    for (;;) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const header = bytes.toString("latin1", 0, end);
      const length = /^Content-Length: (\d+)$/im.exec(header)?.[1];
      if (length === undefined) throw new Error(`the server wrote something that is no message: ${header}`);
      const next = end + 4 + Number(length);
      if (bytes.length < next) return;
      const body = bytes.toString("utf8", end + 4, next);
      bytes = bytes.subarray(next);
      take(JSON.parse(body) as ServerMessage);
    }
  };
}
