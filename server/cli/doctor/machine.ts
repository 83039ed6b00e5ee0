// The layers on this machine: settings, token, listener.

import type { Ctx } from "../../../shared/context.ts";
import type { Core } from "../../core/types.ts";
import {
  bindingInWords,
  missedKeychainInWords,
  type NotNeeded,
  notNeededInWords,
  tokenOf,
  tokenSourceInWords,
} from "../output/account-text.ts";
import type { CliEnv } from "../env.ts";
import { count, number } from "../../../shared/words/in-words.ts";
import { holderInWords } from "../output/port-text.ts";
import { type Finding, fail, ok, warn } from "./layer.ts";

export async function checkSettings(env: CliEnv): Promise<Finding> {
  const { path } = env.settings;
  const problems = env.settings.problems();
  const set = env.settings.entries().filter(({ source }) => source !== "default");
  if (problems.length > 0) {
    const texts = problems.map(({ message, consequence }) =>
      consequence === undefined ? message : `${message}; ${consequence}`,
    );
    return warn(
      `${texts.join("; ")}; the rest is in force`,
      `Correct it in ${path} or with \`copilot-lsp config KEY VALUE\`.`,
    );
  }
  const names = set.map(({ key, source }) => `${key} (${source})`).join(", ");
  return ok(set.length === 0 ? `all at their defaults (file: ${path})` : `${count(set.length, "value")} set: ${names}`);
}

/** A person waits for it at the first completion after each start. */
const slowKeychainMs = 2_000;

/** How the keychain answered; undefined where the token is not in one. */
export async function lookAtKeychain(ctx: Ctx, env: CliEnv, core: Core): Promise<Finding | undefined> {
  const state = await core.account.check(ctx, { localOnly: true });
  // macOS names it in its prompt, and lets this program's items be read by it alone.
  const program = env.platform === "darwin" ? "; it is asked with the program `security`" : "";
  if (state.kind === "signed-out" && state.reason !== undefined)
    return fail(`${state.message ?? state.reason}${program}`);
  const place = tokenOf(state)?.place;
  if (place?.kind !== "keychain") return undefined;
  const { name, answeredMs } = place;
  if (answeredMs === undefined) return ok(`the ${name} has the token${program}`);
  const text = `the ${name} is not locked and answered in ${number(answeredMs)} ms${program}`;
  const advice = "The first completion of each window waits for it; `copilot-lsp login --store file` does without.";
  return answeredMs > slowKeychainMs ? warn(text, advice) : ok(text);
}

/** A sign-in that is missing is one to be seen to, though a fallback answers meanwhile. */
export function notNeeded(state: NotNeeded): Finding {
  const text = notNeededInWords(state);
  return state.inPlaceOf === undefined ? ok(text) : warn(text, "Sign in with `copilot-lsp login`.");
}

export async function checkToken(ctx: Ctx, env: CliEnv, core: Core): Promise<Finding> {
  const state = await core.account.check(ctx, { localOnly: true });
  if (state.kind === "not-needed") return notNeeded(state);
  if (state.kind === "signed-out" && state.reason !== undefined) return fail(state.message ?? state.reason);
  // Whether GitHub takes the token is said of the account, and need not be known yet.
  const token = tokenOf(state);
  if (token === undefined) {
    // Tokens of other tools are a common mix-up: GitHub lets only Copilot's own apps exchange theirs.
    const other = ["GH_TOKEN", "GITHUB_TOKEN"].find((name) => env.environment[name]);
    const hint = other === undefined ? "" : `; ${other} is not used, because Copilot does not take such tokens`;
    const { binding } = core.report();
    const flag = binding ? ` --account ${binding.account}` : "";
    return fail(`no GitHub token found${bindingInWords(binding)}${hint}`, `Sign in with \`copilot-lsp login${flag}\`.`);
  }
  const { binding } = core.report();
  const missed = missedKeychainInWords(token.place);
  const from = `from ${tokenSourceInWords(env, token, binding)}${bindingInWords(binding)}${missed === undefined ? "" : `; ${missed}`}`;
  const empty = ["GH_COPILOT_TOKEN", "GITHUB_COPILOT_TOKEN"].find((name) => env.environment[name] === "");
  if (empty !== undefined) return warn(`${from}; ${empty} is set but empty and counts as unset`, `Unset ${empty}.`);
  const isFromVariable = token.source === "GH_COPILOT_TOKEN" || token.source === "GITHUB_COPILOT_TOKEN";
  if (isFromVariable && env.environment[token.source]?.startsWith("gho_")) {
    return warn(
      `${from}; it looks like a token of the \`gh\` command, which Copilot does not take`,
      `Unset ${token.source} and sign in with \`copilot-lsp login\`.`,
    );
  }
  return ok(from);
}

export async function checkListener(ctx: Ctx, env: CliEnv): Promise<Finding> {
  const { port, holder } = await env.probePort(ctx);
  const nowMs = env.clock.nowMs();
  switch (holder.kind) {
    case "nobody":
      return ok(`port ${port} is free; an editor or \`copilot-lsp serve\` will take it`);
    case "copilot-lsp":
      return ok(`port ${port} is answered by ${holderInWords(holder, nowMs)}`);
    case "foreign":
      return warn(
        `port ${port} is held by ${holderInWords(holder, nowMs)}; editors work without it, scripts do not`,
        // Another person's is not this one's to end.
        `Choose another port with \`copilot-lsp config http.port N\`${holder.refuses ? "" : ", or end that program"}.`,
      );
  }
}
