// `demo`: shows both fronts at work on the built-in stand-in for GitHub, with no account and no network, and goes on
// serving HTTP so that a person can ask it themselves.

import { readFileSync } from "node:fs";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { flagValue, hasFlag } from "../args/arguments.ts";
import { didYouMean } from "../args/nearest.ts";
import { curlLine, curlQuestion, wantsToken } from "../output/curl-line.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import { beginConversation, type GhostText, type NextEdit } from "../demo/conversation.ts";
import { type EditSample, editSample, modelSamples, type Sample, samples } from "../demo/samples.ts";
import type { CliEnv, ServeOutcome, SettingOverride } from "../env.ts";
import { exitCodes } from "../exit-codes.ts";
import { askLocal } from "../local-http.ts";
import { paintFor, plain, print } from "../output/output.ts";
import { holderInWords } from "../output/port-text.ts";
import type { Verb } from "../verb.ts";

type Listening = Extract<ServeOutcome, { kind: "listening" }>;

const serviceKinds = ["llama.cpp", "ollama", "openai", "mistral", "tabby"] as const;
const httpLimitMs = 15_000;
const maxAnswerBytes = 65_536;

export const verb: Verb = {
  name: "demo",
  words: [0, 0],
  takes: "",
  flags: [
    { name: "once", doc: "End after showing, instead of serving until Ctrl-C" },
    {
      name: "service",
      takes: "KIND",
      choices: serviceKinds,
      doc: "Ask a real service in place of the stand-in; service.url and its like say which",
    },
  ],
  usage: ["demo [--once] [--port N] [--service KIND]"],
  summary: "see it work, with no account and no network",
  help: [
    "Starts copilot-lsp as an editor would and shows what it offers in two small files, and what should change next in a third; then serves HTTP and asks it once. Everything runs on a built-in stand-in for GitHub: its guesses are simple, the rest of the program is the real one.",
    "It serves until Ctrl-C, so that you can ask it with curl; on another port if the usual one is taken. To try your editor in the same way, let it start `copilot-lsp --stdio --demo`.",
  ],
  examples: ["copilot-lsp demo", "copilot-lsp demo --once", "copilot-lsp demo --service llama.cpp"],
  untilStopped: true,
  async run(ctx, env, args) {
    const paint = paintFor(env, "stdout");
    const stage = stageOf(env, flagValue(args, "service"));
    print(env, paint("bold", `copilot-lsp at work, on ${stage.words}.`));
    print(env, `\n${paint("bold", "1. As an editor asks")}, over LSP. What is offered at the cursor is marked +.`);
    const allOffered = await showLanguageServer(ctx, env, stage);

    print(env, `\n${paint("bold", "2. As a script asks")}, over HTTP.\n`);
    const listening = await listen(ctx, env, stage);
    try {
      const answered = await showHttp(ctx, env, listening);
      const isSound = allOffered && answered;
      if (hasFlag(args, "once")) return isSound ? exitCodes.ok : exitCodes.failed;
      print(env, `\nServing ${paint("cyan", listening.url)} until Ctrl-C. Ask it yourself:\n`);
      print(env, curlLine(env, listening.url));
      await untilAborted(ctx.signal, listening.ended);
      return exitCodes.ok;
    } finally {
      await listening.close();
    }
  },
};

/** What answers. */
interface Stage {
  readonly words: string;
  readonly samples: readonly Sample[];
  /** Absent where nobody predicts edits. */
  readonly editSample?: EditSample;
  /** On the stand-in. */
  readonly demo: boolean;
  readonly overrides: readonly SettingOverride[];
}

function stageOf(env: CliEnv, service: string | undefined): Stage {
  if (service === undefined) {
    const words = "a built-in stand-in for GitHub: no account, no network";
    return { words, samples, editSample, demo: true, overrides: [] };
  }
  if (!serviceKinds.some((known) => known === service)) {
    throw new CopilotError("bad-request", `demo does not know the service ${plain(service)}.`, {
      advice: didYouMean(service, serviceKinds, `It knows ${serviceKinds.join(", ")}.`),
    });
  }
  // The child is told what the flags of this one say.
  const set = env.settings.entries().filter(({ key, source }) => key.startsWith("service.") && source === "flag");
  const further = set.flatMap(({ key, value }) => (typeof value === "string" ? [{ key, text: value }] : []));
  const overrides = [...further.filter(({ key }) => key !== "service.kind"), { key: "service.kind", text: service }];
  return {
    words: `${service}: no account, and nothing is sent to GitHub`,
    samples: modelSamples,
    demo: false,
    overrides,
  };
}

/** Whether every sample was offered something. */
async function showLanguageServer(ctx: Ctx, env: CliEnv, stage: Stage): Promise<boolean> {
  const own = stage.demo ? ["--demo"] : stage.overrides.map(({ key, text }) => `--set=${key}=${text}`);
  const server = env.spawnSelf(["--stdio", ...own, "--no-http", "--log-level=error"]);
  let allOffered = true;
  try {
    const conversation = await beginConversation(ctx, env, server);
    for (const sample of stage.samples) {
      const ghost = await conversation.ghostText(sample);
      allOffered &&= ghost.text !== "";
      showGhost(env, ghost);
    }
    if (stage.editSample) {
      const edit = await conversation.nextEdit(stage.editSample);
      allOffered &&= edit.change !== undefined;
      showEdit(env, stage.editSample, edit);
    }
    await conversation.end();
  } finally {
    server.stdin.end();
    await withDeadline(ctx, env.clock, 1_000, () => server.exited).catch(() => server.kill());
  }
  return allOffered;
}

function showGhost(env: CliEnv, { sample, text, tookMs }: GhostText): void {
  print(env, `\n  ${sample.fileName}, ${tookMs} ms${text === "" ? ": nothing was offered" : ""}`);
  showOffer(env, sample.before, plain(text), sample.after);
}

/** What was changed by hand is marked *, what is offered - and +. */
function showEdit(env: CliEnv, { fileName, old, now }: EditSample, { lines, change, tookMs }: NextEdit): void {
  const paint = paintFor(env, "stdout");
  const offered = change ? ` What should follow, in line ${change.start + 1}:` : " Nothing was offered.";
  print(env, `\n  ${fileName}, ${tookMs} ms. ${old} was changed to ${now}.${offered}`);
  const line = (mark: string, text: string): string => `  ${mark} ${text}`.trimEnd();
  lines.forEach((text, index) => {
    const isReplaced = change !== undefined && index >= change.start && index < change.end;
    if (isReplaced) print(env, paint("red", line("-", text)));
    else print(env, text.includes(now) ? line("*", text) : `${paint("dim", "  |")} ${text}`.trimEnd());
    if (change && index === change.end - 1) {
      for (const one of change.now) print(env, paint("green", line("+", plain(one))));
    }
  });
}

/** The text as an editor would show it; `before` must end in an empty or blank line for the marks to be exact. */
function showOffer(env: CliEnv, before: string, offered: string, after: string): void {
  const paint = paintFor(env, "stdout");
  const lineOfCursor = before.split("\n").length - 1;
  const lastOffered = offered === "" ? -1 : lineOfCursor + offered.split("\n").length - 1;
  const lines = `${before}${offered}${after}`.trimEnd().split("\n");
  lines.forEach((line, index) => {
    const isOffered = index >= lineOfCursor && index <= lastOffered;
    print(env, isOffered ? paint("green", `  + ${line}`) : `${paint("dim", "  |")} ${line}`.trimEnd());
  });
}

async function listen(ctx: Ctx, env: CliEnv, { demo, overrides }: Stage): Promise<Listening> {
  const options = { demo, ifHeld: "give-up", ...(overrides.length > 0 && { overrides }) } as const;
  const first = await env.serve(ctx, { port: undefined, ...options });
  if (first.kind === "listening") return first;
  if (first.kind === "standby") throw new CopilotError("internal", "The demo waits for no port.");
  print(
    env,
    `  Port ${first.port} is held by ${holderInWords(first.holder, env.clock.nowMs())}, so this is another one.\n`,
  );
  const second = await env.serve(ctx, { port: 0, ...options });
  if (second.kind === "listening") return second;
  throw new CopilotError("internal", "No port of 127.0.0.1 could be had.");
}

/** Asks as the command line below it would. Whether there was a completion. */
async function showHttp(ctx: Ctx, env: CliEnv, { url }: Listening): Promise<boolean> {
  const headers: Readonly<Record<string, string>> = wantsToken(env)
    ? { authorization: `Bearer ${readFileSync(env.httpToken(), "utf8").trim()}` }
    : {};
  const { status, body } = await withDeadline(ctx, env.clock, httpLimitMs, (limited) =>
    askLocal(limited, `${url}/`, { body: JSON.stringify(curlQuestion), headers, maxBytes: maxAnswerBytes }),
  );
  const answer = plain(body);
  if (status === 200 && answer !== "") {
    print(env, `  POST ${url}/`);
    showOffer(env, curlQuestion.prompt, answer, "");
    return true;
  }
  print(env, `  POST ${url}/: ${status}, ${answer === "" ? "nothing was offered" : answer}`);
  return false;
}
