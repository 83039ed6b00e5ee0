// `complete`: one completion for a script or a curious person, printed exactly as it is to be inserted.

import { resolve } from "node:path";
import type { CompletionItem, CompletionRequest, LineMode } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import { type Arguments, flagValue, flagValues, hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import type { CliEnv } from "../env.ts";
import { exitCodes } from "../exit-codes.ts";
import { readFilePlace } from "../input/file-place.ts";
import { parseFilePosition } from "../input/file-position.ts";
import { note, paintFor, plain, print, printJson, printText } from "../output/output.ts";
import { readStream, readTextFile } from "../input/read-text.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "complete",
  words: [1, 1],
  takes: "FILE:LINE:COL | -",
  flags: [
    { name: "language", takes: "ID", doc: "Language identifier; without it, worked out from the file name" },
    { name: "path", takes: "PATH", doc: "With -: the file name to tell the service" },
    { name: "suffix-file", takes: "FILE", doc: "With -: the text after the cursor" },
    {
      name: "lines",
      takes: "MODE",
      choices: ["one", "auto", "block"],
      doc: "How much: one, auto or block; without it, auto for a file and one for -",
    },
    { name: "number", short: "n", takes: "N", doc: "How many alternatives, 1 to 10" },
    { name: "stop", takes: "TEXT", repeatable: true, doc: "End the completion before TEXT; may be repeated" },
    { name: "max-tokens", takes: "N", doc: "Most tokens that the completion may have" },
    { name: "model", takes: "NAME", doc: "Engine to ask; without it, the setting or the account's first" },
    jsonFlag,
  ],
  usage: [
    "complete FILE:LINE:COL [--lines MODE] [-n N] [--json]",
    "complete - [--language ID] [--path PATH] [--suffix-file FILE]",
  ],
  summary: "complete in a file, or a prompt from a pipe",
  help: [
    "Prints the text to insert, exactly: no line end is added. LINE and COL count from 1; COL counts characters, a tab is one, and the text goes in before the character there. Of the path, only the part below the current folder is sent.",
    "With -, standard input is the text before the cursor, and the answer is the rest of its line unless --lines or --stop says otherwise.",
    "When nothing is offered, nothing is printed, standard error says why, and the exit code is 5. Several alternatives (-n) are separated by a NUL byte, on a terminal by a line that counts them.",
  ],
  examples: [
    "copilot-lsp complete src/app.py:12:5",
    "printf 'def fib(n):\\n    ' | copilot-lsp complete - --language python",
    "copilot-lsp complete main.go:40:2 --lines block -n 3 --json",
  ],
  async run(ctx, env, args) {
    const request = await readRequest(ctx, env, args);
    const { core, close } = await env.openCore();
    try {
      const result = await core.complete(ctx, request);
      if (hasFlag(args, "json")) printJson(env, result);
      if (result.kind === "empty") {
        note(env, `Nothing offered: ${plain(result.detail ?? reasonInWords(result.reason))}`);
        return exitCodes.nothingOffered;
      }
      if (!hasFlag(args, "json")) write(env, result.items);
      return exitCodes.ok;
    } finally {
      await close();
    }
  },
};

async function readRequest(ctx: Ctx, env: CliEnv, args: Arguments): Promise<CompletionRequest> {
  const place = args.words[0] ?? "";
  const path = flagValue(args, "path");
  const suffixFile = flagValue(args, "suffix-file");
  if (place === "-") {
    if (env.isTerminal.stdin) note(env, "Type the text before the cursor; Ctrl-D ends it.");
    const after = suffixFile === undefined ? "" : await readTextFile(ctx, resolve(env.cwd, suffixFile), suffixFile);
    const before = await readStream(ctx, env.stdin);
    // As over HTTP: a stop of the caller's own decides where the answer ends.
    const common = readCommon(args, path ?? "", hasFlag(args, "stop") ? "block" : "one");
    return { kind: "prompt", before, after, ...(path === undefined ? {} : { path }), ...common };
  }

  const position = parseFilePosition(place, ", or - to read the prompt from standard input");
  if (path !== undefined || suffixFile !== undefined) {
    throw new CopilotError("bad-request", "--path and --suffix-file go with - only; a file has its own name and rest.");
  }
  return {
    ...(await readFilePlace(ctx, env, position)),
    ...readCommon(args, position.file, "auto"),
  };
}

function readCommon(args: Arguments, path: string, lines: LineMode) {
  const stop = flagValues(args, "stop");
  return {
    languageId: flagValue(args, "language") ?? languageIdOfPath(path),
    trigger: "script" as const,
    lines: readLines(args, lines),
    n: readCount(args, "number", 10),
    maxTokens: readCount(args, "max-tokens", 4096),
    model: flagValue(args, "model"),
    ...(stop.length > 0 ? { stop } : {}),
  };
}

function readLines(args: Arguments, byDefault: LineMode): LineMode {
  const mode = flagValue(args, "lines") ?? byDefault;
  if (mode === "one" || mode === "auto" || mode === "block") return mode;
  throw new CopilotError("bad-request", `--lines takes one, auto or block, not ${mode}.`);
}

function readCount(args: Arguments, name: "number" | "max-tokens", max: number): number | undefined {
  const text = flagValue(args, name);
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text);
  throw new CopilotError("bad-request", `--${name} takes an integer from 1 to ${max}, not ${text}.`);
}

function write(env: CliEnv, items: readonly CompletionItem[]): void {
  if (items.length > 1 && env.isTerminal.stdout) {
    const paint = paintFor(env, "stdout");
    items.forEach(({ text }, index) => {
      print(env, `${paint("dim", `--- ${index + 1} of ${items.length} ---`)}\n${text}`);
    });
    return;
  }
  const text = items.map((item) => item.text).join("\0");
  printText(env, text);
  // The prompt of the shell should not stand behind the last word; the result itself stays exact.
  if (env.isTerminal.stdout && env.isTerminal.stderr && !text.endsWith("\n")) env.stderr.write("\n");
}
