// The shell blocks of the page on HTTP: each is run as it stands there, and prints what the block below it says.

import { execFile, spawnSync } from "node:child_process";
import { partsOf } from "./markdown.ts";

export interface ShellExample {
  readonly line: number;
  readonly script: string;
  /** Without the last line break. */
  readonly output: string;
}

/** Blocks of `sh` that are followed by a block of `text`, with nothing but prose between them. */
export function shellExamples(markdown: string): readonly ShellExample[] {
  const fences = partsOf(markdown).filter((part) => part.kind === "fence");
  return fences.flatMap((fence, index) => {
    const next = fences[index + 1];
    if (fence.language !== "sh" || next?.language !== "text") return [];
    return [{ line: fence.line, script: fence.text, output: next.text }];
  });
}

export function hasPrograms(...names: readonly string[]): boolean {
  return names.every((name) => spawnSync(name, ["--version"]).status === 0);
}

/** Standard output of a POSIX shell. Rejects with its standard error when it fails. */
export function runShell(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("sh", ["-c", script], { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout.trimEnd());
    });
  });
}
