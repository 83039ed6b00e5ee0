import { expect, test } from "vitest";
import { createStatusBoard, type StatusBoard } from "../../server/core/status-board.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { Status } from "../../shared/status.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

function open(): { board: StatusBoard; heard: Status[]; clock: ManualClock } {
  const clock = createManualClock();
  const board = createStatusBoard({
    clock,
    log: createRecordingLog(),
  });
  const heard: Status[] = [];
  board.onChange((status) => heard.push(status));
  return { board, heard, clock };
}

test("a failure that comes again and again is told once, and once more when it is over", () => {
  const { board, heard } = open();
  for (let round = 0; round < 5; round += 1) board.failed(new CopilotError("offline", "github.com cannot be reached."));
  board.succeeded();
  board.succeeded();
  expect(heard.map(({ kind }) => kind)).toEqual(["Warning", "Normal"]);
});

test("being cancelled or superseded changes nothing", () => {
  const { board, heard } = open();
  board.failed(new CopilotError("cancelled", "cancelled"));
  board.failed(new CopilotError("superseded", "superseded"));
  expect(heard).toEqual([]);
});

test("signed out is said once, in sign-in's words where it has some", () => {
  const { board, heard } = open();
  board.setAccount({ kind: "signed-out" });
  expect(heard).toEqual([
    { kind: "Error", busy: false, reason: "signed-out", message: "You are not signed into GitHub." },
  ]);
  board.setAccount({ kind: "signed-out", message: "GitHub does not accept the stored sign-in. Sign in." });
  expect(heard.at(-1)?.message).toBe("GitHub does not accept the stored sign-in. Sign in.");
});

test("signing in clears what the former account was refused", () => {
  const { board } = open();
  board.setAccount({ kind: "signed-out" });
  board.failed(new CopilotError("quota", "Completions limit reached."));
  board.setAccount({ kind: "signed-in", source: "store", user: "octocat" });
  expect(board.current()).toEqual({ kind: "Normal", busy: false });
});

test("busy shows only for what takes a while, and ends with the last request", async () => {
  const { board, heard, clock } = open();
  board.begin()();
  await clock.advance(1_000);
  expect(heard).toEqual([]);
  const endFirst = board.begin();
  const endSecond = board.begin();
  await clock.advance(100);
  endFirst();
  endFirst();
  expect(board.current().busy).toBe(true);
  endSecond();
  expect(heard.map(({ busy }) => busy)).toEqual([true, false]);
  expect(clock.pendingTimers()).toBe(0);
});

test("a file that is kept from being sent is Inactive while it is the one that was asked for", () => {
  const { board } = open();
  board.setExcluded("A rule of yours.");
  expect(board.current()).toMatchObject({ kind: "Inactive", reason: "excluded", message: "A rule of yours." });
  board.setExcluded(undefined);
  expect(board.current()).toEqual({ kind: "Normal", busy: false });
});

test("turned off is Inactive, unless nobody is signed in", () => {
  const { board } = open();
  board.setEnabled(false);
  expect(board.current().kind).toBe("Inactive");
  board.setAccount({ kind: "signed-out" });
  expect(board.current().kind).toBe("Error");
});

test("a setting that keeps every session from being had is shown as the error it is", () => {
  const { board } = open();
  board.setAccount({ kind: "signed-in", source: "store" });
  board.setTrouble(new CopilotError("bad-request", "The setting github.uri is not the address of a server."));
  expect(board.current()).toMatchObject({ kind: "Error", reason: "bad-request" });
  expect(board.current().message).toContain("github.uri");
  board.setTrouble(undefined);
  expect(board.current()).toMatchObject({ kind: "Normal" });
});
