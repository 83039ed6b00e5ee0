// `setup`: finds the editors on this machine, shows what goes into which of their files, writes it after a yes, and asks
// for a completion as an editor would.

import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, describeError } from "../../../shared/errors.ts";
import { hasFlag } from "../args/arguments.ts";
import { didYouMean } from "../args/nearest.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import { beginConversation } from "../demo/conversation.ts";
import { samples } from "../demo/samples.ts";
import type { CliEnv } from "../env.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { askLine } from "../input/ask-line.ts";
import { note, paintFor, plain, print } from "../output/output.ts";
import type { Change, Plan } from "../setup/change.ts";
import { type Editor, editors } from "../setup/editors.ts";
import { type Machine, openMachine } from "../setup/machine.ts";
import type { Verb } from "../verb.ts";

type Write = Extract<Change, { kind: "write" }>;

interface Found {
  readonly editor: Editor;
  readonly program: string;
}

type Outcome = "configured" | "failed" | "left";

const names = editors.map(({ name }) => name);

export const verb: Verb = {
  name: "setup",
  words: [0, 1],
  takes: "[EDITOR]",
  choices: names,
  flags: [
    { name: "yes", short: "y", doc: "Write without asking" },
    { name: "dry-run", doc: "Show what would be written, and write nothing" },
  ],
  usage: ["setup [EDITOR] [--yes | --dry-run]"],
  summary: "configure the editors on this machine",
  help: [
    "Finds the editors on this machine, or takes the one you name, shows the lines and the file they go into, and writes them after you say yes. What is there already is not written again, and what you wrote yourself is left alone.",
    `It knows ${names.join(", ")}. Then it asks for a completion as an editor would, which tells whether the rest is in order.`,
  ],
  examples: ["copilot-lsp setup", "copilot-lsp setup neovim", "copilot-lsp setup helix --dry-run"],
  async run(ctx, env, args) {
    const machine = openMachine(env);
    if (machine.find("copilot-lsp") === undefined) {
      throw new CopilotError("bad-request", "There is no copilot-lsp on your PATH, where editors look for it.", {
        advice: "`npm install -g .` in its checkout puts it there.",
      });
    }
    const outcomes = new Set<Outcome>();
    for (const found of findEditors(machine, args.words[0])) {
      outcomes.add(
        await setUp(ctx, env, machine, found, { yes: hasFlag(args, "yes"), dryRun: hasFlag(args, "dry-run") }),
      );
    }
    const checked = outcomes.has("configured") ? await check(ctx, env, hasFlag(args, "demo")) : exitCodes.ok;
    return outcomes.has("failed") ? exitCodes.failed : checked;
  },
};

/** Throws `bad-request` for an editor that is not known or not there. */
function findEditors(machine: Machine, wanted: string | undefined): readonly Found[] {
  if (wanted !== undefined && !names.includes(wanted)) {
    throw new CopilotError("bad-request", `setup does not know the editor ${wanted}.`, {
      advice: didYouMean(wanted, names, `It knows ${names.join(", ")}.`),
    });
  }
  const found = editors
    .filter(({ name }) => wanted === undefined || name === wanted)
    .flatMap((editor) => {
      const program = editor.find(machine);
      return program === undefined ? [] : [{ editor, program }];
    });
  if (found.length > 0) return found;
  const which = wanted === undefined ? `None of ${names.join(", ")}` : `No ${wanted}`;
  throw new CopilotError("bad-request", `${which} was found on this machine.`, {
    advice: "Every other client of language servers starts `copilot-lsp --stdio`.",
  });
}

/** `left`: as the person wanted it. */
async function setUp(
  ctx: Ctx,
  env: CliEnv,
  machine: Machine,
  { editor, program }: Found,
  options: { readonly yes: boolean; readonly dryRun: boolean },
): Promise<Outcome> {
  const paint = paintFor(env, "stdout");
  print(env, `${paint("bold", editor.title)}, ${plain(program)}`);
  try {
    const plan = await editor.plan(machine, program);
    for (const change of plan.changes) show(env, change);
    if (plan.install) print(env, `  To be installed: ${paint("green", plain(plan.install.what))}`);
    const writes = plan.changes.filter((change): change is Write => change.kind === "write");
    if (writes.length > 0 || plan.install) {
      if (options.dryRun) return "left";
      const answer = options.yes ? "yes" : await confirm(ctx, env);
      if (answer !== "yes") {
        note(env, "  Nothing was written.");
        return answer === "no" ? "left" : "failed";
      }
      await carryOut(env, machine, plan, writes);
    }
    if (plan.changes.some(({ kind }) => kind === "taken")) return "left";
    for (const sentence of plan.next) print(env, `  ${plain(sentence)}`);
    return "configured";
  } catch (error) {
    // The other editors can do without this one.
    if (!(error instanceof CopilotError) || ctx.signal.aborted) throw error;
    note(env, `  ${plain(error.message)}`);
    return "failed";
  }
}

async function carryOut(env: CliEnv, machine: Machine, plan: Plan, writes: readonly Write[]): Promise<void> {
  const paint = paintFor(env, "stdout");
  for (const { path, text } of writes) {
    const kept = await machine.write(path, text);
    print(env, paint("green", "  Written."));
    if (kept !== undefined) print(env, `  As it was: ${paint("cyan", plain(kept))}`);
  }
  await plan.install?.run();
  if (plan.install) print(env, paint("green", "  Installed."));
}

function show(env: CliEnv, change: Change): void {
  const paint = paintFor(env, "stdout");
  const path = paint("cyan", plain(change.path));
  switch (change.kind) {
    case "done":
      print(env, `  ${path} has it already.`);
      return;
    case "by-hand":
      print(env, `  ${path} mentions copilot-lsp already: it is left as it is.`);
      return;
    case "taken":
      print(env, `  ${path} has its own ${change.place}: it is left as it is. These lines would do instead:`);
      print(env, change.lines.trimEnd().replaceAll(/^/gm, "    "));
      return;
    case "write":
      print(
        env,
        `  ${{ create: "A new file", add: "Into", replace: "In place of older lines in" }[change.how]} ${path}:`,
      );
      for (const line of change.added.trimEnd().split("\n")) print(env, paint("green", `  + ${line}`));
  }
}

/** `nobody` without a terminal to ask at. */
async function confirm(ctx: Ctx, env: CliEnv): Promise<"yes" | "no" | "nobody"> {
  if (!env.isTerminal.stdin) {
    note(env, "  Nobody can be asked here; --yes writes without asking.");
    return "nobody";
  }
  const answer = await askLine(ctx, env, "  Write this? [y/N] ", { hidden: false });
  return /^y(es)?$/i.test((answer ?? "").trim()) ? "yes" : "no";
}

/** Asks for a completion in a small file, as an editor does. */
async function check(ctx: Ctx, env: CliEnv, demo: boolean): Promise<ExitCode> {
  const server = env.spawnSelf(["--stdio", ...(demo ? ["--demo"] : []), "--no-http", "--log-level=error"]);
  try {
    const conversation = await beginConversation(ctx, env, server);
    for (const sample of samples) {
      const { text, tookMs } = await conversation.ghostText(sample);
      if (text === "") continue;
      print(env, `\n${paintFor(env, "stdout")("green", `A completion came in ${tookMs} ms.`)}`);
      return exitCodes.ok;
    }
    note(env, "\nNo completion came.");
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    note(env, `\nNo completion came: ${plain(describeError(error))}`);
  } finally {
    server.stdin.end();
    await withDeadline(ctx, env.clock, 1_000, () => server.exited).catch(() => server.kill());
  }
  note(env, "`copilot-lsp login` signs in; `copilot-lsp doctor` tells what else is missing.");
  return exitCodes.failed;
}
