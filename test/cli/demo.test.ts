import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { CliEnv, ServeOptions } from "../../server/cli/env.ts";
import { StopSignal } from "../../server/cli/exit-codes.ts";
import { createSession, type Session } from "./support/fake-env.ts";
import { createScriptedServer, type Received, type ScriptedServer } from "./support/scripted-server.ts";

const offers: Readonly<Record<string, string>> = {
  "file:///demo/rectangle.py": "self.width = width\n        self.height = height",
  "file:///demo/arithmetic.js": "return first * second;",
};

/** As the program's own server answers. */
function answer({ method, params }: Received): unknown {
  if (method === "textDocument/copilotInlineEdit") {
    const range = { start: { line: 3, character: 0 }, end: { line: 4, character: 31 } };
    return { edits: [{ range, text: "        amount += number\n    return amount / len(numbers)" }] };
  }
  if (method !== "textDocument/inlineCompletion") return {};
  const { textDocument, position } = params as unknown as {
    textDocument: { uri: string };
    position: { line: number; character: number };
  };
  const start = { ...position, character: 0 };
  const indent = " ".repeat(position.character);
  return { items: [{ insertText: indent + offers[textDocument.uri], range: { start, end: position } }] };
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A real listener that answers a POST with `text`, and what it was asked. */
async function httpFront(text: string, status = 200) {
  const asked: { method: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => {
      asked.push({ method: request.method, body });
      response.writeHead(status, { "content-type": "text/plain" }).end(text);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  let closed = 0;
  const options: ServeOptions[] = [];
  const serve: CliEnv["serve"] = async (_ctx, wanted) => {
    options.push(wanted);
    return {
      kind: "listening",
      url,
      onState: () => () => undefined,
      ended: new Promise(() => undefined),
      close: async () => {
        closed += 1;
      },
    };
  };
  return { url, asked, serve, options, closed: () => closed };
}

async function demo(server: ScriptedServer = createScriptedServer(answer), overrides: Partial<CliEnv> = {}) {
  const front = await httpFront("return fibonacci(n - 1) + fibonacci(n - 2)");
  const spawned: (readonly string[])[] = [];
  const session: Session = createSession({
    serve: front.serve,
    spawnSelf: (args) => {
      spawned.push(args);
      return server.program;
    },
    ...overrides,
  });
  return { session, server, front, spawned };
}

describe("demo", () => {
  test("shows what an editor and a script are offered, and the line to ask it oneself", async () => {
    const { session, front } = await demo();
    expect(await session.run("demo", "--once")).toBe(0);
    expect(session.output()).toBe(
      [
        "copilot-lsp at work, on a built-in stand-in for GitHub: no account, no network.",
        "",
        "1. As an editor asks, over LSP. What is offered at the cursor is marked +.",
        "",
        "  rectangle.py, 0 ms",
        "  | class Rectangle:",
        '  |     """Four right angles."""',
        "  |",
        "  |     def __init__(self, width, height):",
        "  +         self.width = width",
        "  +         self.height = height",
        "",
        "  arithmetic.js, 0 ms",
        "  | export function add(first, second) {",
        "  |   return first + second;",
        "  | }",
        "  |",
        "  | export function multiply(first, second) {",
        "  +   return first * second;",
        "  | }",
        "",
        "  average.py, 0 ms. total = 0 was changed to amount = 0. What should follow, in line 4:",
        "  | def average(numbers):",
        "  *     amount = 0",
        "  |     for number in numbers:",
        "  -         total += number",
        "  -     return total / len(numbers)",
        "  +         amount += number",
        "  +     return amount / len(numbers)",
        "",
        "2. As a script asks, over HTTP.",
        "",
        `  POST ${front.url}/`,
        "  | def fibonacci(n):",
        "  +     return fibonacci(n - 1) + fibonacci(n - 2)",
        "",
      ].join("\n"),
    );
    expect(session.errors()).toBe("");
    expect(front.closed()).toBe(1);
  });

  test("drives the real program as an editor does, in the protocol's order", async () => {
    const { session, server, spawned } = await demo(createScriptedServer(answer, { bytesPerWrite: 7 }));
    await session.run("demo", "--once");
    expect(spawned).toEqual([["--stdio", "--demo", "--no-http", "--log-level=error"]]);
    expect(server.received.map(({ method }) => method)).toEqual([
      "initialize",
      "initialized",
      "textDocument/didOpen",
      "textDocument/inlineCompletion",
      "textDocument/didOpen",
      "textDocument/inlineCompletion",
      "textDocument/didOpen",
      "textDocument/didChange",
      "textDocument/copilotInlineEdit",
      "shutdown",
      "exit",
    ]);
    expect(server.received[8]?.params).toMatchObject({
      textDocument: { version: 2 },
      position: { line: 1, character: 14 },
      context: { triggerKind: 1 },
    });
    expect(server.received[3]?.params).toMatchObject({ position: { line: 4, character: 8 } });
    expect(server.wasKilled()).toBe(false);
  });

  test("starts nothing on a service that it does not know", async () => {
    const { session, spawned, front } = await demo();
    expect(await session.run("demo", "--service", "olama")).toBe(2);
    expect(session.errors()).toBe("copilot-lsp demo: demo does not know the service olama.\nDid you mean ollama?\n");
    expect([session.output(), spawned, front.asked]).toEqual(["", [], []]);
  });

  test("fails when no next edit is offered", async () => {
    const nothing = (received: Received): unknown =>
      received.method === "textDocument/copilotInlineEdit" ? { edits: [], reason: "upstream-empty" } : answer(received);
    const { session } = await demo(createScriptedServer(nothing));
    expect(await session.run("demo", "--once")).toBe(1);
    expect(session.output()).toContain("total = 0 was changed to amount = 0. Nothing was offered.");
  });

  test("goes on serving until Ctrl-C, and the line it prints is the question it asked", async () => {
    const { session, front } = await demo();
    const ending = session.run("demo");
    await session.shows("curl");
    const line = session.output().trim().split("\n").at(-1) ?? "";
    const [, url, body] = /^curl -s (\S+) -d '(.*)'$/.exec(line) ?? [];
    expect(url).toBe(`${front.url}/`);
    expect(front.asked).toEqual([{ method: "POST", body }]);
    expect(front.options).toEqual([{ port: undefined, demo: true, ifHeld: "give-up" }]);
    expect(front.closed()).toBe(0);
    session.ctx.cancel(new StopSignal("SIGINT"));
    expect(await ending).toBe(130);
    expect(front.closed()).toBe(1);
  });

  test("takes SIGTERM as its proper end", async () => {
    const { session } = await demo();
    const ending = session.run("demo");
    await session.shows("curl");
    session.ctx.cancel(new StopSignal("SIGTERM"));
    expect(await ending).toBe(0);
  });

  test("takes another port when the usual one is held, and says who has it", async () => {
    const front = await httpFront("pass");
    const { session } = await demo(createScriptedServer(answer), {
      serve: (ctx, options) =>
        options.port === 0
          ? front.serve(ctx, options)
          : Promise.resolve({ kind: "busy", port: 8080, holder: { kind: "foreign", server: undefined } }),
    });
    expect(await session.run("demo", "--once")).toBe(0);
    expect(session.output()).toContain("Port 8080 is held by another program, so this is another one.");
    expect(session.output()).toContain(`POST ${front.url}/`);
  });

  test("answers what the server asks meanwhile", async () => {
    const server = createScriptedServer((request, self) => {
      if (request.method === "textDocument/inlineCompletion") self.ask("workspace/configuration");
      return answer(request);
    });
    const { session } = await demo(server);
    expect(await session.run("demo", "--once")).toBe(0);
    expect(server.received).toContainEqual({ jsonrpc: "2.0", id: 900, result: null });
  });

  test("is honest when nothing is offered", async () => {
    const front = await httpFront("");
    const { session } = await demo(
      createScriptedServer((request) => (request.method === "textDocument/inlineCompletion" ? { items: [] } : {})),
      { serve: front.serve },
    );
    expect(await session.run("demo", "--once")).toBe(1);
    expect(session.output()).toContain("rectangle.py, 0 ms: nothing was offered");
    expect(session.output()).toContain(`POST ${front.url}/: 200, nothing was offered`);
  });

  test("shows an error that HTTP answers with", async () => {
    const front = await httpFront('{"error":{"code":"internal","message":"It broke."}}', 500);
    const { session } = await demo(createScriptedServer(answer), { serve: front.serve });
    expect(await session.run("demo", "--once")).toBe(1);
    expect(session.output()).toContain('500, {"error":{"code":"internal","message":"It broke."}}');
  });

  test("repeats the last words of a server that ends too soon", async () => {
    const server = createScriptedServer((_, self) => self.end(70, "cannot find module x\n"));
    const { session, front } = await demo(server);
    expect(await session.run("demo", "--once")).toBe(1);
    expect(session.errors()).toContain("The language server ended (70): cannot find module x");
    expect(front.closed()).toBe(0);
  });

  test("passes on what the server refuses", async () => {
    const { session } = await demo(
      createScriptedServer(({ method }) => (method === "initialize" ? new Error("not today") : {})),
    );
    const ending = session.run("demo", "--once");
    await session.shows("As an editor asks");
    // The server that refused does not leave by itself.
    await session.clock.advance(1_000);
    expect(await ending).toBe(1);
    expect(session.errors()).toContain("not today");
  });

  test.each(["hello\r\n\r\n", "Content-Length: 1\r\n\r\n{"])(
    "ends with a server that writes something else to its standard output: %j",
    async (noise) => {
      const server = createScriptedServer(() => {
        server.program.stdout.push(noise);
        return undefined;
      });
      const { session } = await demo(server);
      const ending = session.run("demo", "--once");
      await session.shows("As an editor asks");
      await session.clock.advance(1_000);
      expect(await ending).toBe(1);
      expect(session.errors()).toContain("wrote something that is not the protocol");
      expect(server.wasKilled()).toBe(true);
    },
  );

  test("ends a server that does not answer, and one that does not leave", async () => {
    const server = createScriptedServer(({ method }) => (method === "initialize" ? undefined : {}));
    const { session } = await demo(server);
    const ending = session.run("demo", "--once");
    await session.shows("As an editor asks");
    await session.clock.advance(17_000);
    expect(await ending).toBe(4);
    expect(session.errors()).toContain("There was no answer within 15 seconds.");
    expect(server.wasKilled()).toBe(true);
  });

  test("leaves no server behind after Ctrl-C in the middle", async () => {
    let reached: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const server = createScriptedServer(({ method }) => {
      if (method !== "textDocument/inlineCompletion") return {};
      reached();
      return undefined;
    });
    const { session } = await demo(server);
    const ending = session.run("demo");
    await asked;
    session.ctx.cancel(new StopSignal("SIGINT"));
    expect(await ending).toBe(130);
    expect(server.wasKilled()).toBe(true);
  });

  test("colours what is offered on a terminal, unless NO_COLOR is set", async () => {
    const coloured = await demo(createScriptedServer(answer), {
      isTerminal: { stdin: true, stdout: true, stderr: true },
    });
    await coloured.session.run("demo", "--once");
    expect(coloured.session.output()).toContain("\u001b[32m  +         self.width = width\u001b[39m");
    const plain = await demo(createScriptedServer(answer), {
      isTerminal: { stdin: true, stdout: true, stderr: true },
      environment: { NO_COLOR: "1" },
    });
    await plain.session.run("demo", "--once");
    expect(plain.session.output()).not.toContain("\u001b");
  });
});
