// The layers of GitHub's own language server in Copilot's place: the program, its version, its start, its sign-in, and one
// completion. Asking for its models goes through all of them at once; how far the server got says whose failure it is.

import type { Ctx } from "../../../shared/context.ts";
import { type ErrorCode, errorCodeOf } from "../../../shared/errors.ts";
import type { Core } from "../../core/types.ts";
import type { CliEnv } from "../env.ts";
import { plain } from "../output/output.ts";
import { checkCompletion } from "./copilot.ts";
import { type Finding, ok } from "./layer.ts";
import type { ServiceLayer } from "./service.ts";

const accountCodes: ReadonlySet<ErrorCode> = new Set(["signed-out", "not-authorized"]);

/** Each needs those before it. */
export function officialLayers(env: CliEnv, core: Core): readonly ServiceLayer[] {
  let looking: Promise<unknown> | undefined;
  const failureAt = async (ctx: Ctx): Promise<{ readonly at: string; readonly error: unknown } | undefined> => {
    looking ??= core.models(ctx).then(
      () => undefined,
      (error: unknown) => error,
    );
    const error = await looking;
    if (error === undefined) return undefined;
    const { address = "", version } = core.report().service ?? {};
    const code = errorCodeOf(error);
    if (address === "") return { at: "program", error };
    if (code === "client-rejected") return { at: "version", error };
    if (version === undefined) return { at: "start", error };
    return { at: accountCodes.has(code) ? "sign-in" : "answers", error };
  };
  const layer = (name: string, found: () => string): ServiceLayer => ({
    name,
    async check(ctx): Promise<Finding> {
      const failure = await failureAt(ctx);
      if (failure?.at === name) throw failure.error;
      return ok(found());
    },
  });
  const service = () => core.report().service;
  return [
    layer("program", () => plain(service()?.address ?? "")),
    layer("version", () => plain(service()?.version ?? "not known yet")),
    layer("start", () => {
      const { startedInMs = 0, sharing = "" } = service() ?? {};
      return `in ${startedInMs} ms; ${sharing}`;
    }),
    layer("sign-in", () => {
      const state = core.account.state();
      return state.kind === "signed-in" ? plain(state.user ?? "signed in") : "works";
    }),
    layer("answers", () => plain(service()?.model ?? "yes")),
    { name: "completion", check: (ctx) => checkCompletion(ctx, env, core) },
  ];
}
