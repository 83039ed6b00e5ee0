import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CompletionRequest } from "../../shared/completion.ts";
import { createFakeCore } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "complete-"));
  writeFileSync(join(folder, "a.py"), "x = 1\n\tπ𝒳y = \r\nlast");
  writeFileSync(join(folder, "b.go"), "package main\n");
  writeFileSync(join(folder, "rest.txt"), "\n    pass\n");
  writeFileSync(join(folder, "latin.c"), Buffer.from([0x2f, 0x2f, 0xe9]));
});
afterAll(() => rmSync(folder, { recursive: true }));

function recording() {
  const requests: CompletionRequest[] = [];
  const base = createFakeCore();
  const core = createFakeCore({
    complete: (ctx, request) => {
      requests.push(request);
      return base.complete(ctx, request);
    },
  });
  return { core, requests };
}

describe("complete FILE:LINE:COL", () => {
  test("prints exactly the text", async () => {
    const session = createSession({ cwd: folder });
    expect(await session.run("complete", "a.py:1:6")).toBe(0);
    expect(session.output()).toBe("first + second");
    expect(session.errors()).toBe("");
    expect(session.openCores()).toBe(0);
  });

  test("counts lines and characters from 1, also beyond the basic plane, and knows the language by the name", async () => {
    const { core, requests } = recording();
    await createSession({ core, cwd: folder }).run("complete", "a.py:2:4");
    expect(requests).toEqual([
      {
        kind: "document",
        documentId: join(folder, "a.py"),
        file: join(folder, "a.py"),
        before: "x = 1\n\tπ𝒳",
        beforeOffset: 0,
        after: "y = \r\nlast",
        lineCount: 3,
        path: "a.py",
        languageId: "python",
        trigger: "script",
        lines: "auto",
      },
    ]);
  });

  test("takes the end of a line and of the file", async () => {
    const { core, requests } = recording();
    const session = createSession({ core, cwd: folder });
    await session.run("complete", "a.py:2:8");
    await session.run("complete", "a.py:3:5");
    await session.run("complete", "b.go:2:1");
    expect(requests.map(({ after }) => after)).toEqual(["\r\nlast", "", ""]);
  });

  test.each([
    ["a.py:4:1", "a.py has lines 1 to 3, not 4."],
    ["a.py:0:1", "a.py has lines 1 to 3, not 0."],
    ["a.py:3:6", "a.py has columns 1 to 5 in line 3, not 6."],
    ["a.py:3:0", "a.py has columns 1 to 5 in line 3, not 0."],
    ["a.py", "a.py is not a place in a file."],
    ["a.py:3", "a.py:3 is not a place in a file."],
    ["none.py:1:1", "none.py cannot be read: there is no such file."],
    [".:1:1", ". cannot be read: it is a folder."],
    ["latin.c:1:1", "latin.c is not UTF-8 text."],
  ])("%s is refused: %s", async (place, message) => {
    const session = createSession({ cwd: folder });
    expect(await session.run("complete", place)).toBe(2);
    expect(session.errors()).toContain(message);
  });

  test("sends of a path only what is below the current folder", async () => {
    const { core, requests } = recording();
    await createSession({ core, cwd: join(folder, "elsewhere") }).run("complete", join(folder, "a.py:1:1"));
    expect(requests[0]?.path).toBe("a.py");
  });

  test("hands on how much is wanted", async () => {
    const { core, requests } = recording();
    const flags = [
      "--lines=block",
      "-n",
      "2",
      "--stop",
      "\n\n",
      "--max-tokens",
      "64",
      "--model",
      "m",
      "--language",
      "c",
    ];
    await createSession({ core, cwd: folder }).run("complete", "a.py:1:1", ...flags);
    expect(requests[0]).toMatchObject({
      lines: "block",
      n: 2,
      stop: ["\n\n"],
      maxTokens: 64,
      model: "m",
      languageId: "c",
    });
  });

  test.each([
    [["--lines", "many"], "--lines takes one, auto or block, not many."],
    [["-n", "11"], "--number takes an integer from 1 to 10, not 11."],
    [["--max-tokens", "x"], "--max-tokens takes an integer from 1 to 4096, not x."],
    [["--path", "x"], "--path and --suffix-file go with - only"],
  ])("refuses %j", async (flags, message) => {
    const session = createSession({ cwd: folder });
    expect(await session.run("complete", "a.py:1:1", ...flags)).toBe(2);
    expect(session.errors()).toContain(message);
  });
});

describe("complete -", () => {
  test("takes the prompt from standard input and the rest from a file", async () => {
    const { core, requests } = recording();
    const session = createSession({ core, cwd: folder, input: "def f():" });
    expect(await session.run("complete", "-", "--path", "lib/f.py", "--suffix-file", "rest.txt")).toBe(0);
    expect(requests).toEqual([
      {
        kind: "prompt",
        before: "def f():",
        after: "\n    pass\n",
        path: "lib/f.py",
        languageId: "python",
        trigger: "script",
        lines: "one",
      },
    ]);
    expect(session.output()).toBe("first + second");
  });

  test("lets a stop of the caller's own decide where the answer ends", async () => {
    const { core, requests } = recording();
    await createSession({ core, input: "x" }).run("complete", "-", "--stop", "\n\n");
    expect(requests[0]).toMatchObject({ lines: "block", stop: ["\n\n"], languageId: "plaintext" });
  });

  test("puts several alternatives behind NUL bytes for programs, and behind lines for people", async () => {
    const piped = createSession({ input: "x" });
    await piped.run("complete", "-", "-n", "2");
    expect(piped.output()).toBe("first + second\0second + first + 1");
    const seen = createSession({ input: "x", isTerminal: { stdout: true }, environment: { NO_COLOR: "1" } });
    await seen.run("complete", "-", "-n", "2");
    expect(seen.output()).toBe("--- 1 of 2 ---\nfirst + second\n--- 2 of 2 ---\nsecond + first + 1\n");
  });

  test("ends the line on a terminal without adding to the result", async () => {
    const session = createSession({ input: "x", isTerminal: { stdout: true, stderr: true } });
    await session.run("complete", "-");
    expect(session.output()).toBe("first + second");
    expect(session.errors()).toBe("\n");
  });

  test("says how to end what is typed by hand", async () => {
    const session = createSession({ input: "x", isTerminal: { stdin: true } });
    await session.run("complete", "-");
    expect(session.errors()).toContain("Ctrl-D");
  });

  test("says why nothing is offered, prints nothing, and ends with 5", async () => {
    const core = createFakeCore({ complete: async () => ({ kind: "empty", reason: "upstream-empty" }) });
    const session = createSession({ core, input: "x" });
    expect(await session.run("complete", "-")).toBe(5);
    expect(session.output()).toBe("");
    expect(session.errors()).toBe("Nothing offered: The service had nothing to offer here.\n");
  });

  test("tells a program text, ranges, model and source", async () => {
    const session = createSession({ input: "x" });
    await session.run("complete", "-", "--json");
    expect(JSON.parse(session.output())).toEqual({
      kind: "items",
      items: [{ id: "item-0", text: "first + second", replaceBefore: 0, replaceAfter: 0 }],
      model: "gpt-41-copilot",
      source: "upstream",
    });
  });

  test("refuses more than 10 MB", async () => {
    const session = createSession({ input: "x".repeat(10_000_001) });
    expect(await session.run("complete", "-")).toBe(2);
    expect(session.errors()).toContain("Standard input is larger than 10 MB.");
  });

  test("stops reading when it is told to stop", async () => {
    const session = createSession();
    const ending = session.run("complete", "-");
    await session.clock.advance(0);
    session.ctx.cancel();
    expect(await ending).toBe(130);
  });
});
