// Puts sign-in together: token sources, device flow, session, profile. The only file of this folder, but for the types,
// that others need to know.

import type { Clock, Log } from "../../shared/context.ts";
import type { CopilotError } from "../../shared/errors.ts";
import type { SessionReport } from "../../shared/status.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { createEmitter } from "../runtime/emitter.ts";
import type { GitHubApi } from "../upstream/types.ts";
import { createAccount } from "./account.ts";
import { adoptToken } from "./adopt-token.ts";
import { createCredentialHolder } from "./credential.ts";
import type { ImportSources } from "./foreign-sign-ins.ts";
import { importSignIn } from "./import-sign-in.ts";
import { createProfile } from "./profile.ts";
import { createSessionKeeper } from "./session.ts";
import { createSignIn } from "./sign-in.ts";
import type { Environment } from "./token-sources.ts";
import type { KeychainLimits } from "./keychain-tokens.ts";
import { createServiceKeys, createTokenStorage } from "./token-storage.ts";
import type { Auth, Keychain, SecretStore, StorageChoice } from "./types.ts";

export interface AuthSettings {
  /** Client id of the app that signs in; the import prefers its entries. */
  readonly clientId: string;
  readonly storage: StorageChoice;
}

export interface AuthDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly github: GitHubApi;
  readonly store: SecretStore;
  /** Loads what asks the system's keychain, when that is first needed. Undefined: there is none. */
  readonly loadKeychain: (() => Promise<Keychain>) | undefined;
  readonly keychainLimits: KeychainLimits;
  /** What a token from `store` is called in the account's state. */
  readonly storeSource: "store" | "demo";
  /** Name of the account, as folders are bound to it; undefined: the one without a name. */
  readonly account: string | undefined;
  /** Where token variables and the folders of other plugins are looked up; empty for a demo. */
  readonly environment: Environment;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  readonly places: ImportSources;
}

export function createAuth(deps: AuthDeps, settings: () => AuthSettings): Auth {
  const { clock, log, github } = deps;
  const storage = createTokenStorage({ ...deps, limits: deps.keychainLimits }, () => settings().storage);
  const credentials = createCredentialHolder({ ...deps, storage, serverUrl: () => github.serverUrl() });
  const sessions = createSessionKeeper({ ...deps, credentials });
  const profile = createProfile({ clock, log, github, credentials });
  const signIn = createSignIn(deps, (ctx, token, commit) =>
    adoptToken(ctx, { ...deps, credentials, sessions, profile }, token, commit),
  );
  const account = createAccount({ credentials, sessions, profile, signIn });
  const changed = createEmitter<void>(log);

  let stopWatching: (() => void) | undefined;
  let closing: Promise<void> | undefined;
  let lastShown = "";

  const trouble = (): CopilotError | undefined =>
    sessions.peek() ? undefined : (credentials.obstacle() ?? sessions.failure());

  const announce = (): void => {
    const error = trouble();
    const shown = JSON.stringify([account.state(), error?.code, error?.message]);
    if (shown === lastShown) return;
    lastShown = shown;
    changed.emit();
  };

  const following = [
    credentials.onReplaced((credential) => {
      if (credential) signIn.completeElsewhere(credential.user ?? "a user whom GitHub has not named");
    }),
    credentials.onChange(announce),
    sessions.onFailed(announce),
    sessions.onRenewed(() => {
      announce();
      void profile.refresh();
    }),
  ];

  const report = (): SessionReport | undefined => {
    const held = sessions.held();
    if (!held) return undefined;
    const user = profile.current();
    const { quotas, limits } = profile.quotas();
    const { endpoints, sku } = held.session;
    return {
      expiresAtMs: Math.round(clock.nowMs() + held.expiresInMs),
      refreshAtMs: Math.round(clock.nowMs() + Math.max(0, held.refreshInMs)),
      sku,
      plan: user?.plan,
      tokenBasedBilling: user?.tokenBasedBilling,
      quotaResetDate: user?.quotaResetDate,
      quotas,
      ...(Object.keys(limits).length > 0 && { limits }),
      endpoints: { api: new URL(endpoints.api).host, proxy: new URL(endpoints.proxy).host },
    };
  };

  const close = async (): Promise<void> => {
    stopWatching?.();
    for (const stop of following) stop();
    await Promise.all([signIn.close(), sessions.close(), profile.close()]);
  };

  return {
    account,
    serviceKeys: createServiceKeys(storage),
    sessions,
    report,
    trouble,
    async start({ isEager } = { isEager: true }) {
      if (stopWatching || closing) return;
      stopWatching = storage.watch(() => void credentials.look());
      if (isEager) await sessions.start();
      else await credentials.look();
    },
    reconsider: () => void credentials.look(),
    importFrom: (ctx, path) =>
      importSignIn(ctx, { ...deps, credentials, sessions }, { clientId: settings().clientId, path }),
    moveTo: (ctx, choice) => untilAborted(ctx.signal, credentials.moveTo(choice)),
    async exclusionRules(ctx, remotes) {
      const { token } = await untilAborted(ctx.signal, credentials.usable());
      return github.fetchExclusionRules(ctx, token, remotes);
    },
    onChange: (listener) => changed.on(listener),
    learnQuotas(session, told) {
      // What came for a former account is not said of this one.
      if (sessions.peek()?.token.equals(session.token)) profile.learn(told);
    },
    usedQuotas: profile.used,
    onQuotas: profile.onChange,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
