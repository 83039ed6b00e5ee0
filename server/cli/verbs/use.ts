// `use`: looks whether a service answers, completes once with it, and makes it the one that is asked.

import type { Ctx } from "../../../shared/context.ts";
import type { ServiceReport } from "../../../shared/status.ts";
import type { ReasonCode } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { type Arguments, flagValue, hasFlag } from "../args/arguments.ts";
import { didYouMean } from "../args/nearest.ts";
import { jsonFlag } from "../args/flags.ts";
import type { CliEnv, SettingOverride } from "../env.ts";
import { exitCodes } from "../exit-codes.ts";
import { note, plain, print, printJson } from "../output/output.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";
import { askSample } from "../sample-question.ts";
import { noFallback } from "../settings.ts";
import type { Verb } from "../verb.ts";

const kinds = ["copilot", "official", "llama.cpp", "ollama", "openai", "mistral", "tabby"] as const;
/** Characters of what the model wrote. */
const mostShown = 400;
const details = ["url", "model", "template"] as const;

export const verb: Verb = {
  name: "use",
  words: [1, 1],
  takes: "KIND",
  choices: kinds,
  flags: [
    { name: "url", takes: "URL", doc: "Where the service is; without it, where one of its kind usually is" },
    { name: "model", takes: "NAME", doc: "Model to ask; without it, the first that can fill in the middle" },
    { name: "template", takes: "FAMILY", doc: "Model family whose words are used; without it, by the model's name" },
    jsonFlag,
  ],
  usage: ["use KIND [--url URL] [--model NAME] [--template FAMILY]"],
  summary: "choose the service that completes",
  help: [
    "Asks the service for its model, completes a line with it, and shows what it wrote and how fast. When that works the choice is written into the settings file; when it does not, nothing is written. Editors that are running take it when they are started again.",
    "`official` is GitHub's own language server, which has to be installed: `npm install -g @github/copilot-language-server`. With `copilot` the choice is taken back. To try a service without writing anything, add `--set service.kind=KIND` to another command.",
  ],
  examples: [
    "copilot-lsp use llama.cpp",
    "copilot-lsp use ollama --model qwen2.5-coder:1.5b-base",
    "copilot-lsp use openai --url http://127.0.0.1:1234/v1 --template qwen",
    "copilot-lsp use official",
    "copilot-lsp use copilot",
  ],
  async run(ctx, env, args) {
    const [kind = ""] = args.words;
    if (!kinds.some((known) => known === kind)) {
      throw new CopilotError("bad-request", `use does not know the service ${plain(kind)}.`, {
        advice: didYouMean(kind, kinds, `It knows ${kinds.join(", ")}.`),
      });
    }
    if (hasFlag(args, "demo")) {
      const words = "use chooses a real service, and in a demo the stand-in would answer for it.";
      const hasDemo = kind !== "copilot" && kind !== "official";
      const advice = `\`copilot-lsp demo --service ${kind}\` shows one at work and writes nothing.`;
      throw new CopilotError("bad-request", words, hasDemo ? { advice } : {});
    }
    const isJson = hasFlag(args, "json");
    const chosen = choiceOf(kind, args);
    if (kind === "copilot") {
      await write(env, []);
      const isInForce = noteStronger(env, [{ key: "service.kind", text: kind }]);
      if (isJson) printJson(env, { kind });
      else print(env, isInForce ? "Copilot is used." : "Copilot is chosen in the settings file.");
      return exitCodes.ok;
    }
    const trial = await tryOut(ctx, env, chosen).catch((error: unknown) => {
      throw kind === "official" ? error : inFlags(error, chosen);
    });
    await write(env, chosen);
    const isInForce = noteStronger(env, chosen);
    if (isJson) printJson(env, { kind, ...trial });
    else tell(env, kind, trial, isInForce);
    return exitCodes.ok;
  },
};

interface Trial {
  readonly service: ServiceReport | undefined;
  readonly tookMs: number;
  readonly text: string;
  /** Why there is no text. */
  readonly reason?: ReasonCode;
}

function choiceOf(kind: string, args: Arguments): readonly SettingOverride[] {
  const given = details.flatMap((name) => {
    const text = flagValue(args, name);
    return text === undefined ? [] : [{ key: `service.${name}`, text }];
  });
  return [{ key: "service.kind", text: kind }, ...given];
}

async function tryOut(ctx: Ctx, env: CliEnv, chosen: readonly SettingOverride[]): Promise<Trial> {
  // What an earlier choice said of its own address and model is not this one's.
  const others = details.filter((name) => !chosen.some(({ key }) => key === `service.${name}`));
  const cleared = others.map((name) => ({ key: `service.${name}`, text: "" }));
  const { core, close } = await env.openCore({ overrides: [...chosen, ...cleared, noFallback] });
  try {
    await core.models(ctx);
    const { result, tookMs } = await askSample(ctx, env, core);
    const { service } = core.report();
    const text = result.kind === "items" ? (result.items[0]?.text ?? "") : "";
    return { service, tookMs, text, ...(result.kind === "empty" ? { reason: result.reason } : {}) };
  } finally {
    await close();
  }
}

/** Nothing is written yet, so that what is advised to set is a flag, and `login` has to be told which service is meant. */
function inFlags(error: unknown, chosen: readonly SettingOverride[]): unknown {
  if (!(error instanceof CopilotError)) return error;
  const { code, message, advice, httpStatus } = error;
  const asFlags = (text: string): string => text.replaceAll(/\bservice\.(?=(?:url|model|template)\b)/g, "--");
  const set = chosen.map(({ key, text }) => ` --set ${key}=${text}`).join("");
  return new CopilotError(code, asFlags(message), {
    advice: advice && asFlags(advice).replace("copilot-lsp login", `copilot-lsp login${set}`),
    httpStatus,
  });
}

async function write(env: CliEnv, chosen: readonly SettingOverride[]): Promise<void> {
  for (const name of ["kind", ...details]) {
    const key = `service.${name}`;
    const { text } = chosen.find((one) => one.key === key) ?? {};
    if (text === undefined) await env.settings.remove(key);
    else await env.settings.write(key, text);
  }
}

/** Names the variables that go before the choice in the file. Whether there are none. */
function noteStronger(env: CliEnv, chosen: readonly SettingOverride[]): boolean {
  const textOf = (key: string): string => chosen.find((one) => one.key === key)?.text ?? "";
  const keys: readonly string[] = ["kind", ...details].map((name) => `service.${name}`);
  const stronger = env.settings
    .entries()
    .filter(({ key, value, source }) => keys.includes(key) && source === "environment" && value !== textOf(key));
  for (const { origin } of stronger) {
    note(env, `${plain(origin)} goes before the settings file: unset it for the choice to hold.`);
  }
  return stronger.length === 0;
}

function tell(env: CliEnv, kind: string, { service, tookMs, text, reason }: Trial, isInForce: boolean): void {
  const speed = service?.tokensPerSecond === undefined ? "" : `, ${service.tokensPerSecond} tokens a second`;
  print(env, `Service    ${kind} at ${plain(service?.address ?? "")}`);
  if (service?.version !== undefined) print(env, `Version    ${plain(service.version)}`);
  print(env, `Model      ${plain(service?.model ?? "")}`);
  const template = service?.template ?? "server";
  print(env, `Template   ${template === "server" ? "written by the service" : plain(template)}`);
  if (service?.contextTokens !== undefined) print(env, `Context    ${service.contextTokens} tokens`);
  print(env, `Answered   in ${tookMs} ms${speed}`);
  const shown = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
  print(env, `Wrote      ${text === "" ? "nothing" : plain(shown)}`);
  if (reason !== undefined) note(env, `${reasonInWords(reason)} Another model, or service.template, may do better.`);
  print(
    env,
    isInForce
      ? `\n${kind} is used from now on; editors take it when they are started again.`
      : `\n${kind} is chosen in the settings file.`,
  );
}
