// Runs a real program as a client, with what it reads on its standard input.

import { spawn, spawnSync } from "node:child_process";

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(command: string, args: readonly string[], input = ""): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "pipe" });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}

/** Whether the program is there; says so where everybody sees it when it is not. */
export function isThere(command: string, why: string): boolean {
  const found = spawnSync(command, ["--version"]).status === 0;
  if (!found) process.stderr.write(`NOT TESTED: ${command} is not on this machine, so ${why} is not tried\n`);
  return found;
}
