// `status`: who is signed in, by which token, what the plan leaves, and whether anything is wrong.

import type { Ctx } from "../../../shared/context.ts";
import { withAdvice } from "../../../shared/errors.ts";
import type { Core } from "../../core/types.ts";
import { withDeadline } from "../../runtime/cancel.ts";
import type {
  AccountBinding,
  AccountState,
  ServiceReport,
  SessionReport,
  StatusReport,
} from "../../../shared/status.ts";
import {
  bindingInWords,
  type HeldToken,
  missedKeychainInWords,
  notNeededInWords,
  tokenOf,
  tokenSourceInWords,
} from "../output/account-text.ts";
import { clientInWords, signInClient } from "../output/client-text.ts";
import { hasFlag } from "../args/arguments.ts";
import { jsonFlag } from "../args/flags.ts";
import type { CliEnv, PortReport } from "../env.ts";
import { type ExitCode, exitCodeOfError, exitCodes } from "../exit-codes.ts";
import { type Failure, failureOf } from "../failure.ts";
import { rulesInWords } from "../../../shared/words/exclusion.ts";
import { quotaRows } from "../../../shared/words/quota.ts";
import { durationInWords } from "../../../shared/words/in-words.ts";
import { pairs, textWidth } from "../output/layout.ts";
import { note, paintFor, plain, print, printJson } from "../output/output.ts";
import { holderInWords } from "../output/port-text.ts";
import { reasonInWords } from "../../../shared/words/reasons.ts";
import type { Verb } from "../verb.ts";

type Row = [name: string, text: string];

/** Some services on this machine load their model first. */
const modelsLimitMs = 10_000;

export const verb: Verb = {
  name: "status",
  words: [0, 0],
  takes: "",
  flags: [jsonFlag, { name: "local", doc: "Ask nobody: say only what this machine knows" }],
  usage: ["status [--local] [--json]"],
  summary: "show who is signed in, plan, quota, listener",
  help: [
    "Asks GitHub whether the token still works and what the plan leaves. --local asks nobody, for status bars and scripts that run often.",
    "Exit code 0 when signed in, 3 when nobody is or the account may not use Copilot, 4 when GitHub, or the service in Copilot's place, could not be reached.",
  ],
  examples: [
    "copilot-lsp status",
    "copilot-lsp status --json | jq .session.quotas",
    "copilot-lsp status --local >/dev/null || copilot-lsp login",
  ],
  async run(ctx, env, args) {
    const localOnly = hasFlag(args, "local");
    const { core, close } = await env.openCore({ isQuiet: localOnly });
    try {
      const problem = await look(ctx, env, core, localOnly).then(
        () => undefined,
        (error: unknown) => {
          if (ctx.signal.aborted) throw error;
          return failureOf(error);
        },
      );
      const port = await env.probePort(ctx);
      if (!localOnly) await core.lookUpRules(ctx, env.cwd);
      const report = core.report();
      if (hasFlag(args, "json"))
        printJson(env, {
          ...report,
          tokenFile: env.tokenFile(report.binding?.account),
          client: signInClient(env),
          listener: port,
          error: problem,
        });
      else show(env, report, port, problem);
      return exitCodeOf(report.account, problem);
    } finally {
      await close();
    }
  },
};

/** So that what is told does not hang on what came by itself meanwhile. */
async function look(ctx: Ctx, env: CliEnv, core: Core, localOnly: boolean): Promise<void> {
  const { kind } = await core.account.check(ctx, { localOnly });
  if (localOnly || kind === "signed-out" || kind === "not-authorized") return;
  await withDeadline(ctx, env.clock, modelsLimitMs, core.models).catch((error: unknown) => {
    // Completions come without Copilot's list; a service in its place answers this or nothing.
    if (ctx.signal.aborted || core.report().service !== undefined) throw error;
  });
}

function exitCodeOf(account: AccountState, problem: Failure | undefined): ExitCode {
  if (account.kind === "signed-out" || account.kind === "not-authorized") return exitCodes.signedOut;
  return problem === undefined ? exitCodes.ok : exitCodeOfError(problem.code);
}

function show(env: CliEnv, report: StatusReport, port: PortReport, problem: Failure | undefined): void {
  const { account, session } = report;
  const token = tokenOf(account);
  const rows: Row[] = [
    ["Account", accountInWords(account) + bindingInWords(report.binding)],
    ...(token === undefined ? [] : tokenRows(env, token, report.binding)),
    ...row("Client", token?.source === "store" ? clientInWords(signInClient(env)) : undefined),
    ["Server", plain(report.server)],
    ...(account.kind === "not-needed" && report.service ? keyRows(report.service) : []),
    ...(session ? sessionRows(env, session) : []),
    ...row("Model", report.model && plain(report.model)),
    ...(report.exclusions ? rulesInWords(report.exclusions) : []).flatMap((text) => row("Rules", plain(text))),
    ["Listener", listenerInWords(port, env.clock.nowMs())],
    ...problemRows(env, report, problem),
  ];
  for (const line of pairs(rows, textWidth(env.columns))) print(env, line);
  const paint = paintFor(env, "stderr");
  if (account.kind === "signed-out") {
    note(env, paint("yellow", plain(account.message ?? "Sign in with `copilot-lsp login`.")));
  }
  if (account.kind === "not-authorized" && account.url) note(env, `More: ${plain(account.url)}`);
}

function tokenRows(env: CliEnv, token: HeldToken, binding: AccountBinding | undefined): Row[] {
  const from = `from ${tokenSourceInWords(env, token, binding)}`;
  return [["Token", from], ...row("", missedKeychainInWords(token.place))];
}

function keyRows({ kind, hasKey }: ServiceReport): Row[] {
  return kind === "official" ? [] : [["Key", hasKey ? "sent with each request" : "none"]];
}

function accountInWords(account: AccountState): string {
  switch (account.kind) {
    case "unknown":
      return "not known yet";
    case "signed-out":
      return account.reason === undefined ? "signed out" : "not known: the keychain does not give the token";
    case "not-needed":
      return plain(notNeededInWords(account));
    case "signed-in":
      return account.user === undefined ? "signed in" : `signed in as ${plain(account.user)}`;
    case "not-authorized": {
      const who = account.user === undefined ? "signed in" : `signed in as ${plain(account.user)}`;
      return `${who}, without Copilot: ${plain(account.message)}`;
    }
  }
}

function sessionRows(env: CliEnv, session: SessionReport): Row[] {
  const leftMs = session.expiresAtMs - env.clock.nowMs();
  const renewalMs = session.refreshAtMs - env.clock.nowMs();
  const paid = session.tokenBasedBilling === true ? "paid by AI credits" : undefined;
  const plan = [session.plan, session.sku, paid].filter((part) => part !== undefined).map(plain);
  const quotas = quotaRows(session, env.clock.nowMs());
  return [
    ...row("Plan", plan.join(", ") || undefined),
    ...quotas.flatMap(({ name, text }) => row(plain(name), plain(text))),
    [
      "Session",
      leftMs <= 0
        ? "run out; the next completion renews it"
        : `good for ${durationInWords(leftMs)}, renewed in ${durationInWords(Math.max(0, renewalMs))}`,
    ],
  ];
}

function listenerInWords({ port, holder }: PortReport, nowMs: number): string {
  switch (holder.kind) {
    case "nobody":
      return `nobody listens on port ${port}`;
    case "copilot-lsp":
      return `http://127.0.0.1:${port}, answered by ${holderInWords(holder, nowMs)}`;
    case "foreign":
      return `port ${port} is held by ${holderInWords(holder, nowMs)}`;
  }
}

function problemRows(env: CliEnv, report: StatusReport, problem: Failure | undefined): Row[] {
  const { status, account, lastEmpty } = report;
  const told = account.kind === "signed-in" ? status.message && plain(status.message) : undefined;
  const agoMs = env.clock.nowMs() - (lastEmpty?.atMs ?? 0);
  return [
    ...row("Problem", problem ? withAdvice(problem) : told),
    ...row("Last empty", lastEmpty && `${reasonInWords(lastEmpty.reason)} (${durationInWords(agoMs)} ago)`),
  ];
}

/** None where there is nothing to say. */
function row(name: string, text: string | undefined): Row[] {
  return text === undefined ? [] : [[name, text]];
}
