// GitHub's language server for as long as this program runs: started when it is first needed, started again after it ended,
// with pauses that double, and what it last said of the account, of itself and of the quota.

import { parse } from "node:path";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { AccountState } from "../../../shared/status.ts";
import { rpcCodes, RpcError } from "../../json-rpc/rpc-error.ts";
import { createEmitter } from "../../runtime/emitter.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import { type Child, objectOf, type RequestAbout, startChild } from "./child.ts";
import { createOfficialDocuments, type OfficialDocuments } from "./documents.ts";
import { failureOfStatus, inWords, type ServerStatus } from "./failures.ts";
import { findProgram, type Machine, type Program } from "./find-program.ts";

export interface OfficialServer {
  /** The process that runs, started where none does. Rejects with what keeps it from running. */
  running(ctx: Ctx): Promise<Running>;
  /** By what the server last said; asks nobody. */
  account(): AccountState;
  /** As `account`, once the process that runs has said so itself: it reads its sign-in after it has started. */
  ownAccount(ctx: Ctx): Promise<AccountState>;
  /** Asks the server. Rejects as `running`, and with the codes of the network. */
  checkAccount(ctx: Ctx, options: { readonly localOnly: boolean }): Promise<AccountState>;
  onAccountChange(listener: () => void): () => void;
  /** Whether the plan counts completions; undefined until the server has said. */
  countsCompletions(): boolean | undefined;
  /** Why it cannot complete just now, as its status says. */
  failure(): CopilotError | undefined;
  /** What there is to show of the process; undefined before the first. */
  process(): { readonly version: string; readonly startedInMs: number; readonly processId: number } | undefined;
  /** Where the program is, or why there is none. */
  find(): Program;
  /** The settings are others. */
  tellSettings(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface Running {
  readonly request: (ctx: Pick<Ctx, "signal">, method: string, params: object, about: RequestAbout) => Promise<unknown>;
  readonly notify: (method: string, params: object) => void;
  readonly documents: OfficialDocuments;
  /** A request was not answered in time: ends the process where it answers nothing at all. */
  suspect(): void;
}

export interface OfficialSettings {
  /** Absolute path; empty: on the PATH. */
  readonly command: string;
  /** What its telemetry is to be. */
  readonly telemetry: boolean;
  /** `github.uri`. */
  readonly githubUri: string;
  readonly proxy: string;
  readonly noProxy: string;
  readonly strictTls: boolean;
  readonly caFile: string;
}

export interface OfficialServerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly machine: Machine;
  /** Who drives this program; undefined when nobody said. */
  readonly identity: () => { readonly editorName: string; readonly editorVersion: string } | undefined;
  readonly settings: () => OfficialSettings;
}

// One crash may be an accident; the next request starts it again at once.
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Who ran that long has got over its trouble. */
const steadyAfterMs = 60_000;
const pingLimitMs = 5_000;
const accountLimitMs = 20_000;

export function createOfficialServer(deps: OfficialServerDeps): OfficialServer {
  const { clock, log, machine, settings } = deps;
  const life = linkAbort();
  const accountChanges = createEmitter<undefined>((error) =>
    log.error("a listener of the account failed", { error: String(error) }),
  );
  let child: Child | undefined;
  let running: Running | undefined;
  let starting: Promise<Running> | undefined;
  let pause: { readonly error: CopilotError; readonly untilMs: number } | undefined;
  let crashes = 0;
  let account: AccountState = { kind: "unknown" };
  let saidBy: Running | undefined;
  let status: ServerStatus = { kind: "Normal", message: "", command: "" };
  let isCounted: boolean | undefined;
  let lastMessage = "";
  let shown: { readonly version: string; readonly startedInMs: number; readonly processId: number } | undefined;

  const setAccount = (next: AccountState): void => {
    const isSame = JSON.stringify(next) === JSON.stringify(account);
    account = next;
    if (!isSame) accountChanges.emit(undefined);
  };

  const onNotification = (method: string, params: unknown): void => {
    const { kind, message, command, statuses, completions } = objectOf(params);
    switch (method) {
      case "didChangeStatus":
        status = { kind: inWords(kind), message: inWords(message), command: inWords(objectOf(command)["command"]) };
        return;
      case "didChangeStatus/v2":
        for (const one of Array.isArray(statuses) ? statuses : []) {
          const { category, result, message: words } = objectOf(one);
          if (category === "auth" && result !== undefined) setAccount(accountOf(result, inWords(words)));
        }
        return;
      case "copilot/quotaChange":
        if (completions !== undefined) isCounted = objectOf(completions)["unlimited"] === false;
        return;
      case "window/showMessage":
        return onMessage(params);
    }
  };
  const onMessage = (params: unknown): void => {
    lastMessage = inWords(objectOf(params)["message"]);
    log.warn(`GitHub's language server says: ${lastMessage}`);
  };
  const onRequest = (method: string, params: unknown): unknown => {
    switch (method) {
      case "workspace/configuration": {
        const { items } = objectOf(params);
        const sections = Array.isArray(items) ? items.map((item) => inWords(objectOf(item)["section"])) : [];
        const all = officialSettings(settings());
        return sections.map((section) => all[section] ?? null);
      }
      case "window/showMessageRequest":
        onMessage(params);
        return null;
      // The fronts of this program show a person where to go.
      case "window/showDocument":
        return { success: false };
      case "client/registerCapability":
      case "client/unregisterCapability":
      case "window/workDoneProgress/create":
        return null;
      default:
        throw new RpcError(rpcCodes.methodNotFound, `Method not found: ${method}`);
    }
  };
  const accountOf = (result: unknown, words: string): AccountState => {
    const { status: said, user } = objectOf(result);
    const name = typeof user === "string" ? { user: inWords(user) } : {};
    switch (said) {
      case "OK":
      case "MaybeOK":
      case "MaybeOk":
      case "AlreadySignedIn":
        return { kind: "signed-in", source: "official", ...name };
      case "NotAuthorized":
        return { kind: "not-authorized", source: "official", ...name, message: words || lastMessage || noCopilot };
      default:
        return { kind: "signed-out" };
    }
  };

  const start = async (): Promise<Running> => {
    const { editorName = "copilot-lsp", editorVersion = deps.version } = deps.identity() ?? {};
    const started = await startChild(
      life,
      {
        clock,
        log,
        platform: machine.platform,
        environment: environmentOf(machine.environment, settings()),
        folder: parse(machine.node.path).root,
      },
      findProgram(machine, settings().command),
      {
        // It ends when this process is gone.
        processId: process.pid,
        clientInfo: { name: editorName, version: editorVersion },
        initializationOptions: {
          editorInfo: { name: editorName, version: editorVersion },
          // It keeps a sign-in for each plugin.
          editorPluginInfo: { name: "copilot-lsp", version: deps.version },
        },
        capabilities: { workspace: { configuration: true, workspaceFolders: false } },
        // It would read folders by itself, and files that are kept back.
        rootUri: null,
        workspaceFolders: null,
      },
      { onRequest, onNotification },
    );
    const startedAtMs = clock.monotonicMs();
    const { processId, version, startedInMs } = started;
    log.info("GitHub's language server runs", { processId, version, startedInMs });
    shown = { processId, version, startedInMs };
    child = started;
    let isSuspected = false;
    const now: Running = {
      request: started.request,
      notify: started.notify,
      documents: createOfficialDocuments(started.notify),
      suspect() {
        if (isSuspected) return;
        isSuspected = true;
        started.request(life, "getVersion", {}, { what: "a question for its version", limitMs: pingLimitMs }).then(
          () => (isSuspected = false),
          () => {
            if (child !== started) return;
            log.warn("GitHub's language server answers nothing and is ended", { processId });
            started.kill();
          },
        );
      },
    };
    running = now;
    void started.ended.then((how) => {
      if (child !== started) return;
      child = undefined;
      running = undefined;
      if (clock.monotonicMs() - startedAtMs > steadyAfterMs) crashes = 0;
      hasFailed(new CopilotError("upstream-failed", `GitHub's language server ended by itself: ${how}.`));
    });
    return now;
  };
  const hasFailed = (error: CopilotError): void => {
    const pauseMs = crashes === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (crashes - 1));
    crashes += 1;
    pause = { error, untilMs: clock.monotonicMs() + pauseMs };
    log.warn(`${error.message} It is started again in ${pauseMs / 1000} s at the earliest.`);
  };

  const ensure = (ctx: Ctx): Promise<Running> => {
    if (life.signal.aborted) return Promise.reject(life.signal.reason);
    if (running) return Promise.resolve(running);
    if (pause && clock.monotonicMs() < pause.untilMs) return Promise.reject(pause.error);
    starting ??= start()
      .catch((error: unknown) => {
        if (error instanceof CopilotError && !life.signal.aborted) hasFailed(error);
        throw error;
      })
      .finally(() => {
        starting = undefined;
      });
    return untilAborted(ctx.signal, starting);
  };
  const stop = async (): Promise<void> => {
    await starting?.catch(() => undefined);
    const last = child;
    child = undefined;
    running = undefined;
    await last?.stop();
  };

  const checkAccount: OfficialServer["checkAccount"] = async (ctx, { localOnly }) => {
    const now = await ensure(ctx);
    const about = { what: "who is signed in", limitMs: accountLimitMs };
    const result = await now.request(ctx, "checkStatus", { options: { localChecksOnly: localOnly } }, about);
    saidBy = now;
    setAccount(accountOf(result, ""));
    return account;
  };

  return {
    running: ensure,
    account: () => account,
    ownAccount: async (ctx) => (saidBy === (await ensure(ctx)) ? account : checkAccount(ctx, { localOnly: false })),
    checkAccount,
    onAccountChange: (listener) => accountChanges.on(listener),
    countsCompletions: () => isCounted,
    failure: () => failureOfStatus(status),
    process: () => shown,
    find: () => findProgram(machine, settings().command),
    tellSettings() {
      child?.notify("workspace/didChangeConfiguration", { settings: nested(officialSettings(settings())) });
    },
    async close() {
      life.abort(new CopilotError("closing", "The service was closed."));
      await stop();
    },
  };
}

const noCopilot = "GitHub says that this account has no Copilot.";

/** By the sections that it asks for. */
function officialSettings({
  telemetry,
  githubUri,
  proxy,
  noProxy,
  strictTls,
}: OfficialSettings): Readonly<Record<string, object>> {
  const hosts = noProxy.split(",").map((host) => host.trim());
  return {
    // It would hold each answer back for 200 ms; this program has a pace of its own.
    "github.copilot": { completionsDelay: 0 },
    // It takes no address over http.
    "github-enterprise": githubUri.startsWith("https:") && !isGitHubCom(githubUri) ? { uri: githubUri } : {},
    http: {
      proxyStrictSSL: strictTls,
      ...(proxy === "" ? {} : { proxy }),
      ...(noProxy === "" ? {} : { noProxy: hosts }),
    },
    telemetry: { telemetryLevel: telemetry ? "all" : "off" },
  };
}

function nested(sections: Readonly<Record<string, object>>): object {
  const { "github.copilot": copilot, ...others } = sections;
  return { ...others, github: { copilot } };
}

function isGitHubCom(uri: string): boolean {
  return URL.canParse(uri) && new URL(uri).origin === "https://github.com";
}

/** As this program has it, without what concerns other services, and with the certificates that the settings name. */
function environmentOf(
  environment: Machine["environment"],
  { caFile }: OfficialSettings,
): Readonly<Record<string, string | undefined>> {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("COPILOT_LSP_"));
  const certificates = caFile === "" ? {} : { NODE_EXTRA_CA_CERTS: caFile };
  return { ...Object.fromEntries(kept), ...certificates };
}
