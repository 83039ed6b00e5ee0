// One port and many windows: when the process that has the port is killed, another takes over. The same in a loop, for
// minutes, is part of the editors' run.

import { afterEach, expect, test } from "vitest";
import type { RoleHolder, StatusReply } from "../../shared/http.ts";
import { eventually } from "../support/eventually.ts";
import { type Machine, openMachine } from "./bridge.ts";
import { ask, holderPid, listeners, nextHolderPid, openWindow, uri } from "./windows.ts";

let machine: Machine;
afterEach(() => machine.close());

test("kill -9 of the holder in the middle of a question: the script fails once, and the windows not at all", async () => {
  machine = await openMachine({ signedIn: true });
  machine.emulator.setModel(() => ["    return left * right"]);
  const windows = [await openWindow(machine), await openWindow(machine), await openWindow(machine)];
  const pid = await nextHolderPid(machine);
  const others = windows.filter(({ editor }) => editor.process.pid !== pid);
  expect(others).toHaveLength(2);

  const hold = machine.emulator.hold("completions");
  const asked = ask(machine, "/", JSON.stringify({ prompt: "x = ", language: "python" }));
  await hold.reached;
  process.kill(pid, "SIGKILL");
  await expect(asked).rejects.toThrow(/socket hang up|ECONNRESET/);
  hold.release();

  const next = await eventually(() => holderPid(machine));
  expect(others.map(({ editor }) => editor.process.pid)).toContain(next);
  expect(await ask(machine, "/", JSON.stringify({ prompt: "y = ", language: "python" }))).toBe(
    "    return left * right",
  );
  if (process.platform === "linux") expect(listeners(machine, others)).toEqual([next]);
  for (const { editor } of others) {
    editor.change(uri, 2, "def multiply(left, right):\n\n# 2\n");
    const answer = await editor.inlineCompletion<{ items: readonly unknown[] }>(uri, { line: 1, character: 0 }).answer;
    expect(answer.items).toHaveLength(1);
  }
});

test("serve waits for the port of a window, and is handed it when it asks", async () => {
  machine = await openMachine({ signedIn: true });
  const { editor } = await openWindow(machine);
  expect(await nextHolderPid(machine)).toBe(editor.process.pid);

  const waiting = machine.start(["serve", "--json"]);
  const standby = JSON.parse(await waiting.line()) as { event: string; holder: RoleHolder };
  expect(standby).toMatchObject({ event: "standby", port: machine.port, holder: { pid: editor.process.pid } });

  const taking = machine.start(["serve", "--takeover", "--json"]);
  expect(JSON.parse(await taking.line())).toEqual({ event: "listening", url: machine.url });
  expect(await holderPid(machine)).toBe(taking.pid);
  const reply = JSON.parse(await ask(machine, "/status")) as StatusReply;
  expect(reply.listener).toMatchObject({ kind: "listening", port: machine.port });

  // Both others wait for it now; status says who has it and since when.
  const status = await machine.run(["status", "--local"]);
  expect(status.stdout.replaceAll(/\s+/g, " ")).toMatch(new RegExp(`process ${taking.pid}\\), for less than a minute`));
  taking.kill("SIGTERM");
  expect(await taking.exited).toBe(0);
  const next = await nextHolderPid(machine);
  expect([editor.process.pid, waiting.pid]).toContain(next);
  waiting.kill("SIGTERM");
  expect(await waiting.exited).toBe(0);
});
