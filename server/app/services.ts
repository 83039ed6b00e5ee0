// The heavy half of the composition root: everything below the fronts, built bottom-up. A file of its own, so that the
// bundle has one lazy chunk for what is needed after `initialize` and none of it is parsed before.

import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Ctx } from "../../shared/context.ts";
import { plainText } from "../../shared/documents.ts";
import type { Account } from "../../shared/account.ts";
import type { TokenPlace } from "../../shared/status.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { Auth } from "../auth/types.ts";
import { createEngine } from "../completion/engine.ts";
import type { CompletionService } from "../completion/service.ts";
import type { Claims } from "../config/claims.ts";
import { createMachineId } from "../config/machine-id.ts";
import { claimsFolderName, homeFolder } from "../config/paths.ts";
import type { Settings } from "../config/settings.ts";
import { createFileRules } from "../exclusion/file-rules.ts";
import type { NamedFile } from "../exclusion/types.ts";
import { createExclusions } from "../exclusion/setting-globs.ts";
import { createGovernor, type Governor } from "../governor/governor.ts";
import { createCore, type RunningCore } from "../core/core.ts";
import { createMeters, type Meters } from "../observe/meters.ts";
import type { Tracer } from "../observe/tracer.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { isMissingFile } from "../runtime/error-code.ts";
import { createSelector } from "../runtime/memoize.ts";
import { readBounded, UnreadableFileError } from "../runtime/read-bounded.ts";
import { Secret } from "../runtime/secret.ts";
import { createUpstream } from "../upstream/upstream.ts";
import { createCopilotService } from "../upstream/copilot/copilot-service.ts";
import type { OtherService } from "../upstream/services/open-service.ts";
import { createFindWorkTrees, createGitRemotes } from "../workspace/work-trees.ts";
import type { AssemblyInputs } from "./assembly-inputs.ts";
import { openAuth, openSecretStore } from "./auth.ts";
import { startDemo } from "./demo.ts";
import { openEdits } from "./edits.ts";
import { editServiceOf, noOthers, openOthers } from "./other-services.ts";
import { completionSettings, governorSettings, serverOf, upstreamSettings } from "./part-settings.ts";

// Files of git and of other plugins. The largest configuration of git that is known has some ten thousand lines.
const maxForeignFileBytes = 1024 * 1024;
const foreignFileTimeoutMs = 2_000;

export interface Assembly {
  readonly core: RunningCore;
  readonly auth: Auth;
  readonly meters: Meters;
  /** Keeps a key for the service that is used, as `OtherService.storeKey`; absent for Copilot. */
  readonly storeKey: ((key: string) => Promise<TokenPlace>) | undefined;
  /** Ends in reverse order of the making. Idempotent. */
  close(): Promise<void>;
}

/** Builds and starts everything below the fronts. Throws when the stand-in of a demo cannot listen. */
export async function assemble(inputs: AssemblyInputs): Promise<Assembly> {
  const { clock, log, version, config, folder } = inputs;
  const demo = inputs.demo ? await startDemo() : undefined;
  const settings = (): Settings => config.settings();
  const readText = async (path: string): Promise<string> =>
    // Leaves a byte order mark out, which editors on Windows write.
    new TextDecoder().decode(await readBounded(path, maxForeignFileBytes, { clock, timeoutMs: foreignFileTimeoutMs }));

  const upstream = createUpstream(
    {
      clock,
      log,
      version,
      // A proxy of the person's has no part in a demo.
      environment: demo ? {} : inputs.environment,
      machineId: demo ? () => "0".repeat(64) : createMachineId(folder),
      identity: inputs.identity,
    },
    createSelector(
      () => [settings()],
      (now) => upstreamSettings(now, demo?.url),
    ),
  );
  const store = demo?.store ?? openSecretStore(inputs);
  const ending = new AbortController();
  const auth = openAuth({ ...inputs, upstream, store, readText, ending: ending.signal });
  const exclusionOf = createExclusions(homeFolder(inputs.environment));
  const meters = createMeters({ clock, version });
  const { other, fallbacks, seen } = demo
    ? noOthers
    : await openOthers({ ...inputs, upstream, keys: auth.serviceKeys });
  const service =
    other?.service ??
    createCopilotService({
      clock,
      log,
      copilot: { ...upstream.copilot, openCompletions: meters.timed("upstream", upstream.copilot.openCompletions) },
      sessions: { ...auth.sessions, get: meters.timed("session", auth.sessions.get) },
      newId: randomUUID,
    });
  const findWorkTrees = createFindWorkTrees({
    clock,
    readFile: readText,
    isMissing,
    configFiles: gitConfigFiles(inputs.environment),
    homeFolder: homeFolder(inputs.environment),
  });
  const mayHaveRules = followExclusionFlag(auth);
  const rules = createFileRules(
    {
      clock,
      log,
      cwd: inputs.cwd,
      findWorkTrees,
      // They are about what is sent to Copilot.
      hasOrganisationRules: () => (other ? false : mayHaveRules()),
      fetchRules: auth.exclusionRules,
      waitForSession: async () => void (await auth.sessions.get({ signal: ending.signal, log, id: "rules" })),
      onKeptBack: meters.keptBack,
    },
    createSelector(
      () => [settings()],
      (now) => ({ isExcluded: exclusionOf(now["completion.excludeGlobs"]) }),
    ),
  );
  const governorSettingsNow = createSelector(() => [settings()], governorSettings);
  const governor = createGovernor({ clock }, governorSettingsNow);
  const mayGetExcluded = ({ isLocal }: OtherService): boolean => isLocal && settings()["service.getsExcluded"];
  const engine = createEngine(
    {
      clock,
      log,
      service: tracedService(inputs.tracer, service),
      governor: tracedGovernor(inputs.tracer, governor),
      fallbacks: fallbacks.map((one) => ({
        service: tracedService(inputs.tracer, one.service),
        governor: tracedGovernor(inputs.tracer, createGovernor({ clock }, governorSettingsNow)),
        name: one.name,
        mayGetExcluded: mayGetExcluded(one),
      })),
      onFallback: (fallback) => core.setFallback(fallback),
      mayGetExcluded: other !== undefined && mayGetExcluded(other),
      onSecrets: meters.secretsFound,
      newId: randomUUID,
      findRemotes: createGitRemotes(findWorkTrees),
      rules,
    },
    createSelector(() => [settings()], completionSettings),
  );
  const openOwnEdits = demo ? undefined : editServiceOf({ ...inputs, upstream, keys: auth.serviceKeys });
  const edits = openEdits(inputs, {
    openOwn: openOwnEdits,
    isCopilotUsed: other === undefined,
    // What stops the account at Copilot says nothing of a server of the person's own.
    governor: openOwnEdits ? createGovernor({ clock }, governorSettingsNow) : governor,
    upstream,
    sessions: auth.sessions,
    account: service.account,
    rules,
    onSecrets: meters.secretsFound,
  });
  meters.watch(() => {
    const { blocked, typingLeft, scriptsLeft, editsLeft } = governor.state();
    // A pause that has run out stays noted until the next request.
    const isOver = blocked?.untilMs !== undefined && blocked.untilMs <= clock.monotonicMs();
    return { blocked: blocked !== undefined && !isOver, typingLeft, scriptsLeft, editsLeft };
  });
  // Loaded by the first warning or sign-out: most processes see neither.
  const claims = async (): Promise<Claims> =>
    (await import("../config/claims.ts")).createClaims({ clock }, join(folder, claimsFolderName));
  const account: Account = {
    ...auth.account,
    async signOut(ctx) {
      const outcome = await auth.account.signOut(ctx);
      await (await claims()).eraseAll();
      return outcome;
    },
  };
  meters.watchQuotas(() => {
    const { quotas = {}, limits = {} } = (other ? undefined : auth.report()) ?? {};
    return { quotas, limits };
  });
  const settleRules = async (ctx: Ctx, file: NamedFile): Promise<void> => {
    await untilAborted(ctx.signal, Promise.resolve(rules.settleAccount()));
    await untilAborted(ctx.signal, Promise.resolve(rules.settle(file)));
  };
  const seenAccount = seen(other?.account ?? account);
  const core = createCore(
    {
      clock,
      log,
      version,
      engine,
      edits,
      account: seenAccount,
      // With a fallback the account keeps nobody from completions; what befalls a request is told by its failure.
      trouble: () => (other || fallbacks.length > 0 ? undefined : auth.trouble()),
      onAccountChange: (listener) => (other ?? auth).onChange(listener),
      binding: inputs.binding,
      session: () => (other ? undefined : auth.report()),
      service: () => other?.service.report(),
      onQuotas: (listener) => auth.onQuotas(listener),
      usesQuota: (name) => name === "completions" || auth.usedQuotas().has(name),
      claim: demo ? async () => true : async (key) => (await claims()).claim(key),
      server: () => other?.name ?? upstream.github.serverUrl(),
      async models(ctx) {
        try {
          return await service.models(ctx);
        } catch (error) {
          const state = seenAccount.state();
          const [next] = fallbacks;
          if (!next || state.kind !== "not-needed" || state.inPlaceOf === undefined) throw error;
          // Who asks which models there are is told of those that complete meanwhile.
          return next.service.models(ctx);
        }
      },
      async exclusionOf(ctx, file, text) {
        await settleRules(ctx, file);
        const onDisk = text || file.file === undefined ? undefined : await readText(file.file).catch(() => undefined);
        const known = onDisk === undefined ? undefined : plainText(onDisk);
        const verdict = rules.verdict(file, text ?? (known && (() => known)));
        if (verdict || file.file === undefined) return verdict;
        const message = await other?.exclusionOf?.(ctx, file.file);
        return message === undefined ? undefined : { by: "organisation", message };
      },
      lookUpRules: (ctx, folderPath) => settleRules(ctx, { path: undefined, file: join(folderPath, "file") }),
      exclusions: rules.report,
      onEnabledChange: (listener) => config.onChange((changed) => listener(changed["completion.enabled"])),
    },
    () => ({ enabled: settings()["completion.enabled"] }),
  );

  let server = serverOf(settings());
  const stopFollowing = config.onChange((changed) => {
    if (other || serverOf(changed) === server) return;
    server = serverOf(changed);
    auth.reconsider();
  });
  upstream.onQuotas(({ session, told }) => auth.learnQuotas(session, told));
  auth.sessions.onRenewed((session) => {
    rules.renew();
    meters.tokenRefreshed();
    upstream.copilot.warm(session);
  });
  let person = personOf(auth.account);
  const stopForgetting = (other ?? auth).onChange(() => {
    const state = (other ?? auth).account.state();
    const next = personOf(auth.account);
    if (person !== undefined && next !== person) rules.forget();
    person = next;
    // A fallback may be answering.
    if ((state.kind !== "signed-out" && state.kind !== "not-authorized") || fallbacks.length > 0) return;
    // What GitHub refuses is told to those who wait as to those who come later.
    const refused = other || state.source === undefined ? undefined : auth.trouble();
    const left = (what: string): CopilotError =>
      refused ?? new CopilotError("signed-out", `The account was signed out while the ${what} was under way.`);
    engine.forget(left("completion"));
    edits.forget(left("next edit"));
  });
  // With another service GitHub is not asked for anything.
  if (!other) await auth.start({ isEager: !inputs.isQuiet });
  if (!inputs.isQuiet) {
    other?.service.warm();
    for (const { service: next } of fallbacks) next.warm();
  }

  const storeKey = other?.storeKey;
  let closing: Promise<void> | undefined;
  return {
    core,
    auth,
    meters,
    storeKey: storeKey && ((key) => storeKey(new Secret(key))),
    close() {
      closing ??= (async () => {
        stopFollowing();
        stopForgetting();
        core.close();
        await edits.close();
        await engine.close();
        rules.close();
        await (other ?? service).close();
        ending.abort(new CopilotError("closing", "The program is shutting down."));
        for (const next of fallbacks) await next.close();
        await auth.close();
        await upstream.close();
        await demo?.close();
      })();
      return closing;
    },
  };
}

/** Whether the account may have rules of an organisation, by its last session; undefined: it has had none. */
function followExclusionFlag(auth: Auth): () => boolean | undefined {
  let last: boolean | undefined;
  auth.sessions.onRenewed((session) => (last = session.hasExclusionRules));
  auth.onChange(() => {
    const { kind } = auth.account.state();
    if (kind === "signed-out" || kind === "not-authorized") last = undefined;
  });
  return () => auth.sessions.peek()?.hasExclusionRules ?? last;
}

/** Git's own places for what holds for every repository (git-config, "FILES"). */
function gitConfigFiles(environment: AssemblyInputs["environment"]): readonly string[] {
  const home = homeFolder(environment);
  const { XDG_CONFIG_HOME: configHome = join(home, ".config"), GIT_CONFIG_GLOBAL: own } = environment;
  return [...(own ? [own] : [join(configHome, "git/config"), join(home, ".gitconfig")]), "/etc/gitconfig"];
}

function personOf(account: Account): string | undefined {
  const state = account.state();
  return state.kind === "signed-in" ? state.user : undefined;
}

function isMissing(error: unknown): boolean {
  // A folder, as `.git` mostly is.
  if (error instanceof UnreadableFileError) return error.code === "not-a-file";
  return isMissingFile(error);
}

function tracedService(tracer: Tracer, service: CompletionService): CompletionService {
  return {
    ...service,
    account: tracer.marked("asked", service.account),
    chooseModel: tracer.markedWhenDone("ready", service.chooseModel),
    complete: tracer.markedStream(service.complete),
  };
}

function tracedGovernor(tracer: Tracer, governor: Governor): Governor {
  return { ...governor, admit: tracer.marked("written", governor.admit) };
}
