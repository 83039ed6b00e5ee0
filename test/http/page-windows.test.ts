// A window beside the one that has the port tells that one of its requests, for the page: also after that one did not answer.

import { duplexPair } from "node:stream";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { createPageSource } from "../../server/app/page-source.ts";
import type { Parts } from "../../server/app/parts.ts";
import type { PeerOpening } from "../../server/http/port/peer-connection.ts";
import { createTracer } from "../../server/observe/tracer.ts";
import type { ListenerState } from "../../shared/http.ts";
import { items } from "../support/fake-core.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";

const beside: ListenerState = {
  kind: "standby",
  port: 1,
  url: "http://127.0.0.1:1",
  holder: { pid: 1, version: "1", sinceMs: 1 },
};

test("a window that was not let in, or was cut off, tries again while the same one has the port", async () => {
  const clock = createManualClock();
  const tracer = createTracer();
  let asked = 0;
  let cut = (): void => undefined;
  let heard = "";
  const open = async (): Promise<PeerOpening> => {
    asked += 1;
    if (asked === 1) return { kind: "refused" };
    const [mine, theirs] = duplexPair();
    theirs.on("data", (chunk) => (heard += String(chunk)));
    cut = () => mine.destroy();
    return { kind: "open", socket: Object.assign(mine, { unref: () => mine }) as unknown as Socket, processId: 1 };
  };
  const config = { onChange: () => () => undefined };
  const parts = { clock, config, log: createRecordingLog(), tracer, peers: { opener: async () => open } };
  const { follow } = createPageSource(parts as unknown as Parts, () => undefined);
  const complete = tracer.front("lsp", async () => items("x"));
  const ask = async (): Promise<void> => {
    const request = { kind: "prompt", trigger: "script", languageId: "", before: "", after: "", lines: "one" } as const;
    await complete(createTestCtx(), request);
    await clock.advance(0);
  };
  follow(beside);
  await ask();
  expect([asked, heard]).toEqual([1, ""]);
  await clock.advance(30_000);
  await ask();
  expect([asked, heard.split("\n").length - 1]).toEqual([2, 1]);
  cut();
  await clock.advance(30_000);
  await ask();
  expect([asked, heard.split("\n").length - 1]).toEqual([3, 2]);
  follow({ kind: "off" });
  await clock.advance(60_000);
  expect(asked).toBe(3);
});
