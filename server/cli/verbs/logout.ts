// `logout`: forgets the stored token, here and in every running process, and says what still holds one.

import { serviceKeyVariable } from "../../../shared/account.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { TokenPlace } from "../../../shared/status.ts";
import type { Core } from "../../core/types.ts";
import { bindingInWords, type HeldToken, tokenOf, tokenSourceInWords, tokenVariables } from "../output/account-text.ts";
import { flagValue, hasFlag } from "../args/arguments.ts";
import { accountFlag, jsonFlag } from "../args/flags.ts";
import type { CliEnv } from "../env.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { note, plain, print, printJson } from "../output/output.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "logout",
  words: [0, 0],
  takes: "",
  flags: [jsonFlag, accountFlag],
  usage: ["logout [--account NAME] [--json]"],
  summary: "delete the stored sign-in",
  help: [
    "Deletes the token that `copilot-lsp login` stored. Editors that are running notice within a second. A token in an environment variable is not this program's to delete; it is named instead. With --account, or in a folder that is bound to an account, that account's token alone; else the tokens of all. The key of another service is deleted where that service is used.",
    "GitHub goes on listing the authorisation until you revoke it in your account's settings.",
  ],
  examples: ["copilot-lsp logout"],
  async run(ctx, env, args) {
    const { core, storeKey, close } = await env.openCore({ account: flagValue(args, "account"), isQuiet: true });
    try {
      if (storeKey) return await forgetKey(ctx, env, core, hasFlag(args, "json"));
      const before = await core.account.check(ctx, { localOnly: true });
      const { binding } = core.report();
      const { leftInEnvironment, stored } = await core.account.signOut(ctx).catch((error: unknown) => {
        throw withWayOut(error);
      });
      // A variable goes before what is stored, and a keychain may not have given it.
      const used = tokenOf(before);
      const token: HeldToken | undefined =
        used?.source === "store" ? used : stored && { source: "store", place: placeOf(stored) };
      const isOfficial = before.kind === "signed-in" && before.source === "official" && !leftInEnvironment;
      const user = isOfficial ? before.user : token?.user;
      const variables = leftInEnvironment ? tokenVariables(env) : [];

      if (hasFlag(args, "json")) {
        printJson(env, { deleted: token ? env.tokenFile(binding?.account) : null, user, leftIn: variables });
        return exitCodes.ok;
      }
      if (token) {
        const where = tokenSourceInWords(env, token, binding);
        print(
          env,
          `Signed out${user ? ` ${plain(user)}` : ""}${bindingInWords(binding)}: deleted the token in ${where}.`,
        );
        note(env, `To revoke it on GitHub as well: ${plain(core.report().server)}/settings/apps/authorizations`);
      } else if (isOfficial) {
        print(env, `Signed out${user ? ` ${plain(user)}` : ""} of GitHub's own language server.`);
        note(env, "It may keep the token in its own files; https://github.com/settings/applications revokes it.");
      } else print(env, "There was no stored sign-in; nothing to delete.");
      if (leftInEnvironment) {
        const names = variables.length > 0 ? variables.join(" and ") : "The environment";
        note(
          env,
          `${names} still ${variables.length > 1 ? "hold" : "holds"} a token, so what is started from here stays signed in.`,
        );
      }
      return exitCodes.ok;
    } finally {
      await close();
    }
  },
};

function placeOf(kind: TokenPlace["kind"]): TokenPlace {
  return kind === "file" ? { kind } : { kind, name: "of this system" };
}

/** What else a keychain's refusal advises leads to another sign-in. */
function withWayOut(error: unknown): unknown {
  if (!(error instanceof CopilotError) || !error.code.startsWith("keychain-")) return error;
  return new CopilotError(error.code, error.message, {
    advice: "The token is still in it: unlock it, and run `copilot-lsp logout` again.",
    cause: error,
  });
}

/** Of a service in Copilot's place. */
async function forgetKey(ctx: Ctx, env: CliEnv, core: Core, json: boolean): Promise<ExitCode> {
  const { server } = core.report();
  const { leftInEnvironment, stored } = await core.account.signOut(ctx).catch((error: unknown) => {
    throw withWayOut(error);
  });
  const where = stored && tokenSourceInWords(env, { source: "store", place: placeOf(stored) }, undefined);
  if (json) {
    const leftIn = leftInEnvironment ? [serviceKeyVariable] : [];
    printJson(env, { deleted: stored ? env.tokenFile() : null, leftIn });
    return exitCodes.ok;
  }
  if (where) print(env, `Deleted the key for ${plain(server)} in ${where}.`);
  else print(env, `There was no stored key for ${plain(server)}; nothing to delete.`);
  if (leftInEnvironment) note(env, `${serviceKeyVariable} still holds a key, which what is started from here uses.`);
  return exitCodes.ok;
}
