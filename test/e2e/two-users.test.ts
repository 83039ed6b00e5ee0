// Two people on one machine, both with the usual port: the first to come has it, and the other is none the worse.

import { execFile, spawnSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { ListenerState } from "../../shared/http.ts";
import { type Machine, openMachine, program } from "./bridge.ts";
import { eventually } from "../support/eventually.ts";

const otherUid = 65_534;
const uri = "file:///project/numbers.py";
const text = "def multiply(left, right):\n\n";

const isPossible =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, ["-e", "require('fs').accessSync(process.argv[1], 4)", program], {
    uid: otherUid,
    gid: otherUid,
  }).status === 0;
if (!isPossible) {
  process.stderr.write(
    "NOT TESTED: two users on one port: it takes Linux, root, and a program that every user may read\n",
  );
}

const machines: Machine[] = [];
afterEach(async () => {
  for (const machine of machines.splice(0).reverse()) await machine.close();
});

async function openMachineOf(options: Parameters<typeof openMachine>[0]): Promise<Machine> {
  const machine = await openMachine({ signedIn: true, ...options });
  machine.emulator.setModel(() => ["    return left * right"]);
  machines.push(machine);
  return machine;
}

async function openWindow(machine: Machine) {
  const editor = machine.edit({ env: { COPILOT_LSP_LOG_LEVEL: "warn" } });
  await editor.initialize();
  editor.open(uri, text, { languageId: "python" });
  const complete = async (): Promise<number> => {
    const { answer } = editor.inlineCompletion<{ items: readonly unknown[] }>(uri, { line: 1, character: 0 });
    return (await answer).items.length;
  };
  return { editor, complete };
}

function askAs(uid: number, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const script = `fetch(${JSON.stringify(url)}, { method: "POST", body: '{"prompt": "x = "}' })
      .then(async (answer) => console.log(answer.status, await answer.text()));`;
    execFile(process.execPath, ["-e", script], { uid, gid: uid }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
  });
}

const listenerOf = async (machine: Machine): Promise<ListenerState> => {
  const answer = await fetch(`${machine.url}/status`);
  return ((await answer.json()) as { listener: ListenerState }).listener;
};

describe.skipIf(!isPossible)("two users with one port", () => {
  test("the second one's window warns once, works, and leaves the port alone", async () => {
    const first = await openMachineOf({});
    const owner = await openWindow(first);
    await eventually(async () => expect(await listenerOf(first)).toMatchObject({ kind: "listening" }));
    const before = await listenerOf(first);

    const second = await openMachineOf({
      uid: otherUid,
      environment: { COPILOT_LSP_HTTP_PORT: String(first.port) },
    });
    const guest = await openWindow(second);
    await eventually(() => expect(guest.editor.stderr()).toContain("is in use by another person's copilot-lsp"));
    expect(await guest.complete()).toBe(1);
    expect(second.emulator.callsTo("completions").length).toBeGreaterThan(0);

    const status = await second.run(["status", "--local"]);
    expect(status.stdout).toContain(`port ${first.port} is held by another person's copilot-lsp`);
    const doctor = await second.run(["doctor"]);
    expect(doctor.stdout.replaceAll(/\s+/g, " ")).toContain(
      `port ${first.port} is held by another person's copilot-lsp; editors work without it, scripts do not`,
    );
    const serve = await second.run(["serve"]);
    expect(serve.code).not.toBe(0);
    expect(serve.stderr).toContain("another person's copilot-lsp");

    // Nor does it get the port by asking for it, and the first one's work goes on.
    const takeover = await second.run(["serve", "--takeover"]);
    expect(takeover.stderr).toContain("another person's copilot-lsp");
    expect(await listenerOf(first)).toEqual(before);
    expect(await owner.complete()).toBe(1);
    expect(guest.editor.stderr().match(/is in use by/g)).toHaveLength(1);
    expect(owner.editor.stderr().match(/another user of this machine asked and was refused/g)).toHaveLength(1);
  }, 60_000);

  test("a script of the second one is refused, with a word on why, and spends nothing of the first one's", async () => {
    const first = await openMachineOf({});
    await openWindow(first);
    await eventually(async () => expect(await listenerOf(first)).toMatchObject({ kind: "listening" }));
    const spent = first.emulator.callsTo("completions").length;
    const refused = await askAs(otherUid, first.url);
    expect(refused).toMatch(/^403 /);
    expect(JSON.parse(refused.slice(4))).toEqual({
      error: {
        code: "forbidden",
        message: "Programs of other users of this machine may not ask this listener.",
        advice: expect.stringContaining("http.port"),
      },
    });
    expect(first.emulator.callsTo("completions")).toHaveLength(spent);
    expect(await askAs(0, first.url)).toMatch(/^200 /);
  }, 60_000);

  test("the second one takes the port over when the first is gone", async () => {
    const first = await openMachineOf({});
    const owner = await openWindow(first);
    await eventually(async () => expect(await listenerOf(first)).toMatchObject({ kind: "listening" }));
    const second = await openMachineOf({
      uid: otherUid,
      environment: { COPILOT_LSP_HTTP_PORT: String(first.port) },
    });
    const guest = await openWindow(second);
    await eventually(() => expect(guest.editor.stderr()).toContain("is in use by another person's copilot-lsp"));
    await owner.editor.kill();
    await vi.waitFor(async () => expect(await askAs(otherUid, first.url)).toMatch(/^200 /), {
      timeout: 30_000,
      interval: 500,
    });
  }, 60_000);
});
