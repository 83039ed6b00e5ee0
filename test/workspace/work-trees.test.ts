import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFindWorkTrees, createGitRemotes } from "../../server/workspace/work-trees.ts";
import { createManualClock } from "../support/manual-clock.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "remotes-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function finder() {
  const clock = createManualClock();
  const read: string[] = [];
  const findTrees = createFindWorkTrees({
    clock,
    readFile(path) {
      read.push(path);
      return readFile(path, "utf8");
    },
    isMissing: (error) => ["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? ""),
    configFiles: [join(root, "home/.gitconfig")],
    homeFolder: join(root, "home"),
  });
  const find = createGitRemotes(findTrees);
  return { clock, read, find: (path: string) => find(join(root, path)) };
}

const config = (url: string): string => `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n`;

describe("the remotes of a file", () => {
  test("are those of the work tree that it lies in, origin first", async () => {
    write(
      "w/.git/config",
      '[remote "fork"]\n url = "b c" ; not this\n[remote "origin"]\n\tfetch = +refs/heads/*\n\tURL = a # nor this\n[branch "main"]\n\turl = no\n',
    );
    expect(await finder().find("w/src/deep/a.ts")).toEqual(["a", "b c"]);
  });

  test("are found through the file that a submodule has", async () => {
    write("w/.git/config", config("outer"));
    write("w/.git/modules/sub/config", config("inner"));
    write("w/sub/.git", "gitdir: ../.git/modules/sub\n");
    expect(await finder().find("w/sub/a.ts")).toEqual(["inner"]);
  });

  test("are those of the main work tree for an added one", async () => {
    write("w/.git/config", config("main"));
    write("w/.git/worktrees/added/commondir", "../..\n");
    write("added/.git", `gitdir: ${join(root, "w/.git/worktrees/added")}\n`);
    expect(await finder().find("added/src/a.ts")).toEqual(["main"]);
  });

  test("are none for a work tree without any, and for a pointer that leads nowhere", async () => {
    write("w/.git/config", "[core]\n");
    expect(await finder().find("w/a.ts")).toEqual([]);
    write("v/.git", "gitdir: /nowhere/at/all\n");
    expect(await finder().find("v/a.ts")).toEqual([]);
  });

  test("are read once for all files of a folder and its subfolders, and again after a while", async () => {
    write("w/.git/config", config("a"));
    const { clock, read, find } = finder();
    await find("w/src/a.ts");
    await find("w/src/b.ts");
    await find("w/b.ts");
    expect(read.filter((path) => path === join(root, "w/.git/config"))).toHaveLength(1);
    write("w/.git/config", config("b"));
    await clock.advance(60_000);
    expect(await find("w/src/a.ts")).toEqual(["b"]);
  });
});
