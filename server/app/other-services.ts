// The services in Copilot's place or behind it, as the settings name them.

import { type Account, serviceKeyVariable } from "../../shared/account.ts";
import { describeError } from "../../shared/errors.ts";
import type { ServiceKeys } from "../auth/types.ts";
import { section } from "../config/settings.ts";
import type { EditService } from "../edits/service.ts";
import { Secret } from "../runtime/secret.ts";
import type { OtherService } from "../upstream/services/open-service.ts";
import type { ServiceChoice } from "../upstream/services/settings.ts";
import type { Upstream } from "../upstream/types.ts";
import type { AssemblyInputs } from "./assembly-inputs.ts";

// A server on this machine may first have to load its model, or to finish with somebody else, and then to read the prompt.
const patience = { headersTimeoutMs: 60_000, firstByteTimeoutMs: 60_000 };

export interface Others {
  /** The service that is used in Copilot's place; undefined for Copilot itself. */
  readonly other: OtherService | undefined;
  /** Those that answer while the first cannot. */
  readonly fallbacks: readonly OtherService[];
  /** The account as it is seen with them. */
  readonly seen: (account: Account) => Account;
}

export const noOthers: Others = { other: undefined, fallbacks: [], seen: (account) => account };

export async function openOthers(
  deps: AssemblyInputs & { readonly upstream: Upstream; readonly keys: ServiceKeys },
): Promise<Others> {
  const { config, environment } = deps;
  const { kind, url, model, template, fallback } = section(config.settings(), "service");
  if (kind === "copilot" && fallback.length === 0) return noOthers;
  const [{ openService }, { readChoice }, { withoutNeed }] = await Promise.all([
    import("../upstream/services/open-service.ts"),
    import("../upstream/services/settings.ts"),
    import("../upstream/services/no-account.ts"),
  ]);
  const { log, upstream, keys } = deps;
  const serviceDeps = { ...deps, http: upstream.client(patience), userAgent: `copilot-lsp/${deps.version}` };
  const open = (choice: ReturnType<typeof readChoice>, variable: string | undefined): OtherService =>
    openService(serviceDeps, { ...choice, ...keysOf(keys, variable) });
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
    return open({ kind, url, model, template }, environment[serviceKeyVariable]);
  };
  const other = await openChosen();
  // What cannot be read is said by the first request.
  if (other) await other.findKey().catch(() => false);
  const [next] = fallbacks;
  return { other, fallbacks, seen: (account) => (next ? withoutNeed(account, next.name) : account) };
}

/** A server of open models that predict edits; undefined where the person has named none and completions come from elsewhere. */
export function editServiceOf(
  deps: AssemblyInputs & { readonly upstream: Upstream; readonly keys: ServiceKeys },
): (() => Promise<EditService>) | undefined {
  const { config, environment, upstream, keys, version } = deps;
  const { kind, url, model } = section(config.settings(), "service");
  const named = config.settings()["edits.service"];
  if (named === "" && kind !== "llama.cpp" && kind !== "ollama") return undefined;
  return async () => {
    const [{ openEditService }, { readEditChoice }] = await Promise.all([
      import("../upstream/services/edits/open-edit-service.ts"),
      import("../upstream/services/settings.ts"),
    ]);
    const choice =
      named === ""
        ? { ...readEditChoice(kind), url, model }
        : { ...readEditChoice(named), setting: "edits.service" as const };
    // The key in the environment is that of the service that was chosen.
    const variable = named === "" ? environment[serviceKeyVariable] : undefined;
    const http = upstream.client(patience);
    return openEditService(
      { ...deps, http, userAgent: `copilot-lsp/${version}` },
      { ...choice, ...keysOf(keys, variable) },
    );
  };
}

/** Where the key of a service is read and kept. `variable`: what the environment has, which goes first. */
function keysOf(
  keys: ServiceKeys,
  variable: string | undefined,
): Pick<ServiceChoice, "key" | "storeKey" | "forgetKey"> {
  return {
    async key(origin) {
      return variable ? new Secret(variable) : keys.read(origin);
    },
    storeKey: keys.store,
    forgetKey: async (origin) => ({ leftInEnvironment: Boolean(variable), stored: await keys.forget(origin) }),
  };
}

async function openOfficial(deps: AssemblyInputs): Promise<OtherService> {
  const { config, environment, platform } = deps;
  const { openOfficial: open } = await import("../upstream/official/open-official.ts");
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
