import { expect, test } from "vitest";
import type { CliEnv, ServeOptions } from "../../server/cli/env.ts";
import { StopSignal } from "../../server/cli/exit-codes.ts";
import { createSession } from "./support/fake-env.ts";

const probePort: CliEnv["probePort"] = async () => ({
  port: 8080,
  holder: { kind: "copilot-lsp", pid: 42, version: "1.2.3" },
});
const screen = { DISPLAY: ":0" };

test("page opens the page of the process that has the port, prints its address, and ends", async () => {
  const opened: string[] = [];
  const openBrowser = async (url: string): Promise<boolean> => opened.push(url) > 0;
  const session = createSession({ probePort, openBrowser, environment: screen });
  expect(await session.run("page")).toBe(0);
  expect(session.output()).toBe("Page  http://127.0.0.1:8080/?ticket=abc\n");
  expect(opened).toEqual(["http://127.0.0.1:8080/?ticket=abc"]);
});

test.each([
  [["page", "--no-open"], screen, ""],
  [["page"], {}, "There is no screen here; open the address yourself.\n"],
  [["page"], { ...screen, SSH_CONNECTION: "1" }, "There is no screen here; open the address yourself.\n"],
])("page: %j with %j opens no browser", async (argv, environment, said) => {
  const openBrowser = async (): Promise<boolean> => {
    throw new Error("a browser was started");
  };
  const session = createSession({ probePort, openBrowser, environment });
  expect(await session.run(...argv)).toBe(0);
  expect(session.output()).toBe("Page  http://127.0.0.1:8080/?ticket=abc\n");
  expect(session.errors()).toBe(said);
});

test("page says when no browser starts", async () => {
  const session = createSession({ probePort, openBrowser: async () => false, environment: screen });
  expect(await session.run("page")).toBe(0);
  expect(session.errors()).toContain("No browser could be started here");
});

test("page tells a program the address", async () => {
  const session = createSession({ probePort });
  expect(await session.run("page", "--json")).toBe(0);
  expect(JSON.parse(session.output())).toEqual({ event: "page", url: "http://127.0.0.1:8080/?ticket=abc" });
});

test("page serves by itself where nobody has the port, until it is stopped", async () => {
  const asked: ServeOptions[] = [];
  let closed = 0;
  const serve: CliEnv["serve"] = async (_ctx, options) => {
    asked.push(options);
    return {
      kind: "listening",
      url: "http://127.0.0.1:9000",
      onState: () => () => undefined,
      ended: new Promise(() => undefined),
      close: async () => void (closed += 1),
    };
  };
  const session = createSession({ serve });
  const ending = session.run("page", "--no-open");
  await session.shows("Ctrl-C ends it");
  expect(asked).toEqual([{ port: undefined, demo: false, ifHeld: "give-up" }]);
  expect(session.output()).toBe("Page  http://127.0.0.1:9000/?ticket=abc\n");
  session.ctx.cancel(new StopSignal("SIGTERM"));
  expect(await ending).toBe(0);
  expect(closed).toBe(1);
});

test("page says who has the port where it is no process of this person's", async () => {
  const session = createSession({
    probePort: async () => ({ port: 8080, holder: { kind: "foreign", server: "nginx" } }),
  });
  expect(await session.run("page")).toBe(1);
  expect(session.errors()).toContain("Port 8080 is held by another program");
  expect(session.output()).toBe("");
});
