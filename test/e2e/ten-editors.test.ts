// Ten windows at once on one machine, each with a process of its own.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { HealthReply } from "../../shared/http.ts";
import type { InlineCompletionResult } from "../../shared/lsp.ts";
import type { SpawnedLspServer } from "../support/lsp-client.ts";
import { type Machine, openMachine } from "./bridge.ts";
import { eventually } from "../support/eventually.ts";

const count = 10;
const text = "def add(left, right):\n    ";
const cursor = { line: 1, character: 4 };

let machine: Machine;

beforeEach(async () => {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["    return left + right"]);
});

afterEach(() => machine.close());

/** Whose process answers on the port. */
async function holder(windows: readonly SpawnedLspServer[]): Promise<SpawnedLspServer | undefined> {
  const { pid } = (await (await fetch(`${machine.url}/health`)).json()) as HealthReply;
  return windows.find((window) => window.process.pid === pid);
}

test("all are answered, one has the port, and each ends with its editor", async () => {
  const windows = Array.from({ length: count }, () => machine.edit());
  await Promise.all(windows.map((window) => window.initialize()));
  const answers = await Promise.all(
    windows.map((window, index) => {
      const uri = `file:///project/window-${index}.py`;
      window.open(uri, text);
      return window.inlineCompletion<InlineCompletionResult>(uri, cursor).answer;
    }),
  );
  for (const { items } of answers) expect(items[0]?.insertText).toBe("    return left + right");
  expect(machine.emulator.callsTo("completions")).toHaveLength(count);
  await eventually(async () => expect(await holder(windows)).toBeDefined());
  // Whoever does not have the port says nothing of it to a person.
  for (const window of windows) expect(window.calls("window/showMessage")).toEqual([]);

  // Half of them leave as they should, the others are closed with the window; then there is nobody.
  const leaving = windows.map(async (window, index) => {
    if (index % 2 === 0) await window.shutdown();
    else window.end();
    return window.exited;
  });
  expect(await Promise.all(leaving)).toEqual(windows.map(() => ({ code: 0, signal: null })));
  await expect(fetch(`${machine.url}/health`)).rejects.toThrow();
});
