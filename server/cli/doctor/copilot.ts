// The layers of the service itself: account, session, models, one completion.

import type { Ctx } from "../../../shared/context.ts";
import type { Core } from "../../core/types.ts";
import type { CliEnv } from "../env.ts";
import { rulesInWords } from "../../../shared/words/exclusion.ts";
import { durationInWords } from "../../../shared/words/in-words.ts";
import { askSample } from "../sample-question.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";
import { notNeeded } from "./machine.ts";
import { type Finding, fail, ok, skip, warn } from "./layer.ts";

export async function checkAccount(ctx: Ctx, core: Core): Promise<Finding> {
  const state = await core.account.check(ctx, { localOnly: false }).catch((error: unknown) => {
    if (ctx.signal.aborted) throw error;
    return undefined;
  });
  // The next layer asks for the same, and tells why there is no answer.
  if (!state) return skip("GitHub did not say whether the token works");
  switch (state.kind) {
    case "signed-in":
      return ok(state.user === undefined ? "the token works" : `the token works: ${state.user}`);
    case "not-needed":
      return notNeeded(state);
    case "not-authorized":
      return fail(
        `GitHub gives no Copilot: ${state.message}`,
        state.url === undefined ? undefined : `See ${state.url}`,
      );
    case "signed-out":
    case "unknown": {
      // The message names where the token came from and what to do about it: a variable has to be unset.
      if (state.kind === "signed-out" && state.message !== undefined) return fail(state.message);
      return fail("GitHub does not accept the token", "Sign in again with `copilot-lsp login`.");
    }
  }
}

/** `listModels` needs a session, so what it throws about the account is the session's failure. */
export async function checkSession(env: CliEnv, core: Core, listModels: () => Promise<unknown>): Promise<Finding> {
  const failure = await listModels().then(
    () => undefined,
    (error: unknown) => error,
  );
  const { session } = core.report();
  if (!session) {
    if (failure !== undefined) throw failure;
    return skip("nothing is known of it");
  }
  const { api, proxy } = session.endpoints;
  const leftMs = session.expiresAtMs - env.clock.nowMs();
  return ok(`good for ${durationInWords(leftMs)}; hosts ${[...new Set([api, proxy])].join(" and ")}`);
}

/** Rules of organisations for the current folder. */
export async function checkRules(ctx: Ctx, env: CliEnv, core: Core): Promise<Finding> {
  await core.lookUpRules(ctx, env.cwd);
  const { repositories = [], keptBack = [] } = core.report().exclusions ?? {};
  const [first] = repositories;
  if (!first) return ok("your account has no rules about files");
  const text = rulesInWords({ repositories, keptBack }).join(" ");
  if (first.rules !== undefined) return first.problem === undefined ? ok(text) : warn(text);
  return fail(text, "Nothing of this folder is sent until the rules can be read.");
}

export async function checkModels(core: Core, listModels: () => ReturnType<Core["models"]>): Promise<Finding> {
  const models = await listModels();
  const completing = models.filter(({ kind }) => kind === "completion").map(({ id }) => id);
  if (completing.length === 0) return warn("the account lists no model for completions; a default is asked");
  const inUse = core.report().model;
  return ok(`${completing.join(", ")}${inUse === undefined ? "" : `; in use: ${inUse}`}`);
}

export async function checkCompletion(ctx: Ctx, env: CliEnv, core: Core): Promise<Finding> {
  const { result, tookMs } = await askSample(ctx, env, core);
  if (result.kind === "empty") return warn(`answered in ${tookMs} ms, with nothing: ${reasonInWords(result.reason)}`);
  return ok(`answered in ${tookMs} ms by ${result.model}`);
}
