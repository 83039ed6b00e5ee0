// `copilot-lsp next-edit`: the built program in real git repositories, on the emulator.

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { EditResult } from "../../shared/edits.ts";
import { type CommandResult, type Machine, openMachine } from "../e2e/bridge.ts";
import { createFakeCore } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

const before = "let count = 0;\nshow(count);\n\nfunction more() {\n  return count + 1;\n}\n";
const after = before.replace("let count", "let total");
const wanted = before.replaceAll("count", "total");

let machine: Machine;
let folder = "";
beforeAll(async () => {
  machine = await openMachine({
    signedIn: true,
    environment: { GIT_CONFIG_GLOBAL: "/dev/null", COPILOT_LSP_LOG_LEVEL: "error" },
  });
});
afterAll(() => machine.close());
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "next-edit-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

function git(...args: readonly string[]): string {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example", "-c", "commit.gpgsign=false"];
  const run = spawnSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function commit(name: string, text: string): void {
  if (!existsSync(join(folder, ".git"))) git("init", "-q");
  write(name, text);
  git("add", "-A");
  git("commit", "-qm", "x");
}

function run(args: readonly string[], cwd = folder): Promise<CommandResult> {
  return machine.run(["next-edit", ...args], { cwd });
}

/** Applies the diff in both ways; the file's text after it. */
function applied(diff: string, name: string, cwd = folder): string {
  const file = join(cwd, name);
  const text = readFileSync(file);
  const results = [
    ["git", "apply", "-"],
    ["patch", "-p1", "--binary"],
  ].map(([program = "", ...args]) => {
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, input: diff, encoding: "utf8" });
    expect(status, `${program}: ${stdout}${stderr}`).toBe(0);
    return readFileSync(file, "utf8");
  });
  expect(results[0]).toBe(results[1]);
  return results[0] ?? "";
}

describe("the diff", () => {
  test("continues what was changed since the last commit, and can be applied", async () => {
    commit("src/sum.ts", before);
    write("src/sum.ts", after);
    const { code, stdout, stderr } = await run(["src/sum.ts:1:10"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(
      `--- a/src/sum.ts\n+++ b/src/sum.ts\n@@ -1,6 +1,6 @@\n let total = 0;\n-show(count);\n+show(total);\n \n function more() {\n-  return count + 1;\n+  return total + 1;\n }\n`,
    );
    expect(applied(stdout, "src/sum.ts")).toBe(wanted);
  });

  test("continues what was changed since an older revision", async () => {
    commit("sum.ts", before);
    commit("sum.ts", after);
    expect(await run(["sum.ts:1:1"])).toMatchObject({ code: 5, stdout: "" });
    expect(applied((await run(["sum.ts:1:1", "--since", "HEAD~1"])).stdout, "sum.ts")).toBe(wanted);
  });

  test("continues what was changed since another file, without git", async () => {
    write("sum.ts", after);
    write("sum.ts.orig", before);
    expect(applied((await run(["sum.ts:1:1", "--before", "sum.ts.orig"])).stdout, "sum.ts")).toBe(wanted);
  });

  test.each<[string, (text: string) => string]>([
    ["with CRLF", (text) => text.replaceAll("\n", "\r\n")],
    ["without a line end at its end", (text) => text.trimEnd()],
    ["with a byte order mark", (text) => `\ufeff${text}`],
    ["with all of them", (text) => `\ufeff${text.trimEnd().replaceAll("\n", "\r\n")}`],
    ["that begins with what changes", (text) => text.replace("let count = 0;\nshow", "show")],
  ])("of a file %s can be applied", async (_name, of) => {
    const isDeclared = of(before).includes("let count");
    commit("sum.ts", of(before));
    const now = isDeclared ? of(after) : of(before).replace("return count", "return total");
    write("sum.ts", now);
    const { stdout, stderr } = await run([isDeclared ? "sum.ts:1:1" : "sum.ts:4:1"]);
    expect(stderr).toBe("");
    expect(applied(stdout, "sum.ts")).toBe(of(before).replaceAll("count", "total"));
  });

  test("of LF in the repository and CRLF in the folder is one of the change alone", async () => {
    commit("sum.ts", before);
    write("sum.ts", after.replaceAll("\n", "\r\n"));
    expect(applied((await run(["sum.ts:1:1"])).stdout, "sum.ts")).toBe(wanted.replaceAll("\n", "\r\n"));
  });

  test("names the file from the folder that the command runs in", async () => {
    commit("src/deep/my sum.ts", before);
    write("src/deep/my sum.ts", after);
    const cwd = join(folder, "src");
    const { stdout } = await run(["deep/my sum.ts:1:1"], cwd);
    expect(stdout).toContain("+++ b/deep/my sum.ts\t\n");
    expect(applied(stdout, "deep/my sum.ts", cwd)).toBe(wanted);
  });

  test("of a file outside of the folder names it alone, and says where it applies", async () => {
    commit("src/sum.ts", before);
    write("src/sum.ts", after);
    mkdirSync(join(folder, "elsewhere"));
    const { stdout, stderr } = await run(["../src/sum.ts:1:1"], join(folder, "elsewhere"));
    expect(stderr).toBe(`The diff names sum.ts alone: apply it in ${join(folder, "src")}.\n`);
    expect(applied(stdout, "sum.ts", join(folder, "src"))).toBe(wanted);
    expect(JSON.stringify(machine.emulator.callsTo("chat-completions").at(-1)?.body)).not.toContain(folder);
  });

  test("of a link is one of the file that it leads to", async () => {
    commit("src/sum.ts", before);
    write("src/sum.ts", after);
    symlinkSync(join(folder, "src/sum.ts"), join(folder, "link.ts"));
    expect((await run(["link.ts:1:1"])).stdout).toContain("+show(total);");
  });

  test("of a file that was never committed takes it for new", async () => {
    commit("other.ts", "x\n");
    write("sum.ts", "class Point {\n  x = 0;\n  z = 0;\n}\n");
    expect(await run(["sum.ts:1:1"])).toMatchObject({
      stderr: "Nothing offered: The service had nothing to change here.\n",
    });
    const sent = JSON.stringify(machine.emulator.callsTo("chat-completions").at(-1)?.body);
    expect(sent).toContain("+class Point {");
  });

  test("of a repository without a commit takes every file for new", async () => {
    git("init", "-q");
    write("sum.ts", "let n = 0;\n");
    expect((await run(["sum.ts:1:1"])).code).toBe(5);
    expect(await run(["sum.ts:1:1", "--since", "HEAD"])).toMatchObject({ code: 2 });
  });

  test("with --json it is the edit", async () => {
    commit("sum.ts", before);
    write("sum.ts", after);
    const { code, stdout } = await run(["sum.ts:1:1", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "edit", edit: { startLine: 1, newText: "show(total);" } });
  });
});

describe("a refusal", () => {
  test.each<[string, readonly string[], string]>([
    ["a place that is none", ["sum.ts"], "sum.ts is not a place in a file."],
    ["a place outside", ["sum.ts:99:1"], "sum.ts has lines 1 to 7, not 99."],
    ["a file that is not there", ["no.ts:1:1"], "no.ts cannot be read: there is no such file."],
    ["two earlier texts", ["sum.ts:1:1", "--since", "HEAD", "--before", "x"], "give one of them"],
    [
      "a revision that is none",
      ["sum.ts:1:1", "--since", "nonesuch"],
      "nonesuch is no revision of the repository of sum.ts.",
    ],
    ["a revision that looks like an option", ["sum.ts:1:1", "--since=--output=x"], "--output=x is no revision"],
    ["an object that is no commit", ["sum.ts:1:1", "--since", "HEAD:sum.ts"], "HEAD:sum.ts is no revision"],
  ])("of %s", async (_name, args, words) => {
    commit("sum.ts", before);
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(words);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });

  test("outside of a repository, with what to do", async () => {
    write("sum.ts", before);
    const { code, stderr } = await run(["sum.ts:1:1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("The earlier text of sum.ts is not known: not a git repository");
    expect(stderr).toContain("--before FILE");
  });

  test.each<[Extract<EditResult, { kind: "empty" }>["reason"], number]>([
    ["no-changes", 5],
    ["upstream-empty", 5],
    ["filtered", 5],
    ["excluded", 5],
    ["plan", 6],
    ["too-large", 2],
    ["late", 4],
  ])("because of %s has exit code %i", async (reason, code) => {
    write("a.ts", "a\n");
    write("b.ts", "b\n");
    const core = createFakeCore({ nextEdit: async () => ({ kind: "empty", reason }) });
    const session = createSession({ core, cwd: folder });
    expect(await session.run("next-edit", "a.ts:1:1", "--before", "b.ts")).toBe(code);
    expect(session.output()).toBe("");
    expect(session.errors()).toMatch(/^Nothing offered: \S.*\.\n$/);
    expect(session.openCores()).toBe(0);
  });

  test("of a file that a rule excludes, wherever it is asked from", async () => {
    commit("sub/.env", "A=1\nuse(A)\n");
    write("sub/.env", "B=1\nuse(A)\n");
    const asked = machine.emulator.callsTo("chat-completions").length;
    const { code, stdout, stderr } = await run([".env:1:1"], join(folder, "sub"));
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toContain("Nothing offered: completion.excludeGlobs keeps this file from being sent.");
    expect(machine.emulator.callsTo("chat-completions").length).toBe(asked);
  });
});

describe("a hostile repository", () => {
  test("runs nothing that its configuration, hooks and attributes name", async () => {
    commit("sum.ts", before);
    commit(".gitattributes", "* filter=evil diff=evil\n");
    write("sum.ts", after);
    const marker = join(folder, "ran");
    const evil = join(folder, "evil");
    writeFileSync(evil, `#!/bin/sh\necho "$0 $*" >> ${marker}\ncat\n`);
    chmodSync(evil, 0o755);
    for (const hook of ["post-index-change", "reference-transaction", "post-checkout"]) {
      mkdirSync(join(folder, ".git/hooks"), { recursive: true });
      symlinkSync(evil, join(folder, ".git/hooks", hook));
    }
    for (const key of [
      "core.fsmonitor",
      "core.pager",
      "pager.cat-file",
      "pager.ls-tree",
      "core.sshCommand",
      "core.askPass",
      "core.editor",
      "core.alternateRefsCommand",
      "diff.external",
      "diff.evil.textconv",
      "filter.evil.smudge",
      "filter.evil.clean",
      "filter.evil.process",
      "credential.helper",
      "uploadpack.packObjectsHook",
      "gpg.program",
      "alias.cat-file",
      "alias.rev-parse",
    ]) {
      spawnSync("git", ["config", key, evil], { cwd: folder });
    }
    expect(applied((await run(["sum.ts:1:1"])).stdout, "sum.ts")).toBe(wanted);
    // Git's own commands run some of it, so look first at what the program did.
    rmSync(marker, { force: true });
    write("sum.ts", after);
    expect((await run(["sum.ts:1:1"])).code).toBe(0);
    expect(existsSync(marker)).toBe(false);
  });

  test("fetches no missing object from where it says", async () => {
    commit("sum.ts", before);
    write("sum.ts", after);
    const marker = join(folder, "ran");
    const evil = join(folder, "evil");
    writeFileSync(evil, `#!/bin/sh\necho ran >> ${marker}\nexit 1\n`);
    chmodSync(evil, 0o755);
    const blob = git("rev-parse", "HEAD:sum.ts").trim();
    rmSync(join(folder, ".git/objects", blob.slice(0, 2), blob.slice(2)), { force: true });
    for (const [key = "", value = ""] of [
      ["core.repositoryFormatVersion", "1"],
      ["extensions.partialClone", "origin"],
      ["remote.origin.promisor", "true"],
      ["remote.origin.url", folder],
      ["remote.origin.uploadpack", evil],
      ["protocol.allow", "always"],
    ]) {
      git("config", key, value);
    }
    // This is how it would come about.
    spawnSync("git", ["cat-file", "blob", blob], { cwd: folder });
    expect(existsSync(marker)).toBe(true);
    rmSync(marker);
    expect(await run(["sum.ts:1:1"])).toMatchObject({ code: 2, stdout: "" });
    expect(existsSync(marker)).toBe(false);
  });
});

describe("prompt --next-edit", () => {
  const prompt = (...args: readonly string[]) => machine.run(["prompt", "--next-edit", ...args], { cwd: folder });

  test("shows what would be sent, and sends nothing", async () => {
    commit("sum.ts", before);
    write("sum.ts", after);
    const asked = machine.emulator.callsTo("chat-completions").length;
    const { code, stdout, stderr } = await prompt("sum.ts:1:10");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(machine.emulator.callsTo("chat-completions").length).toBe(asked);
    await run(["sum.ts:1:10"]);
    expect(JSON.parse(stdout)).toEqual(machine.emulator.callsTo("chat-completions").at(-1)?.body);
  });

  test("shows it as text, with the pieces of other files", async () => {
    commit("sum.ts", before);
    write("sum.ts", after);
    write("other.ts", "export const other = 1;\n");
    const { stdout } = await prompt("sum.ts:1:10", "--text", "--beside", "other.ts", "--since", "HEAD");
    expect(stdout).toContain("-let count = 0;\n+let total = 0;\n");
    expect(stdout).toContain("let total<|cursor|> = 0;");
    expect(stdout).toContain("export const other = 1;");
  });

  test("says why nothing would be sent", async () => {
    commit("sum.ts", before);
    expect((await prompt("sum.ts:1:1")).stderr).toBe(
      "Nothing would be sent: Nothing was changed that a next edit could follow.\n",
    );
    expect(await machine.run(["prompt", "sum.ts:1:1", "--since", "HEAD"], { cwd: folder })).toMatchObject({ code: 2 });
  });
});
