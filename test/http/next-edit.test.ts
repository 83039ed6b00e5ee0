// `POST /next-edit`: over the built program and the emulator where the answer counts, over a scripted core where only the
// front does.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { EditRequest, EditResult, TextEditRequest } from "../../shared/edits.ts";
import type { NextEditBody, NextEditReply } from "../../shared/http.ts";
import { CopilotError } from "../../shared/errors.ts";
import { unifiedDiff } from "../../shared/unified-diff.ts";
import { type Machine, openMachine } from "../e2e/bridge.ts";
import { untilHttp } from "../house/support/stage.ts";
import { untilCancelled } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

const before = "let count = 0;\nshow(count);\n\nfunction more() {\n  return count + 1;\n}\n";
const text = before.replace("let count", "let total");
const body: NextEditBody = { path: "src/sum.ts", text, cursor: { line: 0, character: 9 }, before };

describe("on the service", () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await openMachine({ signedIn: true });
    const models = ["usual", "spare"];
    machine.emulator.setEditModels(models.map((name) => ({ name, kind: "edit", strategy: "xtab275" })));
    machine.start(["serve"]);
    await untilHttp(machine, "/health", () => true);
  });
  afterAll(() => machine.close());

  const post = (of: object, accept = "application/json") =>
    fetch(`${machine.url}/next-edit`, { method: "POST", headers: { accept }, body: JSON.stringify(of) });
  const edited = async (of: object): Promise<NextEditReply> => (await (await post(of)).json()) as NextEditReply;
  const renamed = {
    range: { start: { line: 1, character: 0 }, end: { line: 1, character: 12 } },
    newText: "show(total);",
  };

  test("the next change of a rename, and the others of the same answer", async () => {
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("x-copilot-model")).toMatch(/./);
    expect(answer.headers.get("x-copilot-source")).toBe("upstream");
    expect(await answer.json()).toEqual({
      edit: renamed,
      others: [
        {
          range: { start: { line: 4, character: 0 }, end: { line: 4, character: 19 } },
          newText: "  return total + 1;",
        },
      ],
      model: answer.headers.get("x-copilot-model"),
      source: "upstream",
    });
  });

  const { before: _, ...bare } = body;
  const diff = unifiedDiff("src/sum.ts", before, [
    { id: "", startLine: 0, startCharacter: 4, endLine: 0, endCharacter: 9, newText: "total" },
  ]);
  test.each<[string, object]>([
    ["a diff", { ...bare, diff }],
    ["a diff of several files", { ...bare, diff: `${diff.replaceAll("sum.ts", "other.ts")}${diff}` }],
    ["a list of changes", { ...bare, edits: [{ before }] }],
    ["a list with both texts", { ...bare, edits: [{ path: "src/sum.ts", before, after: text }] }],
    ["a list with diffs", { ...bare, edits: [{ diff }] }],
    [
      "changes that follow one another",
      { ...bare, edits: [{ before: before.replace("let count", "let n") }, { before }] },
    ],
    ["an offset for the cursor", { ...bare, before, cursor: null, offset: 9 }],
    [
      "the changes of another file that is sent along",
      {
        ...bare,
        text: before.replace("let count = 0;\n", ""),
        cursor: { line: 0, character: 0 },
        edits: [{ path: "src/a.ts", before: "export let count = 0;\n" }],
        files: [{ path: "src/a.ts", text: "export let total = 0;\n" }],
      },
    ],
  ])("takes %s", async (_name, of) => {
    const { edit } = await edited(of);
    expect(edit?.newText).toBe("show(total);");
  });

  test("looks where the old word still stands, when nothing is left around the cursor", async () => {
    const filler = Array.from({ length: 60 }, (_line, index) => `step(${index});\n`).join("");
    const of = {
      ...body,
      before: before.replace("show", `${filler}show`),
      text: text.replace("show", `${filler}show`),
    };
    const { edit, source } = await edited(of);
    expect(source).toBe("jump");
    expect(edit).toEqual({
      range: { start: { line: 61, character: 0 }, end: { line: 61, character: 12 } },
      newText: "show(total);",
    });
  });

  test("tells of the changes next to the cursor, when there are more than a prompt holds", async () => {
    const part = (index: number, name: string): string =>
      `// Part ${index}, which says ${"much ".repeat(40)}\nlet ${name}${index} = ${index};\n${"\n".repeat(12)}use(old${index});\n`;
    const parts = Array.from({ length: 60 }, (_part, index) => index);
    const of = {
      path: "src/parts.ts",
      before: parts.map((index) => part(index, "old")).join(""),
      text: parts.map((index) => part(index, "now").replaceAll("much", "more")).join(""),
      cursor: { line: 20 * 15 + 13, character: 0 },
    };
    expect((await edited(of)).edit?.newText).toBe("use(now20);");
  });

  describe.each<[string, string]>([
    ["as it is", "\n"],
    ["with CRLF", "\r\n"],
  ])("a diff of a file %s", (_name, lineEnd) => {
    test.each([
      ["that ends in a line end", before],
      ["that does not", before.trimEnd()],
    ])("%s can be applied with patch and with git", async (_end, old) => {
      const folder = mkdtempSync(join(tmpdir(), "next-edit-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const [was, now] = [old, old.replace("let count", "let total")].map((one) => one.replaceAll("\n", lineEnd));
      const answer = await post({ ...body, path: "src/my sum.ts", text: now, before: was }, "text/x-diff");
      expect(answer.headers.get("content-type")).toBe("text/x-diff; charset=utf-8");
      const patch = Buffer.from(await answer.arrayBuffer());
      const wanted = (was ?? "").replaceAll("count", "total");
      for (const [program, ...args] of [
        ["patch", "-p1", "--binary"],
        ["git", "apply", "-"],
      ]) {
        mkdirSync(join(folder, "src"), { recursive: true });
        writeFileSync(join(folder, "src/my sum.ts"), now ?? "");
        const run = spawnSync(program ?? "", args, { cwd: folder, input: patch, encoding: "utf8" });
        expect(run.status, run.stdout + run.stderr).toBe(0);
        expect(readFileSync(join(folder, "src/my sum.ts"), "utf8")).toBe(wanted);
      }
    });
  });

  test("nothing was changed: a reason, and an empty diff", async () => {
    expect(await edited({ ...body, before: text })).toEqual({ edit: null, reason: "no-changes" });
    const answer = await post({ ...body, before: text }, "text/x-diff");
    expect([answer.status, await answer.text(), answer.headers.get("x-copilot-reason")]).toEqual([
      200,
      "",
      "no-changes",
    ]);
  });

  test("a file that a rule excludes: whose rule it is", async () => {
    expect(await edited({ ...body, path: "src/.env" })).toEqual({
      edit: null,
      reason: "excluded",
      detail: "completion.excludeGlobs keeps this file from being sent.",
    });
  });

  test("a model that the service does not have: the answer names the one that gave it", async () => {
    machine.emulator.script("chat-completions", { kind: "status", status: 404, body: "model not found" });
    const { edit, model } = await edited({ ...body, model: "spare" });
    expect({ edit, model }).toEqual({ edit: renamed, model: "usual" });
    const asked = machine.emulator.callsTo("chat-completions").slice(-2);
    expect(asked.map((call) => call.body)).toMatchObject([{ model: "spare" }, { model: "usual" }]);
  });

  test("takes what git diff writes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "next-edit-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "a.ts"), before);
    writeFileSync(join(folder, "b.ts"), text);
    const run = spawnSync("git", ["diff", "--no-index", "a.ts", "b.ts"], { cwd: folder, encoding: "utf8" });
    expect((await edited({ ...bare, path: "b.ts", diff: run.stdout })).edit).toEqual(renamed);
  });
});

describe("the request", () => {
  test.each<[string, object, string]>([
    ["without a path", { ...body, path: undefined }, '"path" must be a string, not missing.'],
    ["without a text", { ...body, text: undefined }, '"text" must be a string, not missing.'],
    ["without a cursor", { ...body, cursor: undefined }, 'The body must have either "cursor" or "offset".'],
    ["with two cursors", { ...body, offset: 0 }, 'The body must have either "cursor" or "offset".'],
    [
      "with an offset outside",
      { ...body, cursor: undefined, offset: text.length + 1 },
      `"offset" must be a whole number from 0 to ${text.length}`,
    ],
    ["with half a cursor", { ...body, cursor: { line: 1 } }, '"character" is missing.'],
    [
      "with a diff of another text",
      { ...body, before: undefined, diff: "--- a/src/sum.ts\n+++ b/src/sum.ts\n@@ -1 +1 @@\n-a\n+b\n" },
      "The diff of src/sum.ts does not lead to the text that was sent.",
    ],
    [
      "with a broken diff",
      { ...body, before: undefined, diff: "--- a\n+++ b\n@@ -1,5 +1,5 @@\n-a\n" },
      "The diff is not a unified diff.",
    ],
    ["with an edit of neither kind", { ...body, edits: [{}] }, '"edits[0]" must have either "before" or "diff".'],
    [
      "with an edit of an unknown file",
      { ...body, edits: [{ path: "x", before: "" }] },
      '"edits[0]" must have "after": no text of x was sent.',
    ],
  ])("%s is refused", async (_name, of, message) => {
    const { core, post } = await serve();
    Object.assign(core, { nextEdit: () => expect.fail("asked") });
    const { status, text: answer } = await post("/next-edit", of);
    const { error } = JSON.parse(answer) as { error: { code: string; message: string } };
    expect([status, error.code]).toEqual([400, "bad-request"]);
    expect(error.message).toContain(message);
  });

  test("comes to the core as plain data", async () => {
    const { core, post } = await serve();
    const asked: EditRequest[] = [];
    Object.assign(core, {
      nextEdit: async (_ctx: unknown, request: EditRequest): Promise<EditResult> => {
        asked.push(request);
        return { kind: "empty", reason: "upstream-empty", model: "m" };
      },
    });
    const of = { ...body, model: "mine", diagnostics: [{ line: 1, message: "no count" }] };
    expect(JSON.parse((await post("/next-edit", of)).text)).toEqual({
      edit: null,
      reason: "upstream-empty",
      model: "m",
    });
    expect(asked).toEqual<TextEditRequest[]>([
      {
        kind: "text",
        path: "src/sum.ts",
        languageId: "typescript",
        text,
        line: 0,
        character: 9,
        edits: [{ path: "src/sum.ts", before, after: text }],
        files: [],
        diagnostics: [{ severity: "error", message: "no count", startLine: 1, endLine: 1 }],
        model: "mine",
      },
    ]);
  });

  test("ends when the client leaves", async () => {
    const { core, connect } = await serve();
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    let ended: unknown;
    const over = new Promise<void>((resolve) => {
      Object.assign(core, {
        async nextEdit(ctx: Parameters<typeof untilCancelled>[0]) {
          begin();
          await untilCancelled(ctx).catch((reason: unknown) => (ended = reason));
          resolve();
          throw ended;
        },
      });
    });
    const client = connect();
    const json = JSON.stringify(body);
    client.write(`POST /next-edit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${json.length}\r\n\r\n${json}`);
    await begun;
    client.socket.destroy();
    await over;
    expect(ended).toMatchObject({ code: "cancelled" });
  });

  test("that fails has the status of its error", async () => {
    const { core, post } = await serve();
    Object.assign(core, {
      nextEdit: () => Promise.reject(new CopilotError("limited", "Slow down.", { retryAfterMs: 3_000 })),
    });
    const answer = await post("/next-edit", body, { accept: "text/x-diff" });
    expect([answer.status, answer.headers["retry-after"]]).toEqual([429, "3"]);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: "limited" } });
  });
});
