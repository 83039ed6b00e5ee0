import { describe, expect, test } from "vitest";
import { verbNames } from "../../server/cli/load-verb.ts";
import { createSession } from "./support/fake-env.ts";
import { expectGolden } from "./support/golden.ts";

const golden = (name: string): URL => new URL(`./golden/${name}.txt`, import.meta.url);

describe("help", () => {
  test("of the program names every command, flag, variable and exit code", async () => {
    const session = createSession();
    expect(await session.run("--help")).toBe(0);
    expectGolden(golden("help"), session.output());
    expect(session.errors()).toBe("");
  });

  test.each(verbNames)("of %s says how to call it, with examples", async (verb) => {
    const session = createSession();
    expect(await session.run(verb, "--help")).toBe(0);
    expectGolden(golden(verb), session.output());
    expect(session.output()).toContain("Example");
  });

  test.each([
    ["help", "login"],
    ["login", "-h"],
    ["--help", "login"],
  ])("is also found by %s %s", async (...argv) => {
    const session = createSession();
    expect(await session.run(...argv)).toBe(0);
    expect(session.output()).toMatch(/^copilot-lsp login: sign in/);
  });

  test("fits into 80 columns", async () => {
    for (const argv of [["--help"], ...verbNames.map((verb) => [verb, "--help"])]) {
      const session = createSession();
      await session.run(...argv);
      for (const line of session.output().split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  test("takes a terminal that does not know its width for one of 80 columns", async () => {
    const session = createSession({ columns: 0 });
    await session.run("--help");
    expectGolden(golden("help"), session.output());
  });

  test("opens no core, so it works on a machine where nothing else does", async () => {
    const session = createSession({
      openCore: () => Promise.reject(new Error("no core here")),
    });
    expect(await session.run("status", "--help")).toBe(0);
  });

  test("the version is the number alone", async () => {
    const session = createSession();
    expect(await session.run("--version")).toBe(0);
    expect(session.output()).toBe("1.2.3\n");
  });
});
