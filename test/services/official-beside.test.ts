// Two windows that may share a process of GitHub's language server, with time, settings and silence in the hands of the test:
// what one asks while the other has just changed its settings, or has just seen the process die, or answers nothing.

import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../../shared/context.ts";
import type { OfficialSettings } from "../../server/upstream/official/server-settings.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import { eventually } from "../support/eventually.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import {
  besideEachOther,
  createStandInFolder,
  type InProcess,
  openInProcess,
  type StandInFolder,
  usualSettings,
} from "./support/official-in-process.ts";

const suggestion = "return a + b";

let folder: StandInFolder;
let peers: ReturnType<typeof besideEachOther>;
let opened: InProcess[];
/** Stands still for both until the test moves it; timers run. */
let nowMs: number;
const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };

beforeEach(() => {
  folder = createStandInFolder();
  peers = besideEachOther();
  opened = [];
  nowMs = 1_000;
});
afterEach(async () => {
  await Promise.all(opened.map(({ close }) => close()));
  folder.remove();
});

interface Window extends InProcess {
  /** Its settings are others from now on. */
  change(settings: Partial<OfficialSettings>): void;
}

function open(role: "holder" | "beside"): Window {
  let settings = usualSettings;
  const window = openInProcess(folder, { clock, peers: peers[role], settings: () => settings });
  opened.push(window);
  return {
    ...window,
    change(changed) {
      settings = { ...settings, ...changed };
      window.tellSettings();
    },
  };
}

/** Each has been answered once, by the same process. */
async function openBoth(): Promise<readonly [Window, Window]> {
  const [first, other] = [open("holder"), open("beside")];
  expect(await first.ask()).toBe(suggestion);
  expect(await other.ask()).toBe(suggestion);
  return [first, other];
}

const sharing = ({ service }: Window): string | undefined => service.report().sharing;

test("one that comes while the process is left alone after it has died starts none beside it, and is answered by the next", async () => {
  const first = open("holder");
  expect(await first.ask()).toBe(suggestion);
  folder.behave({ crash: true });
  await expect(first.ask()).rejects.toMatchObject({ code: "upstream-failed" });
  // The second time in a row it is left alone for a moment.
  await expect(first.ask()).rejects.toMatchObject({ code: "upstream-failed" });
  folder.behave({});
  const other = open("beside");
  await expect(other.ask()).rejects.toMatchObject({ code: "upstream-failed" });
  expect(folder.running()).toEqual([]);
  nowMs += 1_000;
  expect(await other.ask()).toBe(suggestion);
  expect(await first.ask()).toBe(suggestion);
  expect(folder.running()).toHaveLength(1);
});

test("one that hears of a change of settings first is with the other again soon after that has heard of it", async () => {
  const [first, other] = await openBoth();
  other.change({ proxy: "http://127.0.0.1:9" });
  expect(await other.ask()).toBe(suggestion);
  expect(folder.running()).toHaveLength(2);
  first.change({ proxy: "http://127.0.0.1:9" });
  nowMs += 2_000;
  await eventually(async () => {
    expect(await other.ask()).toBe(suggestion);
    expect(folder.running()).toHaveLength(1);
  });
  expect(sharing(other)).toContain("shared with process");
});

test("one whose settings change while it comes to the other does not share a process with the former ones", async () => {
  const [first, other] = [open("holder"), open("beside")];
  expect(await first.ask()).toBe(suggestion);
  const asking = other.ask();
  await eventually(() => expect(peers.streams).toHaveLength(1));
  other.change({ proxy: "http://127.0.0.1:9" });
  expect(await asking).toBe(suggestion);
  expect(sharing(other)).toContain("this process's own");
  expect(folder.running()).toHaveLength(2);
});

test("a process is told of settings that change while it starts", async () => {
  const first = open("holder");
  folder.behave({ slowMs: 200 });
  const asking = first.ask();
  await eventually(() => expect(folder.told().some(({ method }) => method === "initialize")).toBe(true));
  first.change({ proxy: "http://127.0.0.1:9" });
  expect(await asking).toBe(suggestion);
  const told = folder.told().filter(({ method }) => method === "workspace/didChangeConfiguration");
  expect(JSON.stringify(told)).toContain("http://127.0.0.1:9");
});

test("one that found nobody at the port starts its own, and comes back when it is answered", async () => {
  const [first, other] = [open("holder"), open("beside")];
  expect(await first.ask()).toBe(suggestion);
  peers.isAnswered = false;
  expect(await other.ask()).toBe(suggestion);
  expect(folder.running()).toHaveLength(2);
  peers.isAnswered = true;
  nowMs += 2_000;
  await eventually(async () => {
    expect(await other.ask()).toBe(suggestion);
    expect(folder.running()).toHaveLength(1);
  });
});

test("the models are asked for once the next process has read its sign-in", async () => {
  const [, other] = await openBoth();
  folder.behave({ crash: true });
  await expect(other.ask()).rejects.toMatchObject({ code: "upstream-failed" });
  folder.behave({});
  expect(await other.service.models(createTestCtx())).toHaveLength(1);
});

test.each([false, true])(
  "a sign-in whose process ends is over, and is done where the code had been entered: %s",
  async (isEntered) => {
    folder.behave({ signedOut: true });
    const [first, other] = [open("holder"), open("beside")];
    expect(await first.account.check(createTestCtx(), { localOnly: false })).toMatchObject({ kind: "signed-out" });
    expect(await other.account.signIn(createTestCtx())).toMatchObject({ kind: "device-flow" });
    const finished = other.account.finishSignIn(createTestCtx());
    await eventually(() =>
      expect(folder.told().some(({ method }) => method === "workspace/executeCommand")).toBe(true),
    );
    folder.behave({ signedOut: !isEntered });
    peers.isAnswered = false;
    await Promise.all([
      first.close(),
      isEntered
        ? expect(finished).resolves.toEqual({ user: "octocat" })
        : expect(finished).rejects.toMatchObject({
            code: "sign-in-failed",
            advice: "Start the sign-in again to get a new code.",
          }),
    ]);
  },
);

test("a sign-in that is asked for while the process changes gets its code from the next", async () => {
  folder.behave({ signedOut: true });
  const [first, other] = [open("holder"), open("beside")];
  expect(await other.account.check(createTestCtx(), { localOnly: false })).toMatchObject({ kind: "signed-out" });
  folder.behave({ signedOut: true, slowMs: 300 });
  const started = other.account.signIn(createTestCtx());
  await eventually(() => expect(folder.told().some(({ method }) => method === "signIn")).toBe(true));
  folder.behave({ signedOut: true });
  peers.isAnswered = false;
  await Promise.all([first.close(), expect(started).resolves.toMatchObject({ kind: "device-flow" })]);
});
