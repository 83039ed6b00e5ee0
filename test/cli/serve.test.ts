import { describe, expect, test } from "vitest";
import type { CliEnv, ServeOptions } from "../../server/cli/env.ts";
import { StopSignal } from "../../server/cli/exit-codes.ts";
import type { ListenerState } from "../../shared/http.ts";
import { createSession } from "./support/fake-env.ts";

function listening() {
  const asked: ServeOptions[] = [];
  let closed = 0;
  let breakDown: (error: Error) => void = () => undefined;
  const serve: CliEnv["serve"] = async (_ctx, options) => {
    asked.push(options);
    const ended = new Promise<void>((_, reject) => {
      breakDown = reject;
    });
    return {
      kind: "listening",
      url: "http://127.0.0.1:9000",
      onState: () => () => undefined,
      ended,
      close: async () => {
        closed += 1;
      },
    };
  };
  return { serve, asked, closed: () => closed, breakDown: (error: Error) => breakDown(error) };
}

test("serve says where it listens and how to ask, and goes on until Ctrl-C", async () => {
  const { serve, asked, closed } = listening();
  const session = createSession({ serve });
  const ending = session.run("serve", "9000");
  await session.shows("Try:");
  expect(asked).toEqual([{ port: 9000, demo: false, ifHeld: "wait" }]);
  expect(session.output()).toBe(
    [
      "Listening on http://127.0.0.1:9000. Ctrl-C ends it.",
      `Try:  curl -s http://127.0.0.1:9000/ -d '{"prompt":"def fibonacci(n):\\n    ","language":"python"}'`,
      "",
    ].join("\n"),
  );
  session.ctx.cancel(new StopSignal("SIGINT"));
  expect(await ending).toBe(130);
  expect(closed()).toBe(1);
});

test("serve leaves the port to the settings when none is named", async () => {
  const { serve, asked } = listening();
  const session = createSession({ serve });
  const ending = session.run("serve");
  await session.shows("Try:");
  expect(asked).toEqual([{ port: undefined, demo: false, ifHeld: "wait" }]);
  session.ctx.cancel(new StopSignal("SIGINT"));
  await ending;
});

test("serve takes SIGTERM as its proper end", async () => {
  const { serve } = listening();
  const session = createSession({ serve });
  const ending = session.run("serve");
  await session.shows("Try:");
  session.ctx.cancel(new StopSignal("SIGTERM"));
  expect(await ending).toBe(0);
});

test("serve tells a program its address", async () => {
  const { serve } = listening();
  const session = createSession({ serve });
  const ending = session.run("serve", "0", "--json");
  await session.shows("listening");
  expect(JSON.parse(session.output())).toEqual({ event: "listening", url: "http://127.0.0.1:9000" });
  session.ctx.cancel();
  await ending;
});

test("serve fails when the listener breaks", async () => {
  const { serve, breakDown, closed } = listening();
  const session = createSession({ serve });
  const ending = session.run("serve");
  await session.shows("Try:");
  breakDown(new Error("the listener broke"));
  expect(await ending).toBe(1);
  expect(session.errors()).toContain("the listener broke");
  expect(closed()).toBe(1);
});

test("serve on a port that another program has says which, and fails", async () => {
  const session = createSession({
    serve: async () => ({ kind: "busy", port: 8080, holder: { kind: "foreign", server: "Werkzeug" } }),
  });
  expect(await session.run("serve")).toBe(1);
  expect(session.errors()).toBe(
    "Port 8080 is held by another program (Werkzeug).\nChoose another: `copilot-lsp serve 0` takes any free one.\n",
  );
});

describe("serve on a port that another process of the same person has", () => {
  const holder = { pid: 4711, version: "1.2.3", sinceMs: Date.UTC(2026, 0, 1) - 180_000 };

  function waiting() {
    const asked: ServeOptions[] = [];
    let tell: (state: ListenerState) => void = () => undefined;
    const serve: CliEnv["serve"] = async (_ctx, options) => {
      asked.push(options);
      return {
        kind: "standby",
        port: 8080,
        url: "http://127.0.0.1:8080",
        holder,
        onState: (listener) => {
          tell = listener;
          return () => undefined;
        },
        ended: new Promise(() => undefined),
        close: async () => undefined,
      };
    };
    return { serve, asked, tell: (state: ListenerState) => tell(state) };
  }

  const listening: ListenerState = {
    kind: "listening",
    address: "127.0.0.1",
    port: 8080,
    url: "http://127.0.0.1:8080",
    sinceMs: 1,
  };

  test("says who has it and since when, waits, and says when it listens", async () => {
    const { serve, tell } = waiting();
    const session = createSession({ serve });
    const ending = session.run("serve");
    await session.shows("serve --takeover");
    expect(session.output()).toBe("");
    expect(session.errors()).toContain(
      "Port 8080 is held by copilot-lsp 1.2.3 (process 4711), for 3 minutes, which answers at http://127.0.0.1:8080.",
    );
    tell(listening);
    await session.shows("Listening on http://127.0.0.1:8080.");
    tell({ kind: "standby", port: 8080, url: "http://127.0.0.1:8080", holder: { ...holder, pid: 4712 } });
    await session.shows("process 4712");
    session.ctx.cancel(new StopSignal("SIGTERM"));
    expect(await ending).toBe(0);
  });

  test("tells a program the same in JSON", async () => {
    const { serve, tell } = waiting();
    const session = createSession({ serve });
    const ending = session.run("serve", "--json");
    await session.shows("standby");
    tell(listening);
    await session.shows("listening");
    const events = session.output().trim().split("\n");
    expect(events.map((line) => JSON.parse(line))).toEqual([
      { event: "standby", port: 8080, holder },
      { event: "listening", url: "http://127.0.0.1:8080" },
    ]);
    session.ctx.cancel(new StopSignal("SIGTERM"));
    await ending;
  });

  test("asks for it with --takeover", async () => {
    const { serve, asked } = waiting();
    const session = createSession({ serve });
    const ending = session.run("serve", "--takeover");
    await session.shows("process 4711");
    expect(asked).toEqual([{ port: undefined, demo: false, ifHeld: "take-over" }]);
    session.ctx.cancel(new StopSignal("SIGTERM"));
    await ending;
  });
});

test.each(["http", "65536", "-0", "8080.5"])("serve refuses %s as a port", async (word) => {
  const session = createSession();
  expect(await session.run("serve", "--", word)).toBe(2);
  expect(session.errors()).toContain(`not ${word}`);
});
