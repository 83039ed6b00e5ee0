// `serve`: the HTTP front alone, for scripts and tools, until it is told to stop.

import { CopilotError } from "../../../shared/errors.ts";
import type { ListenerState } from "../../../shared/http.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { hasFlag, isPort } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import { curlLine } from "../output/curl-line.ts";
import type { CliEnv } from "../env.ts";
import { exitCodes } from "../exit-codes.ts";
import { note, paintFor, print, printJson } from "../output/output.ts";
import { holderInWords } from "../output/port-text.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "serve",
  words: [0, 1],
  takes: "[PORT]",
  flags: [jsonFlag, { name: "takeover", doc: "Ask the process of yours that has the port to hand it over" }],
  usage: ["serve [PORT] [--takeover] [--json]"],
  summary: "answer over HTTP on 127.0.0.1 until Ctrl-C",
  help: [
    "Listens on 127.0.0.1 only, unless the setting http.address says otherwise; PORT is 8080 unless a setting says otherwise, and 0 takes any free one. An editor that runs copilot-lsp has this listener already: then this waits beside it and takes over when it ends, or at once with --takeover.",
    "Where the service manager hands a socket over (LISTEN_FDS, as systemd does), it answers on that one, whatever PORT says, and keeps it.",
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
    const json = hasFlag(args, "json");
    const outcome = await env.serve(ctx, {
      port: word === undefined ? undefined : Number(word),
      demo: false,
      ifHeld: hasFlag(args, "takeover") ? "take-over" : "wait",
    });
    if (outcome.kind === "busy") {
      const { port, holder } = outcome;
      if (json) printJson(env, { event: "busy", port, holder });
      note(env, `Port ${port} is held by ${holderInWords(holder, env.clock.nowMs())}.`);
      note(env, "Choose another: `copilot-lsp serve 0` takes any free one.");
      return exitCodes.failed;
    }
    const forget = outcome.onState((state) => {
      if (state.kind === "listening") announce(env, state.url, json);
      if (state.kind === "standby" || state.kind === "foreign") tellWhoHasIt(env, state, json);
    });
    try {
      if (outcome.kind === "listening") announce(env, outcome.url, json);
      else {
        tellWhoHasIt(env, outcome, json);
        note(env, "To have it now: `copilot-lsp serve --takeover`; for one of your own: `copilot-lsp serve 0`.");
      }
      await untilAborted(ctx.signal, outcome.ended);
      return exitCodes.ok;
    } finally {
      forget();
      await outcome.close();
    }
  },
};

function announce(env: CliEnv, url: string, json: boolean): void {
  if (json) {
    printJson(env, { event: "listening", url });
    return;
  }
  print(env, `Listening on ${paintFor(env, "stdout")("cyan", url)}. Ctrl-C ends it.`);
  print(env, `Try:  ${curlLine(env, url)}`);
}

type Held =
  | Pick<Extract<ListenerState, { kind: "standby" }>, "kind" | "port" | "url" | "holder">
  | Extract<ListenerState, { kind: "foreign" }>;

function tellWhoHasIt(env: CliEnv, held: Held, json: boolean): void {
  const { port } = held;
  if (held.kind === "foreign") {
    if (json) printJson(env, { event: "busy", port });
    note(env, held.message);
    return;
  }
  if (json) printJson(env, { event: "standby", port, holder: held.holder });
  const holder = holderInWords({ kind: "copilot-lsp", ...held.holder }, env.clock.nowMs());
  note(env, `Port ${port} is held by ${holder}, which answers at ${held.url}. This process takes over when it ends.`);
}
