// A file as it was in a revision of its git repository, read with git's plumbing. A folder may be anybody's work: nothing of
// what its configuration and attributes name is run. Source: git-config(1), "fsmonitor", "hooksPath", "pager"; git(1),
// GIT_ALLOW_PROTOCOL, GIT_NO_LAZY_FETCH.

import { execFile } from "node:child_process";
import { realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import type { CliEnv } from "../env.ts";
import { plain } from "../output/output.ts";
import { findProgram } from "../setup/machine.ts";
import { decode, maxTextBytes, tooLarge } from "./read-text.ts";

const limitMs = 10_000;

// `cat-file` shows an object as it is: filters and textconv have no part in it, and the index is not read. An object that
// is missing would be fetched from a remote, whose address and programs the folder names; that is forbidden twice, because
// git before 2.39.4 knows only the second.
const options: readonly string[] = [
  "--no-pager",
  "--no-optional-locks",
  "--no-replace-objects",
  "--literal-pathspecs",
  ...["core.fsmonitor=false", "core.hooksPath=/dev/null", "safe.bareRepository=explicit"].flatMap((one) => ["-c", one]),
];
const variables: Readonly<Record<string, string>> = {
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "none",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

/**
 * Undefined for a file that the revision does not have. `revision` undefined: the last commit, where there is one. Throws
 * `bad-request` where there is no git, no repository or no such revision, `too-large`.
 */
export async function readRevision(
  ctx: Ctx,
  env: CliEnv,
  {
    file,
    shownName,
    revision,
  }: { readonly file: string; readonly shownName: string; readonly revision: string | undefined },
): Promise<string | undefined> {
  const git = findProgram(env.environment, env.platform, "git");
  if (git === undefined) throw noEarlierText(shownName, "there is no git on the PATH");
  // A link is a text of its own to git; what is edited is where it leads to.
  const real = await untilAborted(ctx.signal, realpath(file));
  const run = createRun(ctx, env, git, dirname(real));

  const inside = await run("rev-parse", "--show-prefix");
  if (inside.kind === "failed") throw noEarlierText(shownName, inside.words);
  const wanted = `${revision ?? "HEAD"}^{commit}`;
  const commit = await run("rev-parse", "--verify", "--quiet", "--end-of-options", wanted);
  if (commit.kind === "failed") {
    // Nothing was committed yet.
    if (revision === undefined) return undefined;
    throw new CopilotError("bad-request", `${plain(revision)} is no revision of the repository of ${shownName}.`);
  }
  const entry = await run("ls-tree", "-z", textOf(commit.output).trim(), "--", basename(real));
  if (entry.kind === "failed") throw noEarlierText(shownName, entry.words);
  const blob = /^100\d{3} blob ([0-9a-f]+)\t/.exec(textOf(entry.output))?.[1];
  if (blob === undefined) return undefined;
  const content = await run("cat-file", "blob", blob);
  if (content.kind === "failed") throw noEarlierText(shownName, content.words);
  return decode(content.output, `${shownName} of ${plain(revision ?? "HEAD")}`);
}

type Ran =
  | { readonly kind: "done"; readonly output: Buffer }
  /** `words`: what git said last, in a line. */
  | { readonly kind: "failed"; readonly words: string };

function createRun(ctx: Ctx, env: CliEnv, git: string, folder: string) {
  return (...args: readonly string[]): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const how = {
        cwd: folder,
        env: { ...env.environment, ...variables },
        encoding: "buffer",
        maxBuffer: maxTextBytes,
        timeout: limitMs,
        signal: ctx.signal,
        windowsHide: true,
      } as const;
      execFile(git, [...options, ...args], how, (error, output, words) => {
        if (ctx.signal.aborted) reject(ctx.signal.reason);
        else if (!error) resolve({ kind: "done", output });
        else if (error.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") reject(tooLarge("The file's earlier text"));
        else resolve({ kind: "failed", words: wordsOf(textOf(words)) });
      });
    });
}

function textOf(bytes: Buffer): string {
  return bytes.toString("utf8");
}

function wordsOf(stderr: string): string {
  const line = stderr.split("\n").find((one) => one.trim() !== "") ?? "git gave no reason";
  return plain(line.replace(/^(?:fatal|error): /, "")).replace(/\.$/, "");
}

function noEarlierText(name: string, why: string): CopilotError {
  return new CopilotError("bad-request", `The earlier text of ${name} is not known: ${why}.`, {
    advice: "Name a file with the earlier text: --before FILE.",
  });
}
