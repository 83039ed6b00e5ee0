// GitHub's language server as the engine has it, with the time of its limits in the test's hands: what becomes of one that
// stops answering while it runs.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { openOfficial } from "../../server/upstream/official/open-official.ts";
import { eventually } from "../support/eventually.ts";
import { createRecordingLog, createTestCtx } from "../support/test-ctx.ts";
import { isRunning } from "./support/official.ts";
import { usualRequest } from "./support/open.ts";

const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-official-"));
let official: ReturnType<typeof openOfficial>;

afterEach(async () => {
  await official.close();
  rmSync(folder, { recursive: true, force: true });
});

test("it is given up on after a while, ended where it answers nothing at all, and started again", async () => {
  let quickly = 1;
  const log = createRecordingLog();
  official = openOfficial({
    clock: { ...systemClock, after: (delayMs, callback) => systemClock.after(delayMs / quickly, callback) },
    log,
    version: "0.0.0",
    machine: {
      platform: process.platform,
      arch: process.arch,
      environment: { ...process.env, STAND_IN: folder },
      node: { path: process.execPath, version: process.versions.node },
    },
    identity: () => undefined,
    peers: {
      role: () => ({ kind: "alone", why: "this is a test" }),
      onRole: () => () => undefined,
      connect: async () => undefined,
      onPeer: () => undefined,
    },
    settings: () => ({
      command: join(import.meta.dirname, "fixtures/copilot-language-server.js"),
      telemetry: false,
      githubUri: "https://github.com",
      proxy: "",
      noProxy: "",
      strictTls: true,
      caFile: "",
    }),
  });
  const { service } = official;
  const ask = async (): Promise<string> => {
    let text = "";
    const request = { ...usualRequest, documentId: undefined, suffix: "" };
    await service.account(createTestCtx());
    for await (const delta of service.complete(createTestCtx(), request)) text += delta.text;
    return text;
  };
  expect(await ask()).toBe("return a + b");
  const { processId = 0 } = service.report();
  writeFileSync(join(folder, "behaviour.json"), JSON.stringify({ hang: true }));
  quickly = 100;
  await expect(ask()).rejects.toMatchObject({ code: "timeout" });
  await eventually(() => expect(isRunning(processId)).toBe(false));
  await eventually(() => expect(log.lines.map(({ message }) => message).join("\n")).toContain("ended by itself"));
  writeFileSync(join(folder, "behaviour.json"), "{}");
  quickly = 1;
  expect(await ask()).toBe("return a + b");
  expect(service.report().processId).not.toBe(processId);
});
