// Completion in the shells themselves: each loads the script that the built program prints, and is asked what it offers.

import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { verbNames } from "../../server/cli/load-verb.ts";
import { settingKeys } from "../../server/config/settings.ts";

const program = resolve(import.meta.dirname, "../../dist/copilot-lsp.js");
const zshDriver = resolve(import.meta.dirname, "support/zsh-candidates.zsh");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "copilot-lsp-shells-"));
  writeFileSync(join(folder, "sums.py"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((settle, reject) => {
    execFile(
      command,
      args,
      { cwd: folder, timeout: 30_000, env: { ...process.env, HOME: folder } },
      (error, out, err) => (error ? reject(new Error(`${command}: ${error.message}\n${err}`)) : settle(out)),
    );
  });
}

/** Loaded as bash splits a line: `=` is a word of its own. Sourced without the terminal, which `compopt` misses. */
const askBash = (script: string, line: string): Promise<string> =>
  run("bash", [
    "--norc",
    "-c",
    `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _copilot_lsp; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    script,
    ...line.split(/ |(?==)|(?<==)/),
  ]);

const shells: Readonly<Record<string, (script: string, line: string) => Promise<string>>> = {
  bash: askBash,
  zsh: (script, line) => run("zsh", ["-f", zshDriver, script, folder, line]),
  fish: (script, line) => run("fish", ["--no-config", "-c", "source $argv[1]; complete -C $argv[2]", script, line]),
};

for (const [shell, ask] of Object.entries(shells)) {
  const isThere = spawnSync(shell, ["--version"]).status === 0;
  if (!isThere) process.stderr.write(`NOT TESTED: completion in ${shell}, which is not on this machine\n`);

  describe.skipIf(!isThere)(shell, () => {
    let script: string;
    beforeAll(() => {
      script = join(folder, `copilot-lsp.${shell}`);
      writeFileSync(script, execFileSync(process.execPath, [program, "completion", shell]));
    });

    const offered = async (line: string): Promise<readonly string[]> =>
      (await ask(script, `copilot-lsp ${line}`))
        .split("\n")
        .map((row) => (row.split("\t")[0] ?? "").replace(/=$/, ""))
        .filter((word) => word !== "")
        .toSorted();

    test("offers every command", async () => {
      expect(await offered("")).toEqual(expect.arrayContaining([...verbNames].toSorted()));
    });

    test.each([
      ["what begins as typed", "log", ["login", "logout"]],
      ["a flag of the command", "config --uns", ["--unset"]],
      ["a flag of every command", "status --log-l", ["--log-level"]],
      ["the values of a flag", "--log-level ", ["debug", "error", "info", "trace", "warn"]],
      ["the values of a flag of a command", "complete --lines ", ["auto", "block", "one"]],
      ["settings", "config http.acc", ["http.access"]],
      ["the values of a setting", "config http.access ", ["open", "same-user", "token"]],
      ["settings to be set for one run", "status --set lsp.menuI", ["lsp.menuInComments"]],
      ["files", "complete sum", ["sums.py"]],
      ["files for a flag", "--log-file sum", ["sums.py"]],
      ["what the program can complete for", "completion ", ["bash", "fish", "zsh"]],
      ["the command's own after flags with a value", "--port 9000 config --uns", ["--unset"]],
      ["nothing where nothing is known", "serve --port ", []],
    ])("offers %s", async (_, line, wanted) => {
      expect(await offered(line)).toEqual(wanted);
    });

    test("offers every setting", async () => {
      expect(await offered("config ")).toEqual(expect.arrayContaining([...settingKeys].toSorted()));
    });
  });
}

test("a shell that is not known is named, with the nearest one", () => {
  const { status, stderr } = spawnSync(process.execPath, [program, "completion", "bsh"], { encoding: "utf8" });
  expect([status, stderr]).toEqual([2, expect.stringContaining("Did you mean bash?")]);
});
