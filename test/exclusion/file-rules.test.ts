// Which rules hold for a file, by where it lies. Real folders and files, and a service that answers as a test says.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFileRules } from "../../server/exclusion/file-rules.ts";
import type { Rule } from "../../server/exclusion/rule-set.ts";
import type { NamedFile } from "../../server/exclusion/types.ts";
import { createFindWorkTrees } from "../../server/workspace/work-trees.ts";
import { plainText } from "../../shared/documents.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";

let root = "";
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "rules-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string | Uint8Array = "x\n"): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function repository(path: string, ...urls: readonly string[]): void {
  write(join(path, ".git/config"), urls.map((url, index) => `[remote "r${index}"]\n\turl = ${url}\n`).join(""));
}

const ruleOf = (...paths: readonly string[]): Rule => ({
  paths,
  ifAnyMatch: undefined,
  ifNoneMatch: undefined,
  source: { type: "Organization", name: "acme" },
});

function open(rules?: Readonly<Record<string, readonly Rule[]>>, hasRules = () => rules !== undefined) {
  const clock = createManualClock();
  const asked: string[] = [];
  const kept: string[] = [];
  const fileRules = createFileRules(
    {
      clock,
      log: createRecordingLog(),
      cwd: join(root, "cwd"),
      findWorkTrees: createFindWorkTrees({
        clock,
        readFile: (path) => readFile(path, "utf8"),
        isMissing: (error) => ["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? ""),
        configFiles: [join(root, "home/.gitconfig")],
        homeFolder: join(root, "home"),
      }),
      hasOrganisationRules: hasRules,
      async fetchRules(_ctx, remotes) {
        const keys = remotes === "outside" ? ["outside"] : remotes;
        asked.push(...keys);
        return keys.map((key) => rules?.[key] ?? []);
      },
      waitForSession: async () => undefined,
      onKeptBack: (by) => void kept.push(by),
    },
    () => ({ isExcluded: () => false }),
  );
  const judge = async (named: Partial<NamedFile>, text = "x\n"): Promise<string> => {
    const file: NamedFile = { path: undefined, file: undefined, ...named };
    const document = plainText(text);
    await fileRules.settle(file);
    return fileRules.verdict(file, () => document)?.by ?? "send";
  };
  return {
    clock,
    asked,
    kept,
    fileRules,
    judge,

    at: (path: string) => judge({ file: join(root, path) }),
  };
}

describe("the rules of organisations", () => {
  test("are those of every remote of the repository, matched below its root", async () => {
    repository("w", "https://h/a/fork", "git@host:a/main.git");
    write("w/src/a.py");
    const { at, asked } = open({ "https://h/a/fork": [], "git@host:a/main.git": [ruleOf("/src/*.py")] });
    expect(await at("w/src/a.py")).toBe("organisation");
    expect(await at("w/lib/a.py")).toBe("send");
    expect(asked).toEqual(["https://h/a/fork", "git@host:a/main.git"]);
  });

  test("are those of what an address stands for, by git's configuration and what that includes", async () => {
    write("w/.git/config", '[remote "origin"]\n\turl = gh:a/engine.git\n');
    write(
      "home/.gitconfig",
      '[user]\n\tname = x\n[include]\n\tpath = ~/git/urls\n[includeIf "gitdir:~/w/"]\n\tpath = more\n',
    );
    write("home/git/urls", '[url "git@github.com:"]\n\tinsteadOf = "gh:"\n');
    write("home/more", '[URL "https://github.com/"]\n\tInsteadOf = gh:\n');
    const { at, asked } = open({ "git@github.com:a/engine.git": [ruleOf("/src/**")] });
    expect(await at("w/src/a.py")).toBe("organisation");
    expect(asked).toEqual(["gh:a/engine.git", "git@github.com:a/engine.git", "https://github.com/a/engine.git"]);
  });

  test("are those of the repositories around one as well, each below its own root", async () => {
    repository("w", "https://h/a/outer");
    repository("w/vendor/inner", "https://h/a/inner");
    const { at } = open({
      "https://h/a/outer": [ruleOf("/vendor/inner/keys/**")],
      "https://h/a/inner": [ruleOf("/private/**")],
    });
    expect(await at("w/vendor/inner/keys/a")).toBe("organisation");
    expect(await at("w/vendor/inner/private/a")).toBe("organisation");
    expect(await at("w/private/a")).toBe("send");
  });

  test("are those for files outside of any where there is no repository, or none with an address elsewhere", async () => {
    repository("w", "/srv/git/engine.git");
    mkdirSync(join(root, "plain"));
    const { at, asked } = open({ outside: [ruleOf("**/plain/**"), ruleOf(`${root}/w/a.py`)] });
    expect(await at("plain/a.py")).toBe("organisation");
    expect(await at("w/a.py")).toBe("organisation");
    expect(await at("w/b.py")).toBe("send");
    expect(asked).toEqual(["outside"]);
  });

  test("hold for the file that a link leads to, also through a linked folder", async () => {
    repository("w", "https://h/a/b");
    write("w/secret/a.py");
    write("w/open/keep.py");
    symlinkSync(join(root, "w/secret/a.py"), join(root, "w/open/a.py"));
    symlinkSync(join(root, "w/secret"), join(root, "elsewhere"));
    const { at } = open({ "https://h/a/b": [ruleOf("/secret/**")] });
    expect(await at("w/open/a.py")).toBe("organisation");
    expect(await at("elsewhere/a.py")).toBe("organisation");
    expect(await at("elsewhere/not-there-yet.py")).toBe("organisation");
    expect(await at("w/open/keep.py")).toBe("send");
  });

  test("hold for the name of a link to what may be sent", async () => {
    repository("w", "https://h/a/b");
    write("w/open/a.py");
    mkdirSync(join(root, "w/secret"));
    symlinkSync(join(root, "w/open/a.py"), join(root, "w/secret/a.py"));
    expect(await open({ "https://h/a/b": [ruleOf("/secret/**")] }).at("w/secret/a.py")).toBe("organisation");
  });

  test("hold for untitled text by its name and what is in it", async () => {
    const { judge, asked } = open({ outside: [ruleOf("*.key"), { ...ruleOf(), ifAnyMatch: ["CONFIDENTIAL"] }] });
    expect(await judge({ otherNames: ["Untitled-1"] })).toBe("send");
    expect(await judge({ otherNames: ["Untitled-1"] }, "CONFIDENTIAL")).toBe("organisation");
    expect(await judge({ otherNames: ["a.key"] })).toBe("organisation");
    expect(asked).toEqual(["outside"]);
  });

  test("hold for what another kind of address shows of a file", async () => {
    repository("w", "https://h/a/b");
    write("w/secret/a.py");
    const { judge } = open({ "https://h/a/b": [ruleOf("/secret/**")] });
    const file = join(root, "w/secret/a.py");
    expect(await judge({ path: "secret/a.py", otherNames: [`${file}?{"ref":"~"}`, file] })).toBe("organisation");
  });

  test("are not known for a file of another machine, and nothing of it is sent", async () => {
    const { judge, asked } = open({ outside: [] });
    expect(await judge({ path: "a.py", otherNames: ["/home/nobody-here/project/a.py"] })).toBe("unknown");
    expect(asked).toEqual([]);
  });

  test("hold for a path that a program names, as seen from where it was started", async () => {
    repository("cwd", "https://h/a/b");
    const { judge } = open({ "https://h/a/b": [ruleOf("/secret/**")] });
    expect(await judge({ path: "secret/a.py" })).toBe("organisation");
    expect(await judge({ path: "src/../secret/a.py" })).toBe("organisation");
    expect(await judge({ path: "src/a.py" })).toBe("send");
  });

  test("are not known where the files of git cannot be read", async () => {
    write("broken/.git", `gitdir: ${join(root, "nowhere")}\n`);
    expect(await open({ outside: [] }).at("broken/a.py")).toBe("unknown");
    expect(await open().at("broken/a.py")).toBe("send");
  });

  test("are never asked for without an account that has some", async () => {
    repository("w", "https://h/a/b");
    const { at, asked } = open();
    expect(await at("w/a.py")).toBe("send");
    expect(asked).toEqual([]);
  });

  test("are waited for when the account turns out to have some only while a file is looked up", async () => {
    repository("w", "https://h/a/b");
    const rules = { "https://h/a/b": [ruleOf("/lib/**")] };
    let questions = 0;
    // The first time, the session token is not there yet.
    const late = open(rules, () => (questions += 1) > 1);
    expect(await late.at("w/a.py")).toBe("send");
    expect(late.asked).toEqual(["https://h/a/b"]);
  });

  test("keep everything back before they are known", async () => {
    repository("w", "https://h/a/b");
    const { fileRules, kept } = open({ "https://h/a/b": [] });
    const file: NamedFile = { path: "a.py", file: join(root, "w/a.py") };
    expect(fileRules.verdict(file, undefined)?.by).toBe("unknown");
    await expect.poll(() => fileRules.verdict(file, undefined)).toBeUndefined();
    expect(kept).toEqual([]);
  });
});

describe("a .copilotignore", () => {
  test("holds below its folder, the innermost first, and an ignored folder stays ignored", async () => {
    repository("w");
    write("w/.copilotignore", "*.key\nsecret/\n/top.py\n!keep.key\n");
    write("w/src/.copilotignore", "!a.key\nb.py\n");
    write("w/secret/.copilotignore", "!*\n");
    const { at } = open();
    expect(await at("w/x.key")).toBe("ignore-file");
    expect(await at("w/keep.key")).toBe("send");
    expect(await at("w/src/a.key")).toBe("send");
    expect(await at("w/src/c.key")).toBe("ignore-file");
    expect(await at("w/src/b.py")).toBe("ignore-file");
    expect(await at("w/b.py")).toBe("send");
    expect(await at("w/top.py")).toBe("ignore-file");
    expect(await at("w/src/top.py")).toBe("send");
    expect(await at("w/secret/deep/a.py")).toBe("ignore-file");
    expect(await at("w/SECRET.KEY")).toBe("ignore-file");
  });

  test("holds up to the workspace folder where that is above the repository, and not above both", async () => {
    repository("w/inner");
    write(".copilotignore", "*\n");
    write("w/.copilotignore", "*.key\n");
    const { judge, at } = open();
    expect(await judge({ path: "inner/a.key", file: join(root, "w/inner/a.key") })).toBe("ignore-file");
    expect(await judge({ path: "inner/a.py", file: join(root, "w/inner/a.py") })).toBe("send");
    expect(await at("w/inner/a.key")).toBe("send");
  });

  test("holds for a file behind a link", async () => {
    repository("w");
    write("w/.copilotignore", "secret/\n");
    write("w/secret/a.py");
    symlinkSync(join(root, "w/secret/a.py"), join(root, "w/a.py"));
    expect(await open().at("w/a.py")).toBe("ignore-file");
  });

  test("is read again when it was changed, made or deleted", async () => {
    repository("w");
    const { clock, at } = open();
    expect(await at("w/a.py")).toBe("send");
    write("w/.copilotignore", "*.py\n");
    await clock.advance(1_000);
    expect(await at("w/a.py")).toBe("ignore-file");
    write("w/.copilotignore", "*.rb\n");
    await clock.advance(1_000);
    expect(await at("w/a.py")).toBe("send");
    write("w/.copilotignore", "*.py\n");
    rmSync(join(root, "w/.copilotignore"));
    await clock.advance(1_000);
    expect(await at("w/a.py")).toBe("send");
  });

  test("is understood in the encodings that shells on Windows write, with their line ends", async () => {
    repository("w");
    write("w/.copilotignore", Buffer.from("\uFEFF*.py\r\n", "utf16le"));
    expect(await open().at("w/a.py")).toBe("ignore-file");
    write("w/.copilotignore", "\uFEFF*.py\r\n");
    expect(await open().at("w/a.py")).toBe("ignore-file");
  });

  test.each<[string, (path: string) => void]>([
    ["is a folder", (path) => mkdirSync(path)],
    ["is too large", (path) => writeFileSync(path, "a\n".repeat(200_000))],
    ["has too many lines", (path) => writeFileSync(path, "a\n".repeat(6_000))],
    ["is no text", (path) => writeFileSync(path, "a\0b")],
    ["leads to itself", (path) => symlinkSync(path, path)],
  ])("that cannot be read excludes everything below: it %s", async (_what, make) => {
    repository("w");
    make(join(root, "w/.copilotignore"));
    const { fileRules, at } = open();
    expect(await at("w/a.py")).toBe("ignore-file");
    expect(fileRules.report().keptBack[0]?.message).toContain("cannot be read");
  });

  test("that may not be read excludes everything below", async ({ skip }) => {
    skip(process.getuid?.() === 0, "root may read everything");
    repository("w");
    write("w/.copilotignore", "*.key\n");
    chmodSync(join(root, "w/.copilotignore"), 0);
    expect(await open().at("w/a.py")).toBe("ignore-file");
  });

  test("with thousands of patterns is read, and holds up nobody", async () => {
    repository("w");
    write("w/.copilotignore", Array.from({ length: 4_900 }, (_, index) => `p${index}*x`).join("\n"));
    const { at } = open();
    expect(await at("w/p4899-x")).toBe("ignore-file");
  });
});

describe("what is kept back", () => {
  test("is counted once for each file and kind of rule, and the last files are named", async () => {
    repository("w", "https://h/a/b");
    write("w/.copilotignore", "*.key\n");
    const { fileRules, judge, kept } = open({ "https://h/a/b": [ruleOf("/secret/**")] });
    for (const path of ["a.key", "secret/a.py", "a.key", "b.py"]) await judge({ path, file: join(root, "w", path) });
    expect(kept).toEqual(["ignore-file", "organisation"]);
    expect(fileRules.report()).toMatchObject({
      repositories: [{ repository: "https://h/a/b", rules: 1 }],
      keptBack: [
        { file: "a.key", by: "ignore-file", message: `${join(root, "w/.copilotignore")} excludes this file.` },
        {
          file: "secret/a.py",
          by: "organisation",
          message: "Your organization 'acme' has disabled Copilot for this file.",
        },
      ],
    });
  });
});
