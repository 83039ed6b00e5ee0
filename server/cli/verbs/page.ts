// `page`: opens the page of the HTTP listener in the browser; where nobody has the port, serves it until Ctrl-C.

import type { Ctx } from "../../../shared/context.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { type Arguments, hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import type { CliEnv } from "../env.ts";
import { exitCodes } from "../exit-codes.ts";
import { hasLocalBrowser } from "../open-browser.ts";
import { note, paintFor, print, printJson } from "../output/output.ts";
import { holderInWords } from "../output/port-text.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "page",
  words: [0, 0],
  takes: "",
  flags: [jsonFlag, { name: "no-open", doc: "Only print the address" }],
  usage: ["page [--no-open] [--json]"],
  summary: "open the page that shows what goes on, and why",
  help: [
    "The page shows the account, what is left of the plan, the last requests with the reason and the times of each, the editors that share the port, and the settings; it signs in and out, and tries a completion.",
    "It is served by the process of yours that has the HTTP port, which is that of an editor. Where there is none, this command serves it itself until Ctrl-C.",
    "The address is good for one visit within 10 minutes, by a browser on this machine. Over SSH, forward the port (`ssh -L 8080:127.0.0.1:8080`) and open the printed address.",
  ],
  examples: [
    "copilot-lsp page",
    "copilot-lsp page --no-open    over SSH: prints the address",
    "copilot-lsp --demo page       without an account",
  ],
  untilStopped: true,
  async run(ctx, env, args) {
    const { port, holder } = await env.probePort(ctx);
    if (holder.kind === "copilot-lsp") {
      await show(ctx, env, args, port);
      return exitCodes.ok;
    }
    const outcome = await env.serve(ctx, { port: undefined, demo: false, ifHeld: "give-up" });
    if (outcome.kind === "busy") {
      if (outcome.holder.kind === "copilot-lsp") {
        await show(ctx, env, args, outcome.port);
        return exitCodes.ok;
      }
      if (hasFlag(args, "json")) printJson(env, { event: "busy", port: outcome.port, holder: outcome.holder });
      note(env, `Port ${outcome.port} is held by ${holderInWords(outcome.holder, env.clock.nowMs())}.`);
      note(env, "The setting http.port names another one: `copilot-lsp --port 0 page` takes any free one.");
      return exitCodes.failed;
    }
    try {
      await show(ctx, env, args, Number(new URL(outcome.url).port));
      note(env, "No editor serves the page, so this process does. Ctrl-C ends it.");
      await untilAborted(ctx.signal, outcome.ended);
      return exitCodes.ok;
    } finally {
      await outcome.close();
    }
  },
};

async function show(ctx: Ctx, env: CliEnv, args: Arguments, port: number): Promise<void> {
  const url = await env.pageAddress(ctx, port);
  if (hasFlag(args, "json")) printJson(env, { event: "page", url });
  else print(env, `Page  ${paintFor(env, "stdout")("cyan", url)}`);
  if (hasFlag(args, "no-open") || hasFlag(args, "json")) return;
  if (!hasLocalBrowser(env.platform, env.environment)) note(env, "There is no screen here; open the address yourself.");
  else if (!(await env.openBrowser(url))) note(env, "No browser could be started here; open the address yourself.");
}
