// The heavy half of the composition root: everything below the fronts, built bottom-up. A file of its own, so that the
// bundle has one lazy chunk for what is needed after `initialize` and none of it is parsed before.

import { randomUUID } from "node:crypto";
import { watch } from "node:fs";
import { join } from "node:path";
import type { Clock, Ctx, Log } from "../shared/context.ts";
import { plainText } from "../shared/documents.ts";
import type { Account } from "../shared/account.ts";
import { CopilotError, describeError } from "../shared/errors.ts";
import type { AccountBinding } from "../shared/status.ts";
import { createAuth } from "./auth/auth.ts";
import { formatSignIn, signInKey, storeKey } from "./auth/stored-sign-in.ts";
import type { KeychainLimits } from "./auth/token-storage.ts";
import type { Auth, Keychain, SecretStore } from "./auth/types.ts";
import { createEngine } from "./completion/engine.ts";
import type { CompletionService } from "./completion/service.ts";
import { isLanguageOn, type NamedLanguage } from "./completion/skip-reason.ts";
import type { Claims } from "./config/claims.ts";
import type { Config } from "./config/layers.ts";
import { createMachineId } from "./config/machine-id.ts";
import { createMemorySecretStore } from "./config/memory-secret-store.ts";
import { claimsFolderName, homeFolder, secretFolderName, singleSecretFileName } from "./config/paths.ts";
import { createSecretStore, secretFileName } from "./config/secret-store.ts";
import { section, type Settings } from "./config/settings.ts";
import { createEdits } from "./edits/edits.ts";
import type { EditService } from "./edits/service.ts";
import { createFileRules } from "./exclusion/file-rules.ts";
import type { NamedFile } from "./exclusion/types.ts";
import { createExclusions } from "./exclusion/setting-globs.ts";
import { createGovernor, type Governor } from "./governor/governor.ts";
import { createCore, type RunningCore } from "./core/core.ts";
import type { ClientIdentity } from "./core/types.ts";
import { createMeters, type Meters } from "./observe/meters.ts";
import type { Tracer } from "./observe/tracer.ts";
import { untilAborted } from "./runtime/cancel.ts";
import { isMissingFile } from "./runtime/error-code.ts";
import { createSelector } from "./runtime/memoize.ts";
import { readBounded, UnreadableFileError } from "./runtime/read-bounded.ts";
import { Secret } from "./runtime/secret.ts";
import { createUpstream } from "./upstream/upstream.ts";
import { countingOf } from "./upstream/copilot/plan.ts";
import { createCopilotService } from "./upstream/copilot/copilot-service.ts";
import type { Peers } from "./upstream/official/official-server.ts";
import type { OtherService } from "./upstream/services/open-service.ts";
import { type ServiceChoice, usualUrls } from "./upstream/services/settings.ts";
import type { Upstream } from "./upstream/types.ts";
import { createFindWorkTrees, createGitRemotes } from "./workspace/work-trees.ts";

// A server on this machine may first have to load its model, or to finish with somebody else, and then to read the prompt.
const patience = { headersTimeoutMs: 60_000, firstByteTimeoutMs: 60_000 };
// Files of git and of other plugins. The largest configuration of git that is known has some ten thousand lines.
const maxForeignFileBytes = 1024 * 1024;
const foreignFileTimeoutMs = 2_000;

export interface AssemblyInputs {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly config: Config;
  /** Where secrets and the machine id are kept. */
  readonly folder: string;
  /** Run on the built-in stand-in: no account, no network, nothing of the person's is read or written. */
  readonly demo: boolean;
  /** Which account this is; undefined: the one without a name. */
  readonly binding: AccountBinding | undefined;
  /** The workspace folder, or else the one that the program was started in: paths that programs name begin there. */
  readonly cwd: string;
  /** How this program is started: the interpreter and its file. */
  readonly program: readonly [string, ...string[]];
  readonly keychainLimits: KeychainLimits;
  readonly tracer: Tracer;
  /** Where the person's other processes are, for a service that they share. */
  readonly peers: () => Promise<Peers>;
  /** Who drives this program; undefined when nobody said. Read at each request. */
  readonly identity: () => ClientIdentity | undefined;
}

export interface Assembly {
  readonly core: RunningCore;
  readonly auth: Auth;
  readonly meters: Meters;
  /** Keeps a key for the service that is used; absent for Copilot. Rejects with `sign-in-failed`. */
  readonly storeKey: ((key: string) => Promise<void>) | undefined;
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
  const store: SecretStore = demo
    ? demo.store
    : createSecretStore(
        { clock, log, watch },
        { folder: join(folder, secretFolderName), singleFile: join(folder, singleSecretFileName) },
      );
  const ending = new AbortController();
  const loadKeychain = async (): Promise<Keychain> => {
    const { openKeychain } = await import("./config/keychain/open-keychain.ts");
    return openKeychain({
      clock,
      platform: inputs.platform,
      environment: inputs.environment,
      program: inputs.program,
      folder: join(folder, secretFolderName),
      signal: ending.signal,
    });
  };
  const auth = createAuth(
    {
      clock,
      log,
      github: upstream.github,
      store,
      loadKeychain: demo ? undefined : loadKeychain,
      keychainLimits: inputs.keychainLimits,
      storeSource: demo ? "demo" : "store",
      account: inputs.binding?.account,
      environment: demo ? {} : inputs.environment,
      random: Math.random,
      places: {
        homeFolder: homeFolder(inputs.environment),
        platform: inputs.platform,
        readFile: readText,
      },
    },
    () => ({ clientId: settings()["auth.clientId"], storage: settings()["auth.storage"] }),
  );
  const exclusionOf = createExclusions(homeFolder(inputs.environment));
  const meters = createMeters({ clock, version });
  const { other, fallbacks, seen } = demo ? noOthers : await openOthers({ ...inputs, upstream, store });
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
  const openEdits = demo ? undefined : editServiceOf({ ...inputs, upstream, store });
  // Copilot's are not asked for beside another service.
  const hasEdits = other === undefined || openEdits !== undefined;
  const isLanguageOnNow = (file: NamedLanguage): boolean =>
    isLanguageOn({ languages: settings()["completion.languages"] }, file);
  const edits = createEdits(
    {
      clock,
      log,
      // What stops the account at Copilot says nothing of a server of the person's own.
      governor: openEdits ? createGovernor({ clock }, governorSettingsNow) : governor,
      onSecrets: meters.secretsFound,
      newId: randomUUID,
      settleRules: rules.settle,
      mayRecord(file, text) {
        const exclusion = rules.verdict(file, () => text);
        return hasEdits && (exclusion === undefined || exclusion.by === "unknown") && isLanguageOnNow(file);
      },
      verdict(file, text) {
        if (!hasEdits) return { reason: "disabled" };
        const exclusion = rules.verdict(file, () => text);
        if (exclusion) return { reason: "excluded", detail: exclusion.message };
        return isLanguageOnNow(file) ? undefined : { reason: "disabled" };
      },
      async loadService() {
        if (openEdits) return openEdits();
        const { createCopilotEditService } = await import("./upstream/copilot/copilot-edit-service.ts");
        return createCopilotEditService({
          clock,
          log,
          copilot: upstream.copilotEdits,
          sessions: auth.sessions,
          async account(ctx) {
            const account = await service.account(ctx);
            return { ...account, isCounted: countingOf(auth.sessions.peek()) === "counted" };
          },
          newId: randomUUID,
        });
      },
    },
    createSelector(
      () => [settings()],
      (now) => ({
        ...section(now, "edits"),
        ...(!hasEdits && { enabled: "off" }),
        secrets: now["completion.secrets"],
      }),
    ),
  );
  meters.watch(() => {
    const { blocked, typingLeft, scriptsLeft, editsLeft } = governor.state();
    // A pause that has run out stays noted until the next request.
    const isOver = blocked?.untilMs !== undefined && blocked.untilMs <= clock.monotonicMs();
    return { blocked: blocked !== undefined && !isOver, typingLeft, scriptsLeft, editsLeft };
  });
  // Loaded by the first warning or sign-out: most processes see neither.
  const claims = async (): Promise<Claims> =>
    (await import("./config/claims.ts")).createClaims({ clock }, join(folder, claimsFolderName));
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
  const core = createCore(
    {
      clock,
      log,
      version,
      engine,
      edits,
      account: seen(other?.account ?? account),
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
      models: async (ctx: Ctx) =>
        other?.service.models(ctx) ?? upstream.copilot.fetchModels(ctx, await auth.sessions.get(ctx)),
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
    const { kind } = (other ?? auth).account.state();
    const next = personOf(auth.account);
    if (person !== undefined && next !== person) rules.forget();
    person = next;
    // A fallback may be answering.
    if ((kind !== "signed-out" && kind !== "not-authorized") || fallbacks.length > 0) return;
    engine.forget(new CopilotError("signed-out", "The account was signed out while the completion was under way."));
    edits.forget(new CopilotError("signed-out", "The account was signed out while the next edit was under way."));
  });
  // With another service GitHub is not asked for anything.
  if (other) other.service.warm();
  else await auth.start();
  for (const { service: next } of fallbacks) next.warm();

  let closing: Promise<void> | undefined;
  return {
    core,
    auth,
    meters,
    storeKey: other?.storeKey && (async (key) => other.storeKey?.(new Secret(key))),
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

interface Others {
  /** The service that is used in Copilot's place; undefined for Copilot itself. */
  readonly other: OtherService | undefined;
  /** Those that answer while the first cannot. */
  readonly fallbacks: readonly OtherService[];
  /** The account as it is seen with them. */
  readonly seen: (account: Account) => Account;
}

const noOthers: Others = { other: undefined, fallbacks: [], seen: (account) => account };

async function openOthers(
  deps: AssemblyInputs & { readonly upstream: Upstream; readonly store: SecretStore },
): Promise<Others> {
  const { config, environment } = deps;
  const { kind, url, model, template, fallback } = section(config.settings(), "service");
  if (kind === "copilot" && fallback.length === 0) return noOthers;
  const [{ openService }, { readChoice }, { withoutNeed }] = await Promise.all([
    import("./upstream/services/open-service.ts"),
    import("./upstream/services/settings.ts"),
    import("./upstream/services/no-account.ts"),
  ]);
  const { log, upstream, store } = deps;
  const serviceDeps = { ...deps, http: upstream.client(patience), userAgent: `copilot-lsp/${deps.version}` };
  const open = (choice: ReturnType<typeof readChoice>, variable: string | undefined): OtherService =>
    openService(serviceDeps, { ...choice, ...keysOf(store, variable) });
  const fallbacks = fallback.flatMap((text) => {
    try {
      // The key in the environment is that of the service that was chosen.
      return [open(readChoice(text), undefined)];
    } catch (error) {
      log.error(`a fallback is left out: ${describeError(error)}`);
      return [];
    }
  });
  const openChosen = async (): Promise<OtherService | undefined> => {
    if (kind === "copilot") return undefined;
    if (kind === "official") return openOfficial(deps);
    return open({ kind, url, model, template }, environment["COPILOT_LSP_SERVICE_KEY"]);
  };
  const other = await openChosen();
  // What cannot be read is said by the first request.
  if (other) await other.findKey().catch(() => false);
  const [next] = fallbacks;
  return { other, fallbacks, seen: (account) => (next ? withoutNeed(account, next.name) : account) };
}

/** A server of open models that predict edits; undefined where the person has named none and completions come from elsewhere. */
function editServiceOf(
  deps: AssemblyInputs & { readonly upstream: Upstream; readonly store: SecretStore },
): (() => Promise<EditService>) | undefined {
  const { config, environment, upstream, store, version } = deps;
  const { kind, url, model } = section(config.settings(), "service");
  const named = config.settings()["edits.service"];
  if (named === "" && kind !== "llama.cpp" && kind !== "ollama") return undefined;
  return async () => {
    const [{ openEditService }, { readEditChoice }] = await Promise.all([
      import("./upstream/services/edits/open-edit-service.ts"),
      import("./upstream/services/settings.ts"),
    ]);
    const choice = named === "" ? { ...readEditChoice(kind), url, model } : readEditChoice(named);
    // The key in the environment is that of the service that was chosen.
    const variable = named === "" ? environment["COPILOT_LSP_SERVICE_KEY"] : undefined;
    const http = upstream.client(patience);
    return openEditService(
      { ...deps, http, userAgent: `copilot-lsp/${version}` },
      { ...choice, ...keysOf(store, variable) },
    );
  };
}

/** Where the key of a service is read and kept. `variable`: what the environment has, which goes first. */
function keysOf(store: SecretStore, variable: string | undefined): Pick<ServiceChoice, "key" | "storeKey"> {
  return {
    async key(origin) {
      const text = variable || (await store.read(serviceKeyName(origin)));
      return text === undefined || text === "" ? undefined : new Secret(text);
    },
    storeKey: (origin, key) => store.write(serviceKeyName(origin), key?.reveal() ?? ""),
  };
}

async function openOfficial(deps: AssemblyInputs): Promise<OtherService> {
  const { config, environment, platform } = deps;
  const { openOfficial: open } = await import("./upstream/official/open-official.ts");
  const { tellSettings, ...opened } = open({
    ...deps,
    peers: await deps.peers(),
    machine: {
      platform,
      arch: process.arch,
      environment,
      node: { path: process.execPath, version: process.versions.node },
    },
    settings() {
      const settings = config.settings();
      const { proxy, noProxy, strictTls, caFile } = section(settings, "upstream");
      const { command, telemetry } = section(settings, "service");
      return { command, telemetry, proxy, noProxy, strictTls, caFile, githubUri: settings["github.uri"] };
    },
  });
  const stopFollowing = config.onChange(tellSettings);
  const close = async (): Promise<void> => {
    stopFollowing();
    await opened.close();
  };
  return { ...opened, close };
}

interface Demo {
  readonly url: string;
  readonly store: SecretStore;
  close(): Promise<void>;
}

async function startDemo(): Promise<Demo> {
  const { startEmulator } = await import("./emulator/emulator.ts");
  const emulator = await startEmulator({ approval: "at-once" });
  emulator.setDeviceFlow({ intervalSeconds: 1 });
  const key = storeKey(emulator.url);
  const signIn = formatSignIn(key, { token: new Secret(emulator.githubToken), user: "octocat" });
  return { url: emulator.url, store: createMemorySecretStore({ [key]: signIn }), close: () => emulator.close() };
}

/** Under what the key of a service is stored, which no other service is to get. */
const serviceKeyName = (origin: string): string => `service ${origin}`;

/** Where the token for the configured server, or the key for the service, is kept; the folder, when the address is none. */
export function tokenFile(folder: string, settings: Settings, account?: string): string {
  const secrets = join(folder, secretFolderName);
  const { kind, url } = section(settings, "service");
  // GitHub's own server keeps its sign-in itself.
  if (kind === "official") return secrets;
  const address = kind === "copilot" ? settings["github.uri"] : url.trim() || usualUrls[kind];
  if (!URL.canParse(address)) return secrets;
  return join(
    secrets,
    secretFileName(kind === "copilot" ? signInKey(address, account) : serviceKeyName(new URL(address).origin)),
  );
}

/** What tells one account's server from another's. */
function serverOf(settings: Settings): string {
  return [settings["github.uri"], settings["github.apiUri"], settings["auth.clientId"]].join(" ");
}

function hostOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).hostname : undefined;
}

/** `demoUrl` takes the place of every address. */
export function upstreamSettings(settings: Settings, demoUrl: string | undefined) {
  const { uri, apiUri } = section(settings, "github");
  const editor = section(settings, "editor");
  return {
    ...section(settings, "upstream"),
    githubUri: demoUrl ?? uri,
    githubApiUri: demoUrl === undefined ? apiUri : "",
    clientId: settings["auth.clientId"],
    editorName: editor.name,
    editorVersion: editor.version,
    pluginName: editor.pluginName,
    pluginVersion: editor.pluginVersion,
  };
}

function completionSettings(settings: Settings) {
  return { ...section(settings, "completion"), serverHost: hostOf(settings["github.uri"]) };
}

function governorSettings(settings: Settings) {
  const { typingBurst, typingPerMinute, scriptsBurst, scriptsPerMinute } = section(settings, "governor");
  return {
    typing: { burst: typingBurst, perMinute: typingPerMinute },
    scripts: { burst: scriptsBurst, perMinute: scriptsPerMinute },
    edits: { burst: settings["edits.burst"], perMinute: settings["edits.perMinute"] },
  };
}
