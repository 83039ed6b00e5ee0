// `serve`: the HTTP front alone, for scripts and tools, until it is told to stop.

import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { hasFlag, isPort } from "../arguments.ts";
import { curlLine } from "../curl-line.ts";
import { exitCodes } from "../exit-codes.ts";
import { note, paintFor, print, printJson } from "../output.ts";
import { holderInWords } from "../port-words.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "serve",
  usage: ["serve [PORT] [--json]"],
  summary: "answer over HTTP on 127.0.0.1 until Ctrl-C",
  help: [
    "Listens on 127.0.0.1 only; PORT is 8080 unless a setting says otherwise, and 0 takes any free one. An editor that runs copilot-lsp has this listener already.",
    'POST / with {"prompt","language"} answers the completion as plain text; GET /health says whether it lives.',
  ],
  examples: [
    "copilot-lsp serve",
    "copilot-lsp serve 9000 &",
    'copilot-lsp serve 0 --json    prints {"event":"listening","url":…}',
  ],
  untilStopped: true,
  async run(ctx, env, args) {
    const [word] = args.words;
    if (word !== undefined && !isPort(word)) {
      throw new CopilotError("bad-request", `serve takes a port from 0 to 65535, not ${word}.`);
    }
    const outcome = await env.serve(ctx, { port: word === undefined ? undefined : Number(word), demo: false });
    if (outcome.kind === "busy") {
      const { port, holder } = outcome;
      if (hasFlag(args, "json")) printJson(env, { event: "busy", port, holder });
      note(env, `Port ${port} is held by ${holderInWords(holder)}.`);
      note(
        env,
        holder.kind === "copilot-lsp"
          ? `It answers at http://127.0.0.1:${port} already. For one of your own: \`copilot-lsp serve 0\`.`
          : "Choose another: `copilot-lsp serve 0` takes any free one.",
      );
      return exitCodes.failed;
    }
    try {
      if (hasFlag(args, "json")) printJson(env, { event: "listening", url: outcome.url });
      else {
        print(env, `Listening on ${paintFor(env, "stdout")("cyan", outcome.url)}. Ctrl-C ends it.`);
        print(env, `Try:  ${curlLine(outcome.url)}`);
      }
      await untilAborted(ctx.signal, outcome.ended);
      return exitCodes.ok;
    } finally {
      await outcome.close();
    }
  },
};
