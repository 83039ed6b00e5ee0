import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { previewOf } from "../support/fake-prompt.ts";
import { createFakeCore } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "prompt-"));
  writeFileSync(join(folder, "a.py"), "x = 1\ny = \n");
  writeFileSync(join(folder, "b.py"), "z = 3\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("prompt FILE:LINE:COL", () => {
  test("prints the body that would be sent", async () => {
    const session = createSession({ cwd: folder });
    expect(await session.run("prompt", "a.py:2:5")).toBe(0);
    expect(JSON.parse(session.output())).toEqual(
      previewOf({
        kind: "prompt",
        trigger: "typed",
        lines: "auto",
        languageId: "python",
        before: "x = 1\ny = ",
        after: "\n",
      }).body,
    );
    expect(session.errors()).toBe("");
    expect(session.openCores()).toBe(0);
  });

  test("asks as an editor does when something is typed, with the files beside it open", async () => {
    const core = createFakeCore({
      prompt: async (_ctx, request) => ({ ...previewOf(request), model: `${request.kind} ${request.trigger}` }),
    });
    const session = createSession({ core, cwd: folder });
    expect(await session.run("prompt", "a.py:2:5", "--beside", "b.py", "--json")).toBe(0);
    expect(JSON.parse(session.output())).toMatchObject({ model: "document typed" });
    expect(core.documents.events).toEqual([
      `opened ${join(folder, "b.py")} python b.py "z = 3\\n"`,
      `opened ${join(folder, "a.py")} python a.py "x = 1\\ny = \\n"`,
    ]);
  });

  test("prints text for people, and says why nothing would be sent", async () => {
    const core = createFakeCore({ prompt: async (_ctx, request) => ({ ...previewOf(request), reason: "disabled" }) });
    const session = createSession({ core, cwd: folder });
    expect(await session.run("prompt", "a.py:2:3", "--text")).toBe(0);
    expect(session.output()).toBe("x = 1\ny ▮= \n\n");
    expect(session.errors()).toMatch(/^Nothing would be sent: /);
  });

  test.each(["a.py", "-", "a.py:9:1", "no.py:1:1"])("refuses %s", async (place) => {
    const session = createSession({ cwd: folder });
    expect(await session.run("prompt", place)).toBe(2);
    expect(session.openCores()).toBe(0);
  });
});
